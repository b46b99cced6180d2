//! Metrics of the user's own that have targets.

use crate::series_pattern::SeriesPattern;

/// A metric of the file's `[metrics]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metric {
    /// The name it has in the file.
    pub name: String,
    /// What it is made of.
    pub source: MetricSource,
    /// The label whose values are judged each by itself.
    pub by: Option<String>,
}

impl Metric {
    /// A metric of this name, of all its series together.
    pub fn new(name: impl Into<String>, source: MetricSource) -> Self {
        Metric { name: name.into(), source, by: None }
    }

    /// Each value of this label by itself.
    #[must_use]
    pub fn by(self, label: impl Into<String>) -> Self {
        Metric { by: Some(label.into()), ..self }
    }
}

/// What a metric is made of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MetricSource {
    /// The share of good events, from counters. Two of the three are given.
    Ratio {
        /// Counts the good events.
        good: Option<SeriesPattern>,
        /// Counts the bad events.
        bad: Option<SeriesPattern>,
        /// Counts all events.
        total: Option<SeriesPattern>,
    },
    /// A gauge. Of several series the one that is worst for the target counts.
    Gauge(SeriesPattern),
    /// A counter. Several series add up.
    Counter(SeriesPattern),
    /// A histogram. Several series are merged.
    Histogram(SeriesPattern),
}
