//! What a server said to a request.

use std::fmt;
use std::time::Duration;

/// What became of one attempt.
#[derive(Debug)]
pub(super) enum Answer {
    Taken,
    /// It may be taken later; not before `after`, if the server says so.
    Later {
        why: String,
        after: Option<Duration>,
    },
    Refused {
        status: u16,
        body: String,
    },
}

/// A status and what came with it, if anything did.
pub(super) fn said(status: u16, body: &str) -> String {
    match body.trim() {
        "" => format!("status {status}"),
        body => format!("status {status}: {body}"),
    }
}

/// Why something was not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushError {
    /// The server will not have it: an answer that is neither 2xx, 5xx nor 429.
    Refused {
        /// The status of the answer.
        status: u16,
        /// The beginning of what it says.
        body: String,
    },
    /// No attempt had succeeded when the deadline came, or the next one would have been after it.
    OutOfTime {
        /// How often it was tried.
        attempts: u32,
        /// What was wrong the last time.
        last: String,
    },
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PushError::Refused { status, body } => {
                write!(f, "the server refuses it with {}", said(*status, body))
            }
            PushError::OutOfTime { attempts, last } => {
                let plural = if *attempts == 1 { "" } else { "s" };
                write!(f, "not delivered in time, after {attempts} attempt{plural}: {last}")
            }
        }
    }
}

impl std::error::Error for PushError {}
