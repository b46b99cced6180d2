//! What an SLA file means and what is said of one that is wrong, seen from outside. A test's name is the
//! claim.

mod alerts;
mod bad_files;
mod baseline;
mod builder;
mod explain;
#[cfg(feature = "yaml")]
mod formats;
mod handlers;
mod joint;
mod metrics;
mod objectives;
mod promises;
mod properties;
mod resources;
mod saved;
mod verdicts;
mod warnings;
mod windows;

use perf_core::{Clock, ManualClock, Profiler, Snapshot};
use perf_sla::{Check, SlaConfig};
use std::time::Duration;

fn manual() -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    (Profiler::builder().clock(clock).build(), hand)
}

fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn sla(text: &str) -> SlaConfig {
    SlaConfig::from_toml(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Every check of a file on a snapshot.
fn checks(text: &str, snapshot: &Snapshot) -> Vec<Check> {
    sla(text).evaluate(snapshot).checks().to_vec()
}

/// The only check of a file on a snapshot.
fn check(text: &str, snapshot: &Snapshot) -> Check {
    let checks = checks(text, snapshot);
    assert_eq!(checks.len(), 1, "{text}");
    checks[0].clone()
}
