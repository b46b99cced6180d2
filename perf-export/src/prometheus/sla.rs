//! The families of promises.

use super::gather::{Family, Gather};
use super::number::Number;
use super::options::SlaEvents;
use super::sink::Label;
use perf_core::MetricKind;
use std::collections::BTreeMap;

/// What a scrape says of promises.
#[derive(Default)]
pub(super) struct Promises {
    /// Good and all events.
    pub(super) events: BTreeMap<Promise, [u64; 2]>,
    /// The shares that are to be good.
    pub(super) shares: BTreeMap<Promise, f64>,
    /// The limits of latencies, in ns.
    pub(super) limits: BTreeMap<Promise, u64>,
    /// What gauges say that have a limit.
    pub(super) values: BTreeMap<Promise, f64>,
    /// What counters count that have a limit.
    pub(super) counted: BTreeMap<Promise, u64>,
}

/// Whose series it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Promise {
    pub(super) sla: String,
    pub(super) operation: Option<String>,
    /// The value of the label whose values are judged each by itself.
    pub(super) part: Option<String>,
}

pub(super) fn expose(gather: &mut Gather<'_>) {
    let exposition = gather.exposition;
    let mut promises = Promises::default();
    if let Some(source) = &exposition.sla {
        for SlaEvents { sla, good, total } in source(gather.snapshot) {
            let promise = Promise { sla, ..Promise::default() };
            promises.events.insert(promise, [good, total]);
        }
    }
    #[cfg(feature = "sla")]
    if let Some(promised) = &exposition.promised {
        promised.read(gather.snapshot, &mut promises);
    }
    let Promises { events, shares, limits, values, counted } = promises;
    let integer = |value: u64| Number::integer(value);
    family(gather, &GOOD, events.iter().map(|(promise, [good, _])| (promise, integer(*good))));
    family(gather, &EVENTS, events.iter().map(|(promise, [_, all])| (promise, integer(*all))));
    let floats = |(promise, value): (_, &f64)| (promise, Number::Float(*value));
    family(gather, &SHARE, shares.iter().map(floats));
    let seconds = |(promise, nanos): (_, &u64)| {
        (promise, Number::Scaled { value: u128::from(*nanos), decimals: 9 })
    };
    family(gather, &LIMIT, limits.iter().map(seconds));
    family(gather, &VALUE, values.iter().map(floats));
    family(gather, &COUNTED, counted.iter().map(|(promise, count)| (promise, integer(*count))));
}

const fn counter(name: &'static str, help: &'static str) -> Family<'static> {
    Family { name, help, unit: "", kind: MetricKind::Counter }
}

const fn gauge(name: &'static str, help: &'static str, unit: &'static str) -> Family<'static> {
    Family { name, help, unit, kind: MetricKind::Gauge }
}

const GOOD: Family<'_> = counter("sla_good", "Events that kept the promise.");
const EVENTS: Family<'_> = counter("sla_events", "Events that the promise is about.");
const SHARE: Family<'_> =
    gauge("sla_objective_ratio", "The share of events that is promised to be good.", "ratio");
const LIMIT: Family<'_> =
    gauge("sla_limit_seconds", "The longest that a good call may take.", "seconds");
const VALUE: Family<'_> =
    gauge("sla_value", "The value that the promise limits, in the unit of its metric.", "");
const COUNTED: Family<'_> =
    counter("sla_counted", "What the counters count whose growth the promise limits.");

fn family<'p>(
    gather: &mut Gather<'_>,
    family: &Family<'_>,
    series: impl Iterator<Item = (&'p Promise, Number)>,
) {
    let mut series = series.peekable();
    if series.peek().is_none() {
        return;
    }
    gather.family(family, |gather| {
        for (promise, value) in series {
            let Promise { sla, operation, part } = promise;
            let mut labels: Vec<Label<'_>> = vec![("sla", sla)];
            labels.extend(operation.as_deref().map(|operation| ("operation", operation)));
            labels.extend(part.as_deref().map(|part| ("part", part)));
            match family.kind {
                MetricKind::Counter => gather.sink.counter(&labels, value),
                _ => gather.sink.gauge(&labels, value),
            }
        }
    });
}
