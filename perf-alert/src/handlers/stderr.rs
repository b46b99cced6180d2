//! A line on standard error.

use super::text::headline;
use crate::handler::{Handler, HandlerError, Retry};
use crate::notification::Notification;
use std::io::{self, Write};
use std::time::Instant;

/// Writes a line to standard error: `alert: critical: retrieval p95 is 125.6 ms, limit 100 ms`.
///
/// ```
/// use perf_alert::{Dispatcher, HandlerOptions, Severity, StderrHandler};
///
/// let urgent = HandlerOptions::new().min_severity(Severity::Critical);
/// let dispatcher = Dispatcher::builder().handler("screen", StderrHandler, urgent).spawn()?;
/// assert!(dispatcher.has("screen"));
/// # Ok::<(), perf_alert::DispatchError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct StderrHandler;

impl Handler for StderrHandler {
    fn handle(&mut self, notification: &Notification, _: Instant) -> Result<(), HandlerError> {
        let line = format!("alert: {}\n", headline(notification));
        io::stderr().lock().write_all(line.as_bytes()).map_err(|error| {
            HandlerError::new(format!("standard error: {}", error.kind()), Retry::Never)
        })
    }
}
