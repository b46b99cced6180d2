//! When somebody is told, in words: what stands after `when =`.

use crate::metric::MetricSource;
use crate::nearest::nearest;
use crate::quantity::{
    Quantity, parse_any, parse_ratio, parse_time, percent_digits, span, written,
};
use crate::rule::Rule;
use crate::target::{Bound, Indicator, Subject, Target};
use perf_analysis::{Direction, Reading};
use perf_core::Quantile;
use std::fmt;
use std::str::FromStr;
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

/// Indicators by the word that stands for them.
const INDICATORS: &[(&str, Indicator)] = &[
    ("error_rate", Indicator::ErrorRate),
    ("success_rate", Indicator::SuccessRate),
    ("throughput", Indicator::Throughput),
    ("mean", Indicator::Mean),
    ("max", Indicator::Max),
    ("ratio", Indicator::GoodRatio),
    ("value", Indicator::Value),
    ("growth", Indicator::Growth),
    ("rate", Indicator::Rate),
    ("memory", Indicator::Memory),
    ("cpu", Indicator::Cpu),
    ("open_files", Indicator::OpenFiles),
];

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

impl FromStr for Condition {
    type Err = String;

    /// # Errors
    ///
    /// A sentence that says what is wrong, with the remedy.
    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["no", "data"] => return Ok(Condition::NoData),
            [reading, direction @ ("rising" | "falling")] => {
                let rising = *direction == "rising";
                let direction = if rising { Direction::Increasing } else { Direction::Decreasing };
                return Ok(Condition::Trend { reading: trend_of(reading)?, direction });
            }
            _ => {}
        }
        let at = text.find(['<', '>']).ok_or_else(|| no_condition(text))?;
        let (left, limit) = (text[..at].trim(), text[at + 1..].trim());
        if limit.starts_with('=') {
            return Err(format!("{text:?}: compare with < or >; at the limit nothing is broken"));
        }
        let above = text[at..].starts_with('>');
        if left == "slow request" && above {
            return parse_time(limit).map(Condition::SlowRequest);
        }
        if let (Some(stage), true) = (left.strip_prefix("stage "), above) {
            let share = limit.strip_suffix("request").map(str::trim_end);
            let share = share
                .and_then(|share| share.strip_suffix("of"))
                .ok_or_else(|| format!("{text:?}: write it as stage retrieval > 60% of request"))?;
            let share = parse_ratio(share)?;
            return Ok(Condition::StageShare { stage: stage.trim().to_owned(), share });
        }
        let bound = if above { Bound::AtMost } else { Bound::AtLeast };
        let indicator = indicator(left).ok_or_else(|| unknown(left))?;
        Ok(Condition::Beyond { indicator, bound, limit: parse_any(limit)? })
    }
}

fn indicator(word: &str) -> Option<Indicator> {
    let known = INDICATORS.iter().find(|(known, _)| *known == word);
    known.map(|(_, indicator)| *indicator).or_else(|| percentile(word).map(Indicator::Percentile))
}

/// `p95`, `p99.9`
fn percentile(word: &str) -> Option<Quantile> {
    let percent = word.strip_prefix('p')?;
    let quantile = Quantile::new(parse_ratio(&format!("{percent}%")).ok()?).ok()?;
    (quantile.get() < 1.0).then_some(quantile)
}

fn trend_of(word: &str) -> Result<Reading, String> {
    match word {
        "throughput" => Ok(Reading::Throughput),
        "error_rate" => Ok(Reading::FailureRate),
        _ => percentile(word)
            .map(Reading::Latency)
            .ok_or_else(|| format!("{word:?} has no trend; p95, throughput and error_rate have")),
    }
}

fn unknown(word: &str) -> String {
    let names = INDICATORS.iter().map(|(name, _)| *name).chain(["p50", "p95", "p99"]);
    match nearest(word, names) {
        Some(nearest) => format!("{word:?} is nothing that is measured; did you mean {nearest:?}?"),
        None => format!("{word:?} is nothing that is measured; p95, mean, error_rate are"),
    }
}

fn no_condition(text: &str) -> String {
    format!(
        "{text:?} is no condition; write \"p95 > 200ms\", \"error_rate > 5%\", \"no data\" or \"p95 rising\""
    )
}

impl fmt::Display for Condition {
    /// As the file has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Beyond { indicator, bound, limit } => {
                let known = INDICATORS.iter().find(|(_, known)| known == indicator);
                match known {
                    Some((word, _)) => f.write_str(word)?,
                    None => write!(f, "{indicator}")?,
                }
                let sign = if *bound == Bound::AtMost { '>' } else { '<' };
                write!(f, " {sign} {}", written(*limit))
            }
            Condition::NoData => f.write_str("no data"),
            Condition::SlowRequest(limit) => write!(f, "slow request > {}", span(*limit)),
            Condition::StageShare { stage, share } => {
                write!(f, "stage {stage} > {}% of request", percent_digits(*share))
            }
            Condition::Trend { reading, direction } => {
                match reading {
                    Reading::Throughput => f.write_str("throughput")?,
                    Reading::FailureRate => f.write_str("error_rate")?,
                    Reading::Latency(quantile) => write!(f, "{quantile}")?,
                }
                let rising = *direction == Direction::Increasing;
                f.write_str(if rising { " rising" } else { " falling" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_print_as_they_are_read() {
        for text in [
            "p99.9 > 1500ms",
            "success_rate < 99.5%",
            "rate > 0.5/s",
            "memory > 2147483648B",
            "value < -3",
            "throughput falling",
            "error_rate rising",
        ] {
            assert_eq!(
                text.parse::<Condition>().as_ref().map(ToString::to_string),
                Ok(text.into())
            );
        }
    }

    #[test]
    fn what_is_no_condition_is_refused_with_the_remedy() {
        for (text, says) in [
            ("", "is no condition"),
            ("p95", "is no condition"),
            ("p95 >= 5ms", "compare with < or >"),
            ("p95 > 5 parsecs", "is no unit"),
            ("p101 > 5ms", "nothing that is measured"),
            ("p100 > 5ms", "nothing that is measured"),
            ("eror_rate > 5%", "did you mean \"error_rate\"?"),
            ("mean rising", "has no trend"),
            ("stage x > 60%", "of request"),
            ("p95 > NaN", "is no limit"),
        ] {
            let told = text.parse::<Condition>().expect_err(text);
            assert!(told.contains(says), "{text}: {told}");
        }
    }

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
