//! One operation in one interval.

use crate::clock::saturating_nanos;
use crate::distribution::{Distribution, Quantile};
use crate::operation::{
    FROM_THE_START, MAX_LIMITS, OperationCore, RecentCalls, RecentRing, Sample,
};
use crate::snapshot::OperationParts;
use crate::storage::CellsReading;
use crate::sync::{Relaxed, lock};
use crate::timeline::OperationCounts;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// An operation as a [`Snapshot`](crate::Snapshot) shows it.
///
/// [`latency`](Self::latency) is that of the successes alone, so that failures which come back at
/// once never flatter it; [`failure_latency`](Self::failure_latency) has the others and
/// [`all_latency`](Self::all_latency) both.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationSnapshot {
    name: Arc<str>,
    interval: Duration,
    /// Where the interval starts, in ns of the profiler's clock.
    from: u64,
    successes: Side,
    failures: Side,
    failure_kinds: BTreeMap<Box<str>, u64>,
    /// Each limit in ns and when it was set; the counts over it have the same place.
    limits: Vec<(u64, u64)>,
    kept_samples: usize,
    slowest: Vec<Sample>,
    failed: Vec<Sample>,
    recent: Option<RecentCalls>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Side {
    timed: Distribution,
    untimed: u64,
}

/// How many values of an interval were above a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OverLimit {
    /// The limit, as given to [`Operation::limits`](crate::Operation::limits).
    pub limit: Duration,
    /// Successes that took longer.
    pub successes: u64,
    /// Failures that took longer.
    pub failures: u64,
    /// Whether the limit was there for the whole interval. If not, the count is the least that the
    /// buckets allow, or what was counted since, whichever is more.
    pub exact: bool,
    /// When the limit was set, from the same start as [`Snapshot::from`](crate::Snapshot::from).
    pub since: Duration,
}

impl OverLimit {
    /// `limit`, set at `since`, in an interval that starts at `from`; all in ns.
    pub(crate) fn new(limit: u64, since: u64, from: u64, successes: u64, failures: u64) -> Self {
        let exact = since == FROM_THE_START || since < from;
        let (limit, since) = (Duration::from_nanos(limit), Duration::from_nanos(since));
        OverLimit { limit, successes, failures, exact, since }
    }
}

impl OperationSnapshot {
    /// Reads the live operation: everything since the profiler was made, at `from`.
    pub(crate) fn read(operation: &OperationCore, from: u64, interval: Duration) -> Self {
        let shards = || operation.shards.iter();
        let failing = || shards().filter_map(|shard| shard.failures.get());
        // The kinds come before the failures: a kind that is seen has its failure counted.
        let failure_kinds = operation.failure_kinds.counts();
        let failures = Side {
            timed: Distribution::from_reading(CellsReading::of(failing().map(|f| &f.cells))),
            untimed: failing().map(|failures| failures.untimed.load(Relaxed)).sum(),
        };
        let successes = Side {
            timed: Distribution::from_reading(CellsReading::of(shards().map(|s| &s.successes))),
            untimed: shards().map(|shard| shard.untimed.load(Relaxed)).sum(),
        };
        let mut snapshot = OperationSnapshot {
            name: Arc::clone(&operation.name),
            interval,
            from,
            successes,
            failures,
            failure_kinds: operation.failure_kinds.named(&failure_kinds).collect(),
            limits: operation.limits.read(),
            kept_samples: operation.kept_samples,
            slowest: Vec::new(),
            failed: Vec::new(),
            recent: operation.recent.get().map(RecentRing::read),
        };
        // While this is held, no sample is on its way from a shard to those of before.
        let before = lock(&operation.slowest_before);
        snapshot.slowest.extend_from_slice(before.samples());
        for shard in shards() {
            // Room is made before the lock is taken: an allocator that records must not find it held.
            snapshot.slowest.reserve(operation.kept_samples);
            snapshot.slowest.extend_from_slice(lock(&shard.slowest).samples());
        }
        drop(before);
        let before = lock(&operation.failed_before);
        snapshot.failed.extend(before.samples().cloned());
        for failures in failing() {
            snapshot.failed.reserve(operation.kept_samples);
            snapshot.failed.extend(lock(&failures.recent).samples().cloned());
        }
        drop(before);
        snapshot.order_samples();
        snapshot
    }

