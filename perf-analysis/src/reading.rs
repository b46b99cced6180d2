//! One number of each interval of a window: what trends and stability are made of.

use crate::confidence::Confidence;
use crate::floor::Floor;
use crate::stability::{Stability, stability};
use crate::trend::{Trend, trend};
use crate::values::InvalidValues;
use perf_core::{OperationSnapshot, Quantile, Window};

/// What to read of an operation in each interval of a window.
///
/// ```
/// use perf_analysis::{Confidence, Direction, Floor, Rating, Reading};
/// use perf_core::{Clock, Profiler, Quantile};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let timeline = profiler.timeline();
/// for second in 0..20 {
///     for _ in 0..100 {
///         profiler.record("search", Duration::from_millis(20 + second));
///     }
///     hand.advance(Duration::from_secs(1));
///     timeline.tick();
/// }
/// let window = timeline.window(Duration::from_secs(20));
///
/// let p95 = Reading::Latency(Quantile::P95);
/// let trend = p95.trend(&window, "search", Floor::default(), Confidence::P95)?;
/// assert_eq!(trend.direction, Direction::Increasing);
/// assert!((900_000.0..1_100_000.0).contains(&trend.slope.value), "ns a second");
/// assert_eq!(Reading::Throughput.stability(&window, "search")?.rating, Rating::VeryStable);
/// # Ok::<(), perf_analysis::InvalidValues>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// Calls a second.
    Throughput,
    /// A percentile of the latency of successes, in nanoseconds.
    Latency(Quantile),
    /// The share of calls that failed, in `0.0..=1.0`.
    FailureRate,
}

impl Reading {
    /// The reading of each interval in which `operation` has one, oldest first: the middle of the
    /// interval, in seconds of the profiler's clock, and the value. Empty without such an operation.
    ///
    /// An interval without calls has a throughput of 0, and no latency or failure rate. Old intervals are
    /// longer than new ones ([`Window::intervals`]), so their readings vary less.
    pub fn series(self, window: &Window, operation: &str) -> Vec<(f64, f64)> {
        let point = |interval: Window| {
            let value = self.of(&interval.operation(operation)?)?;
            let coverage = interval.coverage();
            Some(((coverage.from() + coverage.to()).as_secs_f64() / 2.0, value))
        };
        window.intervals().filter_map(point).collect()
    }

    /// Where the reading goes over the window, a second at a time: [`trend`] of its [`series`](Self::series).
    ///
    /// # Errors
    ///
    /// [`InvalidValues`] when fewer than 2 intervals have a reading, or the floor is negative or not
    /// finite.
    pub fn trend(
        self,
        window: &Window,
        operation: &str,
        floor: Floor,
        confidence: Confidence,
    ) -> Result<Trend, InvalidValues> {
        trend(&self.series(window, operation), floor, confidence)
    }

    /// How steady the reading is over the window: [`stability`] of its [`series`](Self::series).
    ///
    /// # Errors
    ///
    /// [`InvalidValues`] when fewer than 8 intervals have a reading.
    pub fn stability(self, window: &Window, operation: &str) -> Result<Stability, InvalidValues> {
        let series = self.series(window, operation);
        stability(&series.into_iter().map(|(_, value)| value).collect::<Vec<_>>())
    }

    fn of(self, operation: &OperationSnapshot) -> Option<f64> {
        match self {
            Reading::Throughput => operation.throughput(),
            Reading::Latency(quantile) => {
                operation.quantile(quantile).map(|latency| latency.as_nanos() as f64)
            }
            Reading::FailureRate => operation.success_rate().map(|rate| 1.0 - rate),
        }
    }
}
