//! Why a report could not be written or read.

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
    /// A template of the user's, in this folder, is none or failed; says where, as `file:line:column`.
    Template(PathBuf, Box<dyn Error + Send + Sync>),
    /// The file could not be written.
    Write(PathBuf, io::Error),
    /// The file could not be read.
    Read(PathBuf, io::Error),
    /// The file is no report that this version can read.
    Load(PathBuf, LoadError),
}

/// Why a text is no report that this version can read.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// It is no JSON, or a key holds something else than it should; says where.
    Syntax(Box<dyn Error + Send + Sync>),
    /// It is JSON of another kind.
    NotAReport {
        /// What its key `schema` says.
        schema: String,
    },
    /// It is of another major version.
    Version {
        /// What its key `schema_version` says.
        found: String,
    },
    /// Its numbers contradict each other.
    Contradiction {
        /// Where.
        key: String,
        /// How.
        what: String,
    },
}

impl LoadError {
    pub(crate) fn syntax(error: serde_json::Error) -> Self {
        LoadError::Syntax(error.into())
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportError::Render(error) => write!(f, "the report could not be rendered: {error}"),
            ReportError::Template(_, error) => write!(f, "{error}"),
            ReportError::Write(path, error) => {
                write!(f, "{}: cannot be written: {error}", path.display())
            }
            ReportError::Read(path, error) => {
                write!(f, "{}: cannot be read: {error}", path.display())
            }
            ReportError::Load(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Syntax(error) => write!(f, "is no report in JSON: {error}"),
            LoadError::NotAReport { schema } if schema.is_empty() => f.write_str(
                "is no report of perfkit: its key `schema` is not there; `perfkit demo` and \
                 `Report::write_json` write reports",
            ),
            LoadError::NotAReport { schema } => {
                write!(f, "is no report of perfkit: its key `schema` is {schema:?}")
            }
            LoadError::Version { found } => write!(
                f,
                "is of version {found:?}, and this perfkit reads {}: read it with the perfkit that \
                 wrote it, or a newer one",
                crate::model::SCHEMA_VERSION
            ),
            LoadError::Contradiction { key, what } => write!(f, "`{key}` cannot be: {what}"),
        }
    }
}

impl Error for ReportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ReportError::Render(error) | ReportError::Template(_, error) => Some(&**error),
            ReportError::Write(_, error) | ReportError::Read(_, error) => Some(error),
            ReportError::Load(_, error) => Some(error),
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            LoadError::Syntax(error) => Some(&**error),
            _ => None,
        }
    }
}
