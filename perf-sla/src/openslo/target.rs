//! The numbers of an objective, and the targets that we once wrote as SLOs.

use super::alerting::read;
use super::duration;
use super::fields::{Fields, Findings, Metadata};
use super::indicator::Measure;
use crate::document::Value;
use crate::good::Good;
use crate::objective::{Budgeting, allowed};
use crate::quantity::{Quantity, parse_ratio, parse_time};
use crate::rule::{Certainty, OnNoData, Rule};
use crate::target::{Bound, Indicator, Subject, Target};
use perf_analysis::Confidence;
use perf_core::Quantile;
use std::time::Duration;

/// The share of good events that is promised, from `target` or `targetPercent`.
pub(super) fn share(fields: Fields<'_>, findings: &mut Findings) -> Option<f64> {
    let (key, other) = match (fields.get("target"), fields.get("targetPercent")) {
        (Some(_), None) => ("target", false),
        (None, Some(_)) => ("targetPercent", true),
        (None, None) => {
            findings
                .fault(fields.place, "an objective has a target: 0.999 or a targetPercent: 99.9");
            return None;
        }
        (Some(_), Some(second)) => {
            findings.fault(second.place, "target and targetPercent say the same; leave out one");
            return None;
        }
    };
    let (written, number, place) = findings.number(fields, key)?;
    let message = match (other, number) {
        (_, number) if number < 0.0 => format!("{key}: {written} is negative"),
        (false, number) if number < 1.0 => return Some(number),
        (false, number) if number > 1.0 && number < 100.0 => {
            format!("target: {written} is in percent; write targetPercent: {written}")
        }
        // In decimal, so that 99.9 is 0.999.
        (true, number) if number == 0.0 || number > 1.0 && number < 100.0 => {
            return Some(format!("{written}e-2").parse().unwrap_or(number / 100.0));
        }
        (true, number) if number <= 1.0 => {
            format!(
                "targetPercent: {written} is less than 1 %; for a share, write target: {written}"
            )
        }
        _ => "a target of 100 % leaves no budget for the first bad event; write less".to_owned(),
    };
    findings.fault(place, message);
    None
}

/// What the budget of an objective is counted in. `None` if it is refused or left out.
pub(super) fn budgeting(
    fields: Fields<'_>,
    method: &str,
    slice: Option<Duration>,
    findings: &mut Findings,
) -> Option<Budgeting> {
    if method != "Timeslices" {
        for key in ["timeSliceTarget", "timeSliceWindow"] {
            if let Some(node) = fields.get(key) {
                let message = format!("{key} does nothing without budgetingMethod: Timeslices");
                findings.leave_out(node.place, message);
            }
        }
        return Some(Budgeting::Occurrences);
    }
    let (Some(window), Some(_)) = (fields.get("timeSliceWindow"), fields.get("timeSliceTarget"))
    else {
        let message = "Timeslices need timeSliceWindow: 5m and timeSliceTarget: 0.95";
        findings.fault(fields.place, message);
        return None;
    };
    let length = match &window.value {
        // A number alone is in minutes.
        Value::Number(minutes) => duration::parse(&format!("{minutes}m")),
        Value::Text(text) => duration::parse(text),
        _ => Err("timeSliceWindow must be a duration such as 5m".to_owned()),
    };
    let length = length.map_err(|told| findings.fault(window.place, told)).ok()?.time();
    let same = |noted: &Duration| duration::shorthand(*noted) == duration::shorthand(length);
    let length = slice.filter(same).unwrap_or(length);
    let (written, target, place) = findings.number(fields, "timeSliceTarget")?;
    if target <= 0.0 || target > 1.0 {
        let message =
            format!("timeSliceTarget: {written} is no share above 0 and at most 1, such as 0.95");
        findings.fault(place, message);
    } else if target == 1.0 || length > Duration::from_secs(86_400) {
        let message = "the SLO: a time slice is of at most a day, and its target is less than 1";
        findings.leave_out(place, message);
    } else {
        return Some(Budgeting::TimeSlices { length, target });
    }
    None
}

/// The length of a time slice that was rounded.
pub(super) fn slice(metadata: &Metadata<'_>, findings: &mut Findings) -> Option<Duration> {
    metadata.own("slice").and_then(|told| read(told, parse_time, findings))
}

