//! An operation, as a row of a table.

use super::{MAX_NAME, nearness};
use crate::model::{Model, OperationModel};
use crate::wording::{count, duration, one_line, percent, rate};
use perf_core::Distribution;
use serde::Serialize;

/// Bars of the small histogram of an operation.
const BARS: usize = 16;

#[derive(Clone, Serialize)]
pub(crate) struct OperationRow {
    pub(crate) name: String,
    pub(crate) count: String,
    pub(crate) rate: String,
    pub(crate) success: String,
    /// Mean, p50, p90, p95, p99, p99.9 and max, each with the status of its own target.
    pub(crate) latencies: Vec<LatencyCell>,
    /// How near it is to its limits.
    #[serde(skip)]
    pub(crate) nearness: f64,
    /// The small histogram, each bar in `0..=8`, above zero where there is anything.
    pub(crate) bars: Vec<u64>,
}

#[derive(Clone, Serialize)]
pub(crate) struct LatencyCell {
    pub(crate) indicator: &'static str,
    pub(crate) text: String,
    /// Of the target for this operation and indicator; empty without one.
    pub(crate) status: String,
}

/// The operations that take most time first, so that the whole stands above its parts.
pub(super) fn all(model: &Model) -> Vec<OperationRow> {
    let mut operations: Vec<&OperationModel> = model.operations.iter().collect();
    operations.sort_by_key(|operation| std::cmp::Reverse(operation.total_ns));
    operations.into_iter().map(|operation| OperationRow::new(operation, model)).collect()
}

impl OperationRow {
    pub(crate) fn new(operation: &OperationModel, model: &Model) -> Self {
        let is_whole = model.overall_operation.as_ref() == Some(&operation.name);
        let checks = model.verdict.iter().flat_map(|verdict| &verdict.checks);
        let of_this = checks.filter(|check| match &check.operation {
            Some(name) => *name == operation.name,
            None => is_whole && check.is_overall(),
        });
        let status = |indicator: &str| {
            let check = of_this.clone().find(|check| check.indicator == indicator);
            check.map_or_else(String::new, |check| one_line(&check.status, MAX_NAME))
        };
        let latencies = [
            ("mean", operation.mean_ns),
            ("p50", operation.p50_ns),
            ("p90", operation.p90_ns),
            ("p95", operation.p95_ns),
            ("p99", operation.p99_ns),
            ("p99.9", operation.p999_ns),
            ("max", operation.max_ns),
        ];
        let latencies = latencies.map(|(indicator, nanos)| LatencyCell {
            indicator,
            text: nanos.map_or_else(|| "–".to_owned(), duration),
            status: status(indicator),
        });
        let bars = bars(&operation.distribution());
        let tallest = bars.iter().max().copied().unwrap_or(0).max(1);
        let bar = |n: &u64| (u128::from(*n) * 8).div_ceil(u128::from(tallest)) as u64;
        OperationRow {
            name: one_line(&operation.name, MAX_NAME),
            count: count(operation.count),
            rate: operation.throughput_per_second.map_or_else(|| "–".to_owned(), rate),
            success: operation.success_ratio.map_or_else(|| "–".to_owned(), percent),
            latencies: latencies.into(),
            nearness: nearness(of_this),
            bars: bars.iter().map(bar).collect(),
        }
    }
}

/// The latencies in bars of equal width on a logarithmic axis from the smallest to the largest.
fn bars(latency: &Distribution) -> Vec<u64> {
    let (Some(min), Some(max)) = (latency.min(), latency.max()) else { return Vec::new() };
    let mut bars = vec![0_u64; BARS];
    let low = (min.max(1) as f64).ln();
    let width = ((max.max(1) as f64).ln() - low) / BARS as f64;
    for bucket in latency.buckets() {
        let value = bucket.midpoint().clamp(min, max).max(1) as f64;
        let bar = if width > 0.0 { ((value.ln() - low) / width) as usize } else { 0 };
        let bar = &mut bars[bar.min(BARS - 1)];
        *bar = bar.saturating_add(bucket.count);
    }
    bars
}
