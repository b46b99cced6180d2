//! Windows that are asked for again and again: added up as time goes by.

use super::entry::Entry;
use super::metrics::{Metric, Metrics};
use super::operation_tally::{OperationCounts, OperationTally};
use std::collections::VecDeque;
use std::sync::Arc;

/// What a standing window knows of each operation, by number; shared with those who look at it.
pub(super) type Tallies = Arc<Vec<Option<Arc<OperationTally>>>>;

/// The operations of the last `slots` slots, kept up to date.
pub(super) struct Standing {
    pub(super) slots: u64,
    /// How many ask for it.
    pub(super) users: usize,
    pub(super) tallies: Tallies,
    /// What is in it, oldest first.
    entries: VecDeque<Arc<Entry>>,
}

impl Standing {
    pub(super) fn new(slots: u64) -> Self {
        Standing { slots, users: 1, tallies: Arc::default(), entries: VecDeque::new() }
    }

    /// The entries in it, oldest first.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.iter()
    }

    /// Adds an entry, the latest, and takes out what is too old beside it.
    pub(super) fn push(&mut self, entry: &Arc<Entry>, metrics: &Metrics) {
        let tallies = Arc::make_mut(&mut self.tallies);
        tallies.resize(metrics.all().len(), None);
        for (number, packed) in entry.iter() {
            if matches!(metrics.all()[number], Metric::Operation(_)) {
                let tally = Arc::make_mut(tallies[number].get_or_insert_default());
                tally.add(entry.span(), packed);
            }
        }
        self.entries.push_back(Arc::clone(entry));
        while self.entries.front().is_some_and(|oldest| !oldest.lies_in(self.slots, entry)) {
            self.pop();
        }
    }

    /// The entries of `run` have become one, which takes their place here; unless some of them have
    /// gone already, or the buckets are lost: then all of them go.
    pub(super) fn merged(&mut self, run: &[Arc<Entry>], merged: &Arc<Entry>) {
        let start = self.entries.partition_point(|entry| entry.from < merged.from);
        let end = self.entries.partition_point(|entry| entry.to <= merged.to);
        if end - start == run.len() && merged.level.has_detail() {
            self.entries[start] = Arc::clone(merged);
            self.entries.drain(start + 1..end);
        } else if start < end {
            (0..end).for_each(|_| self.pop());
        }
    }

    /// The timeline has given up `entry`, its oldest.
    pub(super) fn forgotten(&mut self, entry: &Entry) {
        while self.entries.front().is_some_and(|oldest| oldest.to <= entry.to) {
            self.pop();
        }
    }

    /// Takes the oldest entry out.
    fn pop(&mut self) {
        let Some(oldest) = self.entries.pop_front() else { return };
        let tallies = Arc::make_mut(&mut self.tallies);
        for (number, packed) in oldest.iter() {
            let Some(place) = tallies.get_mut(number) else { continue };
            let Some(tally) = place else { continue };
            let tally = Arc::make_mut(tally);
            if tally.subtract(oldest.span(), packed) || tally.counts.count() == 0 {
                let left = self.entries.iter();
                tally.look_again(left.filter_map(|left| Some((left.span(), left.get(number)?))));
            }
            // Without a call there may be a kind, or a count over a limit: they are seen a moment apart.
            if tally.counts == OperationCounts::default() {
                *place = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SLOT;
    use super::super::entry::{EntryBuilder, Level};
    use super::*;
    use crate::clock::Clock;
    use crate::distribution::Distribution;
    use crate::losses::Losses;
    use crate::operation::OperationCore;
    use std::time::SystemTime;

    fn metrics() -> Metrics {
        let mut metrics = Metrics::default();
        let core = OperationCore::new("query", Clock::instant(), Arc::default(), None, 0);
        metrics.add(Metric::Operation(core));
        metrics
    }

    /// What happened in one second: failures, and kinds of failures.
    fn entry(second: u64, failures: u64, of_a_kind: u64) -> Arc<Entry> {
        let failed = Distribution::from_values((0..failures).map(|_| 1_000));
        let mut counts = OperationCounts { failures: failed.head(), ..OperationCounts::default() };
        counts.kinds[0] = of_a_kind;
        let mut entry = EntryBuilder::default();
        let nothing = Distribution::default();
        entry.put(0, |bytes| counts.pack(Some([&nothing, &failed]), bytes));
        let (from, to) = (second * SLOT, (second + 1) * SLOT);
        Arc::new(entry.build(Level::Second, from, to, SystemTime::UNIX_EPOCH, Losses::default()))
    }

    #[test]
    fn a_kind_that_was_counted_an_interval_after_its_failure_outlives_it_and_then_goes() {
        let metrics = metrics();
        let mut standing = Standing::new(2);
        let kinds = |standing: &Standing| -> u64 {
            standing.tallies[0].as_ref().map_or(0, |tally| tally.counts.kinds[0])
        };
        let seconds = [(1, 0), (0, 1), (0, 0), (5, 2), (0, 0)];
        let mut seen = Vec::new();
        for (second, (failures, of_a_kind)) in (0..).zip(seconds) {
            standing.push(&entry(second, failures, of_a_kind), &metrics);
            seen.push(kinds(&standing));
        }
        assert_eq!(seen, [0, 1, 1, 2, 2]);
    }
}
