//! What a metric is, once a profiler has agreed.

use crate::metric::{Definition, DefinitionField};
use std::fmt;
use std::sync::Arc;

/// What a defined metric is, for whoever shows or exports it. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricDefinition {
    kind: MetricKind,
    stated: Arc<Definition>,
}

/// What a metric does with the values it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// Adds them up: a [`Counter`](crate::Counter).
    Counter,
    /// Holds the last one: a [`Gauge`](crate::Gauge).
    Gauge,
    /// Counts them in buckets: a [`ValueHistogram`](crate::ValueHistogram).
    Histogram,
}

impl MetricDefinition {
    /// Of a definition that was checked for this kind.
    pub(crate) fn new(kind: MetricKind, stated: Definition) -> Self {
        MetricDefinition { kind, stated: Arc::new(stated) }
    }

    /// Whether it is a counter, a gauge or a histogram.
    pub fn kind(&self) -> MetricKind {
        self.kind
    }

    /// The metric's name.
    pub fn name(&self) -> &str {
        &self.stated.name
    }

    /// What it measures; empty if nobody said.
    pub fn description(&self) -> &str {
        &self.stated.description
    }

    /// What its values are counted in; empty if nobody said.
    pub fn unit(&self) -> &str {
        &self.stated.unit
    }

    /// The names of its labels, sorted.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.stated.labels.iter().map(|label| &**label)
    }

    /// The edges at which its values are to be counted, ascending; empty if nobody said.
    pub fn buckets(&self) -> &[u64] {
        &self.stated.buckets
    }

    /// The name, to be shared.
    pub(crate) fn shared_name(&self) -> &Arc<str> {
        &self.stated.name
    }

    /// Where in the sorted labels `label` is.
    pub(crate) fn place_of(&self, label: &str) -> Option<usize> {
        self.stated.labels.binary_search_by(|known| (**known).cmp(label)).ok()
    }

    /// In what the two differ, kind and name aside.
    pub(crate) fn differences(&self, other: &MetricDefinition) -> Vec<DefinitionField> {
        let (ours, theirs) = (&*self.stated, &*other.stated);
        let differs = [
            (DefinitionField::Description, ours.description != theirs.description),
            (DefinitionField::Unit, ours.unit != theirs.unit),
            (DefinitionField::Labels, ours.labels != theirs.labels),
            (DefinitionField::Buckets, ours.buckets != theirs.buckets),
        ];
        differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
    }
}

impl fmt::Display for MetricKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        })
    }
}
