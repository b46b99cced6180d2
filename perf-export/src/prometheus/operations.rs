//! The families of operations.

use super::edge::{Edge, with_more};
use super::gather::{Family, Gather};
use super::names::{Scale, family_name};
use super::naming::{Naming, Part};
use super::number::Number;
use super::sink::{Exemplar, Histogram, Label};
use perf_core::{MetadataValue, MetricKind, OperationSnapshot, OverLimit};

/// The key of a sample's metadata that an exemplar is made of.
const TRACE_ID: &str = "trace_id";
/// Characters that OpenMetrics grants the labels of an exemplar.
const EXEMPLAR_CHARS: usize = 128;

pub(super) fn expose(gather: &mut Gather<'_>) {
    let snapshot = gather.snapshot;
    let all: Vec<_> = snapshot.operations().collect();
    let whole = snapshot.operation(snapshot.overall_operation().unwrap_or("request"));
    match gather.exposition.naming {
        Naming::Operations => group(gather, &OPERATION, &all),
        Naming::Stages => {
            let is_whole = |o: &&&OperationSnapshot| whole.is_some_and(|w| w.name() == o.name());
            let (request, stages): (Vec<_>, Vec<_>) = all.iter().partition(is_whole);
            group(gather, &REQUEST, &request);
            group(gather, &STAGE, &stages);
        }
        Naming::Inference => inference(gather, whole, &all),
    }
}

/// What the families of some operations are called.
struct Names {
    durations: &'static str,
    requests: &'static str,
    failures: &'static str,
    /// The label that has the operation's name.
    label: Option<&'static str>,
}

const OPERATION: Names = Names {
    durations: "operation_duration_seconds",
    requests: "operation_requests",
    failures: "operation_failures",
    label: Some("operation"),
};
const REQUEST: Names = Names {
    durations: "request_duration_seconds",
    requests: "requests",
    failures: "request_failures",
    label: None,
};
const STAGE: Names = Names {
    durations: "stage_duration_seconds",
    requests: "stage_requests",
    failures: "stage_failures",
    label: Some("stage"),
};

fn durations(name: &str) -> Family<'_> {
    let help = "How long calls that succeeded took.";
    Family { name, help, unit: "seconds", kind: MetricKind::Histogram }
}

fn group(gather: &mut Gather<'_>, names: &Names, operations: &[&OperationSnapshot]) {
    if operations.is_empty() {
        return;
    }
    gather.family(&durations(names.durations), |gather| {
        for operation in operations {
            let labels = names.label.map(|label| (label, operation.name()));
            histogram(gather, labels.as_slice(), operation);
        }
    });
    counts(gather, names, operations);
}

fn counts(gather: &mut Gather<'_>, names: &Names, operations: &[&OperationSnapshot]) {
    let counter = |name, help| Family { name, help, unit: "", kind: MetricKind::Counter };
    gather.family(&counter(names.requests, "Calls, timed or not."), |gather| {
        for operation in operations {
            let counts = [("success", operation.successes()), ("error", operation.failures())];
            for (status, count) in counts {
                with_label(names.label, operation, ("status", status), |labels| {
                    gather.sink.counter(labels, Number::integer(count));
                });
            }
        }
    });
    let known = operations.iter().any(|operation| operation.failure_kinds().next().is_some());
    if !known || !gather.exposition.has(Part::FailureKinds) {
        return;
    }
    gather.family(&counter(names.failures, "Failures of which a kind is known."), |gather| {
        for operation in operations {
            for (kind, count) in operation.failure_kinds() {
                with_label(names.label, operation, ("kind", kind), |labels| {
                    gather.sink.counter(labels, Number::integer(count));
                });
            }
        }
    });
}

