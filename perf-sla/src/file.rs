//! From the text of an SLA file to its targets, with a place for everything that is wrong.

use crate::config::SlaConfig;
use crate::error::Problem;
use crate::nearest::nearest;
use crate::quantity::{Quantity, parse_rate, parse_ratio, parse_time};
use crate::target::{Indicator, Target};
use perf_core::Quantile;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const TOP_KEYS: [&str; 3] = ["overall_operation", "overall", "operations"];
const TARGET_KEYS: [&str; 8] = [
    "max_p50",
    "max_p90",
    "max_p95",
    "max_p99",
    "max_mean",
    "max_max",
    "min_throughput",
    "min_success_rate",
];

/// More problems than this are only counted: what is wrong so often is one mistake.
const MAX_PROBLEMS: usize = 20;

/// Reads all of `text`, and on failure says what is wrong with it, in the order of the file.
pub(crate) fn read_toml(text: &str) -> Result<SlaConfig, Vec<Problem>> {
    let ends = text.match_indices('\n').map(|(end, _)| end + 1);
    let mut reader = Reader {
        text,
        line_starts: std::iter::once(0).chain(ends).collect(),
        config: SlaConfig::default(),
        problems: Vec::new(),
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        reader.problem(error.span().unwrap_or(0..0), error.message().to_owned());
    }
    if reader.problems.is_empty() {
        reader.top(table.get_ref());
    }
    if reader.problems.is_empty() { Ok(reader.config) } else { Err(reader.into_problems()) }
}

struct Reader<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
    config: SlaConfig,
    /// Each with the byte of the file where it is.
    problems: Vec<(usize, String)>,
}

type Entry<'a> = (&'a Spanned<Cow<'a, str>>, &'a Spanned<DeValue<'a>>);

impl Reader<'_> {
    fn top(&mut self, table: &DeTable<'_>) {
        for (key, value) in in_order(table) {
            match &**key.get_ref() {
                "overall_operation" => match value.get_ref().as_str() {
                    Some(name) => self.config.overall_operation = Some(name.to_owned()),
                    None => self.problem(value.span(), "must be the name of an operation".into()),
                },
                "overall" => self.targets(None, value),
                "operations" => self.operations(value),
                _ => self.unknown(key, &TOP_KEYS),
            }
        }
        // The whole comes first, wherever it stands in the file.
        self.config.targets.sort_by_key(|target| (target.operation.is_some(), target.line));
        if self.config.targets.is_empty() && self.problems.is_empty() {
            let example = "[overall]\nmax_p95 = \"300ms\"";
            let message = format!("promises nothing; a target is written so: {example}");
            self.problem(0..0, message);
        }
    }

    fn operations(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref().as_table() {
            Some(operations) => {
                for (name, targets) in in_order(operations) {
                    self.targets(Some(name.get_ref()), targets);
                }
            }
            None => self.problem(value.span(), "must be tables: [operations.NAME]".into()),
        }
    }

    fn targets(&mut self, operation: Option<&str>, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            return self.problem(value.span(), "must be a table of targets".into());
        };
        for (key, value) in in_order(table) {
            let Some(indicator) = self.indicator(key) else { continue };
            let quantity = match (indicator, value.get_ref().as_str()) {
                (Indicator::Percentile(_), None) if value.get_ref().is_table() => {
                    Err("a key with a dot needs quotes: \"max_p99.9\" = \"1s\"".to_owned())
                }
                (_, None) => Err(match plain_number(value.get_ref()) {
                    Some(number) => {
                        format!("needs a unit, as a text: \"{number}{}\"", unit(indicator))
                    }
                    None => format!("must be a text such as \"{}{}\"", 10, unit(indicator)),
                }),
                (Indicator::Throughput, Some(text)) => parse_rate(text).map(Quantity::Rate),
                (Indicator::SuccessRate, Some(text)) => parse_ratio(text).map(Quantity::Ratio),
                (_, Some(text)) => parse_time(text).map(Quantity::Time),
            };
            match quantity {
                Ok(limit) => self.config.targets.push(Target {
                    operation: operation.map(str::to_owned),
                    indicator,
                    limit,
                    line: Some(self.position(key.span().start).0),
                }),
                Err(message) => self.problem(value.span(), format!("{}: {message}", key.get_ref())),
            }
        }
    }

    fn indicator(&mut self, key: &Spanned<Cow<'_, str>>) -> Option<Indicator> {
        Some(match &**key.get_ref() {
            "max_mean" => Indicator::Mean,
            "max_max" => Indicator::Max,
            "min_throughput" => Indicator::Throughput,
            "min_success_rate" => Indicator::SuccessRate,
            name => {
                match name.strip_prefix("max_p").and_then(|digits| digits.parse::<f64>().ok()) {
                    Some(percentile) => match Quantile::new(percentile / 100.0) {
                        Ok(quantile) if percentile > 0.0 && percentile < 100.0 => {
                            Indicator::Percentile(quantile)
                        }
                        _ => {
                            let message = format!(
                                "{name}: a percentile lies between 0 and 100, such as \"max_p99.9\" with quotes; \
                             the largest value is max_max"
                            );
                            self.problem(key.span(), message);
                            return None;
                        }
                    },
                    None => {
                        self.unknown(key, &TARGET_KEYS);
                        return None;
                    }
                }
            }
        })
    }

    fn unknown(&mut self, key: &Spanned<Cow<'_, str>>, known: &[&str]) {
        let name = key.get_ref();
        let hint = match nearest(name, known.iter().copied()) {
            Some(nearest) => format!("did you mean {nearest:?}?"),
            None => format!("the keys here are {}", known.join(", ")),
        };
        self.problem(key.span(), format!("unknown key {name:?}; {hint}"));
    }

    fn problem(&mut self, span: Range<usize>, message: String) {
        self.problems.push((span.start, message));
    }

    fn into_problems(mut self) -> Vec<Problem> {
        let mut problems = std::mem::take(&mut self.problems);
        problems.sort_by_key(|(byte, _)| *byte);
        let beyond = problems.len().saturating_sub(MAX_PROBLEMS);
        let first = problems.into_iter().take(MAX_PROBLEMS);
        let mut told: Vec<Problem> = first
            .map(|(byte, message)| Problem { position: Some(self.position(byte)), message })
            .collect();
        if beyond > 0 {
            told.push(Problem { position: None, message: format!("and {beyond} more problems") });
        }
        told
    }

    /// Line and column (in characters) of a byte, from 1.
    fn position(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte).max(1);
        let start = self.line_starts[line - 1];
        let column = self.text.get(start..byte).map_or(0, |before| before.chars().count()) + 1;
        (line, column)
    }
}

/// The entries of a table as they stand in the file.
fn in_order<'a>(table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn plain_number(value: &DeValue<'_>) -> Option<String> {
    let integer = value.as_integer().map(|number| number.as_str().to_owned());
    integer.or_else(|| value.as_float().map(|number| number.as_str().to_owned()))
}

fn unit(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::Throughput => "/s",
        Indicator::SuccessRate => "%",
        _ => "ms",
    }
}
