//! The thread that writes reports.

use super::totals::{ReportTotals, SharedTotals};
use super::writer::ReportWriter;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

/// The thread that [`Reports::spawn`](super::Reports::spawn) started. Dropped, it stops the thread at once and waits
/// for a report that is being written; the one that has begun is lost, which [`finish`](Self::finish) writes.
#[must_use = "the thread stops when this is dropped"]
#[derive(Debug)]
pub struct ReportsThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<ReportWriter>>,
    totals: SharedTotals,
}

impl ReportsThread {
    pub(super) fn spawn(mut writer: ReportWriter) -> io::Result<Self> {
        let totals = writer.shared_totals();
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let run = move || {
            while !told.load(Relaxed) {
                writer.tick();
                // Woken early it ticks in vain, which costs little.
                thread::park_timeout(writer.wait());
            }
            writer
        };
        let thread = thread::Builder::new().name("perfkit-reports".into()).spawn(run)?;
        Ok(ReportsThread { stop, thread: Some(thread), totals })
    }

    /// What became of the reports until now.
    pub fn totals(&self) -> ReportTotals {
        self.totals.read()
    }

    /// Writes the report that has begun, and ends.
    pub fn finish(mut self) -> ReportTotals {
        match self.end() {
            Some(writer) => writer.finish(),
            None => self.totals.read(),
        }
    }

    fn end(&mut self) -> Option<ReportWriter> {
        // The unpark orders the store before the look that the thread then takes.
        self.stop.store(true, Relaxed);
        let thread = self.thread.take()?;
        thread.thread().unpark();
        // It has no panic of its own, and a panic here would end the process while it unwinds.
        thread.join().ok()
    }
}

impl Drop for ReportsThread {
    fn drop(&mut self) {
        self.end();
    }
}