fn with_label(
    label: Option<&str>,
    operation: &OperationSnapshot,
    more: Label<'_>,
    write: impl FnOnce(&[Label<'_>]),
) {
    match label {
        Some(label) => write(&[(label, operation.name()), more]),
        None => write(&[more]),
    }
}

/// A family for each operation, and three of the whole.
fn inference(
    gather: &mut Gather<'_>,
    whole: Option<&OperationSnapshot>,
    all: &[&OperationSnapshot],
) {
    for operation in all {
        let name = family_name("", &format!("{}_duration", operation.name()), "seconds", false);
        gather.family(&durations(&name), |gather| histogram(gather, &[], operation));
    }
    let whole = whole.as_slice();
    let whole = if whole.is_empty() { all } else { whole };
    let sum = |count: fn(&OperationSnapshot) -> u64| {
        whole.iter().fold(0, |sum: u64, operation| sum.saturating_add(count(operation)))
    };
    let (requests, errors) = (sum(OperationSnapshot::count), sum(OperationSnapshot::failures));
    let counters = [("requests", "Requests.", requests), ("errors", "Failed requests.", errors)];
    for (name, help, count) in counters {
        let family = Family { name, help, unit: "", kind: MetricKind::Counter };
        gather.family(&family, |gather| gather.sink.counter(&[], Number::integer(count)));
    }
    let seconds = gather.snapshot.interval().as_secs_f64();
    if seconds > 0.0 {
        let family = Family {
            name: "throughput_requests_per_second",
            help: "Requests a second since counting began; the rate of requests_total is the present one.",
            unit: "",
            kind: MetricKind::Gauge,
        };
        let throughput = Number::Float(requests as f64 / seconds);
        gather.family(&family, |gather| gather.sink.gauge(&[], throughput));
    }
    counts(gather, &OPERATION, all);
}

fn histogram(gather: &mut Gather<'_>, labels: &[Label<'_>], operation: &OperationSnapshot) {
    let latency = operation.latency();
    let over: Vec<OverLimit> = operation.over_limits().collect();
    let given = gather.exposition.limits.get(operation.name()).map_or(&[][..], Vec::as_slice);
    let mut limits: Vec<u64> = over.iter().map(|over| over.limit.as_nanos() as u64).collect();
    limits.extend_from_slice(given);
    let default = &gather.exposition.edges;
    let more;
    let edges = match limits.is_empty() {
        true => default,
        false => {
            more = with_more(default, &limits, Scale::NANOS);
            &more
        }
    };
    let values: Vec<u64> = edges.iter().map(|edge| edge.value).collect();
    let mut counts: Vec<u64> = latency.cumulative(&values).collect();
    for over in over.iter().filter(|over| over.exact) {
        let limit = over.limit.as_nanos() as u64;
        if let Ok(at) = values.binary_search(&limit) {
            let total = latency.count();
            let within = total.saturating_sub(over.successes);
            counts[at] = gather.exposition.within.read(operation.name(), limit, within, total);
        }
    }
    // An edge below an exact one may have counted values of their common bucket that are above both.
    for i in (1..counts.len()).rev() {
        counts[i - 1] = counts[i - 1].min(counts[i]);
    }
    let exemplars = if gather.exemplars { exemplars(gather, operation, edges) } else { Vec::new() };
    gather.sink.histogram(
        labels,
        &Histogram {
            edges,
            counts: &counts,
            count: latency.count(),
            sum: latency.sum(),
            scale: Scale::NANOS,
            distribution: Some(latency),
            exemplars: &exemplars,
        },
    );
}

/// The slowest kept sample of each bucket that says which trace it belongs to.
fn exemplars<'a>(
    gather: &Gather<'_>,
    operation: &'a OperationSnapshot,
    edges: &[Edge],
) -> Vec<Exemplar<'a>> {
    let mut exemplars = Vec::<Exemplar<'a>>::new();
    for sample in operation.slowest() {
        let trace_id = sample.metadata().find_map(|(key, value)| match value {
            MetadataValue::Text(text) if key == TRACE_ID => Some(&**text),
            _ => None,
        });
        let fits =
            |id: &&str| !id.is_empty() && id.chars().count() + TRACE_ID.len() <= EXEMPLAR_CHARS;
        let Some(trace_id) = trace_id.filter(fits) else { continue };
        let nanos = sample.duration().as_nanos();
        let bucket = edges.partition_point(|edge| u128::from(edge.value) < nanos);
        if exemplars.iter().any(|known| known.bucket == bucket) {
            continue;
        }
        let age = gather.snapshot.to().saturating_sub(sample.at());
        let taken_at = gather.snapshot.taken_at();
        let at = taken_at.checked_sub(age).unwrap_or(taken_at);
        exemplars.push(Exemplar {
            bucket,
            trace_id,
            value: Gather::number(nanos, Scale::NANOS),
            at,
        });
    }
    exemplars
}
