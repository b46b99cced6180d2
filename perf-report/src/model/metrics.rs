//! Counters, gauges and histograms, as the JSON of a report has them.

use super::distribution::{DistributionModel, restored};
use perf_core::{Distribution, Quantile, Series};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The label that says which of the values of several reports a gauge is: `min` or `max`.
pub(crate) const MERGED: &str = "merged";

/// A counter with its growth in the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct CounterModel {
    /// The metric.
    pub name: String,
    /// Its labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// How much it grew.
    pub growth: u64,
}

/// A gauge with its last value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GaugeModel {
    /// The metric.
    pub name: String,
    /// Its labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The value; absent where it was no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// A histogram of values in the user's own unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct HistogramModel {
    /// The metric.
    pub name: String,
    /// Its labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// How many values were recorded.
    pub count: u64,
    /// The mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<u64>,
    /// The 95th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<u64>,
    /// The 99th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<u64>,
    /// The values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<DistributionModel>,
}

impl CounterModel {
    pub(crate) fn new(series: &Series, growth: u64) -> Self {
        CounterModel { name: series.name().to_owned(), labels: labels(series), growth }
    }

    pub(crate) fn series(&self) -> Series {
        series(&self.name, &self.labels)
    }
}

impl GaugeModel {
    pub(crate) fn new(series: &Series, value: f64) -> Self {
        let value = Some(value).filter(|value| value.is_finite());
        GaugeModel { name: series.name().to_owned(), labels: labels(series), value }
    }

    pub(crate) fn series(&self) -> Series {
        series(&self.name, &self.labels)
    }

    /// NaN where it was no number.
    pub(crate) fn number(&self) -> f64 {
        self.value.unwrap_or(f64::NAN)
    }
}

impl HistogramModel {
    pub(crate) fn new(series: &Series, values: &Distribution) -> Self {
        let [p50, p95, p99] = values.quantiles(&[Quantile::P50, Quantile::P95, Quantile::P99]);
        HistogramModel {
            name: series.name().to_owned(),
            labels: labels(series),
            count: values.count(),
            mean: values.mean(),
            p50,
            p95,
            p99,
            values: DistributionModel::of(values),
        }
    }

    pub(crate) fn series(&self) -> Series {
        series(&self.name, &self.labels)
    }

    pub(crate) fn distribution(&self) -> Distribution {
        restored(self.values.as_ref())
    }
}

pub(super) fn labels(series: &Series) -> BTreeMap<String, String> {
    series.labels().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

pub(super) fn series(name: &str, labels: &BTreeMap<String, String>) -> Series {
    let labels: Vec<(&str, &str)> =
        labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    Series::new(name, &labels)
}
