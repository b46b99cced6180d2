//! One line of the SLA file: what is measured, and the limit for it.

use crate::quantity::Quantity;
use crate::rule::Rule;
use perf_core::Quantile;
use std::fmt;
use std::time::Duration;

/// A limit for one indicator of one subject.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Target {
    /// What it is for.
    pub subject: Subject,
    /// What is measured.
    pub indicator: Indicator,
    /// On which side of the limit the indicator must stay.
    pub bound: Bound,
    /// The limit.
    pub limit: Quantity,
    /// How it is judged.
    pub rule: Rule,
    /// Where it stands in the file: `operations.retrieval.max_p95`.
    pub path: String,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}

/// What a target is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Subject {
    /// The whole.
    Overall,
    /// One operation, by name.
    Operation(String),
    /// A metric of the file's `[metrics]`, by the name it has there.
    Metric(String),
    /// The process: its memory, processor and files.
    Resources {
        /// When nothing is asked of it, instead of under load.
        idle: bool,
    },
    /// An objective of the file, by name.
    Objective(String),
}

/// What a target measures.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Indicator {
    /// A percentile: of the latencies of an operation's successes, or of a histogram.
    Percentile(Quantile),
    /// The mean of them.
    Mean,
    /// The largest of them.
    Max,
    /// Calls a second.
    Throughput,
    /// The share of calls that succeeded.
    SuccessRate,
    /// The share of calls that failed.
    ErrorRate,
    /// The Apdex score: the share of calls that were satisfied (succeeded within `threshold`) and half of
    /// those that were tolerated (within four times that).
    Apdex {
        /// What satisfies.
        threshold: Duration,
    },
    /// The share of good events of a metric; of an objective, the one promised.
    GoodRatio,
    /// The value of a gauge.
    Value,
    /// The growth of a counter.
    Growth,
    /// The growth of a counter a second.
    Rate,
    /// Resident memory.
    Memory,
    /// Processor time, as a share of the quota or else of all cores.
    Cpu,
    /// Open files and sockets.
    OpenFiles,
}

/// On which side of a limit an indicator must stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The limit is the largest value allowed.
    AtMost,
    /// The limit is the smallest value allowed.
    AtLeast,
}

impl Bound {
    /// Whether `value` is on the right side of `limit`. Never of NaN.
    pub fn allows(self, value: Quantity, limit: Quantity) -> bool {
        // Of different kinds neither is on any side of the other.
        match self {
            _ if !value.is_like(limit) => false,
            Bound::AtMost => value <= limit,
            Bound::AtLeast => value >= limit,
        }
    }
}

impl Target {
    /// The operation it is for, if it is for one.
    pub fn operation(&self) -> Option<&str> {
        match &self.subject {
            Subject::Operation(name) => Some(name),
            _ => None,
        }
    }

    /// The limits that each call of its operation is compared with at record time.
    pub(crate) fn record_limits(&self) -> Vec<Duration> {
        match (self.indicator, self.limit) {
            (Indicator::Percentile(_) | Indicator::Max, Quantity::Time(limit)) => vec![limit],
            (Indicator::Apdex { threshold }, _) => vec![threshold, tolerated(threshold)],
            _ => Vec::new(),
        }
    }
}

/// What Apdex tolerates: four times what satisfies ("Apdex Technical Specification", 1.1, 2007).
pub(crate) fn tolerated(threshold: Duration) -> Duration {
    threshold.saturating_mul(4)
}

impl fmt::Display for Subject {
    /// As in a table: `overall`, `retrieval`, `resources (idle)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Subject::Overall => "overall",
            Subject::Operation(name) | Subject::Metric(name) | Subject::Objective(name) => name,
            Subject::Resources { idle: false } => "resources",
            Subject::Resources { idle: true } => "resources (idle)",
        })
    }
}

impl fmt::Display for Indicator {
    /// As in a table: `p95`, `mean`, `success rate`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Indicator::Percentile(quantile) => write!(f, "{quantile}"),
            Indicator::Mean => f.write_str("mean"),
            Indicator::Max => f.write_str("max"),
            Indicator::Throughput => f.write_str("throughput"),
            Indicator::SuccessRate => f.write_str("success rate"),
            Indicator::ErrorRate => f.write_str("error rate"),
            Indicator::Apdex { .. } => f.write_str("apdex"),
            Indicator::GoodRatio => f.write_str("good ratio"),
            Indicator::Value => f.write_str("value"),
            Indicator::Growth => f.write_str("growth"),
            Indicator::Rate => f.write_str("rate"),
            Indicator::Memory => f.write_str("memory"),
            Indicator::Cpu => f.write_str("cpu"),
            Indicator::OpenFiles => f.write_str("open files"),
        }
    }
}
