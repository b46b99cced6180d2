//! Conditions as they are read and written.

use super::Condition;
use crate::nearest::nearest;
use crate::quantity::{parse_any, parse_ratio, parse_time, percent_digits, span, written};
use crate::target::{Bound, Indicator};
use perf_analysis::{Direction, Reading};
use perf_core::Quantile;
use std::fmt;
use std::str::FromStr;

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
}
