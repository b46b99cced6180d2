//! An alert for tests of this crate.

use crate::alert::Alert;
use perf_sla::Severity;
use std::time::{Duration, SystemTime};

pub(crate) fn alert(rule: &str, fires: bool) -> Alert {
    let started = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let mut alert = Alert::new(rule, Severity::Warning, started);
    alert.ended = (!fires).then(|| started + Duration::from_secs(60));
    alert.summary = format!("{rule} is wrong");
    alert.description = "since a minute".to_owned();
    alert.observed = Some("125.6ms".to_owned());
    alert.limit = Some("<= 100.0ms".to_owned());
    alert.runbook = Some("https://wiki.example/slow".to_owned());
    alert
}
