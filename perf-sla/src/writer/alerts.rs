//! What stands of alerts in a file.

use super::{limit, quoted, write_rule, write_schedule, write_texts};
use crate::alert::{AlertRule, Alerting, Inhibition, PlannedSilence, Trigger};
use crate::matcher::Matcher;
use crate::quantity::span;
use crate::rule::Rule;
use crate::target::Subject;
use std::fmt::{self, Write as _};
use std::time::Duration;

pub(super) fn write_alert(out: &mut String, alert: &AlertRule) -> fmt::Result {
    writeln!(out, "\n[[alerts]]\nname = {}", quoted(&alert.name))?;
    match &alert.trigger {
        Trigger::Watch(path) => writeln!(out, "watch = {}", quoted(path))?,
        Trigger::When { subject, condition } => {
            writeln!(out, "when = {}", quoted(&condition.to_string()))?;
            match subject {
                Subject::Operation(name) => writeln!(out, "operation = {}", quoted(name))?,
                Subject::Metric(name) => writeln!(out, "metric = {}", quoted(name))?,
                _ => {}
            }
        }
    }
    if let Some(severity) = alert.severity {
        writeln!(out, "severity = {}", quoted(severity.as_str()))?;
    }
    for (key, given) in [("critical", alert.critical), ("recovery", alert.recovery)] {
        if let Some(given) = given {
            writeln!(out, "{key} = {}", limit(given))?;
        }
    }
    let times = [
        ("window", alert.window),
        ("for", alert.pending),
        ("keep_firing_for", alert.keep_firing),
        ("cooldown", alert.cooldown),
        ("repeat", alert.repeat.unwrap_or_default()),
        ("escalate_after", alert.escalate_after.unwrap_or_default()),
    ];
    let is_given = |(key, time): &(&str, Duration)| {
        !(time.is_zero() || *key == "window" && alert.last.is_some())
    };
    for (key, time) in times.into_iter().filter(is_given) {
        writeln!(out, "{key} = {}", quoted(&span(time)))?;
    }
    if let Some(calls) = alert.last {
        writeln!(out, "last = {calls}")?;
    }
    if !alert.flapping {
        writeln!(out, "flapping = false")?;
    }
    if let Some(on_no_data) = alert.on_no_data {
        writeln!(out, "on_no_data = {}", quoted(on_no_data.as_str()))?;
    }
    if alert.watch().is_none() {
        // No data is said above, in words of its own.
        let judged = Rule { on_no_data: Rule::default().on_no_data, window: None, ..alert.rule };
        write_rule(out, judged, false)?;
    }
    write_texts(out, "handlers", &alert.handlers)?;
    for (key, text) in [("runbook", &alert.runbook), ("summary", &alert.summary)] {
        if let Some(text) = text {
            writeln!(out, "{key} = {}", quoted(text))?;
        }
    }
    Ok(())
}

pub(super) fn write_alerting(out: &mut String, alerting: &Alerting) -> fmt::Result {
    let Alerting { group_by, repeat, summary, description, labels, line: _ } = alerting;
    let is_empty = group_by.is_empty() && labels.is_empty();
    if is_empty && repeat.is_none() && summary.is_none() && description.is_none() {
        return Ok(());
    }
    writeln!(out, "\n[alerting]")?;
    write_texts(out, "group_by", group_by)?;
    if let Some(repeat) = repeat {
        writeln!(out, "repeat = {}", quoted(&span(*repeat)))?;
    }
    for (key, text) in [("summary", summary), ("description", description)] {
        if let Some(text) = text {
            writeln!(out, "{key} = {}", quoted(text))?;
        }
    }
    if !labels.is_empty() {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{} = {}", quoted(name), quoted(value)))
            .collect();
        writeln!(out, "labels = {{ {} }}", labels.join(", "))?;
    }
    Ok(())
}

pub(super) fn write_inhibition(out: &mut String, inhibition: &Inhibition) -> fmt::Result {
    writeln!(out, "\n[[inhibit]]")?;
    write_matchers(out, "source", &inhibition.source)?;
    write_matchers(out, "target", &inhibition.target)?;
    write_texts(out, "equal", &inhibition.equal)
}

pub(super) fn write_silence(out: &mut String, silence: &PlannedSilence) -> fmt::Result {
    writeln!(out, "\n[[silences]]\nname = {}", quoted(&silence.name))?;
    if !silence.reason.is_empty() {
        writeln!(out, "reason = {}", quoted(&silence.reason))?;
    }
    write_matchers(out, "match", &silence.matchers)?;
    write_schedule(out, &silence.schedule)
}

pub(super) fn write_matchers(out: &mut String, key: &str, matchers: &[Matcher]) -> fmt::Result {
    let texts: Vec<String> = matchers.iter().map(Matcher::to_string).collect();
    write_texts(out, key, &texts)
}
