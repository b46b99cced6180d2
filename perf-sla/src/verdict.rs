//! All checks of one SLA file on one snapshot.

use crate::check::{Check, Status};
use std::path::{Path, PathBuf};

/// What an SLA file says of a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    checks: Vec<Check>,
    source: Option<PathBuf>,
    overall_operation: Option<String>,
}

impl Verdict {
    pub(crate) fn new(
        checks: Vec<Check>,
        source: Option<PathBuf>,
        overall_operation: Option<String>,
    ) -> Self {
        Verdict { checks, source, overall_operation }
    }

    /// Violated if one check is, else inconclusive if one is, else met. Without any check it is
    /// inconclusive: nothing was promised.
    pub fn status(&self) -> Status {
        self.checks.iter().map(|check| check.status).max().unwrap_or(Status::Inconclusive)
    }

    /// Whether every check is met.
    pub fn passed(&self) -> bool {
        self.status() == Status::Met
    }

    /// Every check: those of the whole first, then by operation in the order of the file.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The checks that are violated. Printed, each is a sentence.
    pub fn violations(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.status == Status::Violated)
    }

    /// The file the targets came from.
    pub fn source(&self) -> Option<&Path> {
        self.source.as_deref()
    }

    /// The operation that was judged as the whole; if none, all operations together were.
    pub fn overall_operation(&self) -> Option<&str> {
        self.overall_operation.as_deref()
    }
}
