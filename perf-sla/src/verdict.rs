//! All checks of one SLA file on one snapshot or timeline.

use crate::check::Check;
use crate::config::SlaConfig;
use crate::status::Status;
use std::path::{Path, PathBuf};

/// What an SLA file says of what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub(crate) checks: Vec<Check>,
    pub(crate) notes: Vec<String>,
    source: Option<PathBuf>,
    overall_operation: Option<String>,
}

impl Verdict {
    pub(crate) fn new(sla: &SlaConfig, checks: Vec<Check>) -> Self {
        let overall_operation = sla.overall_operation.clone();
        Verdict { checks, notes: Vec::new(), source: sla.source.clone(), overall_operation }
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

    /// Every check: as in the file, those of the whole first, those of objectives last.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The checks that are violated. Printed, each is a sentence.
    pub fn violations(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.status == Status::Violated)
    }

    /// What the reader should know beside.
    pub fn notes(&self) -> &[String] {
        &self.notes
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
