//! Reports of several processes as one.

mod gauges;
mod series;

pub(crate) use gauges::Extreme;

use crate::model::{CallNodeModel, FindingModel, MIN_SHARE, Model, RunModel, instant_ns};
use perf_core::Snapshot;
use std::collections::BTreeMap;

/// Both together. Counts and buckets add, so that every percentile is that of all calls; the time is that
/// which at least one of them covers; of a gauge the smallest and the largest value stay. There is no verdict:
/// the sum has to be judged anew.
pub(crate) fn merge(ours: &Model, theirs: &Model) -> Model {
    let start = ours.run.start_ns().min(theirs.run.start_ns());
    let offset = |model: &Model| u64::try_from(model.run.start_ns() - start).unwrap_or(u64::MAX);
    let (our_offset, their_offset) = (offset(ours), offset(theirs));
    let run = merged_run(&ours.run, &theirs.run, [our_offset, their_offset]);
    let mut our_parts = ours.parts_within(&run, our_offset);
    our_parts.overall_operation = merged_whole(ours, theirs);
    let their_parts = theirs.parts_within(&run, their_offset);
    let sum = Snapshot::from_parts(our_parts).merge(&Snapshot::from_parts(their_parts));
    let mut merged = Model { run, ..Model::new(&sum) };
    merged.title = ours.title.clone();
    merged.gauges = gauges::merged([&ours.gauges, &theirs.gauges]);
    merged.call_tree = CallNodeModel::merge(&ours.call_tree, &theirs.call_tree);
    merged.series = match (&ours.series, &theirs.series) {
        (None, None) => None,
        (ours, theirs) => {
            Some(series::merged([(ours.as_ref(), our_offset), (theirs.as_ref(), their_offset)]))
        }
    };
    merged.requests = match (&ours.requests, &theirs.requests) {
        (Some(ours), Some(theirs)) => Some(ours.merge(theirs)),
        (Some(requests), None) | (None, Some(requests)) => Some(requests.clone()),
        (None, None) => None,
    };
    if let Some(sums) = merged.requests.as_ref().and_then(|requests| requests.restore().ok()) {
        merged.findings = FindingModel::all(&sums.bottlenecks(MIN_SHARE));
    }
    merged
}

fn merged_run(a: &RunModel, b: &RunModel, offsets: [u64; 2]) -> RunModel {
    let stretches = united([a, b].into_iter().zip(offsets).flat_map(|(run, offset)| {
        let later = move |ns: u64| ns.saturating_add(offset);
        run.stretches().into_iter().map(move |(from, to)| (later(from), later(to)))
    }));
    let duration_ns = stretches.iter().map(|(from, to)| to - from).fold(0, u64::saturating_add);
    let is_whole = stretches.is_empty() || stretches == [(0, duration_ns)];
    let earlier = if a.start_ns() <= b.start_ns() { a } else { b };
    let later = if instant_ns(&b.ended_at) > instant_ns(&a.ended_at) { b } else { a };
    RunModel {
        started_at: earlier.started_at.clone(),
        ended_at: later.ended_at.clone(),
        duration_ns,
        covered_ns: if is_whole { Vec::new() } else { stretches },
        begins_ns: a.begins_ns.min(b.begins_ns),
        sources: a.sources.max(1).saturating_add(b.sources.max(1)),
        host: if a.host == b.host { a.host.clone() } else { None },
        labels: common(&a.labels, &b.labels),
    }
}

/// In order and apart: what overlaps or touches is one.
fn united(stretches: impl Iterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
    let mut stretches: Vec<_> = stretches.filter(|(from, to)| from < to).collect();
    stretches.sort_unstable();
    let mut united: Vec<(u64, u64)> = Vec::new();
    for (from, to) in stretches {
        match united.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => united.push((from, to)),
        }
    }
    united
}

/// What stands for the whole: nothing where the reports say different things.
fn merged_whole(ours: &Model, theirs: &Model) -> Option<String> {
    match (&ours.overall_operation, &theirs.overall_operation) {
        (Some(ours), Some(theirs)) if ours != theirs => None,
        (ours, theirs) => ours.clone().or_else(|| theirs.clone()),
    }
}

/// What is said of both.
fn common(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let in_both = a.iter().filter(|(key, value)| b.get(*key) == Some(value));
    in_both.map(|(key, value)| (key.clone(), value.clone())).collect()
}
