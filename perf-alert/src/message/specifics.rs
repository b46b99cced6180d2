//! Who is slowest, and one call that was slow: read only when somebody is told.

use crate::facts::words;
use crate::round::Round;
use crate::rules::{Kind, Probe};
use perf_core::{OperationSnapshot, Sample, Snapshot};
use perf_sla::{Indicator, Quantity};
use serde::Serialize;
use std::cmp::Reverse;

/// Operations that are named as the slowest.
const NAMED: usize = 3;

/// What is looked up for a message.
#[derive(Debug, Default)]
pub(crate) struct Specifics<'a> {
    /// The slowest first.
    pub(crate) worst: &'a [Worst],
    pub(crate) sample: Option<SampleView>,
}

/// An operation that is slow.
#[derive(Debug, Serialize)]
pub(crate) struct Worst {
    name: String,
    p95: String,
    error_rate: String,
}

/// A call, with what it was told of.
#[derive(Debug, Serialize)]
pub(crate) struct SampleView {
    took: String,
    failure: Option<String>,
    metadata: Vec<Pair>,
}

#[derive(Debug, Serialize)]
struct Pair {
    key: String,
    value: String,
}

impl<'a> Specifics<'a> {
    pub(crate) fn of(probe: &Probe, round: &'a Round<'_>) -> Self {
        let Some(looked) = round.looked(&probe.look) else { return Specifics::default() };
        let snapshot = looked.snapshot;
        let is_of_calls =
            !probe.labels.contains_key("metric") && !probe.labels.contains_key("resource");
        if !is_of_calls {
            return Specifics::default();
        }
        let of_failures = matches!(
            &probe.kind,
            Kind::Limit { target, .. }
                if matches!(target.indicator, Indicator::ErrorRate | Indicator::SuccessRate)
        );
        let sample = match probe.labels.get("operation") {
            Some(name) => snapshot.operation(name).and_then(|calls| sample(calls, of_failures)),
            None => snapshot
                .operations()
                .filter_map(|calls| sample(calls, of_failures))
                .max_by_key(|sample| sample.duration()),
        };
        Specifics { worst: looked.worst(), sample: sample.map(SampleView::of) }
    }
}

fn sample(calls: &OperationSnapshot, of_failures: bool) -> Option<&Sample> {
    if of_failures { calls.failed().first() } else { calls.slowest().first() }
}

/// The slowest operations, the slowest first.
pub(crate) fn worst(snapshot: &Snapshot) -> Vec<Worst> {
    let called = snapshot.operations().filter(|operation| operation.count() > 0);
    let mut by_p95: Vec<_> = called.map(|operation| (operation.p95(), operation)).collect();
    by_p95.sort_by_key(|(p95, _)| Reverse(*p95));
    let told = |(p95, operation): (Option<_>, &OperationSnapshot)| Worst {
        name: operation.name().to_owned(),
        p95: p95.map_or("unknown".to_owned(), |p95| Quantity::Time(p95).to_string()),
        error_rate: Quantity::Ratio(operation.failures() as f64 / operation.count() as f64)
            .to_string(),
    };
    by_p95.into_iter().take(NAMED).map(told).collect()
}

impl SampleView {
    fn of(sample: &Sample) -> Self {
        let pair = |(key, value): (&str, &perf_core::MetadataValue)| Pair {
            key: key.to_owned(),
            value: value.to_string(),
        };
        let duration = sample.duration();
        SampleView {
            took: match duration.as_secs() {
                0..10 => Quantity::Time(duration).to_string(),
                _ => words(duration),
            },
            failure: sample.failure_kind().map(ToOwned::to_owned),
            metadata: sample.metadata().map(pair).collect(),
        }
    }
}
