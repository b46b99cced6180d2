//! One value of the file, as its key wants it.

use super::suggest;
use crate::condition::Condition;
use crate::document::{Node, Value};
use crate::good::Good;
use crate::keys::Kind;
use crate::matcher::Matcher;
use crate::period::{Period, Zone};
use crate::quantity::{
    Quantity, parse_any, parse_bytes, parse_most_ratio, parse_rate, parse_ratio, parse_time,
};
use crate::rule::Certainty;
use crate::secret::{Address, Secret};
use crate::series_pattern::SeriesPattern;
use jiff::Timestamp;
use perf_analysis::Confidence;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// As far as a number with a fraction is whole to the last digit.
const MAX_COUNT: u64 = 1 << 53;

/// One value of the file.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Time(Duration),
    Rate(f64),
    Share(f64),
    Bytes(u64),
    Number(f64),
    Count(u64),
    Certainty(Certainty),
    Period(Period),
    Good(Good),
    Series(SeriesPattern),
    Moment(SystemTime),
    TimeOfDay(u16),
    Secret(Secret),
    Addresses(Vec<Address>),
    Condition(Condition),
    Limit(Quantity),
    Matchers(Vec<Matcher>),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    Labels(BTreeMap<String, String>),
    Choice(&'static str),
}

/// Reads a value, or says what is wrong with it and what to write instead.
pub(super) fn read(kind: Kind, node: &Node, zone: &Zone) -> Result<Given, String> {
    let text = || match &node.value {
        Value::Text(text) => Ok(text.as_str()),
        Value::Number(number) => match kind {
            Kind::Time | Kind::Period => Err(needs_unit(number, "ms")),
            Kind::Rate => Err(needs_unit(number, "/s")),
            Kind::Share | Kind::MostShare => Err(needs_unit(number, "%")),
            Kind::Bytes => Err(needs_unit(number, "MiB")),
            _ => Err(format!("must be a text such as {}", example(kind))),
        },
        _ => Err(format!("must be a text such as {}", example(kind))),
    };
    match kind {
        Kind::Time => parse_time(text()?).map(Given::Time),
        Kind::Rate => parse_rate(text()?).map(Given::Rate),
        Kind::Share => parse_ratio(text()?).map(Given::Share),
        Kind::MostShare => parse_most_ratio(text()?).map(Given::Share),
        Kind::Bytes => parse_bytes(text()?).map(Given::Bytes),
        Kind::Number => number(node).map(Given::Number),
        Kind::Count => count(node).map(Given::Count),
        Kind::Score => match number(node)? {
            score if score > 0.0 && score <= 1.0 => Ok(Given::Number(score)),
            score => Err(format!("{score} is no score; it lies above 0 and is at most 1")),
        },
        Kind::Certainty => certainty(text()?).map(Given::Certainty),
        Kind::Period => Period::parse(text()?, zone).map(Given::Period),
        Kind::Good => Good::parse(text()?).map(Given::Good),
        Kind::Series => SeriesPattern::parse(text()?).map(Given::Series),
        Kind::Moment => moment(node).map(Given::Moment),
        Kind::TimeOfDay => time_of_day(node).map(Given::TimeOfDay),
        Kind::Secret => Secret::parse(text()?).map(Given::Secret),
        Kind::Url => Address::parse(text()?).map(|address| Given::Addresses(vec![address])),
        Kind::Urls => {
            let addresses = texts(node)?;
            let addresses = addresses.iter().map(|address| Address::parse(address));
            addresses.collect::<Result<_, _>>().map(Given::Addresses)
        }
        Kind::Text => match text()? {
            "" => Err("must not be empty".to_owned()),
            text => Ok(Given::Text(text.to_owned())),
        },
        Kind::Texts => texts(node).map(Given::Texts),
        Kind::Labels => labels(node).map(Given::Labels),
        Kind::Condition => text()?.parse().map(Given::Condition),
        Kind::Limit => match &node.value {
            Value::Number(_) => number(node).map(|number| Given::Limit(Quantity::Number(number))),
            _ => parse_any(text()?).map(Given::Limit),
        },
        Kind::Matchers => {
            let matchers: Result<Vec<Matcher>, String> =
                texts(node)?.iter().map(|text| text.parse()).collect();
            matchers.map(Given::Matchers)
        }
        Kind::Flag => match node.value {
            Value::Bool(truth) => Ok(Given::Flag(truth)),
            _ => Err("must be true or false".to_owned()),
        },
        Kind::Choice(choices) => {
            let text = text()?;
            let known = choices.iter().find(|choice| **choice == text);
            known.map(|choice| Given::Choice(choice)).ok_or_else(|| {
                format!(
                    "{text:?} is none of its values; {}",
                    suggest(text, choices.iter().copied())
                )
            })
        }
        Kind::Table(_) | Kind::Named(_) | Kind::List(_) => Err("must be a table".to_owned()),
    }
}

