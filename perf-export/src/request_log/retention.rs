//! Old files: compressed, then deleted.

use super::LogName;
use super::compress::{compress, is_left_over};
use super::worker::day;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What is left behind by a process that was killed is deleted when it is this old.
const LEFT_OVER: Duration = Duration::from_secs(86_400);

/// Which files of a [`RequestLog`](crate::RequestLog) are old, and what becomes of them. What the log does
/// by itself, and `perfkit logs clean` by hand, is this.
///
/// ```
/// use perf_export::{LogAction, Retention};
/// use std::time::{Duration, SystemTime};
///
/// # let folder = std::env::temp_dir().join(format!("perf-export-retention-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let folder = &folder;
/// std::fs::write(folder.join("20261101_performance.jsonl"), "{}\n")?;
/// std::fs::write(folder.join("notes.txt"), "not ours")?;
/// let retention = Retention::default().compress_after_days(1).keep_days(30);
///
/// let november_21 = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_200);
/// for planned in retention.plan(folder, november_21)? {
///     assert_eq!(planned.action(), LogAction::Compress);
///     planned.apply()?;
/// }
/// assert!(folder.join("20261101_performance.jsonl.gz").exists());
/// assert!(folder.join("notes.txt").exists());
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "it does nothing until its plan is applied"]
pub struct Retention {
    compress_after_days: Option<u32>,
    keep_days: Option<u32>,
}

/// A file of the log, and what is to become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    path: PathBuf,
    bytes: u64,
    action: LogAction,
    /// What it is called once it is compressed.
    compressed: OsString,
}

/// What becomes of a file of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogAction {
    /// It stays as it is.
    Keep,
    /// It is compressed with gzip.
    Compress,
    /// It is deleted.
    Delete,
}

impl Retention {
    /// Files of days so long ago are compressed with gzip: 1, the least, is all but today's.
    pub fn compress_after_days(mut self, days: u32) -> Self {
        self.compress_after_days = Some(days.max(1));
        self
    }

    /// Files of days so long ago, compressed or not, are deleted: 1, the least, is all but today's.
    pub fn keep_days(mut self, days: u32) -> Self {
        self.keep_days = Some(days.max(1));
        self
    }

    /// Every file of a log in the folder and what is to become of it, the oldest first. `now` says what
    /// today is, in UTC.
    ///
    /// Files are ours by their names, `YYYYMMDD_performance.jsonl` and those made of it. What is a link or a
    /// folder is left alone whatever it is called, and no folder inside is looked into.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn plan(&self, folder: impl AsRef<Path>, now: SystemTime) -> io::Result<Vec<Planned>> {
        let (folder, today) = (folder.as_ref(), day(now));
        let mut planned = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let about = match entry.metadata() {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                about => about?,
            };
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|_| about.is_file()) else { continue };
            let (order, action) = match LogName::parse(name) {
                Some(name) => {
                    let age = name.day.until(today).map_or(0, |span| span.get_days());
                    (Some(name), self.action(name, u32::try_from(age).unwrap_or(0)))
                }
                None if is_left_over(name) && is_older(&about, now) => (None, LogAction::Delete),
                None => continue,
            };
            let compressed = order.map(|name| LogName { is_compressed: true, ..name }.to_string());
            let (path, bytes) = (entry.path(), about.len());
            let compressed = compressed.unwrap_or_default().into();
            planned.push((order, Planned { path, bytes, action, compressed }));
        }
        planned.sort_by(|(a, first), (b, second)| (a, &first.path).cmp(&(b, &second.path)));
        Ok(planned.into_iter().map(|(_, planned)| planned).collect())
    }

    fn action(&self, name: LogName, age: u32) -> LogAction {
        let is_older = |days: Option<u32>| days.is_some_and(|days| age >= days);
        if is_older(self.keep_days) {
            LogAction::Delete
        } else if is_older(self.compress_after_days) && !name.is_compressed {
            LogAction::Compress
        } else {
            LogAction::Keep
        }
    }

    /// Plans, and does all of it. A file that cannot be compressed or deleted is left for the next time;
    /// the first error is told when all others have been looked at.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read, or a file cannot be compressed or deleted.
    pub fn apply(&self, folder: impl AsRef<Path>, now: SystemTime) -> io::Result<()> {
        let mut result = Ok(());
        for planned in self.plan(folder, now)? {
            result = result.and(planned.apply().map(|_| ()));
        }
        result
    }
}

impl Planned {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How large it is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What is to become of it.
    pub fn action(&self) -> LogAction {
        self.action
    }

    /// Does it, and says how many bytes the disk has got back. What somebody else has done already is no
    /// error.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, compressed or deleted; it is then as it was.
    pub fn apply(&self) -> io::Result<u64> {
        let done = match self.action {
            LogAction::Keep => Ok(0),
            LogAction::Delete => fs::remove_file(&self.path).map(|()| self.bytes),
            LogAction::Compress => {
                compress(&self.path, &self.path.with_file_name(&self.compressed))
                    .map(|compressed| self.bytes.saturating_sub(compressed))
            }
        };
        match done {
            Err(error) if error.kind() == ErrorKind::NotFound && !self.path.exists() => Ok(0),
            done => done,
        }
    }
}

fn is_older(about: &fs::Metadata, now: SystemTime) -> bool {
    about
        .modified()
        .is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age >= LEFT_OVER))
}
