//! The latencies of one operation, as numbers in a unit.

use super::time_unit::TimeUnit;
use crate::distribution::Quantile;
use crate::operation::OperationSnapshot;

/// An [`OperationSnapshot`] in a unit: plain numbers to print or store.
///
/// The latencies are those of the successes alone, `None` when there were none: failures that come
/// back at once never flatter them. Percentiles are within 1/256, the rest is exact but for what
/// [`Profiler::reset`](crate::Profiler::reset) and [`Window`](crate::Window) say of extremes.
///
/// ```
/// use perf_core::{LatencyStatistics, Profiler, TimeUnit};
/// use std::time::Duration;
///
/// let profiler = Profiler::new();
/// profiler.record("query", Duration::from_millis(20));
/// let snapshot = profiler.snapshot(); // or of a window of the timeline
/// let query = snapshot.operation("query").unwrap();
/// let statistics = LatencyStatistics::of(query, TimeUnit::Microseconds);
/// assert_eq!((statistics.count, statistics.mean), (1, Some(20_000.0)));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LatencyStatistics {
    /// The name of the operation.
    pub label: Box<str>,
    /// The unit of all latencies.
    pub unit: TimeUnit,
    /// All calls, successes and failures.
    pub count: u64,
    /// Calls that failed.
    pub failures: u64,
    /// The smallest.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
    /// The arithmetic mean.
    pub mean: Option<f64>,
    /// Half are larger.
    pub median: Option<f64>,
    /// One in twenty is larger.
    pub p95: Option<f64>,
    /// One in a hundred is larger.
    pub p99: Option<f64>,
    /// The sum.
    pub total: f64,
}

impl LatencyStatistics {
    /// The latencies of `operation`, of a snapshot or a window, in `unit`.
    pub fn of(operation: &OperationSnapshot, unit: TimeUnit) -> Self {
        let latency = operation.latency();
        let in_unit = |nanos: u64| unit.of_nanos(nanos as f64);
        let quantiles = [Quantile::P50, Quantile::P95, Quantile::P99];
        let [median, p95, p99] = latency.quantiles(&quantiles).map(|value| value.map(in_unit));
        LatencyStatistics {
            label: operation.name().into(),
            unit,
            count: operation.count(),
            failures: operation.failures(),
            min: latency.min().map(in_unit),
            max: latency.max().map(in_unit),
            mean: latency.mean().map(|nanos| unit.of_nanos(nanos)),
            median,
            p95,
            p99,
            total: unit.of_nanos(latency.sum() as f64),
        }
    }
}
