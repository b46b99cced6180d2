//! The two text formats: 0.0.4 and OpenMetrics 1.0.

use super::number::{Number, push_integer};
use super::sink::{Header, Histogram, Label, Sink};
use perf_core::MetricKind;

/// Writes lines. What is the same in all lines of a series is written once and copied.
pub(crate) struct Text<'a> {
    out: &'a mut Vec<u8>,
    is_open_metrics: bool,
    name: String,
    /// Seconds since 1970 at which counters began, if they are to be written.
    created: Option<Number>,
    /// What begins the line of each bucket of a histogram.
    lead: Vec<u8>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Text { out, is_open_metrics: false, name: String::new(), created: None, lead: Vec::new() }
    }

    pub(crate) fn open_metrics(out: &'a mut Vec<u8>, created: Option<Number>) -> Self {
        Text { is_open_metrics: true, created, ..Text::new(out) }
    }

    /// What stands at the end of the whole.
    pub(crate) fn finish(self) {
        if self.is_open_metrics {
            self.out.extend_from_slice(b"# EOF\n");
        }
    }

    fn comment(&mut self, keyword: &str, kind: MetricKind, text: &str) {
        // What 0.0.4 calls a counter's name is that of its samples.
        let suffix =
            if kind == MetricKind::Counter && !self.is_open_metrics { "_total" } else { "" };
        for part in ["# ", keyword, " ", &self.name, suffix, " "] {
            self.out.extend_from_slice(part.as_bytes());
        }
        push_escaped(self.out, text, keyword == "HELP" && !self.is_open_metrics);
        self.out.push(b'\n');
    }

    fn sample(&mut self, suffix: &str, labels: &[Label<'_>], value: Number) {
        self.out.extend_from_slice(self.name.as_bytes());
        self.out.extend_from_slice(suffix.as_bytes());
        push_labels(self.out, labels);
        self.out.push(b' ');
        value.push(self.out);
        self.out.push(b'\n');
    }

    fn created(&mut self, labels: &[Label<'_>]) {
        if let Some(created) = self.created {
            self.sample("_created", labels, created);
        }
    }
}

impl Sink for Text<'_> {
    fn begin(&mut self, family: &Header<'_>) {
        family.name.clone_into(&mut self.name);
        if !family.help.is_empty() {
            self.comment("HELP", family.kind, family.help);
        }
        let kind = match family.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        self.comment("TYPE", family.kind, kind);
        if self.is_open_metrics && !family.unit.is_empty() {
            self.comment("UNIT", family.kind, family.unit);
        }
    }

    fn counter(&mut self, labels: &[Label<'_>], value: Number) {
        self.sample("_total", labels, value);
        self.created(labels);
    }

    fn gauge(&mut self, labels: &[Label<'_>], value: Number) {
        self.sample("", labels, value);
    }

    fn histogram(&mut self, labels: &[Label<'_>], histogram: &Histogram<'_>) {
        self.lead.clear();
        self.lead.extend_from_slice(self.name.as_bytes());
        self.lead.extend_from_slice(b"_bucket");
        push_labels(&mut self.lead, labels);
        match self.lead.pop() {
            Some(b'}') => self.lead.extend_from_slice(b",le=\""),
            last => {
                self.lead.extend(last);
                self.lead.extend_from_slice(b"{le=\"");
            }
        }
        let edges = histogram.edges.iter().map(|edge| edge.text()).chain([&b"+Inf"[..]]);
        let counts = histogram.counts.iter().chain([&histogram.count]);
        for (bucket, (edge, count)) in edges.zip(counts).enumerate() {
            self.out.extend_from_slice(&self.lead);
            self.out.extend_from_slice(edge);
            self.out.extend_from_slice(b"\"} ");
            push_integer(self.out, *count);
            if self.is_open_metrics
                && let Some(exemplar) = histogram.exemplar(bucket)
            {
                self.out.extend_from_slice(b" # ");
                push_labels(self.out, &[("trace_id", exemplar.trace_id)]);
                self.out.push(b' ');
                exemplar.value.push(self.out);
                self.out.push(b' ');
                let value = exemplar.time().as_millis();
                Number::Scaled { value, decimals: 3 }.push(self.out);
            }
            self.out.push(b'\n');
        }
        self.sample("_sum", labels, histogram.sum());
        self.sample("_count", labels, Number::integer(histogram.count));
        self.created(labels);
    }

    fn end(&mut self) {}
}

/// `{a="1",b="2"}`. A label without a value is one that is not there.
fn push_labels(out: &mut Vec<u8>, labels: &[Label<'_>]) {
    let mut before = b'{';
    for (name, value) in labels.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(before);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"=\"");
        push_escaped(out, value, false);
        out.push(b'"');
        before = b',';
    }
    if before == b',' {
        out.push(b'}');
    }
}

/// Backslash, line feed and quote; in a HELP of 0.0.4 a quote stays what it is.
fn push_escaped(out: &mut Vec<u8>, text: &str, is_plain_help: bool) {
    let escaped = |byte: &u8| match byte {
        b'\\' | b'\n' => true,
        b'"' => !is_plain_help,
        _ => false,
    };
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(escaped) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(&[b'\\', if rest[at] == b'\n' { b'n' } else { rest[at] }]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}
