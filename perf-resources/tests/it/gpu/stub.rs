//! A library that stands for NVML, and its script.

use perf_resources::{GpuConfig, GpuReader, GpuSnapshot, GpuState};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than any test takes; only a test that fails waits for it.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// A copy of the library of its own, which nobody else plays on.
pub(super) struct Stub {
    folder: TempDir,
}

impl Stub {
    /// One that plays this script; `None`, with a word about it, where there is no rustc to build it.
    pub(super) fn new(script: &str) -> Option<Self> {
        static BUILT: OnceLock<Option<TempDir>> = OnceLock::new();
        Self::of(BUILT.get_or_init(|| build(&[])), script)
    }

    /// The same of an old driver.
    pub(super) fn old(script: &str) -> Option<Self> {
        static BUILT: OnceLock<Option<TempDir>> = OnceLock::new();
        Self::of(BUILT.get_or_init(|| build(&["--cfg", "old_driver"])), script)
    }

    fn of(built: &Option<TempDir>, script: &str) -> Option<Self> {
        let stub = Stub { folder: tempfile::tempdir().expect("a temporary folder") };
        fs::copy(library_in(built.as_ref()?.path()), stub.library()).expect("a copy");
        stub.play(script);
        Some(stub)
    }

    pub(super) fn library(&self) -> PathBuf {
        library_in(self.folder.path())
    }

    /// From now on it does this. No call sees half a script.
    pub(super) fn play(&self, script: &str) {
        let path = format!("{}.script", self.library().display());
        let new = format!("{path}.new");
        fs::write(&new, script).expect("a script");
        fs::rename(new, path).expect("the script");
    }

    /// A sampler that reads when it is asked, and tries again at once.
    pub(super) fn config(&self) -> GpuConfig {
        GpuConfig::new()
            .library(self.library())
            .interval(Duration::from_millis(1))
            .max_back_off(Duration::from_millis(1))
            .hanging_after(LONG)
    }
}

/// What `reader` says as soon as that is `wanted`.
pub(super) fn until(
    reader: &GpuReader,
    wanted: impl Fn(&GpuState, Option<&GpuSnapshot>) -> bool,
) -> (GpuState, Option<Arc<GpuSnapshot>>) {
    let start = Instant::now();
    loop {
        let (state, snapshot) = reader.sample_within(LONG);
        if wanted(&state, snapshot.as_deref()) {
            return (state, snapshot);
        }
        assert!(start.elapsed() < LONG, "it stays {state}: {snapshot:?}");
        std::thread::yield_now();
    }
}

fn library_in(folder: &Path) -> PathBuf {
    folder.join("libnvidia-ml.so.1")
}

fn build(flags: &[&str]) -> Option<TempDir> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsStr::new("rustc").to_owned());
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nvml_stub/stub.rs");
    let mut command = Command::new(rustc);
    command.args(["--edition", "2024", "--crate-type", "cdylib", "-C", "panic=abort"]).args(flags);
    match command.arg("-o").arg(library_in(folder.path())).arg(source).output() {
        Err(error) => {
            println!("skipped: there is no rustc to build the stand-in for NVML with: {error}");
            None
        }
        Ok(built) => {
            assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
            Some(folder)
        }
    }
}
