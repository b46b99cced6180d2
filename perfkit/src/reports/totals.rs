//! What became of the reports, for whoever holds the handle.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What became of regular reports until now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportTotals {
    /// Reports written, with all their files.
    pub written: u64,
    /// How often a file could not be written or removed.
    pub failures: u64,
    /// Reports that could not be written in so long that they were given up.
    pub given_up: u64,
    /// What failed last, with the file and why; also after it went well again.
    pub last_error: Option<String>,
}

/// The totals of a writer, shared with its handle.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedTotals(Arc<Mutex<ReportTotals>>);

impl SharedTotals {
    pub(super) fn read(&self) -> ReportTotals {
        self.lock().clone()
    }

    pub(super) fn add_written(&self) {
        self.lock().written += 1;
    }

    pub(super) fn add_failure(&self, error: &str) {
        let mut totals = self.lock();
        totals.failures += 1;
        totals.last_error = Some(error.to_owned());
    }

    pub(super) fn add_given_up(&self) {
        self.lock().given_up += 1;
    }

    /// Nothing panics while it is held.
    fn lock(&self) -> MutexGuard<'_, ReportTotals> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
