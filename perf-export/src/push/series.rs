//! Families as plain series: one value for each set of labels.

use crate::prometheus::number::Number;
use crate::prometheus::sink::{Header, Histogram, Label, Sink};
use crate::prometheus::wire;
use perf_core::MetricKind;

const NAME: &str = "__name__";

/// Tells `push` of every sample: its labels, encoded as fields of a `TimeSeries` in the order of their names,
/// and its value.
pub(super) struct Series<'a, F> {
    /// Of every series that has none of the same name.
    common: &'a [(String, String)],
    push: F,
    family: String,
    encoded: Vec<u8>,
}

impl<'a, F: FnMut(&[u8], f64)> Series<'a, F> {
    pub(super) fn new(common: &'a [(String, String)], push: F) -> Self {
        Series { common, push, family: String::new(), encoded: Vec::new() }
    }

    /// All labels, with places for the name and, where it is wanted, the edge.
    fn sorted<'l>(&self, own: &[Label<'l>], edge: Option<Label<'l>>) -> Vec<Label<'l>>
    where
        'a: 'l,
    {
        let mut labels = Vec::with_capacity(self.common.len() + own.len() + 2);
        labels.push((NAME, ""));
        labels.extend(edge);
        labels.extend_from_slice(own);
        for (name, value) in self.common {
            if !own.iter().any(|(known, value)| known == name && !value.is_empty()) {
                labels.push((name, value));
            }
        }
        labels.sort_unstable();
        labels
    }

    fn sample(&mut self, labels: &[Label<'_>], value: f64) {
        self.encoded.clear();
        // A label without a value is one that is not there.
        for (name, value) in labels.iter().filter(|(_, value)| !value.is_empty()) {
            wire::message(&mut self.encoded, 1, |out| {
                wire::bytes(out, 1, name.as_bytes());
                wire::bytes(out, 2, value.as_bytes());
            });
        }
        (self.push)(&self.encoded, value);
    }

    fn single(&mut self, own: &[Label<'_>], value: Number) {
        let family = std::mem::take(&mut self.family);
        let mut labels = self.sorted(own, None);
        set(&mut labels, NAME, &family);
        self.sample(&labels, value.float());
        self.family = family;
    }
}

impl<F: FnMut(&[u8], f64)> Sink for Series<'_, F> {
    fn begin(&mut self, family: &Header<'_>) {
        family.name.clone_into(&mut self.family);
        if family.kind == MetricKind::Counter {
            self.family.push_str("_total");
        }
    }

    fn counter(&mut self, labels: &[Label<'_>], value: Number) {
        self.single(labels, value);
    }

    fn gauge(&mut self, labels: &[Label<'_>], value: Number) {
        self.single(labels, value);
    }

    fn histogram(&mut self, own: &[Label<'_>], histogram: &Histogram<'_>) {
        let [bucket, sum, count] =
            ["bucket", "sum", "count"].map(|suffix| format!("{}_{suffix}", self.family));
        let edges = histogram.edges.iter().map(|edge| str::from_utf8(edge.text()).unwrap_or(""));
        let counts = histogram.counts.iter().chain([&histogram.count]);
        let mut labels = self.sorted(own, Some(("le", "")));
        set(&mut labels, NAME, &bucket);
        for (edge, below) in edges.chain(["+Inf"]).zip(counts) {
            set(&mut labels, "le", edge);
            self.sample(&labels, *below as f64);
        }
        set(&mut labels, "le", "");
        for (name, value) in [(&sum, histogram.sum().float()), (&count, histogram.count as f64)] {
            set(&mut labels, NAME, name);
            self.sample(&labels, value);
        }
    }

    fn end(&mut self) {}
}

fn set<'l>(labels: &mut [Label<'l>], name: &str, value: &'l str) {
    if let Some(label) = labels.iter_mut().find(|(known, _)| *known == name) {
        label.1 = value;
    }
}
