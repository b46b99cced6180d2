//! The run by time, as the JSON of a report has it.

use super::distribution::DistributionModel;
use super::metrics::{GaugeModel, labels};
use super::nanos;
use perf_core::{OperationSnapshot, Window};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A run in intervals that follow each other; the older they are, the longer they may be. Every list below
/// has a value for each of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeriesModel {
    /// When the first interval began, from the start of the run.
    pub from_ns: u64,
    /// When each interval ended.
    pub ends_ns: Vec<u64>,
    /// The operations, by name.
    pub operations: BTreeMap<String, OperationSeriesModel>,
    /// The gauges.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gauges: Vec<GaugeSeriesModel>,
}

/// An operation by time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct OperationSeriesModel {
    /// Calls in each interval, failures too.
    pub counts: Vec<u64>,
    /// How many of them failed.
    pub failures: Vec<u64>,
    /// The latencies of the successes, in ns. The buckets are four times as wide as elsewhere, and the second
    /// of each four stands for all: values are within 2 %.
    pub latencies: Vec<Option<DistributionModel>>,
}

/// A gauge by time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GaugeSeriesModel {
    /// The metric.
    pub name: String,
    /// Its labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Its value at the end of each interval; in a merged report, the smallest (label `merged="min"`) or the
    /// largest (`merged="max"`) of all reports in it. Absent where there was none, or it was no number.
    pub values: Vec<Option<f64>>,
}

impl SeriesModel {
    /// Every interval that began at `start` or later, on the profiler's clock. `None` when there is none.
    pub(crate) fn new(window: &Window, start: Duration) -> Option<Self> {
        let mut series = SeriesModel::default();
        for interval in window.intervals() {
            let coverage = interval.coverage();
            if coverage.from() < start || coverage.to() <= coverage.from() {
                continue;
            }
            if series.ends_ns.is_empty() {
                series.from_ns = nanos(coverage.from() - start);
            }
            series.ends_ns.push(nanos(coverage.to() - start));
            let snapshot = interval.snapshot();
            for operation in snapshot.operations() {
                series.operation(operation.name()).add(operation);
            }
            for (gauge, value) in snapshot.gauges() {
                let model = GaugeModel::new(gauge, value);
                series.gauge(&model.name, &labels(gauge)).values.push(model.value);
            }
            series.even_out();
        }
        (!series.ends_ns.is_empty()).then_some(series)
    }

    /// How many intervals there are.
    pub(crate) fn len(&self) -> usize {
        self.ends_ns.len()
    }

    /// The operation, as if it had been there without a call until now.
    pub(crate) fn operation(&mut self, name: &str) -> &mut OperationSeriesModel {
        if !self.operations.contains_key(name) {
            let mut fresh = OperationSeriesModel::default();
            fresh.resize(self.len().saturating_sub(1));
            self.operations.insert(name.to_owned(), fresh);
        }
        self.operations.get_mut(name).expect("it was there or is now")
    }

    pub(crate) fn gauge(
        &mut self,
        name: &str,
        labels: &BTreeMap<String, String>,
    ) -> &mut GaugeSeriesModel {
        let known = self.gauges.iter().position(|g| g.name == name && g.labels == *labels);
        let place = known.unwrap_or_else(|| {
            self.gauges.push(GaugeSeriesModel {
                name: name.to_owned(),
                labels: labels.clone(),
                values: vec![None; self.len().saturating_sub(1)],
            });
            self.gauges.len() - 1
        });
        &mut self.gauges[place]
    }

    /// Makes every list as long as there are intervals: of a file, or of what was not there in the last one.
    pub(crate) fn even_out(&mut self) {
        let len = self.len();
        self.operations.values_mut().for_each(|operation| operation.resize(len));
        self.gauges.iter_mut().for_each(|gauge| gauge.values.resize(len, None));
    }
}

impl OperationSeriesModel {
    fn add(&mut self, operation: &OperationSnapshot) {
        self.counts.push(operation.count());
        self.failures.push(operation.failures());
        self.latencies.push(DistributionModel::coarse(operation.latency()));
    }

    pub(crate) fn resize(&mut self, len: usize) {
        self.counts.resize(len, 0);
        self.failures.resize(len, 0);
        self.latencies.resize(len, None);
    }
}
