//! Why a report could not be written.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// A report could not be rendered or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// A template failed, or a number could not be put into JSON.
    Render(Box<dyn Error + Send + Sync>),
    /// The file could not be written.
    Write(PathBuf, io::Error),
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportError::Render(error) => write!(f, "the report could not be rendered: {error}"),
            ReportError::Write(path, error) => {
                write!(f, "{}: cannot be written: {error}", path.display())
            }
        }
    }
}

impl Error for ReportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ReportError::Render(error) => Some(&**error),
            ReportError::Write(_, error) => Some(error),
        }
    }
}
