//! Windows that are asked for again and again: added up as time goes by.

use super::entry::Entry;
use super::metrics::{Metric, Metrics};
use super::operation_tally::OperationTally;
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
            let extremes_gone = tally.subtract(oldest.span(), packed);
            if tally.counts.count() == 0 {
                *place = None;
            } else if extremes_gone {
                let left = self.entries.iter();
                tally.look_again(left.filter_map(|left| Some((left.span(), left.get(number)?))));
            }
        }
    }
}
