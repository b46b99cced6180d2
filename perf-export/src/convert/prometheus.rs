//! Histograms in the text format of Prometheus.

use super::series::Series;
use super::{Convert, is_hostile, seconds};
use crate::Entry;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

/// What client libraries of Prometheus take by default, in s.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Beyond these a histogram is no longer one.
const MOST_BUCKETS: usize = 1_000;

/// The text format of Prometheus: the histograms `rag_request_duration_seconds` and
/// `rag_stage_duration_seconds{stage="…"}` and the counter `rag_request_failures_total`, of the whole log.
/// Requests of a log that has operations carry the label `operation`. Failed requests and stages are in
/// the histograms too.
///
/// A value lies in the bucket of the first edge that is no less than it, exactly. Values of a label beyond
/// 10,000 are one, `(others)`; a control character in one is written as `\u{fffd}`.
#[derive(Debug)]
pub struct Prometheus {
    prefix: String,
    edges: Vec<(String, Duration)>,
    requests: Series<Histogram>,
    stages: Series<Histogram>,
}

#[derive(Clone, Debug)]
struct Histogram {
    /// What lies in each bucket, and at the end what lies beyond all.
    counts: Vec<u64>,
    nanos: u128,
    failures: u64,
}

/// Why a prefix or buckets cannot be those of Prometheus.
#[derive(Clone, Debug, PartialEq)]
pub struct InvalidPrometheus(String);

impl Default for Prometheus {
    fn default() -> Self {
        let edges = BUCKETS.map(|edge| (edge.to_string(), Duration::from_secs_f64(edge)));
        Prometheus {
            prefix: "rag".to_owned(),
            edges: edges.into(),
            requests: Series::new(),
            stages: Series::new(),
        }
    }
}

impl Prometheus {
    /// With the prefix `rag` and the buckets that client libraries have: 5 ms to 10 s.
    pub fn new() -> Self {
        Prometheus::default()
    }

    /// With names that begin with this and `_`.
    ///
    /// # Errors
    ///
    /// [`InvalidPrometheus`] when no name of a metric begins so.
    pub fn prefix(mut self, prefix: &str) -> Result<Self, InvalidPrometheus> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if prefix.is_empty()
            || !prefix.chars().all(is_name)
            || prefix.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(InvalidPrometheus(format!(
                "{prefix:?} begins no name of a metric; it has letters of ASCII, digits and _, and begins with none of the digits"
            )));
        }
        prefix.clone_into(&mut self.prefix);
        Ok(self)
    }

    /// With these upper edges of buckets, in s.
    ///
    /// # Errors
    ///
    /// [`InvalidPrometheus`] unless there are 1 to 1,000 and each is above 0, finite and above the one before.
    pub fn buckets(mut self, edges: &[f64]) -> Result<Self, InvalidPrometheus> {
        let refuse = |why: String| Err(InvalidPrometheus(why));
        if edges.is_empty() || edges.len() > MOST_BUCKETS {
            return refuse(format!("{} buckets; there may be 1 to {MOST_BUCKETS}", edges.len()));
        }
        let mut known = Vec::with_capacity(edges.len());
        let mut last = Duration::ZERO;
        for edge in edges {
            let duration = Duration::try_from_secs_f64(*edge).unwrap_or_default();
            if duration <= last {
                return refuse(format!("bucket {edge} is not above 0 s and the one before it"));
            }
            last = duration;
            known.push((edge.to_string(), duration));
        }
        self.edges = known;
        Ok(self)
    }
}

impl Convert for Prometheus {
    fn entry(&mut self, entry: &Entry<'_>, _: &mut dyn Write) -> io::Result<()> {
        let new = || Histogram { counts: vec![0; self.edges.len() + 1], nanos: 0, failures: 0 };
        let operation = entry.operation.as_deref().map_or(Cow::Borrowed(""), plain);
        let request = self.requests.of(&operation, new);
        request.record(&self.edges, entry.total, entry.failure.is_some());
        for span in &entry.spans {
            let stage = self.stages.of(&plain(&span.stage), new);
            stage.record(&self.edges, span.duration, span.failure.is_some());
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let (requests, stages) = (self.requests.sorted(), self.stages.sorted());
        self.histograms(out, "request", "operation", "How long requests took.", &requests)?;
        if !stages.is_empty() {
            self.histograms(out, "stage", "stage", "How long stages of requests took.", &stages)?;
        }
        let name = format!("{}_request_failures_total", self.prefix);
        writeln!(out, "# HELP {name} Requests that failed.\n# TYPE {name} counter")?;
        for (operation, histogram) in requests {
            let label = label("operation", operation);
            writeln!(out, "{name}{} {}", braced(&label), histogram.failures)?;
        }
        Ok(())
    }
}

impl Prometheus {
    fn histograms(
        &self,
        out: &mut dyn Write,
        what: &str,
        key: &str,
        help: &str,
        all: &[(&str, &Histogram)],
    ) -> io::Result<()> {
        let name = format!("{}_{what}_duration_seconds", self.prefix);
        writeln!(out, "# HELP {name} {help}\n# TYPE {name} histogram")?;
        for (value, histogram) in all {
            let label = label(key, value);
            let comma = if label.is_empty() { "" } else { "," };
            let mut count = 0;
            let edges = self.edges.iter().map(|(edge, _)| edge.as_str()).chain(["+Inf"]);
            for (edge, more) in edges.zip(&histogram.counts) {
                count += more;
                writeln!(out, "{name}_bucket{{{label}{comma}le=\"{edge}\"}} {count}")?;
            }
            let label = braced(&label);
            let sum = Duration::new(
                u64::try_from(histogram.nanos / 1_000_000_000).unwrap_or(u64::MAX),
                (histogram.nanos % 1_000_000_000) as u32,
            );
            writeln!(out, "{name}_sum{label} {}\n{name}_count{label} {count}", seconds(sum))?;
        }
        Ok(())
    }
}

impl Histogram {
    fn record(&mut self, edges: &[(String, Duration)], duration: Duration, failed: bool) {
        self.counts[edges.partition_point(|(_, edge)| *edge < duration)] += 1;
        self.nanos += duration.as_nanos();
        self.failures += u64::from(failed);
    }
}

/// Before it is a key: two names that look the same must be one series.
fn plain(name: &str) -> Cow<'_, str> {
    match name.contains(|c| c != '\n' && is_hostile(c)) {
        false => Cow::Borrowed(name),
        true => name.replace(|c| c != '\n' && is_hostile(c), "\u{fffd}").into(),
    }
}

/// `stage="retrieval"`; nothing for what has no name, which is what Prometheus takes an empty label for.
fn label(key: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let mut label = format!("{key}=\"");
    for c in value.chars() {
        match c {
            '\\' => label.push_str("\\\\"),
            '"' => label.push_str("\\\""),
            '\n' => label.push_str("\\n"),
            c => label.push(c),
        }
    }
    label + "\""
}

fn braced(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!("{{{label}}}") }
}

impl fmt::Display for InvalidPrometheus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidPrometheus {}
