//! Which events are good: the words after `good =`.

use crate::nearest::nearest;
use crate::quantity::{parse_time, span};
use perf_core::{MetadataValue, RequestSummary};
use std::fmt;
use std::time::Duration;

/// Which events of an objective are good.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Good {
    /// Calls that succeeded.
    Success,
    /// Calls that succeeded and took at most so long.
    Latency(Duration),
    /// Requests that succeeded and meet every term: the goodput.
    Joint(Vec<Term>),
    /// What a metric of the file, by this name, counts as good.
    Metric(String),
}

/// One of the terms that a good request meets all of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Term {
    /// The whole request took at most so long: `latency <= 2s`.
    Latency(Duration),
    /// A stage took at most so long; all stages of that name together: `retrieval <= 100ms`. A request
    /// without it is bad.
    Stage(String, Duration),
    /// A number in the metadata of the request, or as `stage.key` of a stage, is on the right side of a
    /// limit: `tokens_per_second >= 20`. A request without it is bad.
    Number(String, Comparison, f64),
    /// Something in the metadata is true: `retrieval.hit`. A request without it is bad.
    Flag(String),
}

/// On which side of a number another one lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
}

impl Good {
    /// Reads `success`, `latency <= 300ms`, or terms joined with `and`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut terms = Vec::new();
        for term in words.split(|word| *word == "and") {
            let term = term.join(" ");
            if term.is_empty() {
                return Err(format!("{text:?} lacks a term beside an `and`"));
            }
            if term != "success" {
                terms.push(Term::parse(&term)?);
            }
        }
        Ok(match terms.as_slice() {
            [] => Good::Success,
            [Term::Latency(limit)] => Good::Latency(*limit),
            _ => Good::Joint(terms),
        })
    }
}

impl Term {
    fn parse(text: &str) -> Result<Self, String> {
        let Some(at) = text.find(['<', '>', '=']) else {
            return if text == "latency" {
                Err("\"latency\" lacks its limit, such as latency <= 300ms".to_owned())
            } else if nearest(text, ["success"].into_iter()).is_some() {
                Err(format!("{text:?} is no term; did you mean \"success\"?"))
            } else if is_name(text) {
                Ok(Term::Flag(text.to_owned()))
            } else {
                Err(no_term(text))
            };
        };
        let (name, rest) = (text[..at].trim(), &text[at..]);
        let (comparison, limit) = match rest.split_at_checked(2) {
            Some(("<=", limit)) => (Comparison::AtMost, limit.trim()),
            Some((">=", limit)) => (Comparison::AtLeast, limit.trim()),
            _ => return Err(format!("{text:?}: compare with <= or >=")),
        };
        if !is_name(name) {
            return Err(no_term(text));
        }
        if let (Ok(number), true) =
            (limit.parse::<f64>(), limit.ends_with(|c: char| c.is_ascii_digit()))
        {
            return match name {
                _ if !number.is_finite() => Err(format!("{text:?}: that number is too large")),
                "latency" => Err(format!("{text:?}: a latency needs a unit, such as {limit}ms")),
                _ => Ok(Term::Number(name.to_owned(), comparison, number)),
            };
        }
        let time = parse_time(limit).map_err(|told| format!("{text:?}: {told}"))?;
        match (name, comparison) {
            (_, Comparison::AtLeast) => {
                Err(format!("{text:?}: a time is good when it is short; use <="))
            }
            ("latency", _) => Ok(Term::Latency(time)),
            _ => Ok(Term::Stage(name.to_owned(), time)),
        }
    }

    fn is_met_by(&self, request: &RequestSummary) -> bool {
        match self {
            Term::Latency(limit) => request.total() <= *limit,
            Term::Stage(name, limit) => {
                let mut seen =
                    request.stages().iter().filter(|stage| stage.name() == name).peekable();
                seen.peek().is_some()
                    && seen.map(|stage| stage.duration()).sum::<Duration>() <= *limit
            }
            Term::Number(key, comparison, limit) => {
                let number = value(request, key).and_then(|value| match value {
                    MetadataValue::Integer(number) => Some(*number as f64),
                    MetadataValue::Unsigned(number) => Some(*number as f64),
                    MetadataValue::Float(number) => Some(*number),
                    _ => None,
                });
                number.is_some_and(|number| match comparison {
                    Comparison::AtMost => number <= *limit,
                    Comparison::AtLeast => number >= *limit,
                })
            }
            Term::Flag(key) => matches!(value(request, key), Some(MetadataValue::Bool(true))),
        }
    }
}

