//! An operation as JSON. Latencies are those of its successes that were timed.

use perf_core::{OperationSnapshot, Quantile};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;

/// The keys are those that a report's JSON has for an operation. What is not known is not there.
pub(super) struct OperationJson<'a>(pub(super) &'a OperationSnapshot);

impl Serialize for OperationJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let operation = self.0;
        let latency = operation.latency();
        let quantiles =
            [Quantile::P50, Quantile::P90, Quantile::P95, Quantile::P99, Quantile::P999];
        let [p50, p90, p95, p99, p999] = latency.quantiles(&quantiles);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", operation.name())?;
        map.serialize_entry("count", &operation.count())?;
        map.serialize_entry("successes", &operation.successes())?;
        map.serialize_entry("failures", &operation.failures())?;
        let ratios = [
            ("success_ratio", operation.success_rate()),
            ("throughput_per_second", operation.throughput()),
        ];
        for (key, value) in ratios.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            map.serialize_entry(key, &value)?;
        }
        let times = [
            ("min_ns", latency.min()),
            ("mean_ns", latency.mean().map(|mean| mean as u64)),
            ("p50_ns", p50),
            ("p90_ns", p90),
            ("p95_ns", p95),
            ("p99_ns", p99),
            ("p99.9_ns", p999),
            ("max_ns", latency.max()),
        ];
        for (key, value) in times.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            map.serialize_entry(key, &value)?;
        }
        let kinds: BTreeMap<&str, u64> = operation.failure_kinds().collect();
        if !kinds.is_empty() {
            map.serialize_entry("failure_kinds", &kinds)?;
        }
        map.end()
    }
}
