//! What the recording core promises, seen from outside. A test's name is the claim.

mod bad_definitions;
mod bad_input;
mod call_tree;
mod counters;
mod cumulative;
mod definitions;
mod failures;
mod histograms;
mod inference;
mod kept_samples;
mod limits;
mod names;
mod parts;
mod properties;
mod quantiles;
mod random;
mod recent_calls;
mod requests;
mod reset;
mod sampled;
mod snapshots;
mod stress;
mod threads;
mod timeline;
mod timeline_ageing;
mod timeline_model;
mod timers;
mod trackers;

use perf_core::{ManualClock, Profiler};
use std::time::Duration;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A profiler whose time stands still until the test moves it.
fn manual() -> (Profiler, ManualClock) {
    let (clock, hand) = perf_core::Clock::manual();
    (Profiler::builder().clock(clock).build(), hand)
}
