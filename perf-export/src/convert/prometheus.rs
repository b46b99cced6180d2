//! Histograms in the text format of Prometheus.

use super::series::Series;
use super::{Convert, is_hostile};
use crate::Entry;
use crate::prometheus::edge::Edge;
use crate::prometheus::names::{Scale, checked_prefix, no_prefix};
use crate::prometheus::number::Number;
use crate::prometheus::sink::{self, Header, Label, Sink};
use crate::prometheus::text::Text;
use perf_core::MetricKind;
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
    edges: Vec<Edge>,
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
        let edges = BUCKETS.map(|edge| edge_at(nanos(Duration::from_secs_f64(edge))));
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
        if prefix.is_empty() {
            return Err(InvalidPrometheus(no_prefix(prefix)));
        }
        self.prefix = checked_prefix(prefix).map_err(InvalidPrometheus)?;
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
        let mut last = 0;
        for edge in edges {
            let at = Duration::try_from_secs_f64(*edge).map_or(0, nanos);
            if at <= last {
                return refuse(format!("bucket {edge} is not above 0 s and the one before it"));
            }
            last = at;
            known.push(edge_at(at));
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
        let name = format!("{}_request_failures", self.prefix);
        let (help, kind) = ("Requests that failed.", MetricKind::Counter);
        write(out, &Header { name: &name, help, unit: "", kind }, |text| {
            for (operation, histogram) in &requests {
                text.counter(&[("operation", operation)], Number::integer(histogram.failures));
            }
        })
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
        let family = Header { name: &name, help, unit: "seconds", kind: MetricKind::Histogram };
        write(out, &family, |text| {
            for (value, histogram) in all {
                histogram.write(&self.edges, &[(key, value)], text);
            }
        })
    }
}

/// Writes one family. A label without a value is left out, which is what Prometheus takes it for.
fn write(
    out: &mut dyn Write,
    family: &Header<'_>,
    series: impl FnOnce(&mut Text<'_>),
) -> io::Result<()> {
    let mut lines = Vec::new();
    let mut text = Text::new(&mut lines);
    text.begin(family);
    series(&mut text);
    text.end();
    out.write_all(&lines)
}

impl Histogram {
    fn record(&mut self, edges: &[Edge], duration: Duration, failed: bool) {
        let nanos = duration.as_nanos();
        self.counts[edges.partition_point(|edge| u128::from(edge.value) < nanos)] += 1;
        self.nanos += nanos;
        self.failures += u64::from(failed);
    }

    fn write(&self, edges: &[Edge], labels: &[Label<'_>], text: &mut Text<'_>) {
        let mut count = 0;
        let up_to = self.counts.iter().map(|more| {
            count += more;
            count
        });
        let counts: Vec<u64> = up_to.collect();
        let histogram = sink::Histogram {
            edges,
            counts: &counts[..edges.len()],
            count,
            sum: self.nanos,
            scale: Scale::NANOS,
            distribution: None,
            exemplars: &[],
        };
        text.histogram(labels, &histogram);
    }
}

fn edge_at(nanos: u64) -> Edge {
    Edge::new(nanos, Scale::NANOS)
}

/// In ns; 0, which no edge is at, for what is beyond 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(0)
}

/// Before it is a key: two names that look the same must be one series.
fn plain(name: &str) -> Cow<'_, str> {
    match name.contains(|c| c != '\n' && is_hostile(c)) {
        false => Cow::Borrowed(name),
        true => name.replace(|c| c != '\n' && is_hostile(c), "\u{fffd}").into(),
    }
}

impl fmt::Display for InvalidPrometheus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidPrometheus {}
