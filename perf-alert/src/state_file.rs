//! The state of an engine in a file that a crash leaves whole.

use crate::engine::Engine;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A larger file is none of ours.
const MAX_BYTES: u64 = 64 << 20;

/// Where the state of an engine is kept.
///
/// ```
/// use perf_alert::{Engine, Loaded, Rule, Rules, StateFile};
///
/// # let folder = std::env::temp_dir().join(format!("perf-alert-state-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("alerts.state");
/// let file = StateFile::new(path);
/// let mut engine = Engine::new(Rules::new([Rule::new("memory", "memory > 2GiB".parse()?)])?);
/// assert_eq!(file.load(&mut engine)?, Loaded::Nothing);
/// file.save(&engine)?;
/// assert_eq!(file.load(&mut engine)?, Loaded::State);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct StateFile {
    path: PathBuf,
}

/// What a file held.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loaded {
    /// There is no file yet.
    Nothing,
    /// The engine goes on from it.
    State,
    /// It was no state, and so it was renamed; the engine begins anew.
    SetAside {
        /// What it is called now: with `.corrupt` at its end.
        renamed: PathBuf,
        /// What was wrong with it.
        why: String,
    },
}

impl StateFile {
    /// In this file. Beside it, one that ends with `.new` is written first.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        StateFile { path: path.into() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Has `engine` go on from the file. One that is no state is set aside, so that it can be looked at.
    ///
    /// # Errors
    ///
    /// When it cannot be read or renamed.
    pub fn load(&self, engine: &mut Engine) -> io::Result<Loaded> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Loaded::Nothing),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        let restored = match String::from_utf8(bytes) {
            Ok(text) => engine.restore_state(&text).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let Err(why) = restored else { return Ok(Loaded::State) };
        let renamed = self.beside("corrupt");
        fs::rename(&self.path, &renamed)?;
        Ok(Loaded::SetAside { renamed, why })
    }

    /// Writes the state of `engine`: the file is the old one or the new one, whole, whatever happens meanwhile.
    ///
    /// # Errors
    ///
    /// When it cannot be written: the old one is left as it is, or the new one is there and may be forgotten by a
    /// machine that loses power.
    pub fn save(&self, engine: &Engine) -> io::Result<()> {
        self.write(&engine.save_state())
    }

    /// Writes a state that is text already.
    pub(crate) fn write(&self, state: &str) -> io::Result<()> {
        let new = self.beside("new");
        let mut file = File::create(&new)?;
        file.write_all(state.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        self.sync_folder()
    }

    /// Without it a machine that loses power may have forgotten the new name.
    #[cfg(unix)]
    fn sync_folder(&self) -> io::Result<()> {
        use io::ErrorKind::{InvalidInput, Unsupported};
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        match File::open(folder.unwrap_or(Path::new(".")))?.sync_all() {
            // Not every file system can.
            Err(error) if matches!(error.kind(), InvalidInput | Unsupported) => Ok(()),
            result => result,
        }
    }

    /// Elsewhere folders are not files that could be asked to.
    #[cfg(not(unix))]
    fn sync_folder(&self) -> io::Result<()> {
        Ok(())
    }

    fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".");
        name.push(end);
        self.path.with_file_name(name)
    }
}