    /// An operation that was written down.
    pub(crate) fn of_parts(parts: OperationParts, from: u64, interval: Duration) -> Self {
        let mut over = [[0; MAX_LIMITS]; 2];
        let mut limits = Vec::new();
        for (i, limit) in parts.over_limits.iter().take(MAX_LIMITS).enumerate() {
            let since =
                if limit.exact { FROM_THE_START } else { saturating_nanos(limit.since).max(1) };
            limits.push((saturating_nanos(limit.limit), since));
            (over[0][i], over[1][i]) = (limit.successes, limit.failures);
        }
        let kinds = parts.failure_kinds.into_iter().map(|(kind, count)| (kind.into(), count));
        let mut snapshot = OperationSnapshot {
            name: parts.name.into(),
            interval,
            from,
            successes: Side {
                timed: parts.latency.with_over(over[0]),
                untimed: parts.untimed_successes,
            },
            failures: Side {
                timed: parts.failure_latency.with_over(over[1]),
                untimed: parts.untimed_failures,
            },
            failure_kinds: kinds.collect(),
            limits,
            kept_samples: parts.slowest.len().max(parts.failed.len()),
            slowest: parts.slowest,
            failed: parts.failed,
            recent: None,
        };
        snapshot.order_samples();
        snapshot.bound_failure_kinds();
        snapshot
    }

    /// What a window of the timeline has added up.
    pub(crate) fn of_window(
        operation: &OperationCore,
        span: Range<u64>,
        [successes, failures]: [Distribution; 2],
        counts: &OperationCounts,
        slowest: Vec<Sample>,
        failed: Vec<Sample>,
    ) -> Self {
        let mut snapshot = OperationSnapshot {
            name: Arc::clone(&operation.name),
            interval: Duration::from_nanos(span.end - span.start),
            from: span.start,
            successes: Side { timed: successes, untimed: counts.untimed_successes },
            failures: Side { timed: failures, untimed: counts.untimed_failures },
            failure_kinds: operation.failure_kinds.named(&counts.kinds).collect(),
            limits: operation.limits.read(),
            kept_samples: operation.kept_samples,
            slowest,
            failed,
            recent: None,
        };
        snapshot.order_samples();
        snapshot.bound_failure_kinds();
        snapshot
    }

    /// What came after `earlier`, an earlier state of the same operation.
    pub(crate) fn since(&self, earlier: Option<&Self>, from: u64, interval: Duration) -> Self {
        let empty = OperationSnapshot::empty(from, interval);
        let earlier = earlier.unwrap_or(&empty);
        let mut snapshot = OperationSnapshot {
            interval,
            from,
            successes: self.successes.since(&earlier.successes),
            failures: self.failures.since(&earlier.failures),
            recent: self.recent.as_ref().map(|recent| recent.since(earlier.recent.as_ref())),
            ..self.clone()
        };
        for (kind, count) in &mut snapshot.failure_kinds {
            *count -= earlier.failure_kinds.get(kind).copied().unwrap_or(0).min(*count);
        }
        snapshot.failure_kinds.retain(|_, count| *count > 0);
        snapshot.slowest.retain(|sample| sample.at >= from);
        snapshot.failed.retain(|sample| sample.at >= from);
        snapshot.bound_failure_kinds();
        snapshot
    }

    pub(crate) fn empty(from: u64, interval: Duration) -> Self {
        OperationSnapshot {
            name: Arc::from(""),
            interval,
            from,
            successes: Side::default(),
            failures: Side::default(),
            failure_kinds: BTreeMap::new(),
            limits: Vec::new(),
            kept_samples: 0,
            slowest: Vec::new(),
            failed: Vec::new(),
            recent: None,
        }
    }

