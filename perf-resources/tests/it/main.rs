//! What perf-resources says of processes, containers and itself, seen from outside. A test's name is the
//! claim.

mod cgroups;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod tree;

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
