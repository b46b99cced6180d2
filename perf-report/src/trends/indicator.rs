//! The numbers of an operation that are followed from run to run.

use super::run::Reading;
use crate::model::TIME_FLOOR;
use crate::wording;
use perf_analysis::Floor;

/// A number of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indicator {
    P50,
    P95,
    P99,
    Throughput,
    ErrorRate,
}

impl Indicator {
    pub(super) const ALL: [Indicator; 5] = [
        Indicator::P50,
        Indicator::P95,
        Indicator::P99,
        Indicator::Throughput,
        Indicator::ErrorRate,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Indicator::P50 => "p50",
            Indicator::P95 => "p95",
            Indicator::P99 => "p99",
            Indicator::Throughput => "throughput",
            Indicator::ErrorRate => "error rate",
        }
    }

    /// Its place among the percentiles of a reading.
    pub(super) fn percentile(self) -> Option<usize> {
        match self {
            Indicator::P50 => Some(0),
            Indicator::P95 => Some(1),
            Indicator::P99 => Some(2),
            Indicator::Throughput | Indicator::ErrorRate => None,
        }
    }

    pub(super) fn read(self, reading: &Reading) -> Option<f64> {
        match (self, self.percentile()) {
            (_, Some(place)) => reading.percentiles[place].map(|estimate| estimate.value as f64),
            (Indicator::Throughput, _) => reading.throughput,
            _ => reading.error_ratio,
        }
    }

    /// How much it must change to matter; `None` where no change is looked for: shares near zero jump
    /// whenever one call more fails.
    pub(super) fn floor(self) -> Option<Floor> {
        match self {
            Indicator::P50 | Indicator::P95 | Indicator::P99 => Some(TIME_FLOOR),
            Indicator::Throughput => Some(Floor::default()),
            Indicator::ErrorRate => None,
        }
    }

    pub(super) fn word(self, value: f64) -> String {
        match self {
            Indicator::P50 | Indicator::P95 | Indicator::P99 => {
                wording::duration(value.round() as u64)
            }
            Indicator::Throughput => format!("{}/s", wording::rate(value)),
            Indicator::ErrorRate => wording::percent(value),
        }
    }
}
