//! The last so many days, as counts.

use super::coverage::Coverage;
use super::entry::{Entry, losses_of};
use super::metrics::{Metric, Metrics};
use super::operation_tally::OperationCounts;
use super::series_tally::CounterTally;
use super::throughput::per_second;
use super::window::parts;
use crate::losses::Losses;
use crate::metric::Series;
use crate::operation::{OperationCore, OverLimit};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What happened in the last so many hours or days, up to 30 days: counts without distributions, for
/// error budgets.
///
/// Counts are kept for at least 71 minutes to the minute or better, for a day to the quarter of an hour,
/// and for 30 days to the hour; [`coverage`](Self::coverage) says which span was really covered.
#[derive(Clone)]
pub struct LongWindow {
    pub(super) coverage: Coverage,
    pub(super) metrics: Arc<Metrics>,
    /// Oldest first.
    pub(super) entries: Vec<Arc<Entry>>,
    pub(super) taken_at: SystemTime,
}

/// The counts of one operation in a [`LongWindow`].
#[derive(Clone, Debug, PartialEq)]
pub struct OperationTotals {
    name: Arc<str>,
    interval: Duration,
    successes: u64,
    timed_successes: u64,
    failures: u64,
    over_limits: Vec<OverLimit>,
}

impl LongWindow {
    /// How much of the time asked for it really covers.
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// When it ended, by the clock on the wall.
    pub fn taken_at(&self) -> SystemTime {
        self.taken_at
    }

    /// The intervals it is made of, oldest first, each as a window of its own. They are the longer the
    /// older they are, up to an hour.
    pub fn intervals(&self) -> impl Iterator<Item = LongWindow> {
        self.entries.iter().map(|entry| LongWindow {
            coverage: Coverage::of(
                std::slice::from_ref(entry),
                Duration::from_nanos(entry.span()),
                entry.to,
                entry.to,
            ),
            metrics: Arc::clone(&self.metrics),
            entries: vec![Arc::clone(entry)],
            taken_at: entry.taken_at,
        })
    }

    /// Every operation that was there when the window ended, in no order.
    pub fn operations(&self) -> impl Iterator<Item = OperationTotals> {
        self.metrics.all().iter().enumerate().filter_map(|(number, metric)| match metric {
            Metric::Operation(core) => Some(self.read_operation(number, core)),
            _ => None,
        })
    }

    /// The operation called `name`, if it was there when the window ended.
    pub fn operation(&self, name: &str) -> Option<OperationTotals> {
        let (number, core) = self.metrics.operation(name)?;
        Some(self.read_operation(number, core))
    }

    /// Every counter with its growth, in no order.
    pub fn counters(&self) -> impl Iterator<Item = (&Series, u64)> {
        self.metrics.all().iter().enumerate().filter_map(|(number, metric)| match metric {
            Metric::Counter(core) => Some((&core.series, self.read_counter(number))),
            _ => None,
        })
    }

    /// The growth of the counter with this name and these labels, in any order.
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> Option<u64> {
        Some(self.read_counter(self.metrics.counter(&Series::new(name, labels))?))
    }

    /// What could not be kept as it came.
    pub fn losses(&self) -> Losses {
        losses_of(&self.entries)
    }

    fn read_operation(&self, number: usize, core: &OperationCore) -> OperationTotals {
        let counts = OperationCounts::sum(parts(&self.entries, number));
        let Coverage { from, .. } = self.coverage;
        let limits = core.limits.read().into_iter().enumerate();
        let over_limits = limits.map(|(index, (limit, since))| {
            // Counted a moment apart from the values themselves.
            let successes = counts.successes.over[index].min(counts.successes.count);
            let failures = counts.failures.over[index].min(counts.failures.count);
            OverLimit::new(limit, since, from, successes, failures)
        });
        OperationTotals {
            name: Arc::clone(&core.name),
            interval: self.coverage.covered(),
            successes: counts.successes.count + counts.untimed_successes,
            timed_successes: counts.successes.count,
            failures: counts.failures.count + counts.untimed_failures,
            over_limits: over_limits.collect(),
        }
    }

    fn read_counter(&self, number: usize) -> u64 {
        CounterTally::sum(parts(&self.entries, number)).growth
    }
}

impl OperationTotals {
    /// The operation's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All calls: successes and failures, timed or not.
    pub fn count(&self) -> u64 {
        self.successes + self.failures
    }

    /// Calls that succeeded.
    pub fn successes(&self) -> u64 {
        self.successes
    }

    /// Calls that succeeded and were timed: those that a limit was compared with.
    pub fn timed_successes(&self) -> u64 {
        self.timed_successes
    }

    /// Calls that failed.
    pub fn failures(&self) -> u64 {
        self.failures
    }

    /// The share of calls that succeeded, in `0.0..=1.0`.
    pub fn success_rate(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.successes as f64 / self.count() as f64)
    }

    /// Calls a second, over the span that is covered.
    pub fn throughput(&self) -> Option<f64> {
        per_second(self.count(), self.interval.as_nanos() as u64)
    }

    /// How many calls took longer than each limit of the operation. A limit that was set later than the
    /// window begins has only counted since: [`OverLimit::exact`] is then false.
    pub fn over_limits(&self) -> impl Iterator<Item = OverLimit> {
        self.over_limits.iter().copied()
    }

    /// How many calls took longer than `limit`, if that is a limit of the operation.
    pub fn over(&self, limit: Duration) -> Option<OverLimit> {
        self.over_limits().find(|over| over.limit == limit)
    }
}

impl fmt::Debug for LongWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LongWindow").field("coverage", &self.coverage).finish_non_exhaustive()
    }
}
