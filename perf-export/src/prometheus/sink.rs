//! What an encoder is told: one family after the other, each with its series.

use super::edge::Edge;
use super::names::Scale;
use super::number::Number;
use perf_core::{Distribution, MetricKind};
use std::time::{Duration, SystemTime};

/// Who writes families down. Names are valid and every series comes once; texts are as the user gave them.
pub(crate) trait Sink {
    fn begin(&mut self, family: &Header<'_>);
    fn counter(&mut self, labels: &[Label<'_>], value: Number);
    fn gauge(&mut self, labels: &[Label<'_>], value: Number);
    fn histogram(&mut self, labels: &[Label<'_>], histogram: &Histogram<'_>);
    fn end(&mut self);
}

/// The name of a label and its value.
pub(crate) type Label<'a> = (&'a str, &'a str);

pub(crate) struct Header<'a> {
    /// Of a counter without `_total`.
    pub(crate) name: &'a str,
    pub(crate) help: &'a str,
    /// Empty unless the name ends with it.
    pub(crate) unit: &'a str,
    pub(crate) kind: MetricKind,
}

pub(crate) struct Histogram<'a> {
    pub(crate) edges: &'a [Edge],
    /// How many values are at or below each edge.
    pub(crate) counts: &'a [u64],
    pub(crate) count: u64,
    /// In the unit of the edges, as `scale` takes it.
    pub(crate) sum: u128,
    pub(crate) scale: Scale,
    /// Where native buckets come from, if there are any.
    pub(crate) distribution: Option<&'a Distribution>,
    /// At most one for each edge, and one more above all.
    pub(crate) exemplars: &'a [Exemplar<'a>],
}

impl Histogram<'_> {
    pub(crate) fn sum(&self) -> Number {
        let Scale { decimals, .. } = self.scale;
        Number::Scaled { value: self.scale.integer(self.sum), decimals }
    }

    /// The exemplar of the bucket with this place.
    pub(crate) fn exemplar(&self, bucket: usize) -> Option<&Exemplar<'_>> {
        self.exemplars.iter().find(|exemplar| exemplar.bucket == bucket)
    }
}

/// One call whose trace can be looked at.
pub(crate) struct Exemplar<'a> {
    pub(crate) bucket: usize,
    pub(crate) trace_id: &'a str,
    pub(crate) value: Number,
    pub(crate) at: SystemTime,
}

impl Exemplar<'_> {
    /// Since 1970.
    pub(crate) fn time(&self) -> Duration {
        self.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }
}
