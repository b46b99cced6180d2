//! The runs of several processes by time, as one.

use super::gauges;
use crate::model::{DistributionModel, OperationSeriesModel, SeriesModel};
use perf_core::Distribution;
use std::ops::Range;

/// Both, each later by so many ns. Slots are at least as long as the longer interval of both at that time.
/// Nothing is apportioned: an interval lies in the slot in which its middle does.
pub(super) fn merged(both: [(Option<&SeriesModel>, u64); 2]) -> SeriesModel {
    let from_ns = both
        .iter()
        .filter_map(|(series, later)| Some(series.as_ref()?.from_ns.saturating_add(*later)))
        .min();
    let both = both.map(|(series, later)| shifted(series.cloned().unwrap_or_default(), later));
    let mut next = [0, 0];
    let mut merged = SeriesModel { from_ns: from_ns.unwrap_or(0), ..Default::default() };
    let mut slot_start = merged.from_ns;
    while (0..2).any(|i| next[i] < both[i].len()) {
        // Of those that begin before the first one here ends, the longest.
        let ends = || (0..2).filter_map(|i| both[i].ends_ns.get(next[i]).copied());
        let first_end = ends().min().unwrap_or(slot_start);
        let begins_before = |i: &usize| start(&both[*i], next[*i]) < first_end;
        let end = (0..2)
            .filter(begins_before)
            .filter_map(|i| both[i].ends_ns.get(next[i]).copied())
            .max()
            .unwrap_or(first_end)
            .max(slot_start);
        merged.ends_ns.push(end);
        for (i, series) in both.iter().enumerate() {
            let from = next[i];
            while next[i] < series.len() && middle(series, next[i]) <= end {
                next[i] += 1;
            }
            add(&mut merged, series, from..next[i]);
        }
        merged.even_out();
        slot_start = end;
    }
    merged
}

fn shifted(mut series: SeriesModel, later: u64) -> SeriesModel {
    series.from_ns = series.from_ns.saturating_add(later);
    series.ends_ns.iter_mut().for_each(|end| *end = end.saturating_add(later));
    series
}

fn start(series: &SeriesModel, interval: usize) -> u64 {
    interval.checked_sub(1).and_then(|i| series.ends_ns.get(i).copied()).unwrap_or(series.from_ns)
}

fn middle(series: &SeriesModel, interval: usize) -> u64 {
    let (from, to) = (start(series, interval), series.ends_ns[interval]);
    from + to.saturating_sub(from) / 2
}

/// Adds these intervals to the last slot.
fn add(merged: &mut SeriesModel, series: &SeriesModel, intervals: Range<usize>) {
    let last = merged.len() - 1;
    for (name, operation) in &series.operations {
        let sum = merged.operation(name);
        sum.resize(last + 1);
        let counts = operation.counts.get(intervals.clone()).unwrap_or_default();
        let failures = operation.failures.get(intervals.clone()).unwrap_or_default();
        let add = |sum: &mut u64, n: &u64| *sum = sum.saturating_add(*n);
        counts.iter().for_each(|n| add(&mut sum.counts[last], n));
        failures.iter().for_each(|n| add(&mut sum.failures[last], n));
        sum.latencies[last] = added_up(operation, intervals.clone(), sum.latencies[last].as_ref());
    }
    for gauge in &series.gauges {
        for (labels, extreme) in gauges::split(&gauge.labels) {
            let known = merged.gauge(&gauge.name, &labels);
            known.values.resize(last + 1, None);
            let values = gauge.values.get(intervals.clone()).into_iter().flatten().flatten();
            let all = known.values[last].into_iter().chain(values.copied());
            known.values[last] = all.reduce(|a, b| extreme.of(a, b));
        }
    }
}

fn added_up(
    operation: &OperationSeriesModel,
    intervals: Range<usize>,
    known: Option<&DistributionModel>,
) -> Option<DistributionModel> {
    let parts = operation.latencies.get(intervals).unwrap_or_default().iter().flatten();
    let parts = known.into_iter().chain(parts).filter_map(|part| part.restore().ok());
    let sum = parts.reduce(|sum: Distribution, part| sum.merge(&part))?;
    DistributionModel::of(&sum)
}