fn needs_unit(number: &str, unit: &str) -> String {
    format!("needs a unit, as a text: \"{number}{unit}\"")
}

fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Time => "\"10ms\"",
        Kind::Rate => "\"10/s\"",
        Kind::Share | Kind::MostShare => "\"10%\"",
        Kind::Bytes => "\"512MiB\"",
        Kind::Certainty => "\"99%\" or \"point\"",
        Kind::Period => "\"30d\"",
        Kind::Good => "\"latency <= 300ms\"",
        Kind::Series => "'requests_total{code=\"500\"}'",
        Kind::Secret => "\"env:NAME\"",
        Kind::Url => "\"https://host/path\"",
        Kind::Condition => "\"p95 > 200ms\"",
        Kind::Limit => "\"150ms\"",
        Kind::Moment => "\"2026-11-21T02:00:00Z\"",
        Kind::TimeOfDay => "\"02:30\"",
        _ => "\"name\"",
    }
}

fn number(node: &Node) -> Result<f64, String> {
    match &node.value {
        Value::Number(number) => match number.replace('_', "").parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(format!("{number} is no number that anything could be compared with")),
        },
        _ => Err("must be a number, without a unit and without quotes".to_owned()),
    }
}

fn count(node: &Node) -> Result<u64, String> {
    let wrong = "must be a whole number of at least 0, without quotes";
    match &node.value {
        Value::Number(number) => match number.replace('_', "").parse() {
            Ok(count) if count <= MAX_COUNT => Ok(count),
            Ok(_) => Err(format!("{number} is larger than 2^53; nobody counts so far")),
            Err(_) => Err(wrong.to_owned()),
        },
        _ => Err(wrong.to_owned()),
    }
}

fn certainty(text: &str) -> Result<Certainty, String> {
    if text.trim() == "point" {
        return Ok(Certainty::Point);
    }
    let share = parse_ratio(text)?;
    Confidence::new(share).map(Certainty::Firm).map_err(|_| {
        format!("{text:?} is no confidence; it lies between 50 % and 100 %, or is \"point\"")
    })
}

fn moment(node: &Node) -> Result<SystemTime, String> {
    let wrong = |text: &str| {
        format!("{text:?} is no moment; write it with its zone: \"2026-11-21T02:00:00Z\"")
    };
    let text = match &node.value {
        Value::DateTime(text) | Value::Text(text) => text,
        _ => return Err(wrong("")),
    };
    text.parse::<Timestamp>().map(SystemTime::from).map_err(|_| wrong(text))
}

/// Minutes after midnight.
fn time_of_day(node: &Node) -> Result<u16, String> {
    let wrong = |text: &str| format!("{text:?} is no time of day; write it as \"02:30\"");
    let text = match &node.value {
        Value::DateTime(text) | Value::Text(text) => text,
        _ => return Err(wrong("")),
    };
    let (hour, minute) = text.split_once(':').ok_or_else(|| wrong(text))?;
    let minute = minute.strip_suffix(":00").unwrap_or(minute);
    let part = |digits: &str, below: u16| match digits.parse::<u16>() {
        Ok(number) if number < below && digits.len() == 2 => Ok(number),
        _ => Err(wrong(text)),
    };
    Ok(part(hour, 24)? * 60 + part(minute, 60)?)
}

fn labels(node: &Node) -> Result<BTreeMap<String, String>, String> {
    let wrong = || "must be labels such as { service = \"search\" }".to_owned();
    let mut labels = BTreeMap::new();
    for entry in node.as_table().ok_or_else(wrong)? {
        let name = entry.key.as_str();
        if matches!(name, "alertname" | "severity") {
            return Err(format!("{name} is what each alert says itself; take another name"));
        }
        labels.insert(name.to_owned(), entry.value.as_text().ok_or_else(wrong)?.to_owned());
    }
    Ok(labels)
}

fn texts(node: &Node) -> Result<Vec<String>, String> {
    let items = node.as_list().and_then(|items| {
        items.iter().map(|item| item.as_text().map(str::to_owned)).collect::<Option<Vec<_>>>()
    });
    match items {
        Some(items) if !items.is_empty() => Ok(items),
        _ => Err("must be a list of texts such as [\"name\"]".to_owned()),
    }
}
