//! Why monitoring did not begin.

use crate::delivery::DispatchError;
use crate::handlers::HandlersError;
use crate::rules::RuleError;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why [`Monitoring`](crate::Monitoring) did not begin.
#[derive(Debug)]
#[non_exhaustive]
pub enum MonitoringError {
    /// A rule of the SLA file is none.
    Rules(RuleError),
    /// Handlers of the SLA file cannot be made.
    Handlers(HandlersError),
    /// The handlers do not go together, or not with the rules.
    Dispatch(DispatchError),
    /// The state can be neither read nor written.
    StateFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// A thread cannot be started.
    Thread(io::Error),
}

impl fmt::Display for MonitoringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MonitoringError::Rules(error) => error.fmt(f),
            MonitoringError::Handlers(error) => error.fmt(f),
            MonitoringError::Dispatch(error) => error.fmt(f),
            MonitoringError::StateFile { path, error } => {
                write!(f, "the state of alerts cannot be kept in {}: {error}", path.display())
            }
            MonitoringError::Thread(error) => write!(f, "a thread cannot be started: {error}"),
        }
    }
}

impl Error for MonitoringError {
    /// Of those that are shown as they are, what is behind them.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            MonitoringError::Rules(error) => error.source(),
            MonitoringError::Handlers(error) => error.source(),
            MonitoringError::Dispatch(error) => error.source(),
            MonitoringError::StateFile { error, .. } | MonitoringError::Thread(error) => {
                Some(error)
            }
        }
    }
}
