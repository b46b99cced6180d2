//! Why a log cannot be read.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a log cannot be read at all.
#[derive(Debug)]
pub struct LogError {
    path: PathBuf,
    message: String,
}

impl LogError {
    pub(super) fn new(path: &Path, message: impl Into<String>) -> Self {
        LogError { path: path.to_owned(), message: message.into() }
    }

    pub(super) fn read(path: &Path, error: &io::Error) -> Self {
        LogError::new(path, format!("cannot be read: {error}"))
    }
}

impl fmt::Display for LogError {
    /// `logs/a.jsonl: cannot be read: …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.message)
    }
}

impl Error for LogError {}
