//! What somebody says a metric is, before a profiler has agreed.

use crate::metadata::cut;
use crate::metric::{DefinitionError, DefinitionField, MetricKind, OVERFLOW, OVERFLOW_LABEL};
use std::sync::Arc;

/// Bytes of a metric's name.
pub(crate) const MAX_NAME: usize = 256;
/// Bytes of a description.
pub(crate) const MAX_DESCRIPTION: usize = 1_024;
/// Bytes of a unit.
pub(crate) const MAX_UNIT: usize = 64;
/// Labels of one metric.
pub(crate) const MAX_LABELS: usize = 16;
/// Bytes of a label's name.
pub(crate) const MAX_LABEL: usize = 128;
/// Bucket edges of one metric.
pub(crate) const MAX_BUCKETS: usize = 256;

/// What a counter, gauge or histogram is to be: its name, and what readers want to know of it.
///
/// [`Profiler::define_counter`](crate::Profiler::define_counter) and its siblings check it. All but
/// the name may be left out; what is said twice counts as said last. Memory: at most 6 KB.
///
/// ```
/// # use perf_core::{Definition, Profiler};
/// let profiler = Profiler::new();
/// let tokens = profiler.define_histogram(
///     Definition::new("generated_tokens")
///         .description("Tokens that a request generated")
///         .unit("tokens")
///         .labels(&["model"])
///         .buckets(&[16, 64, 256, 1_024]),
/// )?;
/// tokens.with(&[("model", "small")])?.record(42);
///
/// let snapshot = profiler.snapshot();
/// assert_eq!(snapshot.definition("generated_tokens").unwrap().unit(), "tokens");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "`Profiler::define_counter`, `define_gauge` or `define_histogram` takes it"]
pub struct Definition {
    pub(crate) name: Arc<str>,
    pub(crate) description: Box<str>,
    pub(crate) unit: Box<str>,
    /// Sorted.
    pub(crate) labels: Vec<Box<str>>,
    pub(crate) buckets: Vec<u64>,
}

impl Definition {
    /// A metric called `name`: 1 to 256 bytes without control characters, and not
    /// [`OVERFLOW`](crate::OVERFLOW).
    pub fn new(name: &str) -> Self {
        Definition {
            name: name.into(),
            description: "".into(),
            unit: "".into(),
            labels: Vec::new(),
            buckets: Vec::new(),
        }
    }

    /// What it measures: any text of at most 1,024 bytes.
    pub fn description(mut self, text: &str) -> Self {
        self.description = text.into();
        self
    }

    /// What its values are counted in: any text of at most 64 bytes.
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = unit.into();
        self
    }

    /// The names of its labels, in any order: at most 16, each of 1 to 128 bytes without control
    /// characters. `overflow` is taken: it marks the series of all label sets beyond the cap.
    pub fn labels(mut self, names: &[&str]) -> Self {
        self.labels = names.iter().map(|&name| name.into()).collect();
        self.labels.sort_unstable();
        self
    }

    /// The edges at which a reader wants a histogram's values counted, each the highest value of its
    /// bucket: at most 256, ascending. They change nothing in what is recorded, so every quantile
    /// stays known to 1/128; [`Distribution::cumulative`](crate::Distribution::cumulative) counts.
    pub fn buckets(mut self, edges: &[u64]) -> Self {
        self.buckets = edges.into();
        self
    }

    /// Whether a metric of this kind can be so.
    pub(crate) fn check(&self, kind: MetricKind) -> Result<(), DefinitionError> {
        if !is_name(&self.name, MAX_NAME, OVERFLOW) {
            let name = cut(&self.name, MAX_NAME).into();
            return Err(DefinitionError::InvalidName { name });
        }
        self.at_most(MAX_DESCRIPTION, self.description.len(), DefinitionField::Description)?;
        self.at_most(MAX_UNIT, self.unit.len(), DefinitionField::Unit)?;
        self.check_labels()?;
        self.check_buckets(kind)
    }

    fn check_labels(&self) -> Result<(), DefinitionError> {
        self.at_most(MAX_LABELS, self.labels.len(), DefinitionField::Labels)?;
        if let Some(label) = self.labels.iter().find(|l| !is_name(l, MAX_LABEL, OVERFLOW_LABEL)) {
            let label = cut(label, MAX_LABEL).into();
            return Err(DefinitionError::InvalidLabel { name: self.name(), label });
        }
        if let Some(pair) = self.labels.windows(2).find(|pair| pair[0] == pair[1]) {
            let label = pair[0].clone();
            return Err(DefinitionError::DoubledLabel { name: self.name(), label });
        }
        Ok(())
    }

    fn check_buckets(&self, kind: MetricKind) -> Result<(), DefinitionError> {
        if kind != MetricKind::Histogram && !self.buckets.is_empty() {
            return Err(DefinitionError::BucketsOfNoHistogram { name: self.name(), kind });
        }
        self.at_most(MAX_BUCKETS, self.buckets.len(), DefinitionField::Buckets)?;
        if let Some(pair) = self.buckets.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(DefinitionError::BucketsNotAscending { name: self.name(), edge: pair[1] });
        }
        Ok(())
    }

    fn at_most(
        &self,
        max: usize,
        len: usize,
        field: DefinitionField,
    ) -> Result<(), DefinitionError> {
        if len > max {
            return Err(DefinitionError::TooLong { name: self.name(), field, max });
        }
        Ok(())
    }

    fn name(&self) -> Box<str> {
        Box::from(&*self.name)
    }
}

fn is_name(text: &str, max: usize, taken: &str) -> bool {
    (1..=max).contains(&text.len()) && text != taken && !text.contains(char::is_control)
}