/// Whether a request is good by all terms.
pub(crate) fn is_good(terms: &[Term], request: &RequestSummary) -> bool {
    request.is_success() && terms.iter().all(|term| term.is_met_by(request))
}

/// What the request, or as `stage.key` a stage of it, was told.
fn value<'a>(request: &'a RequestSummary, key: &str) -> Option<&'a MetadataValue> {
    let own = request.metadata().find(|(known, _)| *known == key).map(|(_, value)| value);
    own.or_else(|| {
        request.stages().iter().find_map(|stage| {
            let key = key.strip_prefix(stage.name())?.strip_prefix('.')?;
            stage.metadata().find(|(known, _)| *known == key).map(|(_, value)| value)
        })
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
}

fn no_term(text: &str) -> String {
    format!(
        "{text:?} is no term; write `success`, `latency <= 2s`, `STAGE <= 100ms`, `KEY >= 20`, or the name \
         of something true"
    )
}

impl fmt::Display for Good {
    /// As the file has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Good::Success => f.write_str("success"),
            Good::Latency(limit) => write!(f, "latency <= {}", span(*limit)),
            Good::Joint(terms) => {
                for (i, term) in terms.iter().enumerate() {
                    write!(f, "{}{term}", if i > 0 { " and " } else { "" })?;
                }
                Ok(())
            }
            Good::Metric(name) => write!(f, "metric {name}"),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::Latency(limit) => write!(f, "latency <= {}", span(*limit)),
            Term::Stage(name, limit) => write!(f, "{name} <= {}", span(*limit)),
            Term::Number(key, Comparison::AtMost, limit) => write!(f, "{key} <= {limit}"),
            Term::Number(key, Comparison::AtLeast, limit) => write!(f, "{key} >= {limit}"),
            Term::Flag(key) => f.write_str(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_as_they_print() {
        for text in [
            "success",
            "latency <= 300ms",
            "latency <= 2s and time_to_first_token <= 300ms and retrieval.hit",
            "tokens_per_second >= 20 and retries <= 2.5",
        ] {
            assert_eq!(Good::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(
            Good::parse("success and latency<=1.5s").unwrap().to_string(),
            "latency <= 1500ms"
        );
    }

    #[test]
    fn what_is_no_condition_is_refused_with_the_remedy() {
        for (text, says) in [
            ("", "lacks a term"),
            ("and", "lacks a term"),
            ("latency < 2s", "use"),
            ("latency <= 300", "needs a unit"),
            ("latency >= 2s", "use <="),
            ("latency <= NaN", "NaN"),
            ("a b", "is no term"),
            ("succes", "did you mean \"success\"?"),
            ("<= 2s", "is no term"),
            ("x <= -1s", "negative"),
        ] {
            let told = Good::parse(text).unwrap_err();
            assert!(
                told.contains(says) || says == "use" && told.contains("<= or >="),
                "{text}: {told}"
            );
        }
    }

    #[test]
    fn a_good_request_meets_every_term() {
        let profiler = perf_core::Profiler::new();
        let good = |ms: u64, hit: bool, text: &str| {
            profiler.start_request("id").unwrap();
            profiler
                .log_stage("id", "retrieval", Duration::from_millis(ms), [("hit", hit)])
                .unwrap();
            let request = profiler.end_request("id").unwrap();
            match Good::parse(text).unwrap() {
                Good::Joint(terms) => is_good(&terms, &request),
                other => panic!("{other:?}"),
            }
        };
        let text = "retrieval <= 100ms and retrieval.hit";
        assert!(good(100, true, text));
        assert!(!good(101, true, text));
        assert!(!good(100, false, text));
        assert!(!good(1, true, "generation <= 1s"));
        assert!(!good(1, true, "retrieval.score >= 0.5"));
    }
}