    /// The slowest first and the latest first. The slowest K of all threads are among the slowest K
    /// of each, and so with the latest.
    fn order_samples(&mut self) {
        self.slowest.sort_by_key(|sample| Reverse(sample.value));
        self.slowest.truncate(self.kept_samples);
        self.failed.sort_by_key(|sample| Reverse(sample.at));
        self.failed.truncate(self.kept_samples);
    }

    /// Takes from the failure kinds what the failures do not allow: a kind is counted a moment after
    /// its failure, so an interval can begin between the two.
    fn bound_failure_kinds(&mut self) {
        let mut left = self.failures();
        for count in self.failure_kinds.values_mut() {
            *count = left.min(*count);
            left -= *count;
        }
    }

    /// This operation and `other` together, under this one's name: of another process, or as part
    /// of all operations. Of the limits those are kept that both have.
    pub fn merge(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        merged.add(other);
        merged.order_samples();
        merged
    }

    /// All of `operations` together, under the name of the first.
    pub(crate) fn merge_all<'a>(operations: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut operations = operations.into_iter();
        let mut merged = operations.next()?.clone();
        operations.for_each(|operation| merged.add(operation));
        merged.order_samples();
        Some(merged)
    }

    /// Adds `other`; the samples are left without order.
    fn add(&mut self, other: &Self) {
        let common: Vec<(usize, usize)> = (0..)
            .zip(&self.limits)
            .filter_map(|(ours, (limit, _))| {
                Some((ours, other.limits.iter().position(|(theirs, _)| theirs == limit)?))
            })
            .collect();
        let since = |&(ours, theirs): &(usize, usize)| {
            (self.limits[ours].0, self.limits[ours].1.max(other.limits[theirs].1))
        };
        self.limits = common.iter().map(since).collect();
        self.successes = self.successes.merge(&other.successes, &common);
        self.failures = self.failures.merge(&other.failures, &common);
        for (kind, count) in &other.failure_kinds {
            let sum = self.failure_kinds.entry(kind.clone()).or_default();
            *sum = sum.saturating_add(*count);
        }
        self.interval = self.interval.max(other.interval);
        self.from = self.from.min(other.from);
        self.kept_samples = self.kept_samples.max(other.kept_samples);
        self.slowest.extend_from_slice(&other.slowest);
        self.failed.extend_from_slice(&other.failed);
        // Nobody knows in which order they came.
        self.recent = None;
    }

    pub(crate) fn renamed(self, name: &str) -> Self {
        OperationSnapshot { name: name.into(), ..self }
    }

    /// The operation's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long the interval is.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// All calls: successes and failures, timed or not.
    pub fn count(&self) -> u64 {
        self.successes().saturating_add(self.failures())
    }

    /// Calls that succeeded.
    pub fn successes(&self) -> u64 {
        self.successes.count()
    }

    /// Calls that failed.
    pub fn failures(&self) -> u64 {
        self.failures.count()
    }

    /// The share of calls that succeeded, in `0.0..=1.0`.
    pub fn success_rate(&self) -> Option<f64> {
        let count = self.count();
        (count > 0).then(|| self.successes() as f64 / count as f64)
    }

    /// Calls a second, over the whole interval.
    pub fn throughput(&self) -> Option<f64> {
        let seconds = self.interval.as_secs_f64();
        (seconds > 0.0).then(|| self.count() as f64 / seconds)
    }

    /// The latencies of the successes that were timed, in nanoseconds.
    pub fn latency(&self) -> &Distribution {
        &self.successes.timed
    }

    /// The successes that were counted without a duration.
    pub fn untimed_successes(&self) -> u64 {
        self.successes.untimed
    }

    /// The failures that were counted without a duration.
    pub fn untimed_failures(&self) -> u64 {
        self.failures.untimed
    }

    /// The latencies of the failures that were timed, in nanoseconds.
    pub fn failure_latency(&self) -> &Distribution {
        &self.failures.timed
    }

    /// The latencies of all calls that were timed, in nanoseconds.
    pub fn all_latency(&self) -> Distribution {
        self.successes.timed.merge(&self.failures.timed)
    }

    /// A quantile of [`latency`](Self::latency).
    pub fn quantile(&self, quantile: Quantile) -> Option<Duration> {
        self.latency().quantile(quantile).map(Duration::from_nanos)
    }

    /// The median of [`latency`](Self::latency).
    pub fn p50(&self) -> Option<Duration> {
        self.quantile(Quantile::P50)
    }

    /// The 90th percentile of [`latency`](Self::latency).
    pub fn p90(&self) -> Option<Duration> {
        self.quantile(Quantile::P90)
    }

    /// The 95th percentile of [`latency`](Self::latency).
    pub fn p95(&self) -> Option<Duration> {
        self.quantile(Quantile::P95)
    }

    /// The 99th percentile of [`latency`](Self::latency).
    pub fn p99(&self) -> Option<Duration> {
        self.quantile(Quantile::P99)
    }

    /// The mean of [`latency`](Self::latency).
    pub fn mean(&self) -> Option<Duration> {
        self.latency().mean().map(|nanos| Duration::from_nanos(nanos as u64))
    }

    /// The smallest of [`latency`](Self::latency).
    pub fn min(&self) -> Option<Duration> {
        self.latency().min().map(Duration::from_nanos)
    }

    /// The largest of [`latency`](Self::latency).
    pub fn max(&self) -> Option<Duration> {
        self.latency().max().map(Duration::from_nanos)
    }

    /// How many calls took longer than each limit of the operation.
    pub fn over_limits(&self) -> impl Iterator<Item = OverLimit> {
        (0..MAX_LIMITS).zip(&self.limits).map(|(index, &(limit, since))| {
            let successes = self.successes.timed.over(index, limit);
            let failures = self.failures.timed.over(index, limit);
            OverLimit::new(limit, since, self.from, successes, failures)
        })
    }

    /// How many calls took longer than `limit`, if that is a limit of the operation.
    pub fn over(&self, limit: Duration) -> Option<OverLimit> {
        self.over_limits().find(|over| over.limit == limit)
    }

    /// Why calls failed: each kind with its count. Failures without a kind are in none.
    pub fn failure_kinds(&self) -> impl Iterator<Item = (&str, u64)> {
        self.failure_kinds.iter().map(|(kind, count)| (&**kind, *count))
    }

    /// The slowest successes since the last reset that lie in the interval, slowest first. A
    /// [`Window`](crate::Window) has only those that carry metadata.
    pub fn slowest(&self) -> &[Sample] {
        &self.slowest
    }

    /// The last calls that lie in the interval, if
    /// [`Operation::keep_recent`](crate::Operation::keep_recent) asked for them. `None` as well in a
    /// [`Window`](crate::Window) and where several operations were merged.
    pub fn recent(&self) -> Option<&RecentCalls> {
        self.recent.as_ref()
    }

    /// The last failures that lie in the interval, latest first. A [`Window`](crate::Window) has only
    /// those that carry a kind or metadata.
    pub fn failed(&self) -> &[Sample] {
        &self.failed
    }
}

impl Side {
    fn count(&self) -> u64 {
        self.timed.count().saturating_add(self.untimed)
    }

    fn since(&self, earlier: &Side) -> Side {
        let untimed = self.untimed.saturating_sub(earlier.untimed);
        Side { timed: self.timed.since(&earlier.timed), untimed }
    }

    /// `limits` are the places of the limits that both have.
    fn merge(&self, other: &Side, limits: &[(usize, usize)]) -> Side {
        Side {
            timed: self.timed.merge_with(&other.timed, limits),
            untimed: self.untimed.saturating_add(other.untimed),
        }
    }
}
