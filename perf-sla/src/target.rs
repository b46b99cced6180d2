//! One line of the SLA file: what is measured, and the limit for it.

use crate::quantity::Quantity;
use perf_core::Quantile;
use std::fmt;
use std::time::Duration;

/// A limit for one indicator of one operation, or of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The operation it is for; `None` is the whole.
    pub operation: Option<String>,
    /// What is measured.
    pub indicator: Indicator,
    /// The largest value allowed, or for throughput and success rate the smallest.
    pub limit: Quantity,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}

/// What a target measures.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Indicator {
    /// A latency percentile.
    Percentile(Quantile),
    /// The mean latency.
    Mean,
    /// The largest latency.
    Max,
    /// Calls a second.
    Throughput,
    /// The share of calls that succeeded.
    SuccessRate,
}

impl Indicator {
    /// Whether the limit is the smallest value allowed.
    pub fn is_minimum(self) -> bool {
        matches!(self, Indicator::Throughput | Indicator::SuccessRate)
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
        }
    }
}

impl Target {
    /// The limit, if it is a latency that records can be compared with one by one.
    pub(crate) fn record_limit(&self) -> Option<Duration> {
        match (self.indicator, self.limit) {
            (Indicator::Percentile(_) | Indicator::Max, Quantity::Time(limit)) => Some(limit),
            _ => None,
        }
    }
}
