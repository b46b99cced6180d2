//! What a throughput tracker tells.

use super::rate_unit::RateUnit;
use crate::timeline::{Coverage, Throughput};
use std::time::{Duration, SystemTime};

/// A batch that was stopped.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchSummary {
    /// The label its items were counted under: [`OVERFLOW`](crate::OVERFLOW) beyond the cap.
    pub label: Box<str>,
    /// All items recorded in it; more than `u64::MAX` are told as that.
    pub items: u64,
    /// How often items were recorded in it.
    pub batches: u64,
    /// From its start to its end.
    pub elapsed: Duration,
    /// When it was stopped, by the clock on the wall.
    pub at: SystemTime,
    /// The unit of its tracker.
    pub unit: RateUnit,
}

impl BatchSummary {
    /// Its items over its time, in `unit`; `None` when no time went by.
    pub fn throughput(&self) -> Option<f64> {
        self.unit.of(self.items, self.elapsed)
    }
}

/// The items of one label in the sliding window of a [`ThroughputTracker`](crate::ThroughputTracker).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SlidingThroughput {
    /// The unit of all rates.
    pub unit: RateUnit,
    /// In the interval that ended last: of the last second, if the timeline is ticked each second.
    pub instantaneous: f64,
    /// In the whole window.
    pub average: f64,
    /// In the busiest interval of the window, as [`Throughput::peak`] says.
    pub peak: f64,
    /// How much of the window was seen: the rates are of that.
    pub coverage: Coverage,
}

impl SlidingThroughput {
    pub(super) fn of(throughput: Throughput, coverage: Coverage, unit: RateUnit) -> Self {
        SlidingThroughput {
            unit,
            instantaneous: unit.of_per_second(throughput.current),
            average: unit.of_per_second(throughput.average),
            peak: unit.of_per_second(throughput.peak),
            coverage,
        }
    }
}

/// All items of one label since the last reset of the profiler.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ThroughputTotals {
    /// The label: [`OVERFLOW`](crate::OVERFLOW) for all that are beyond the cap.
    pub label: Box<str>,
    /// The items. As of every counter, the number wraps at 2^64.
    pub items: u64,
    /// The calls of the operation called `label`, which each batch that was stopped or failed is one of;
    /// 0 where that name is beyond the cap of operations.
    pub stopped_batches: u64,
    /// The items over the time since the reset, in `unit`; `None` when no time went by.
    pub average: Option<f64>,
    /// The unit of the average.
    pub unit: RateUnit,
}
