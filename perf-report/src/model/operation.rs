//! An operation, as the JSON of a report has it.

use super::distribution::{DistributionModel, restored};
use super::nanos;
use perf_core::{
    Distribution, MetadataValue, OperationParts, OperationSnapshot, OverLimit, Quantile, Sample,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// An operation. Latencies are those of its successes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct OperationModel {
    /// Its name.
    pub name: String,
    /// All calls.
    pub count: u64,
    /// Calls that succeeded.
    pub successes: u64,
    /// Calls that failed.
    pub failures: u64,
    /// Calls that succeeded and were counted without a duration.
    #[serde(skip_serializing_if = "is_zero")]
    pub untimed_successes: u64,
    /// Calls that failed and were counted without a duration.
    #[serde(skip_serializing_if = "is_zero")]
    pub untimed_failures: u64,
    /// The share that succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_ratio: Option<f64>,
    /// Calls a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput_per_second: Option<f64>,
    /// The time of all its calls together, failures too.
    pub total_ns: u64,
    /// The smallest latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_ns: Option<u64>,
    /// The mean latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_ns: Option<u64>,
    /// The median latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ns: Option<u64>,
    /// The 90th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_ns: Option<u64>,
    /// The 95th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_ns: Option<u64>,
    /// The 99th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_ns: Option<u64>,
    /// The 99.9th percentile.
    #[serde(rename = "p99.9_ns", skip_serializing_if = "Option::is_none")]
    pub p999_ns: Option<u64>,
    /// The largest latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ns: Option<u64>,
    /// The latencies of its successes, in ns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<DistributionModel>,
    /// The latencies of its failures, in ns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_latency: Option<DistributionModel>,
    /// How many calls took longer than the limits that were counted at record time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub over_limits: Vec<OverLimitModel>,
    /// Why calls failed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub failure_kinds: BTreeMap<String, u64>,
    /// The slowest calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slowest: Vec<SampleModel>,
    /// The calls that failed last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<SampleModel>,
}

/// How many calls took longer than a limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct OverLimitModel {
    /// The limit.
    pub limit_ns: u64,
    /// Successes that took longer.
    pub successes: u64,
    /// Failures that took longer.
    pub failures: u64,
    /// Whether every call was compared with it.
    pub is_exact: bool,
}

/// One call that was kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SampleModel {
    /// How long it took.
    pub duration_ns: u64,
    /// When it ended, from the start of the run.
    pub at_ns: u64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_kind: Option<String>,
    /// What its timer was told.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub metadata: serde_json::Map<String, Value>,
}

impl OperationModel {
    /// `start` is that of the run, on the profiler's clock.
    pub(crate) fn new(operation: &OperationSnapshot, start: Duration) -> Self {
        let latency = operation.latency();
        let quantiles =
            [Quantile::P50, Quantile::P90, Quantile::P95, Quantile::P99, Quantile::P999];
        let [p50_ns, p90_ns, p95_ns, p99_ns, p999_ns] = latency.quantiles(&quantiles);
        let kinds = operation.failure_kinds().map(|(kind, count)| (kind.to_owned(), count));
        let samples = |samples: &[Sample]| {
            samples.iter().map(|sample| SampleModel::new(sample, start)).collect()
        };
        OperationModel {
            name: operation.name().to_owned(),
            count: operation.count(),
            successes: operation.successes(),
            failures: operation.failures(),
            untimed_successes: operation.untimed_successes(),
            untimed_failures: operation.untimed_failures(),
            success_ratio: operation.success_rate(),
            throughput_per_second: operation.throughput(),
            total_ns: u64::try_from(latency.sum() + operation.failure_latency().sum())
                .unwrap_or(u64::MAX),
            min_ns: latency.min(),
            mean_ns: latency.mean().map(|mean| mean as u64),
            p50_ns,
            p90_ns,
            p95_ns,
            p99_ns,
            p999_ns,
            max_ns: latency.max(),
            latency: DistributionModel::of(latency),
            failure_latency: DistributionModel::of(operation.failure_latency()),
            over_limits: operation.over_limits().map(OverLimitModel::new).collect(),
            failure_kinds: kinds.collect(),
            slowest: samples(operation.slowest()),
            failed: samples(operation.failed()),
        }
    }

    /// Every number of `other`; its own kept calls, limits and kinds of failures stay.
    pub(crate) fn take_numbers(&mut self, other: OperationModel) {
        let own = std::mem::take(self);
        *self = OperationModel {
            over_limits: own.over_limits,
            failure_kinds: own.failure_kinds,
            slowest: own.slowest,
            failed: own.failed,
            ..other
        };
    }

    /// `start` is that of the run on the new snapshot's clock, in ns.
    pub(crate) fn parts(&self, start: u64) -> OperationParts {
        let mut parts = OperationParts::new(self.name.clone());
        parts.latency = restored(self.latency.as_ref());
        parts.failure_latency = restored(self.failure_latency.as_ref());
        parts.untimed_successes = self.untimed_successes;
        parts.untimed_failures = self.untimed_failures;
        parts.failure_kinds =
            self.failure_kinds.iter().map(|(kind, count)| (kind.clone(), *count)).collect();
        parts.over_limits = self.over_limits.iter().map(OverLimitModel::restore).collect();
        parts.slowest = self.slowest.iter().map(|sample| sample.restore(start)).collect();
        parts.failed = self.failed.iter().map(|sample| sample.restore(start)).collect();
        parts
    }

    /// The latencies of its successes.
    pub(crate) fn distribution(&self) -> Distribution {
        restored(self.latency.as_ref())
    }
}

impl OverLimitModel {
    fn new(over: OverLimit) -> Self {
        OverLimitModel {
            limit_ns: nanos(over.limit),
            successes: over.successes,
            failures: over.failures,
            is_exact: over.exact,
        }
    }

    fn restore(&self) -> OverLimit {
        let mut over = OverLimit::default();
        over.limit = Duration::from_nanos(self.limit_ns);
        (over.successes, over.failures) = (self.successes, self.failures);
        over.exact = self.is_exact;
        over
    }
}

impl SampleModel {
    fn new(sample: &Sample, start: Duration) -> Self {
        SampleModel {
            duration_ns: nanos(sample.duration()),
            at_ns: nanos(sample.at().saturating_sub(start)),
            failure_kind: sample.failure_kind().map(str::to_owned),
            metadata: metadata(sample.metadata()),
        }
    }

    fn restore(&self, start: u64) -> Sample {
        let pairs = self.metadata.iter().map(|(key, value)| (key.clone(), metadata_value(value)));
        let (duration, at) = (self.duration_ns, self.at_ns.saturating_add(start));
        let (duration, at) = (Duration::from_nanos(duration), Duration::from_nanos(at));
        Sample::new(duration, at, self.failure_kind.clone(), pairs)
    }
}

pub(super) fn metadata<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a MetadataValue)>,
) -> serde_json::Map<String, Value> {
    let json = |value: &MetadataValue| match value {
        MetadataValue::Text(text) => text.as_ref().into(),
        MetadataValue::Integer(number) => (*number).into(),
        MetadataValue::Unsigned(number) => (*number).into(),
        MetadataValue::Float(number) => (*number).into(),
        MetadataValue::Bool(truth) => (*truth).into(),
        other => other.to_string().into(),
    };
    pairs.map(|(key, value)| (key.to_owned(), json(value))).collect()
}

fn metadata_value(value: &Value) -> MetadataValue {
    match value {
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into(),
            (None, Some(number)) => number.into(),
            (None, None) => number.as_f64().unwrap_or(f64::NAN).into(),
        },
        Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
