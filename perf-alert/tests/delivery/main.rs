//! Handlers and their delivery, seen from outside. A test's name is the claim.

#[cfg(feature = "http")]
mod alertmanager;
#[cfg(feature = "tls")]
mod certificate;
mod delivery;
#[cfg(feature = "email")]
mod email;
mod from_sla;
mod local;
#[cfg(feature = "http")]
mod sink;
#[cfg(feature = "http")]
mod web;

use perf_alert::{Alert, DispatchTotals, Dispatcher, Notification, Reason, Severity};
use std::time::{Duration, Instant, SystemTime};

/// Longer than anything takes on a machine that is merely busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A moment that is the same in every run.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_033_600)
}

fn alert(rule: &str, severity: Severity) -> Alert {
    let mut alert = Alert::new(rule, severity, noon());
    alert.labels.insert("operation".to_owned(), "retrieval".to_owned());
    alert.summary = format!("{rule}: retrieval p95 is 125.6 ms, limit 100 ms");
    alert.description = "since 2 minutes".to_owned();
    alert.observed = Some("125.6 ms".to_owned());
    alert.limit = Some("<= 100 ms".to_owned());
    alert.runbook = Some("https://wiki.example/slow".to_owned());
    alert
}

fn over(mut alert: Alert) -> Alert {
    alert.ended = Some(alert.started + Duration::from_secs(90));
    alert
}

fn fired(alerts: Vec<Alert>) -> Notification {
    Notification::new(Reason::Fired, alerts, noon() + Duration::from_secs(1))
}

fn resolved(alerts: Vec<Alert>) -> Notification {
    let alerts = alerts.into_iter().map(over).collect();
    Notification::new(Reason::Resolved, alerts, noon() + Duration::from_secs(90))
}

/// Waits until the counts are as they are to become.
fn until(dispatcher: &Dispatcher, is_so: impl Fn(&DispatchTotals) -> bool) -> DispatchTotals {
    let begun = Instant::now();
    loop {
        let totals = dispatcher.totals();
        if is_so(&totals) {
            return totals;
        }
        assert!(begun.elapsed() < PATIENCE, "{totals:#?}");
        std::thread::yield_now();
    }
}
