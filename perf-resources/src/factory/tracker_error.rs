//! Why there is no tracker.

use super::TRACKERS;
use super::nearest::nearest;
use super::option_value::OptionValue;
use super::options::known;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why [`tracker`](crate::tracker()) made none.
#[derive(Debug)]
#[non_exhaustive]
pub enum TrackerError {
    /// No tracker has this name.
    UnknownTracker {
        /// At most 64 characters of it.
        name: Box<str>,
        /// What may have been meant.
        did_you_mean: Option<&'static str>,
    },
    /// The tracker has no such option.
    UnknownOption {
        /// The tracker.
        tracker: &'static str,
        /// At most 64 characters of it.
        name: Box<str>,
        /// What may have been meant.
        did_you_mean: Option<&'static str>,
    },
    /// The option cannot have this value.
    WrongValue {
        /// The tracker.
        tracker: &'static str,
        /// The option.
        option: &'static str,
        /// What it was to be.
        value: OptionValue,
        /// What it can be.
        expected: &'static str,
    },
    /// This build cannot do what the option asks for.
    Unavailable {
        /// The option.
        option: &'static str,
        /// What it needs.
        needs: &'static str,
    },
    /// The file is no TOML, or has something else than a table for each tracker: why.
    File(Box<str>),
    /// What is wrong with a file, and where.
    At {
        /// The file; `None` for a text that is of none.
        path: Option<PathBuf>,
        /// From 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
        /// What.
        error: Box<TrackerError>,
    },
    /// The process or the file cannot be read.
    Io(io::Error),
}

impl TrackerError {
    pub(super) fn unknown_tracker(name: &str) -> Self {
        TrackerError::UnknownTracker { name: cut(name), did_you_mean: nearest(name, &TRACKERS) }
    }

    pub(super) fn unknown_option(tracker: &'static str, name: &str) -> Self {
        let did_you_mean = nearest(name, known(tracker));
        TrackerError::UnknownOption { tracker, name: cut(name), did_you_mean }
    }
}

impl fmt::Display for TrackerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meant = |meant: &Option<&str>| match meant {
            Some(meant) => format!("did you mean {meant}? There are"),
            None => "there are".to_owned(),
        };
        match self {
            TrackerError::UnknownTracker { name, did_you_mean } => {
                let all = TRACKERS.join(", ");
                write!(f, "unknown tracker {name:?}: {} {all}", meant(did_you_mean))
            }
            TrackerError::UnknownOption { tracker, name, did_you_mean } => {
                let (meant, all) = (meant(did_you_mean), known(tracker).join(", "));
                write!(f, "unknown option {name:?} of the {tracker} tracker: {meant} {all}")
            }
            TrackerError::WrongValue { tracker, option, value, expected } => {
                write!(f, "{option} of the {tracker} tracker is {value}: expected {expected}")
            }
            TrackerError::Unavailable { option, needs } => write!(f, "{option} needs {needs}"),
            TrackerError::File(reason) => f.write_str(reason),
            TrackerError::At { path, line, column, error } => {
                if let Some(path) = path {
                    write!(f, "{}:", path.display())?;
                }
                write!(f, "{line}:{column}: {error}")
            }
            TrackerError::Io(error) => error.fmt(f),
        }
    }
}

impl Error for TrackerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            TrackerError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for TrackerError {
    fn from(error: io::Error) -> Self {
        TrackerError::Io(error)
    }
}

fn cut(name: &str) -> Box<str> {
    name.chars().take(64).collect()
}
