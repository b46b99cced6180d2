//! An event of the crate `tracing`.

use super::text::summary;
use crate::handler::{Handler, HandlerError};
use crate::notification::Notification;
use perf_sla::Severity;
use std::time::Instant;

/// Emits an event of the crate `tracing` for each alert, under the target `perf_alert`: an error if it is critical,
/// a warning, or an information if it is that or over. Its fields are those of the alert.
///
/// ```
/// use perf_alert::{Dispatcher, HandlerOptions, TracingHandler};
///
/// let options = HandlerOptions::new();
/// let dispatcher = Dispatcher::builder().handler("events", TracingHandler, options).spawn()?;
/// assert!(dispatcher.has("events"));
/// # Ok::<(), perf_alert::DispatchError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingHandler;

/// The level is part of what an event is made of, so each has its own.
macro_rules! emit {
    ($level:ident, $alert:ident, $reason:expr) => {
        tracing::event!(
            target: "perf_alert",
            tracing::Level::$level,
            rule = $alert.rule,
            reason = $reason,
            severity = $alert.severity.as_str(),
            firing = $alert.is_firing(),
            labels = ?$alert.labels,
            observed = $alert.observed,
            limit = $alert.limit,
            runbook = $alert.runbook,
            "{}",
            summary($alert)
        )
    };
}

impl Handler for TracingHandler {
    fn handle(&mut self, notification: &Notification, _: Instant) -> Result<(), HandlerError> {
        let reason = notification.reason.as_str();
        for alert in &notification.alerts {
            match alert.severity {
                _ if !alert.is_firing() => emit!(INFO, alert, reason),
                Severity::Critical => emit!(ERROR, alert, reason),
                Severity::Warning => emit!(WARN, alert, reason),
                Severity::Info => emit!(INFO, alert, reason),
            }
        }
        Ok(())
    }
}
