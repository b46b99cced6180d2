//! A target with its answer, as a row of a table.

use super::{MAX_NAME, MAX_TITLE, mark};
use crate::model::CheckModel;
use crate::wording::{bytes, change, count, duration, number, one_line, percent, points, rate};
use perf_sla::Status;
use serde::Serialize;

#[derive(Clone, Serialize)]
pub(crate) struct CheckRow {
    pub(crate) status: String,
    pub(crate) mark: &'static str,
    pub(crate) operation: String,
    pub(crate) indicator: String,
    pub(crate) observed: String,
    pub(crate) relation: &'static str,
    pub(crate) limit: String,
    pub(crate) margin: String,
    pub(crate) evidence: String,
    /// The evidence in short: `1,000 of 10,307`.
    #[serde(skip)]
    pub(crate) samples: String,
    /// The whole in a sentence.
    pub(crate) sentence: String,
    /// Which way the limit goes: `≤` or `≥`.
    pub(crate) bound: &'static str,
    /// What was observed, in seconds, if it is a time.
    pub(crate) seconds: String,
    /// What was observed as a share of the limit, for the length of a bar, at most 1.5.
    pub(crate) reach: Option<f64>,
}

impl CheckRow {
    pub(crate) fn new(check: &CheckModel) -> Self {
        let observed = check.observed_ns.map(duration);
        let observed = observed.or(check.observed_per_second.map(per_second));
        let observed = observed.or(check.observed_ratio.map(percent));
        let observed = observed.or(check.observed_bytes.map(bytes));
        let value = |value: f64| match check.indicator.as_str() {
            "apdex" => format!("{value:.2}"),
            _ => number(value),
        };
        let observed = observed.or(check.observed_value.map(value));
        let limit = check.limit_ns.map(duration);
        let limit = limit.or(check.limit_per_second.map(per_second));
        let limit = limit.or(check.limit_ratio.map(percent));
        let limit = limit.or(check.limit_bytes.map(bytes)).or(check.limit_value.map(value));
        let above = check.margin_ratio.is_some_and(|margin| margin > 0.0);
        let below = check.margin_ratio.is_some_and(|margin| margin < 0.0);
        let relation = match (check.margin_ratio, check.is_minimum) {
            (None, _) => "",
            (_, false) if above => ">",
            (_, false) => "≤",
            (_, true) if below => "<",
            (_, true) => "≥",
        };
        CheckRow {
            mark: mark(&check.status),
            status: one_line(&check.status, MAX_NAME),
            operation: subject(check),
            indicator: one_line(&check.indicator, MAX_NAME),
            observed: observed.unwrap_or_else(|| "no data".to_owned()),
            relation,
            limit: limit.unwrap_or_default(),
            margin: match (check.observed_ratio, check.limit_ratio) {
                // Shares differ by points: 99 % is not 4.2 % more than 95 %.
                (Some(observed), Some(limit)) => points(observed - limit),
                _ => check.margin_ratio.map(change).unwrap_or_default(),
            },
            evidence: evidence(check),
            samples: samples(check),
            sentence: one_line(&check.sentence, 4 * MAX_TITLE),
            bound: if check.is_minimum { "≥" } else { "≤" },
            seconds: format!("{:.6}", check.observed_ns.map_or(0.0, |ns| ns as f64 / 1e9)),
            reach: check
                .margin_ratio
                .map(|margin| (1.0 + margin).clamp(0.0, 1.5))
                .filter(|reach| reach.is_finite()),
        }
    }
}

/// The name of what a check is for, with the label it is for.
fn subject(check: &CheckModel) -> String {
    match &check.label {
        Some((label, value)) => one_line(&format!("{} {label}={value}", check.subject), MAX_NAME),
        None => one_line(&check.subject, MAX_NAME),
    }
}

fn per_second(n: f64) -> String {
    format!("{}/s", rate(n))
}

/// `1,000 of 10,307 over the limit [9.1, 10.3] %`, `0 of 120 over the limit, 179 more needed to be sure`.
pub(crate) fn evidence(check: &CheckModel) -> String {
    if let Some(note) = &check.note {
        return one_line(note, MAX_TITLE);
    }
    let mut text = match (check.bad_at_least, check.bad_at_most) {
        _ if check.samples == 0 => match &check.did_you_mean {
            Some(name) => {
                format!("nothing was recorded; did you mean {}?", one_line(name, MAX_NAME))
            }
            None => "nothing was recorded".to_owned(),
        },
        (Some(_), Some(_)) => {
            let what = match (check.indicator.as_str(), check.is_minimum) {
                ("success rate" | "error rate", _) => "failed",
                ("good ratio", true) => "bad",
                ("good ratio", false) => "good",
                _ => "over the limit",
            };
            format!("{} {what}", samples(check))
        }
        _ => samples(check),
    };
    let is_open = check.has_status(Status::Inconclusive);
    if let (false, Some(low), Some(high)) = (is_open, check.bad_ratio_low, check.bad_ratio_high) {
        text += &format!(" {}", share_interval(low, high));
    }
    if let (Some(from), Some(to)) = (check.window_from_ns, check.window_to_ns) {
        text += &format!(", worst from {} to {}", duration(from), duration(to));
    }
    if let (true, Some(needed)) = (is_open, check.samples_needed) {
        text += &format!(", {} more needed to be sure", count(needed));
    }
    text
}

/// `1,000 of 10,307`, `10,307 calls`; nothing where no calls are judged.
fn samples(check: &CheckModel) -> String {
    let all = count(check.samples);
    match (check.bad_at_least, check.bad_at_most) {
        (Some(least), Some(most)) if least == most => format!("{} of {all}", count(least)),
        (Some(least), Some(most)) => format!("{} to {} of {all}", count(least), count(most)),
        _ if check.observed_value.is_some() || check.observed_bytes.is_some() => String::new(),
        _ => format!("{all} calls"),
    }
}

/// How near to its limit the nearest of these is: above zero beyond it, least without any.
pub(crate) fn nearness<'a>(checks: impl Iterator<Item = &'a CheckModel>) -> f64 {
    let reach = |check: &CheckModel| {
        check.margin_ratio.map(|margin| if check.is_minimum { -margin } else { margin })
    };
    checks.filter_map(reach).fold(f64::NEG_INFINITY, f64::max)
}

/// `[9.1, 10.3] %`
fn share_interval(low: f64, high: f64) -> String {
    let digits = if high < 0.01 { 2 } else { 1 };
    format!("[{:.digits$}, {:.digits$}] %", low * 100.0, high * 100.0)
}
