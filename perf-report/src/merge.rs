//! Reports of several processes as one.

use crate::model::{
    CallNodeModel, DistributionModel, FindingModel, MIN_SHARE, Model, OperationSeriesModel,
    RunModel, SeriesModel, seconds,
};
use perf_core::Distribution;
use std::collections::BTreeMap;

/// Both together. Counts and buckets add, so that every percentile is that of all calls; the time is that
/// which at least one of them covers. There is no verdict: the sum has to be judged anew.
pub(crate) fn merge(ours: &Model, theirs: &Model) -> Model {
    let start = ours.run.start_s().min(theirs.run.start_s());
    let offset = |model: &Model| ((model.run.start_s() - start) * 1e9).round() as u64;
    let (our_offset, their_offset) = (offset(ours), offset(theirs));
    let snapshot = ours.snapshot_at(our_offset).merge(&theirs.snapshot_at(their_offset));
    let run = merged_run(ours, theirs, [our_offset, their_offset]);
    // Once more, so that rates divide by the time of the merged run.
    let sum = Model { run: run.clone(), ..Model::new(&snapshot) };
    let mut merged = Model { run, ..Model::new(&sum.snapshot()) };
    merged.title = ours.title.clone();
    merged.call_tree = CallNodeModel::merge(&ours.call_tree, &theirs.call_tree);
    merged.series = match (&ours.series, &theirs.series) {
        (Some(ours), Some(theirs)) => {
            Some(merged_series(&shifted(ours, our_offset), &shifted(theirs, their_offset)))
        }
        (Some(series), None) => Some(shifted(series, our_offset)),
        (None, Some(series)) => Some(shifted(series, their_offset)),
        (None, None) => None,
    };
    merged.requests = match (&ours.requests, &theirs.requests) {
        (Some(ours), Some(theirs)) => Some(ours.merge(theirs)),
        (Some(requests), None) | (None, Some(requests)) => Some(requests.clone()),
        (None, None) => None,
    };
    if let Some(sums) = merged.requests.as_ref().and_then(|requests| requests.restore().ok()) {
        merged.findings = FindingModel::all(&sums.bottlenecks(MIN_SHARE));
    }
    let whole = ours.overall_operation.as_ref().filter(|_| {
        theirs.overall_operation.is_none() || theirs.overall_operation == ours.overall_operation
    });
    if let Some(name) = whole.or(theirs.overall_operation.as_ref()) {
        merged.stand_for_the_whole(name);
    }
    merged
}

fn merged_run(ours: &Model, theirs: &Model, [our_offset, their_offset]: [u64; 2]) -> RunModel {
    let (a, b) = (&ours.run, &theirs.run);
    let our_end = our_offset.saturating_add(a.duration_ns);
    let their_end = their_offset.saturating_add(b.duration_ns);
    let overlap = our_offset.max(their_offset) <= our_end.min(their_end);
    let by_start = |x: &RunModel, y: &RunModel| x.start_s().total_cmp(&y.start_s()).is_le();
    let is_later = |x: &str, y: &str| seconds(x) > seconds(y);
    RunModel {
        started_at: if by_start(a, b) { &a.started_at } else { &b.started_at }.clone(),
        ended_at: if is_later(&b.ended_at, &a.ended_at) { &b.ended_at } else { &a.ended_at }
            .clone(),
        duration_ns: match overlap {
            true => our_end.max(their_end) - our_offset.min(their_offset),
            false => a.duration_ns.saturating_add(b.duration_ns),
        },
        begins_ns: a.begins_ns.min(b.begins_ns),
        sources: a.sources.max(1).saturating_add(b.sources.max(1)),
        host: if a.host == b.host { a.host.clone() } else { None },
        labels: common(&a.labels, &b.labels),
    }
}

/// What is said of both.
fn common(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let in_both = a.iter().filter(|(key, value)| b.get(*key) == Some(value));
    in_both.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn shifted(series: &SeriesModel, offset: u64) -> SeriesModel {
    let mut series = series.clone();
    series.from_ns = series.from_ns.saturating_add(offset);
    series.ends_ns.iter_mut().for_each(|end| *end = end.saturating_add(offset));
    series
}

/// Slots at least as long as the longer interval of both at that time. Nothing is apportioned: an interval
/// lies in the slot in which its middle does.
fn merged_series(ours: &SeriesModel, theirs: &SeriesModel) -> SeriesModel {
    let both = [ours, theirs];
    let mut next = [0, 0];
    let mut merged =
        SeriesModel { from_ns: ours.from_ns.min(theirs.from_ns), ..Default::default() };
    let mut slot_start = merged.from_ns;
    while next[0] < ours.len() || next[1] < theirs.len() {
        // Of those that begin before the first one here ends, the longest.
        let ends = || (0..2).filter_map(|i| both[i].ends_ns.get(next[i]).copied());
        let first_end = ends().min().unwrap_or(slot_start);
        let begins_before = |i: &usize| start(both[*i], next[*i]) < first_end;
        let end = (0..2)
            .filter(begins_before)
            .filter_map(|i| both[i].ends_ns.get(next[i]).copied())
            .max()
            .unwrap_or(first_end)
            .max(slot_start);
        merged.ends_ns.push(end);
        for (i, series) in both.into_iter().enumerate() {
            let from = next[i];
            while next[i] < series.len() && middle(series, next[i]) <= end {
                next[i] += 1;
            }
            add(&mut merged, series, from, next[i]);
        }
        merged.even_out();
        slot_start = end;
    }
    merged
}

fn start(series: &SeriesModel, interval: usize) -> u64 {
    interval.checked_sub(1).and_then(|i| series.ends_ns.get(i).copied()).unwrap_or(series.from_ns)
}

fn middle(series: &SeriesModel, interval: usize) -> u64 {
    let (from, to) = (start(series, interval), series.ends_ns[interval]);
    from + to.saturating_sub(from) / 2
}

/// Adds the intervals from `from` to before `to` to the last slot.
fn add(merged: &mut SeriesModel, series: &SeriesModel, from: usize, to: usize) {
    let last = merged.len() - 1;
    for (name, operation) in &series.operations {
        let sum = merged.operation(name);
        sum.resize(last + 1);
        let counts = operation.counts.get(from..to).unwrap_or_default();
        let failures = operation.failures.get(from..to).unwrap_or_default();
        let add = |sum: &mut u64, n: &u64| *sum = sum.saturating_add(*n);
        counts.iter().for_each(|n| add(&mut sum.counts[last], n));
        failures.iter().for_each(|n| add(&mut sum.failures[last], n));
        sum.latencies[last] = added_up(operation, from..to, sum.latencies[last].as_ref());
    }
    for gauge in &series.gauges {
        let known = merged.gauge(&gauge.name, &gauge.labels);
        known.values.resize(last + 1, None);
        let newest = gauge.values.get(from..to).into_iter().flatten().rev().flatten().next();
        known.values[last] = known.values[last].or(newest.copied());
    }
}

fn added_up(
    operation: &OperationSeriesModel,
    intervals: std::ops::Range<usize>,
    known: Option<&DistributionModel>,
) -> Option<DistributionModel> {
    let parts = operation.latencies.get(intervals).unwrap_or_default().iter().flatten();
    let parts = known.into_iter().chain(parts).filter_map(|part| part.restore().ok());
    let sum = parts.reduce(|sum: Distribution, part| sum.merge(&part))?;
    DistributionModel::of(&sum)
}
