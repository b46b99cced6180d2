//! Promises from what was measured.

use crate::builder::Targets;
use crate::config::SlaConfig;
use crate::error::{Problem, SlaError};
use perf_analysis::{Confidence, ratio_interval};
use perf_core::{OperationSnapshot, Quantile, Snapshot};
use std::time::Duration;

/// How much worse than the baseline things may get.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Buffer {
    /// Latencies may be this many times those of the baseline.
    pub latency: f64,
    /// Throughput may fall to this share of it.
    pub throughput: f64,
    /// Calls that a percentile needs beyond it to become a target: fewer say too little about it.
    pub min_beyond: u64,
}

impl Default for Buffer {
    /// Latencies x 1.2, throughput x 0.8; a percentile with at least five calls beyond it.
    fn default() -> Self {
        Buffer { latency: 1.2, throughput: 0.8, min_beyond: 5 }
    }
}

impl SlaConfig {
    /// Promises for the whole and for every operation of a measured `baseline`: p50, p95 and p99 of
    /// latency as far as there are calls enough to know them, throughput, and the success rate that the
    /// baseline surely had (the lower end of its interval at 95 %).
    ///
    /// ```
    /// use perf_sla::{Buffer, SlaConfig};
    /// # use perf_core::Profiler;
    /// # use std::time::Duration;
    /// # let profiler = Profiler::new();
    /// # (1..=1_000).for_each(|i| profiler.record("query", Duration::from_millis(i % 90)));
    /// let sla = SlaConfig::from_baseline(&profiler.snapshot(), Buffer::default())?;
    /// println!("{}", sla.to_toml()); // to begin a file with
    /// # Ok::<(), perf_sla::SlaError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SlaError`] when the baseline has nothing to promise, or a buffer is no factor above zero.
    pub fn from_baseline(baseline: &Snapshot, buffer: Buffer) -> Result<Self, SlaError> {
        for (name, factor) in [("latency", buffer.latency), ("throughput", buffer.throughput)] {
            if !(factor > 0.0 && factor.is_finite()) {
                let message =
                    format!("a buffer of {factor} for the {name} is no factor above zero");
                return Err(SlaError {
                    file: None,
                    problems: vec![Problem { position: None, message }],
                });
            }
        }
        let mut builder = SlaConfig::builder();
        if let Some(name) = baseline.overall_operation() {
            builder = builder.overall_operation(name);
        }
        let overall = baseline.overall();
        if overall.count() > 0 {
            builder = builder.overall(targets(&overall, buffer));
        }
        let others = baseline.operations().filter(|operation| {
            operation.count() > 0 && baseline.overall_operation() != Some(operation.name())
        });
        for operation in others {
            builder = builder.operation(operation.name(), targets(operation, buffer));
        }
        builder.build()
    }
}

fn targets(operation: &OperationSnapshot, buffer: Buffer) -> Targets {
    let mut targets = Targets::new();
    let count = operation.latency().count();
    for quantile in [Quantile::P50, Quantile::P95, Quantile::P99] {
        let beyond = count - quantile.rank(count).min(count);
        if let (true, Some(latency)) = (beyond >= buffer.min_beyond, operation.quantile(quantile)) {
            targets = targets.max_percentile(quantile, times(latency, buffer.latency));
        }
    }
    if let Some(throughput) = operation.throughput().filter(|_| operation.count() > 1) {
        targets = targets.min_throughput(three_digits(throughput * buffer.throughput));
    }
    let (low, _) = ratio_interval(operation.successes(), operation.count(), Confidence::P95);
    let low = (low * 1e4).floor() / 1e4;
    if low > 0.0 && low < 1.0 { targets.min_success_rate(low) } else { targets }
}

/// To three digits, for people; a limit that is not above zero is refused later.
fn times(latency: Duration, factor: f64) -> Duration {
    let nanos = three_digits(latency.as_nanos() as f64 * factor);
    Duration::from_nanos(nanos.max(0.0) as u64)
}

fn three_digits(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return value;
    }
    let unit = 10_f64.powf(value.log10().floor() - 2.0);
    // Dividing by what is below 1 keeps 8.5 from becoming 8.500000000000002.
    if unit < 1.0 {
        (value / unit).round() / (1.0 / unit).round()
    } else {
        (value / unit).round() * unit
    }
}
