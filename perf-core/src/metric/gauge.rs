//! A number that goes up and down.

use crate::losses::LossCounters;
use crate::metric::Series;
use crate::sync::{AtomicU64, Relaxed};
use std::fmt;
use std::sync::Arc;

/// A handle to a gauge of a [`Profiler`](crate::Profiler): the last value set, by any thread.
///
/// One atomic store to set, a compare-and-swap loop to add. A value that is NaN or infinite, or
/// would become so, changes nothing and is counted in
/// [`Losses::invalid_values`](crate::Losses::invalid_values).
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::new();
/// let queue = profiler.gauge("queue_length");
/// queue.set(12.0);
/// queue.add(-2.0);
/// queue.set(f64::NAN);
/// assert_eq!(profiler.snapshot().gauge("queue_length", &[]), Some(10.0));
/// assert_eq!(profiler.snapshot().losses().invalid_values, 1);
/// ```
#[derive(Clone)]
pub struct Gauge(Arc<GaugeCore>);

impl Gauge {
    pub(crate) fn new(core: Arc<GaugeCore>) -> Self {
        Gauge(core)
    }

    /// The name and labels it stands under.
    pub fn series(&self) -> &Series {
        &self.0.series
    }

    /// Sets the value.
    pub fn set(&self, value: f64) {
        self.change(|_| value);
    }

    /// Adds `difference`, which may be negative.
    pub fn add(&self, difference: f64) {
        self.change(|value| value + difference);
    }

    fn change(&self, change: impl Fn(f64) -> f64) {
        let changed = self.0.bits.fetch_update(Relaxed, Relaxed, |bits| {
            let value = change(f64::from_bits(bits));
            value.is_finite().then_some(value.to_bits())
        });
        if changed.is_err() {
            self.0.losses.invalid_values.fetch_add(1, Relaxed);
        }
    }
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gauge({} = {})", self.0.series, self.0.value())
    }
}

pub(crate) struct GaugeCore {
    pub(crate) series: Series,
    losses: Arc<LossCounters>,
    bits: AtomicU64,
}

impl GaugeCore {
    pub(crate) fn new(series: Series, losses: Arc<LossCounters>) -> Self {
        GaugeCore { series, losses, bits: AtomicU64::new(0f64.to_bits()) }
    }

    pub(crate) fn value(&self) -> f64 {
        f64::from_bits(self.bits.load(Relaxed))
    }
}
