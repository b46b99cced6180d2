//! Alert policies and their conditions: when a budget is spent too fast.

use super::documents::Known;
use super::duration;
use super::fields::{Findings, Metadata};
use crate::burn_rate::{BurnRatePair, Severity};
use crate::document::{Node, Place};
use crate::quantity::{parse_ratio, parse_time};
use crate::reader::MAX_LISTED;
use std::time::Duration;

/// Notification targets of one policy.
const MAX_TARGETS: usize = 100;

/// The condition of a policy.
#[derive(Clone, Debug)]
pub(super) struct Burn {
    severity: Severity,
    threshold: f64,
    long: Duration,
    /// From annotations of ours.
    short: Option<Duration>,
    budget: Option<f64>,
    min_events: Option<u64>,
}

/// A policy; without a condition that can be watched it does nothing.
pub(super) type Policy = Option<Burn>;

/// Reads the `spec` of an AlertCondition. `None` if it is refused, or left out.
pub(super) fn condition(
    node: &Node,
    metadata: &Metadata<'_>,
    findings: &mut Findings,
) -> Option<Burn> {
    let fields = findings.fields(node, "AlertCondition", &["severity", "condition"])?;
    let told = findings.required(fields, "severity", "page")?;
    let severity = severity(told).unwrap_or_else(|| {
        let message =
            format!("severity {told:?} is read as \"warning\"; use critical, warning or info");
        findings.leave_out(fields.place_of("severity"), message);
        Severity::Warning
    });
    let Some(inner) = fields.get("condition") else {
        findings.fault(fields.place, "an AlertCondition has a condition: {kind: burnrate, …}");
        return None;
    };
    let keys = ["kind", "op", "threshold", "lookbackWindow", "alertAfter"];
    let own = findings.fields(inner, "condition", &keys)?;
    if let Some(kind) = findings.text(own, "kind").filter(|kind| *kind != "burnrate") {
        findings.fault(own.place_of("kind"), format!("kind {kind:?} is not known; use burnrate"));
        return None;
    }
    match findings.required(own, "op", "gte")? {
        "gte" => {}
        op @ ("gt" | "lte" | "lt") => {
            let message =
                format!("op {op:?} is read as \"gte\": too fast is what reaches the threshold");
            findings.leave_out(own.place_of("op"), message);
        }
        op => {
            let message = format!("op {op:?} is not known; use gte");
            findings.fault(own.place_of("op"), message);
            return None;
        }
    }
    if own.get("threshold").is_none() {
        findings.fault(own.place, "lacks threshold: 14.4");
    }
    let (_, threshold, at) = findings.number(own, "threshold")?;
    if threshold <= 0.0 {
        findings.fault(at, "a burn rate of 0 or less is reached by everything");
        return None;
    }
    let long = findings.required(own, "lookbackWindow", "1h")?;
    let long = match duration::parse(long) {
        Ok(length) => length.time(),
        Err(told) => {
            findings.fault(own.place_of("lookbackWindow"), told);
            return None;
        }
    };
    if let Some(after) = own.get("alertAfter") {
        let message = "alertAfter: the short window says whether it still goes on; for a longer wait, use \
                       `for` in [[alerts]]";
        findings.leave_out(after.place, message);
    }
    let long = exact(metadata, "long-window", long, findings);
    let short = metadata.own("short-window").and_then(|told| read(told, parse_time, findings));
    let budget = metadata.own("budget").and_then(|told| read(told, parse_ratio, findings));
    let count = |text: &str| text.parse::<u64>().map_err(|_| format!("{text:?} is no count"));
    let min_events = metadata.own("min-events").and_then(|told| read(told, count, findings));
    Some(Burn { severity, threshold, long, short, budget, min_events })
}

