//! What perf-resources says of processes, containers and itself, seen from outside. A test's name is the
//! claim.

mod cgroups;
#[cfg(target_os = "linux")]
mod factory;
#[cfg(all(feature = "gpu", target_os = "linux"))]
mod gpu;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod sampler;
#[cfg(feature = "system")]
mod system;
#[cfg(target_os = "linux")]
mod trackers;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(feature = "alloc")]
mod untracked;

use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder that stands for the root of a machine.
struct Root(TempDir);

impl Root {
    fn new() -> Self {
        Root(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes these files, by their paths from the root.
    fn with(self, files: &[(&str, &str)]) -> Self {
        files.iter().for_each(|(path, text)| self.write(path, text));
        self
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

/// Uses a core for as long, without sleeping.
#[cfg(any(target_os = "linux", feature = "system"))]
fn burn(time: std::time::Duration) {
    let start = std::time::Instant::now();
    while start.elapsed() < time {
        std::hint::black_box((0..1_000).sum::<u64>());
    }
}

/// Held by tests that need so much memory that others of them would see it.
#[cfg(target_os = "linux")]
fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
