//! What of a notification is for one handler.

use super::HandlerOptions;
use super::origin::Origin;
use crate::alert::Alert;
use crate::fingerprint::fingerprint;
use crate::notification::Notification;
use perf_sla::{Matcher, Severity};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Of more alerts than this at once a handler is only told while they are for it.
const MAX_TOLD: usize = 10_000;

pub(super) struct Filter {
    min_severity: Severity,
    matchers: Vec<Matcher>,
    origin: Arc<Origin>,
    /// Alerts that the handler was told of and that are not over, if it is not told of all.
    told: Mutex<HashSet<u64>>,
}

impl Filter {
    pub(super) fn new(options: &HandlerOptions, origin: Arc<Origin>) -> Self {
        let (min_severity, matchers) = (options.min_severity, options.matchers.clone());
        Filter { min_severity, matchers, origin, told: Mutex::default() }
    }

    /// The notification with those alerts that are for the handler; `None` when there are none.
    pub(super) fn apply(&self, notification: &Arc<Notification>) -> Option<Arc<Notification>> {
        if self.min_severity == Severity::Info && self.matchers.is_empty() {
            return Some(Arc::clone(notification));
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_for_it = Vec::with_capacity(notification.alerts.len());
        for alert in &notification.alerts {
            let key = fingerprint(&alert.labels);
            let is_meant = self.is_meant(alert, alert.severity);
            // The engine remembers over a restart what is forgotten here: on its way to the most urgent that was told it
            // may have been any that is less.
            let mut severities =
                [Severity::Info, Severity::Warning, Severity::Critical].into_iter();
            let was_meant = severities
                .any(|severity| Some(severity) <= alert.told && self.is_meant(alert, severity));
            // Who was woken is also told that it is less bad now, and that it is over.
            is_for_it.push(is_meant || was_meant || told.contains(&key));
            if !alert.is_firing() {
                told.remove(&key);
            } else if is_meant && told.len() < MAX_TOLD {
                told.insert(key);
            }
        }
        drop(told);
        if is_for_it.iter().all(|wanted| *wanted) {
            return Some(Arc::clone(notification));
        }
        let alerts = notification.alerts.iter().zip(is_for_it);
        let alerts: Vec<_> =
            alerts.filter(|(_, wanted)| *wanted).map(|(alert, _)| alert.clone()).collect();
        if alerts.is_empty() {
            return None;
        }
        Some(Arc::new(Notification { alerts, ..Notification::clone(notification) }))
    }

    /// By what it says itself, this severity among that, and by where it is from.
    fn is_meant(&self, alert: &Alert, severity: Severity) -> bool {
        let matches = |matcher: &Matcher| {
            let value = match matcher.label() {
                "severity" => severity.as_str(),
                label => {
                    alert.labels.get(label).or_else(|| self.origin.get(label)).map_or("", |it| it)
                }
            };
            matcher.matches_value(value)
        };
        severity >= self.min_severity && self.matchers.iter().all(matches)
    }
}