/// Reads the `spec` of an AlertPolicy. `None` if it is refused.
pub(super) fn policy<'n>(
    node: &'n Node,
    known: &mut Known<'n>,
    findings: &mut Findings,
) -> Option<Policy> {
    let keys = [
        "alertWhenBreaching",
        "alertWhenResolved",
        "alertWhenNoData",
        "conditions",
        "notificationTargets",
    ];
    let fields = findings.fields(node, "AlertPolicy", &keys)?;
    let breaching = findings.flag(fields, "alertWhenBreaching");
    findings.flag(fields, "alertWhenResolved");
    if findings.flag(fields, "alertWhenNoData") == Some(true) {
        let message = "alertWhenNoData: write on_no_data = \"fail\" at the objective instead";
        findings.leave_out(fields.place_of("alertWhenNoData"), message);
    }
    for target in findings.list(fields, "notificationTargets", MAX_TARGETS) {
        notification_target(target, known, findings);
    }
    let [first] = findings.list(fields, "conditions", MAX_LISTED) else {
        findings.fault(fields.place_of("conditions"), "a policy has exactly one of conditions");
        return None;
    };
    let keys = ["conditionRef", "apiVersion", "kind", "metadata", "spec"];
    let own = findings.fields(first, "condition", &keys)?;
    let burn = if own.get("conditionRef").is_some() {
        let name = findings.text(own, "conditionRef")?;
        let there = known.conditions.get(name).cloned();
        let place = own.place_of("conditionRef");
        known.refer("AlertCondition", name, place, there.is_some(), findings);
        there?
    } else {
        let metadata = findings.metadata(own)?;
        let Some(spec) = own.get("spec") else {
            findings.fault(own.place, "a condition has a conditionRef, or metadata and spec");
            return None;
        };
        condition(spec, &metadata, findings)
    };
    if breaching == Some(false) {
        let message =
            "a policy with alertWhenBreaching: false; burn rates tell when they are reached";
        findings.leave_out(node.place, message);
        return Some(None);
    }
    Some(burn)
}

fn notification_target<'n>(node: &'n Node, known: &mut Known<'n>, findings: &mut Findings) {
    let keys = ["targetRef", "apiVersion", "kind", "metadata", "spec"];
    let Some(own) = findings.fields(node, "notification target", &keys) else { return };
    if own.get("targetRef").is_some()
        && let Some(name) = findings.text(own, "targetRef")
    {
        let there = known.notification_targets.contains(name);
        known.refer("AlertNotificationTarget", name, own.place, there, findings);
    }
    let message = "a notification target: who is told is a handler, which the program registers; name it in \
                   [[alerts]]";
    findings.leave_out(node.place, message);
}

impl Burn {
    /// The pair of an objective with this period and this budget, or why there is none.
    pub(super) fn pair(&self, period: Duration, allowed: f64) -> Result<BurnRatePair, String> {
        if self.long > period {
            return Err("its lookbackWindow is longer than the period of the objective".to_owned());
        }
        let parts = self.long.as_secs_f64() / period.as_secs_f64();
        let computed = self.threshold * parts;
        if computed > 1.0 + 1e-9 {
            return Err(format!(
                "at {} times too fast more than the whole budget is spent in its lookbackWindow",
                self.threshold
            ));
        }
        // What was edited here counts, and not what we once noted.
        let noted = self.budget.filter(|noted| (noted - computed).abs() < 1e-6 * computed);
        let budget = noted.unwrap_or_else(|| ((computed * 1e14).round() / 1e14).clamp(1e-14, 1.0));
        let short = self.short.filter(|short| *short <= self.long).unwrap_or(self.long / 12);
        let mut pair =
            BurnRatePair::new(self.severity, budget, [self.long, short], period, allowed);
        pair.min_events = self.min_events.unwrap_or(pair.min_events);
        Ok(pair)
    }
}

/// The time an annotation notes, if it is the one that was rounded.
pub(super) fn exact(
    metadata: &Metadata<'_>,
    key: &str,
    rounded: Duration,
    findings: &mut Findings,
) -> Duration {
    let Some(told) = metadata.own(key) else { return rounded };
    match read(told, parse_time, findings) {
        Some(noted) if duration::shorthand(noted) == duration::shorthand(rounded) => noted,
        Some(_) => {
            let message =
                format!("the annotation {key} is of another time than the field; the field counts");
            findings.leave_out(told.1, message);
            rounded
        }
        None => rounded,
    }
}

/// The value of an annotation.
pub(super) fn read<T>(
    (text, place): (&str, Place),
    parse: impl FnOnce(&str) -> Result<T, String>,
    findings: &mut Findings,
) -> Option<T> {
    parse(text).map_err(|told| findings.fault(place, told)).ok()
}

fn severity(text: &str) -> Option<Severity> {
    Some(match text.to_ascii_lowercase().as_str() {
        "critical" | "page" | "fatal" | "high" | "sev0" | "sev1" => Severity::Critical,
        "warning" | "ticket" | "medium" | "sev2" => Severity::Warning,
        "info" | "low" | "sev3" => Severity::Info,
        _ => return None,
    })
}
