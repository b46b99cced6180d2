//! A record of the crate `log`.

use super::text::headline;
use crate::handler::{Handler, HandlerError};
use crate::notification::Notification;
use perf_sla::Severity;
use std::time::Instant;

/// Writes a record to the crate `log` under the target `perf_alert`: an error if it is critical, a warning, or an
/// information if it is that or over.
///
/// ```
/// use perf_alert::{Dispatcher, HandlerOptions, LogHandler};
///
/// let dispatcher = Dispatcher::builder().handler("log", LogHandler, HandlerOptions::new()).spawn()?;
/// assert!(dispatcher.has("log"));
/// # Ok::<(), perf_alert::DispatchError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct LogHandler;

impl Handler for LogHandler {
    fn handle(&mut self, notification: &Notification, _: Instant) -> Result<(), HandlerError> {
        let level = match notification.severity() {
            _ if !notification.is_firing() => log::Level::Info,
            Severity::Critical => log::Level::Error,
            Severity::Warning => log::Level::Warn,
            Severity::Info => log::Level::Info,
        };
        log::log!(target: "perf_alert", level, "{}", headline(notification));
        Ok(())
    }
}
