//! A snapshot as plain values, for whoever has it from a file.

use super::{Origin, Snapshot};
use crate::clock::saturating_nanos;
use crate::distribution::Distribution;
use crate::losses::Losses;
use crate::metric::{Definitions, Series};
use crate::operation::{OperationSnapshot, OverLimit, Sample};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What a [`Snapshot`] is made of. A snapshot that was made elsewhere, or written down, is one again by
/// [`Snapshot::from_parts`]: it can be judged, reported, merged and exported like any other.
///
/// ```
/// use perf_core::{Distribution, OperationParts, Snapshot, SnapshotParts};
/// use std::time::Duration;
///
/// let mut search = OperationParts::new("search");
/// search.latency = Distribution::from_values([2_000_000, 3_000_000]);
/// search.untimed_failures = 1;
/// let mut parts = SnapshotParts::default();
/// parts.to = Duration::from_secs(1);
/// parts.operations.push(search);
/// let snapshot = Snapshot::from_parts(parts);
/// let search = snapshot.operation("search").unwrap();
/// assert_eq!((search.count(), search.throughput()), (3, Some(3.0)));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SnapshotParts {
    /// When the interval begins, on the profiler's clock.
    pub from: Duration,
    /// When it ends, on that clock.
    pub to: Duration,
    /// When it ends, by the clock on the wall.
    pub taken_at: SystemTime,
    /// The operation that stands for the whole, if one does.
    pub overall_operation: Option<String>,
    /// Every operation; of two with one name the last counts.
    pub operations: Vec<OperationParts>,
    /// Every counter with its growth.
    pub counters: Vec<(Series, u64)>,
    /// Every gauge with its last value.
    pub gauges: Vec<(Series, f64)>,
    /// Every histogram of values.
    pub histograms: Vec<(Series, Distribution)>,
    /// What could not be kept as it came.
    pub losses: Losses,
}

/// What an [`OperationSnapshot`] is made of.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct OperationParts {
    /// Its name.
    pub name: String,
    /// The latencies of its successes, in ns.
    pub latency: Distribution,
    /// Successes that were counted without a duration.
    pub untimed_successes: u64,
    /// The latencies of its failures, in ns.
    pub failure_latency: Distribution,
    /// Failures that were counted without a duration.
    pub untimed_failures: u64,
    /// Why calls failed; together at most the failures.
    pub failure_kinds: Vec<(String, u64)>,
    /// How many calls were over each limit: the first [`MAX_LIMITS`](crate::MAX_LIMITS) are kept.
    pub over_limits: Vec<OverLimit>,
    /// The slowest successes that were kept.
    pub slowest: Vec<Sample>,
    /// The last failures that were kept.
    pub failed: Vec<Sample>,
}

impl Default for SnapshotParts {
    /// Nothing, in no time, in 1970.
    fn default() -> Self {
        SnapshotParts {
            from: Duration::ZERO,
            to: Duration::ZERO,
            taken_at: SystemTime::UNIX_EPOCH,
            overall_operation: None,
            operations: Vec::new(),
            counters: Vec::new(),
            gauges: Vec::new(),
            histograms: Vec::new(),
            losses: Losses::default(),
        }
    }
}

impl OperationParts {
    /// An operation without a call.
    pub fn new(name: impl Into<String>) -> Self {
        OperationParts { name: name.into(), ..OperationParts::default() }
    }
}

impl Snapshot {
    /// The snapshot that is made of these. What contradicts itself is bounded by the buckets, as in a
    /// snapshot that is taken while others record. It is of no profiler, so [`since`](Self::since) has no
    /// interval for it.
    pub fn from_parts(parts: SnapshotParts) -> Self {
        let (from, to) = (saturating_nanos(parts.from), saturating_nanos(parts.to));
        let interval = Duration::from_nanos(to.saturating_sub(from));
        let operations = parts.operations.into_iter().map(|operation| {
            let name: Arc<str> = operation.name.as_str().into();
            (name, OperationSnapshot::of_parts(operation, from, interval))
        });
        Snapshot {
            origin: Origin::default(),
            from,
            to: to.max(from),
            taken_at: parts.taken_at,
            operations: operations.collect(),
            counters: parts.counters.into_iter().collect(),
            gauges: parts.gauges.into_iter().collect(),
            histograms: parts.histograms.into_iter().collect::<BTreeMap<_, _>>(),
            definitions: Definitions::default(),
            losses: parts.losses,
            overall_operation: parts.overall_operation.map(Into::into),
        }
    }
}
