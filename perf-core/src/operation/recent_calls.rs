//! The last n calls of an operation, exactly.

use crate::distribution::Quantile;
use crate::sync::{AtomicU64, Relaxed};
use std::time::Duration;

/// How many calls an operation may remember.
pub(crate) const MAX_RECENT: usize = 1 << 16;

/// The last calls of an operation, as many as [`Operation::keep_recent`](crate::Operation::keep_recent)
/// asked for, or fewer if there were fewer in the interval.
///
/// Every duration is exact, and so is every quantile. Read while others record, a call that is being
/// made may be missing, or stand in the place of one `n` calls older.
///
/// ```
/// # use perf_core::{Profiler, Quantile};
/// # use std::time::Duration;
/// let profiler = Profiler::new();
/// let inference = profiler.operation("inference");
/// inference.keep_recent(100);
/// (1..=1_000).for_each(|millis| inference.record(Duration::from_millis(millis)));
/// inference.record_failure(Duration::from_millis(2_000));
///
/// let snapshot = profiler.snapshot();
/// let recent = snapshot.operation("inference").unwrap().recent().unwrap();
/// assert_eq!((recent.count(), recent.failures()), (100, 1));
/// assert_eq!(recent.quantile(Quantile::P50), Some(Duration::from_millis(951)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RecentCalls {
    /// Oldest first.
    calls: Vec<RecentCall>,
    /// The durations of the successes, ascending.
    sorted: Vec<u64>,
    /// Calls since the profiler was made, those that were forgotten as well.
    ever: u64,
}

/// One of the [`RecentCalls`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecentCall {
    /// How long it took; at most 292 years.
    pub duration: Duration,
    /// Whether it failed.
    pub failed: bool,
}

impl RecentCalls {
    fn new(calls: Vec<RecentCall>, ever: u64) -> Self {
        let successes = calls.iter().filter(|call| !call.failed);
        let mut sorted: Vec<_> = successes.map(|call| call.duration.as_nanos() as u64).collect();
        sorted.sort_unstable();
        RecentCalls { calls, sorted, ever }
    }

    /// Those that came after `earlier` was read.
    pub(crate) fn since(&self, earlier: Option<&Self>) -> Self {
        let new = self.ever.saturating_sub(earlier.map_or(0, |earlier| earlier.ever));
        let forgotten = self.calls.len().saturating_sub(usize::try_from(new).unwrap_or(usize::MAX));
        RecentCalls::new(self.calls[forgotten..].to_vec(), self.ever)
    }

    /// The calls, oldest first.
    pub fn calls(&self) -> impl ExactSizeIterator<Item = RecentCall> {
        self.calls.iter().copied()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.calls.len()
    }

    /// How many of them failed.
    pub fn failures(&self) -> usize {
        self.calls.len() - self.sorted.len()
    }

    /// The share of them that failed, in `0.0..=1.0`.
    pub fn failure_rate(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.failures() as f64 / self.count() as f64)
    }

    /// A quantile of the durations of the successes: the one with that rank.
    pub fn quantile(&self, quantile: Quantile) -> Option<Duration> {
        let rank = quantile.rank(self.sorted.len() as u64);
        self.sorted.get(rank as usize - 1).copied().map(Duration::from_nanos)
    }

    /// The mean of the durations of the successes.
    pub fn mean(&self) -> Option<Duration> {
        let sum: u128 = self.sorted.iter().map(|nanos| u128::from(*nanos)).sum();
        let mean = sum.checked_div(self.sorted.len() as u128)?;
        Some(Duration::from_nanos(mean as u64))
    }

    /// The shortest success.
    pub fn min(&self) -> Option<Duration> {
        self.sorted.first().copied().map(Duration::from_nanos)
    }

    /// The longest success.
    pub fn max(&self) -> Option<Duration> {
        self.sorted.last().copied().map(Duration::from_nanos)
    }
}

/// Where they are written, by all threads.
pub(crate) struct RecentRing {
    /// How many were written, ever.
    next: AtomicU64,
    slots: Box<[AtomicU64]>,
}

/// A slot that was never written.
const EMPTY: u64 = u64::MAX;
/// On a slot: the call failed.
const FAILED: u64 = 1 << 63;
/// The longest duration that a slot can hold.
const LONGEST: u64 = FAILED - 2;

impl RecentRing {
    pub(crate) fn with_capacity(capacity: usize) -> Box<Self> {
        let slots = (0..capacity.clamp(1, MAX_RECENT)).map(|_| AtomicU64::new(EMPTY)).collect();
        Box::new(RecentRing { next: AtomicU64::new(0), slots })
    }

    /// One atomic addition and one store.
    pub(crate) fn push(&self, nanos: u64, failed: bool) {
        let place = self.next.fetch_add(1, Relaxed) % self.slots.len() as u64;
        let call = nanos.min(LONGEST) | if failed { FAILED } else { 0 };
        self.slots[place as usize].store(call, Relaxed);
    }

    pub(crate) fn read(&self) -> RecentCalls {
        let ever = self.next.load(Relaxed);
        let len = self.slots.len() as u64;
        let calls = (ever.saturating_sub(len)..ever).filter_map(|number| {
            let call = self.slots[(number % len) as usize].load(Relaxed);
            (call != EMPTY).then(|| RecentCall {
                duration: Duration::from_nanos(call & !FAILED),
                failed: call & FAILED > 0,
            })
        });
        RecentCalls::new(calls.collect(), ever)
    }
}
