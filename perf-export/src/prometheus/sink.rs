//! What an encoder is told: one family after the other, each with its series.

use super::edge::Edge;
use super::names::Scale;
use super::number::Number;
use perf_core::{Distribution, MetricKind};
use std::time::{Duration, SystemTime};

/// Who writes families down. Names are valid and every series comes once; texts are as the user gave them.
pub(super) trait Sink {
    fn begin(&mut self, family: &Header<'_>);
    fn counter(&mut self, labels: &[Label<'_>], value: Number);
    fn gauge(&mut self, labels: &[Label<'_>], value: Number);
    fn histogram(&mut self, labels: &[Label<'_>], histogram: &Histogram<'_>);
    fn end(&mut self);
}

/// The name of a label and its value.
pub(super) type Label<'a> = (&'a str, &'a str);

pub(super) struct Header<'a> {
    /// Of a counter without `_total`.
    pub(super) name: &'a str,
    pub(super) help: &'a str,
    /// Empty unless the name ends with it.
    pub(super) unit: &'a str,
    pub(super) kind: MetricKind,
}

pub(super) struct Histogram<'a> {
    pub(super) edges: &'a [Edge],
    /// How many values are at or below each edge.
    pub(super) counts: &'a [u64],
    pub(super) count: u64,
    /// In the unit of the edges, as `scale` takes it.
    pub(super) sum: u128,
    pub(super) scale: Scale,
    /// Where native buckets come from, if there are any.
    pub(super) distribution: Option<&'a Distribution>,
    /// At most one for each edge, and one more above all.
    pub(super) exemplars: &'a [Exemplar<'a>],
}

impl Histogram<'_> {
    pub(super) fn sum(&self) -> Number {
        let Scale { decimals, .. } = self.scale;
        Number::Scaled { value: self.scale.integer(self.sum), decimals }
    }

    /// The exemplar of the bucket with this place.
    pub(super) fn exemplar(&self, bucket: usize) -> Option<&Exemplar<'_>> {
        self.exemplars.iter().find(|exemplar| exemplar.bucket == bucket)
    }
}

/// One call whose trace can be looked at.
pub(super) struct Exemplar<'a> {
    pub(super) bucket: usize,
    pub(super) trace_id: &'a str,
    pub(super) value: Number,
    pub(super) at: SystemTime,
}

impl Exemplar<'_> {
    /// Since 1970.
    pub(super) fn time(&self) -> Duration {
        self.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }
}
