//! Parts that documents are made of.

use super::PREFIX;
use super::duration::shorthand;
use super::yaml::{Yaml, table, text};
use crate::period::{Calendar, Period};
use crate::quantity::{Quantity, decimal, percent_digits, span};
use crate::target::{Indicator, Target};
use std::time::Duration;

/// What is said of a time that is rounded.
pub(super) fn rounding(path: &str, what: &str, time: Duration) -> String {
    let (exact, written) = (span(time), shorthand(time));
    format!(
        "{path}: {what} of {exact} is written as {written}, as OpenSLO knows whole minutes only"
    )
}

/// An annotation of ours.
pub(super) fn annotation(key: &str, value: &str) -> (String, Yaml) {
    (format!("{PREFIX}{key}"), text(value))
}

/// `metadata`, with what people call it.
pub(super) fn metadata(name: &str, display: &str, annotations: Vec<(String, Yaml)>) -> Yaml {
    let display = (!display.is_empty()).then(|| text(display));
    let metadata = table([("name", text(name))]).with_some("displayName", display);
    let annotations = (!annotations.is_empty()).then_some(Yaml::Table(annotations));
    metadata.with_some("annotations", annotations)
}

/// In percent, unless that would look like a share.
pub(super) fn promise(share: f64) -> (String, Yaml) {
    match share {
        share if share > 0.01 => ("targetPercent".to_owned(), Yaml::Plain(percent_digits(share))),
        share => ("target".to_owned(), Yaml::Plain(decimal(share))),
    }
}

/// The item of `timeWindow`.
pub(super) fn window(period: &Period) -> Yaml {
    let (calendar, zone) = match period {
        Period::Rolling(length) => {
            let rolling = Yaml::Plain("true".to_owned());
            return table([("duration", text(shorthand(*length))), ("isRolling", rolling)]);
        }
        Period::Calendar(calendar, zone) => (calendar, zone),
    };
    let duration = match calendar {
        Calendar::Day => "1d",
        Calendar::Week => "1w",
        Calendar::Month => "1M",
        Calendar::Quarter => "1Q",
        Calendar::Year => "1Y",
    };
    // A Monday and the first of a month, a quarter and a year.
    let start = text("2024-01-01 00:00:00");
    let calendar = table([("startTime", start), ("timeZone", text(zone.name()))]);
    table([
        ("duration", text(duration)),
        ("calendar", calendar),
        ("isRolling", Yaml::Plain("false".to_owned())),
    ])
}

/// What is judged as a share: the target's, or for a floor none.
pub(super) fn share_of(target: &Target) -> Option<f64> {
    match (target.indicator, target.limit) {
        (Indicator::Percentile(quantile), _) => Some(quantile.get()),
        (Indicator::ErrorRate, Quantity::Ratio(limit)) => Some(crate::objective::allowed(limit)),
        (_, Quantity::Ratio(limit)) => Some(limit),
        _ => None,
    }
}
