//! When somebody is told, in words: what stands after `when =`.

mod text;

use crate::metric::MetricSource;
use crate::quantity::Quantity;
use crate::rule::Rule;
use crate::target::{Bound, Indicator, Subject, Target};
use perf_analysis::{Direction, Reading};
use std::time::Duration;

/// What must be so for an alert: a limit that is broken, nothing measured, one slow call, one request that
/// spends too much on one stage, a trend.
///
/// ```
/// use perf_sla::Condition;
///
/// for text in [
///     "p95 > 200ms",
///     "error_rate > 5%",
///     "throughput < 10/s",
///     "no data",
///     "slow request > 2s",
///     "stage retrieval > 60% of request",
///     "p95 rising",
/// ] {
///     assert_eq!(text.parse::<Condition>()?.to_string(), text);
/// }
/// assert!("p95 > fast".parse::<Condition>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Condition {
    /// An indicator is beyond a limit: `p95 > 200ms`, `ratio < 80%`. It is judged as the target is that
    /// it breaks, and so as firmly.
    Beyond {
        /// What is measured.
        indicator: Indicator,
        /// What is broken: [`Bound::AtMost`] by `>`, [`Bound::AtLeast`] by `<`.
        bound: Bound,
        /// The limit.
        limit: Quantity,
    },
    /// Nothing was measured: `no data`.
    NoData,
    /// One call that succeeded took longer: `slow request > 2s`.
    SlowRequest(Duration),
    /// A stage took more than a share of one request: `stage retrieval > 60% of request`.
    StageShare {
        /// The stage; several of that name in one request add up.
        stage: String,
        /// The share, in `0.0..=1.0`.
        share: f64,
    },
    /// A reading goes somewhere over the window: `p95 rising`, `throughput falling`.
    Trend {
        /// What is read in each interval.
        reading: Reading,
        /// [`Direction::Increasing`] or [`Direction::Decreasing`].
        direction: Direction,
    },
}

impl Condition {
    /// The target that is violated when this holds, if it is one.
    pub fn target(&self, subject: &Subject, rule: Rule) -> Option<Target> {
        let (indicator, bound, limit) = match self {
            Condition::Beyond { indicator, bound, limit } => (*indicator, *bound, *limit),
            Condition::SlowRequest(limit) => {
                (Indicator::Max, Bound::AtMost, Quantity::Time(*limit))
            }
            _ => return None,
        };
        let path = self.to_string();
        Some(Target { subject: subject.clone(), indicator, bound, limit, rule, path, line: None })
    }

    /// The limit that it holds beyond, if it has one.
    pub fn limit(&self) -> Option<Quantity> {
        match self {
            Condition::Beyond { limit, .. } => Some(*limit),
            Condition::SlowRequest(limit) => Some(Quantity::Time(*limit)),
            Condition::StageShare { share, .. } => Some(Quantity::Ratio(*share)),
            Condition::NoData | Condition::Trend { .. } => None,
        }
    }

    /// The same with another limit; `None` if it has none, or one of another kind.
    #[must_use]
    pub fn with_limit(&self, other: Quantity) -> Option<Condition> {
        match (self, other) {
            (Condition::Beyond { indicator, bound, limit }, _) if limit.is_like(other) => {
                Some(Condition::Beyond { indicator: *indicator, bound: *bound, limit: other })
            }
            (Condition::SlowRequest(_), Quantity::Time(limit)) => {
                Some(Condition::SlowRequest(limit))
            }
            (Condition::StageShare { stage, .. }, Quantity::Ratio(share)) => {
                Some(Condition::StageShare { stage: stage.clone(), share })
            }
            _ => None,
        }
    }

    /// Whether `limit` is harder to reach than that of this: more urgent, or on the other side of it the
    /// beginning of recovery.
    pub fn is_beyond(&self, limit: Quantity) -> bool {
        let Some(own) = self.limit() else { return false };
        match self {
            Condition::Beyond { bound: Bound::AtLeast, .. } => limit < own,
            _ => limit > own,
        }
    }

