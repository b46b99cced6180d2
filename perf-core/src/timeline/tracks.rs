//! Where each metric stood at the last tick, so that the next one sees the difference.

use super::entry::EntryBuilder;
use super::metrics::Metric;
use super::operation_tally::OperationCounts;
use super::series_tally::{CounterTally, GaugeTally, HistogramTally};
use super::throughput::Busiest;
use crate::distribution::Distribution;
use crate::metric::{CounterCore, HistogramCore};
use crate::operation::{KindCounts, OperationCore};
use crate::storage::CellsReading;
use crate::sync::Relaxed;

/// The state of one metric at the last tick.
pub(super) enum Track {
    Operation(Box<OperationTrack>),
    Counter(u64),
    Gauge,
    Histogram(Box<HistogramTrack>),
}

impl Track {
    /// Of a metric that was never read: what was recorded before is part of the next interval.
    pub(super) fn of(metric: &Metric) -> Self {
        match metric {
            Metric::Operation(_) => Track::Operation(Box::default()),
            Metric::Counter(_) => Track::Counter(0),
            Metric::Gauge(_) => Track::Gauge,
            Metric::Histogram(_) => Track::Histogram(Box::default()),
        }
    }

    /// Puts into `entry` what came since the last call.
    pub(super) fn advance(&mut self, id: u32, metric: &Metric, entry: &mut EntryBuilder) {
        match (self, metric) {
            (Track::Operation(track), Metric::Operation(core)) => track.advance(id, core, entry),
            (Track::Histogram(track), Metric::Histogram(core)) => track.advance(id, core, entry),
            (Track::Counter(before), Metric::Counter(core)) => {
                advance_counter(before, id, core, entry)
            }
            (_, Metric::Gauge(core)) => {
                entry.put(id, |bytes| GaugeTally::of(core.value()).pack(bytes));
            }
            _ => {}
        }
    }

    /// Bytes in memory.
    pub(super) fn size(&self) -> usize {
        size_of::<Self>()
            + match self {
                Track::Operation(track) => {
                    size_of_val(&**track) + track.successes.size() + track.failures.size()
                }
                Track::Histogram(track) => size_of_val(&**track) + track.reading.size(),
                Track::Counter(_) | Track::Gauge => 0,
            }
    }
}

#[derive(Default)]
pub(super) struct OperationTrack {
    changes: Changes,
    successes: CellsReading,
    failures: CellsReading,
    untimed_successes: u64,
    untimed_failures: u64,
    kinds: KindCounts,
}

impl OperationTrack {
    fn advance(&mut self, id: u32, core: &OperationCore, entry: &mut EntryBuilder) {
        if !self.changes.are_likely(core.mark()) {
            return;
        }
        let shards = || core.shards.iter();
        let failing = || shards().filter_map(|shard| shard.failures.get());
        // The kinds come before the failures: a kind that is seen has its failure counted.
        let kinds = core.failure_kinds.counts();
        let failures = CellsReading::of(failing().map(|failures| &failures.cells));
        let untimed_failures = failing().map(|failures| failures.untimed.load(Relaxed)).sum();
        let successes = CellsReading::of(shards().map(|shard| &shard.successes));
        let untimed_successes = shards().map(|shard| shard.untimed.load(Relaxed)).sum();
        let (slowest, failed_last) = (core.take_slowest(), core.take_failed());

        let failed = Distribution::between(&self.failures, &failures);
        let mut succeeded = Distribution::between(&self.successes, &successes);
        let is_new = successes.max > self.successes.max;
        if !is_new && !succeeded.is_empty() {
            succeeded.know_max(slowest.iter().map(|sample| sample.value));
        }
        let mut kinds_since = kinds;
        for (count, before) in kinds_since.iter_mut().zip(self.kinds) {
            *count -= before;
        }
        let counts = OperationCounts {
            successes: succeeded.head(),
            failures: failed.head(),
            untimed_successes: untimed_successes - self.untimed_successes,
            untimed_failures: untimed_failures - self.untimed_failures,
            kinds: kinds_since,
            busiest: Busiest::default(),
        };
        if counts != OperationCounts::default() {
            entry.put(id, |bytes| counts.pack(Some([&succeeded, &failed]), bytes));
        }
        entry.samples(id, slowest, failed_last, core.kept_samples);
        (self.successes, self.failures, self.kinds) = (successes, failures, kinds);
        (self.untimed_successes, self.untimed_failures) = (untimed_successes, untimed_failures);
    }
}

#[derive(Default)]
pub(super) struct HistogramTrack {
    changes: Changes,
    reading: CellsReading,
}

impl HistogramTrack {
    fn advance(&mut self, id: u32, core: &HistogramCore, entry: &mut EntryBuilder) {
        if !self.changes.are_likely(core.mark()) {
            return;
        }
        let reading = core.read();
        let since = Distribution::between(&self.reading, &reading);
        if !since.is_empty() {
            entry.put(id, |bytes| HistogramTally::pack(&since, bytes));
        }
        self.reading = reading;
    }
}

fn advance_counter(before: &mut u64, id: u32, core: &CounterCore, entry: &mut EntryBuilder) {
    let total = core.total();
    let growth = total.wrapping_sub(*before);
    *before = total;
    if growth > 0 {
        let tally = CounterTally { growth, busiest: Busiest::default() };
        entry.put(id, |bytes| tally.pack(bytes));
    }
}

/// Whether it is worth while to read a metric's buckets again.
#[derive(Default)]
struct Changes {
    mark: u64,
    /// For how many ticks the mark has been the same.
    quiet: u32,
}

impl Changes {
    /// Yes after a change; then ever more seldom. The mark can be changed by a record whose bucket is
    /// not, as yet: that is found at the latest when as much time again has gone by.
    fn are_likely(&mut self, mark: u64) -> bool {
        self.quiet = if mark == self.mark { self.quiet.saturating_add(1) } else { 0 };
        self.mark = mark;
        self.quiet == 0 || self.quiet.is_power_of_two()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_that_seems_quiet_is_read_again_ever_more_seldom_and_at_once_after_a_change() {
        let mut changes = Changes::default();
        assert!(changes.are_likely(7));
        let read: Vec<u32> = (1..=100).filter(|_| changes.are_likely(7)).collect();
        assert_eq!(read, [1, 2, 4, 8, 16, 32, 64]);
        assert!(changes.are_likely(8) && changes.are_likely(8) && changes.are_likely(7));
    }
}