/// `value`, with an `op` that is one of `allowed`.
pub(super) fn threshold(
    fields: Fields<'_>,
    allowed: &[&str],
    findings: &mut Findings,
) -> Option<f64> {
    let op = findings.required(fields, "op", allowed[0])?;
    if !allowed.contains(&op) {
        let message =
            format!("op {op:?} is the wrong side of this threshold; use {:?}", allowed[0]);
        findings.fault(fields.place_of("op"), message);
        return None;
    }
    if op != allowed[0] {
        let message = format!("op {op:?} is read as {:?}: the limit itself is kept", allowed[0]);
        findings.leave_out(fields.place_of("op"), message);
    }
    if fields.get("value").is_none() {
        findings.fault(fields.place, "a threshold needs its value: 10");
    }
    let (written, value, place) = findings.number(fields, "value")?;
    if value > 0.0 {
        return Some(value);
    }
    findings.fault(place, format!("value: {written} must be above zero"));
    None
}

/// The target that an SLO stands for: a floor, or what we once wrote as one. `None` if it is an objective;
/// inside that `None` if it is refused.
pub(super) fn of(
    measure: &Measure,
    share: f64,
    fields: Fields<'_>,
    is_target: bool,
    (rule, line): (Rule, Option<usize>),
    findings: &mut Findings,
) -> Option<Option<Target>> {
    let least = Bound::AtLeast;
    let (subject, indicator, bound, limit, key) = match measure {
        Measure::Throughput { operation } => {
            let floor = threshold(fields, &["gte", "gt"], findings);
            let Some(rate) = floor else { return Some(None) };
            if !is_target {
                let message = "the target of a throughput: a floor is for the mean, not for a share of \
                               measurements";
                findings.leave_out(fields.place, message);
            }
            let limit = Quantity::Rate(rate);
            (subject(operation), Indicator::Throughput, least, limit, "min_throughput".to_owned())
        }
        _ if !is_target => return None,
        Measure::Events { operation, good: Good::Latency(limit), as_bad: false, .. } => {
            let Some(quantile) = Quantile::new(share).ok().filter(|_| share > 0.0) else {
                findings.fault(fields.place, "a percentile lies between 0 and 100");
                return Some(None);
            };
            let key = format!("max_{quantile}");
            let limit = Quantity::Time(*limit);
            (subject(operation), Indicator::Percentile(quantile), Bound::AtMost, limit, key)
        }
        Measure::Events { operation, good: Good::Success, as_bad: true, .. } => {
            let limit = Quantity::Ratio(allowed(share));
            let key = "max_error_rate".to_owned();
            (subject(operation), Indicator::ErrorRate, Bound::AtMost, limit, key)
        }
        _ if share <= 0.0 => {
            findings.fault(fields.place, "a target of 0 is met by everything");
            return Some(None);
        }
        Measure::Events { operation, good: Good::Success, .. } => {
            let key = "min_success_rate".to_owned();
            (subject(operation), Indicator::SuccessRate, least, Quantity::Ratio(share), key)
        }
        Measure::Metric(metric) => {
            let subject = Subject::Metric(metric.name.clone());
            (subject, Indicator::GoodRatio, least, Quantity::Ratio(share), "min_ratio".to_owned())
        }
        _ => return None,
    };
    let path = match &subject {
        Subject::Operation(name) => format!("operations.{name}.{key}"),
        Subject::Metric(name) => format!("metrics.{name}.{key}"),
        _ => format!("overall.{key}"),
    };
    Some(Some(Target { subject, indicator, bound, limit, rule, path, line }))
}

fn subject(operation: &Option<String>) -> Subject {
    operation.clone().map_or(Subject::Overall, Subject::Operation)
}

/// How it is judged, from annotations of ours. `None` if one is refused.
pub(super) fn rule(metadata: &Metadata<'_>, findings: &mut Findings) -> Option<Rule> {
    let told = findings.faults.len();
    let mut rule = Rule::default();
    let certainty = |text: &str| match text {
        "point" => Ok(Certainty::Point),
        _ => Confidence::new(parse_ratio(text)?)
            .map(Certainty::Firm)
            .map_err(|_| format!("{text:?} is no confidence")),
    };
    if let Some(found) = metadata.own("confidence").and_then(|a| read(a, certainty, findings)) {
        rule.certainty = found;
    }
    let count = |text: &str| text.parse().map_err(|_| format!("{text:?} is no count"));
    if let Some(found) = metadata.own("min-samples").and_then(|a| read(a, count, findings)) {
        rule.min_samples = found;
    }
    let outcome = |text: &str| {
        [OnNoData::Fail, OnNoData::Pass, OnNoData::Inconclusive]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or_else(|| format!("{text:?} is none of fail, pass and inconclusive"))
    };
    if let Some(found) = metadata.own("on-no-data").and_then(|a| read(a, outcome, findings)) {
        rule.on_no_data = found;
    }
    rule.window = metadata.own("window").and_then(|a| read(a, parse_time, findings));
    (findings.faults.len() == told).then_some(rule)
}