    /// Why nobody can say whether it holds for `subject`, where `metric` is what a metric is made of.
    ///
    /// # Errors
    ///
    /// A sentence with the remedy.
    pub fn check(&self, subject: &Subject, metric: Option<&MetricSource>) -> Result<(), String> {
        use Indicator as I;
        let fits = |kind: Quantity, like: &str| match self.limit() {
            Some(limit) if limit.is_like(kind) => Ok(()),
            _ => Err(format!("{self:?}: its limit is written {like}", self = self.to_string())),
        };
        let time = || fits(Quantity::Time(Duration::ZERO), "200ms");
        let number = || fits(Quantity::Number(0.0), "100, without a unit");
        let ratio = || fits(Quantity::Ratio(0.0), "5%");
        let rate = || fits(Quantity::Rate(0.0), "10/s");
        let of_a = |what: &str, has: &str| Err(format!("{what} has no {self}; it has {has}"));
        let Condition::Beyond { indicator, .. } = self else {
            let is_of_calls = matches!(subject, Subject::Overall | Subject::Operation(_));
            return match self {
                Condition::NoData => Ok(()),
                _ if is_of_calls => Ok(()),
                _ => Err(format!("{self}: only calls have that; use operation = \"NAME\"")),
            };
        };
        match (subject, metric, indicator) {
            (Subject::Metric(_), Some(MetricSource::Ratio { .. }), I::GoodRatio) => ratio(),
            (Subject::Metric(_), Some(MetricSource::Gauge(_)), I::Value) => number(),
            (Subject::Metric(_), Some(MetricSource::Counter(_)), I::Growth) => number(),
            (Subject::Metric(_), Some(MetricSource::Counter(_)), I::Rate) => rate(),
            (
                Subject::Metric(_),
                Some(MetricSource::Histogram(_)),
                I::Percentile(_) | I::Mean | I::Max,
            ) => number(),
            (Subject::Metric(_), Some(MetricSource::Ratio { .. }), _) => {
                of_a("a ratio", "ratio < 80%")
            }
            (Subject::Metric(_), Some(MetricSource::Gauge(_)), _) => of_a("a gauge", "value > 100"),
            (Subject::Metric(_), Some(MetricSource::Counter(_)), _) => {
                of_a("a counter", "rate > 10/s and growth > 0")
            }
            (Subject::Metric(_), _, _) => of_a("a histogram", "p95, mean and max > 100"),
            (Subject::Resources { .. }, _, I::Memory) => fits(Quantity::Bytes(0), "2GiB"),
            (Subject::Resources { .. }, _, I::Cpu) => ratio(),
            (Subject::Resources { .. }, _, I::OpenFiles) => number(),
            (Subject::Resources { .. }, _, _) => of_a("the process", "memory, cpu and open_files"),
            (_, _, I::Percentile(_) | I::Mean | I::Max) => time(),
            (_, _, I::Throughput) => rate(),
            (_, _, I::ErrorRate | I::SuccessRate) => ratio(),
            _ => of_a("an operation", "p95, mean, max, throughput, error_rate and success_rate"),
        }
    }

    /// Whether it is about the process, and so about no operation.
    pub fn is_of_resources(&self) -> bool {
        use Indicator::{Cpu, Memory, OpenFiles};
        matches!(self, Condition::Beyond { indicator: Memory | Cpu | OpenFiles, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_fits_what_it_is_about() {
        let operation = Subject::Operation("a".into());
        let check = |text: &str| text.parse::<Condition>().unwrap().check(&operation, None);
        assert_eq!(check("p95 > 200ms"), Ok(()));
        assert!(check("p95 > 200").unwrap_err().contains("200ms"));
        assert!(check("ratio < 80%").unwrap_err().contains("error_rate"));
        assert!(check("memory > 2GiB").is_err());
    }
}
