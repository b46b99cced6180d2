//! Delimited messages of `io.prometheus.client.MetricFamily`. Field numbers are those of metrics.proto in
//! prometheus/client_model.

use super::native::{Native, ZERO_THRESHOLD};
use super::number::Number;
use super::sink::{Exemplar, Header, Histogram, Label, Sink};
use super::wire::{bytes, double, insert_length, integer, message};
use perf_core::MetricKind;
use std::time::Duration;

/// Writes messages.
pub(super) struct Protobuf<'a> {
    out: &'a mut Vec<u8>,
    /// Where the family that is being written starts.
    start: usize,
    /// When counters began, since 1970, if it is to be said.
    created: Option<Duration>,
}

impl<'a> Protobuf<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>, created: Option<Duration>) -> Self {
        Protobuf { start: out.len(), out, created }
    }

    fn metric(&mut self, labels: &[Label<'_>], content: impl FnOnce(&mut Vec<u8>)) {
        message(self.out, 4, |out| {
            push_labels(out, labels);
            content(out);
        });
    }
}

impl Sink for Protobuf<'_> {
    fn begin(&mut self, family: &Header<'_>) {
        self.start = self.out.len();
        let (suffix, kind) = match family.kind {
            MetricKind::Counter => ("_total", 0),
            MetricKind::Gauge => ("", 1),
            MetricKind::Histogram => ("", 4),
        };
        message(self.out, 1, |out| {
            out.extend_from_slice(family.name.as_bytes());
            out.extend_from_slice(suffix.as_bytes());
        });
        bytes(self.out, 2, family.help.as_bytes());
        integer(self.out, 3, kind);
        if !family.unit.is_empty() {
            bytes(self.out, 5, family.unit.as_bytes());
        }
    }

    fn counter(&mut self, labels: &[Label<'_>], value: Number) {
        let created = self.created;
        self.metric(labels, |out| {
            message(out, 3, |out| {
                double(out, 1, value.float());
                if let Some(created) = created {
                    message(out, 3, |out| push_time(out, created));
                }
            });
        });
    }

    fn gauge(&mut self, labels: &[Label<'_>], value: Number) {
        self.metric(labels, |out| message(out, 2, |out| double(out, 1, value.float())));
    }

    fn histogram(&mut self, labels: &[Label<'_>], histogram: &Histogram<'_>) {
        let created = self.created;
        self.metric(labels, |out| {
            message(out, 7, |out| {
                integer(out, 1, histogram.count);
                double(out, 2, histogram.sum().float());
                push_classic(out, histogram);
                if let Some(distribution) = histogram.distribution {
                    push_native(out, &Native::new(distribution, histogram.scale));
                }
                if let Some(created) = created {
                    message(out, 15, |out| push_time(out, created));
                }
            });
        });
    }

    fn end(&mut self) {
        insert_length(self.out, self.start);
    }
}

fn push_labels(out: &mut Vec<u8>, labels: &[Label<'_>]) {
    for (name, value) in labels.iter().filter(|(_, value)| !value.is_empty()) {
        message(out, 1, |out| {
            bytes(out, 1, name.as_bytes());
            bytes(out, 2, value.as_bytes());
        });
    }
}

/// The bucket above all edges is the count; it is there only to carry an exemplar.
fn push_classic(out: &mut Vec<u8>, histogram: &Histogram<'_>) {
    let edges = histogram.edges.iter().map(|edge| edge.float()).chain([f64::INFINITY]);
    let counts = histogram.counts.iter().chain([&histogram.count]);
    for (bucket, (edge, count)) in edges.zip(counts).enumerate() {
        let exemplar = histogram.exemplar(bucket);
        if edge.is_infinite() && exemplar.is_none() {
            continue;
        }
        message(out, 3, |out| {
            integer(out, 1, *count);
            double(out, 2, edge);
            if let Some(exemplar) = exemplar {
                message(out, 3, |out| push_exemplar(out, exemplar));
            }
        });
    }
}

fn push_exemplar(out: &mut Vec<u8>, exemplar: &Exemplar<'_>) {
    push_labels(out, &[("trace_id", exemplar.trace_id)]);
    double(out, 2, exemplar.value.float());
    message(out, 3, |out| push_time(out, exemplar.time()));
}

fn push_native(out: &mut Vec<u8>, native: &Native) {
    integer(out, 5, zigzag(native.schema.into()));
    double(out, 6, ZERO_THRESHOLD);
    integer(out, 7, native.zero_count);
    for (offset, length) in native.spans() {
        message(out, 12, |out| {
            integer(out, 1, zigzag(offset.into()));
            integer(out, 2, length.into());
        });
    }
    native.deltas().for_each(|delta| integer(out, 13, zigzag(delta)));
}

/// `google.protobuf.Timestamp`.
fn push_time(out: &mut Vec<u8>, time: Duration) {
    integer(out, 1, time.as_secs());
    integer(out, 2, time.subsec_nanos().into());
}

/// Small numbers of either sign as small numbers.
fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}
