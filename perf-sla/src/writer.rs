//! An SLA file from what it promises.

mod alerts;
mod handlers;

use crate::burn_rate::BurnRatePair;
use crate::config::SlaConfig;
use crate::exclusion::{Exclusion, Schedule};
use crate::good::Good;
use crate::metric::{Metric, MetricSource};
use crate::objective::{Budgeting, Objective};
use crate::period::{Period, Zone};
use crate::quantity::{Quantity, parse_ratio, percent_digits, span};
use crate::rule::{Certainty, Rule};
use crate::target::{Indicator, Subject, Target};
use alerts::{write_alert, write_alerting, write_inhibition, write_silence};
use jiff::Timestamp;
use perf_analysis::Confidence;
use std::fmt::{self, Write as _};
use std::time::SystemTime;

/// A text as TOML and JSON have it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

impl SlaConfig {
    /// The file that promises this, in TOML: with everything written out that operations inherited.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        // Writing into a text cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        if let Some(name) = &self.overall_operation {
            writeln!(out, "overall_operation = {}", quoted(name))?;
        }
        if let Some(warm_up) = self.warm_up {
            writeln!(out, "warm_up = {}", quoted(&span(warm_up)))?;
        }
        if let Some(zone) = self.zone() {
            writeln!(out, "time_zone = {}", quoted(zone.name()))?;
        }
        if let Some([]) = self.inhibitions() {
            writeln!(out, "inhibit = []")?;
        }
        let mut metrics = self.metrics.iter().peekable();
        for targets in self.targets.chunk_by(|a, b| a.subject == b.subject) {
            let subject = &targets[0].subject;
            match subject {
                Subject::Overall => writeln!(out, "\n[overall]")?,
                Subject::Operation(name) => writeln!(out, "\n[operations.{}]", quoted(name))?,
                Subject::Resources { idle: false } => writeln!(out, "\n[resources]")?,
                Subject::Resources { idle: true } => writeln!(out, "\n[resources.idle]")?,
                Subject::Metric(name) => {
                    // Those without a target of their own stand before it.
                    while let Some(metric) = metrics.next_if(|metric| metric.name != *name) {
                        write_metric(out, metric)?;
                    }
                    if let Some(metric) = metrics.next() {
                        write_metric(out, metric)?;
                    }
                }
                Subject::Objective(_) => continue,
            }
            for target in targets {
                write_target(out, target)?;
            }
            let is_resource = matches!(subject, Subject::Resources { .. });
            write_rule(out, targets[0].rule, is_resource)?;
        }
        metrics.try_for_each(|metric| write_metric(out, metric))?;
        self.objectives.iter().try_for_each(|objective| write_objective(out, objective))?;
        self.exclusions.iter().try_for_each(|exclusion| write_exclusion(out, exclusion))?;
        self.alerts.iter().try_for_each(|alert| write_alert(out, alert))?;
        write_alerting(out, &self.alerting)?;
        self.inhibitions.iter().flatten().try_for_each(|each| write_inhibition(out, each))?;
        self.silences.iter().try_for_each(|silence| write_silence(out, silence))?;
        self.handlers.iter().try_for_each(|handler| handlers::write(out, handler))
    }

    /// The one zone that periods and exclusions have, unless it is UTC.
    fn zone(&self) -> Option<&Zone> {
        let periods = self.objectives.iter().filter_map(|objective| match &objective.period {
            Period::Calendar(_, zone) => Some(zone),
            Period::Rolling(_) => None,
        });
        let excluded = self.exclusions.iter().map(|exclusion| &exclusion.schedule);
        let schedules = excluded.chain(self.silences.iter().map(|silence| &silence.schedule));
        let schedules = schedules.filter_map(|schedule| match schedule {
            Schedule::Every { zone, .. } => Some(zone),
            Schedule::Once { .. } => None,
        });
        periods.chain(schedules).find(|zone| **zone != Zone::UTC)
    }
}

fn write_target(out: &mut String, target: &Target) -> fmt::Result {
    let key = match target.indicator {
        // As it was written: the path is what alerts watch.
        Indicator::Percentile(_) => {
            let key = target.path.rfind(".max_p").map_or("", |at| &target.path[at + 1..]);
            quoted(key)
        }
        Indicator::Apdex { threshold } => {
            writeln!(out, "apdex_threshold = {}", quoted(&span(threshold)))?;
            "min_apdex".to_owned()
        }
        // The last part of the path is the key.
        _ => target.path.rsplit('.').next().unwrap_or("").to_owned(),
    };
    writeln!(out, "{key} = {}", limit(target.limit))
}

fn limit(quantity: Quantity) -> String {
    match quantity {
        Quantity::Time(time) => quoted(&span(time)),
        Quantity::Rate(rate) => quoted(&format!("{rate}/s")),
        Quantity::Ratio(ratio) => share(ratio),
        Quantity::Bytes(bytes) => quoted(&format!("{bytes}B")),
        Quantity::Number(number) => format!("{number}"),
    }
}

/// In percent, without what binary fractions leave, where that says it whole.
fn share(ratio: f64) -> String {
    let percent = format!("{}%", percent_digits(ratio));
    quoted(&if parse_ratio(&percent) == Ok(ratio) { percent } else { ratio.to_string() })
}

fn confidence(confidence: Confidence) -> String {
    let percent = confidence.to_string();
    let read = parse_ratio(&percent).ok().and_then(|share| Confidence::new(share).ok());
    quoted(&if read == Some(confidence) { percent } else { confidence.get().to_string() })
}

fn write_rule(out: &mut String, rule: Rule, is_resource: bool) -> fmt::Result {
    let default = Rule::default();
    if rule.on_no_data != default.on_no_data {
        writeln!(out, "on_no_data = {}", quoted(rule.on_no_data.as_str()))?;
    }
    if is_resource {
        return Ok(());
    }
    match rule.certainty {
        certainty if certainty == default.certainty => {}
        Certainty::Point => writeln!(out, "confidence = \"point\"")?,
        Certainty::Firm(given) => writeln!(out, "confidence = {}", confidence(given))?,
    }
    if rule.min_samples != default.min_samples {
        writeln!(out, "min_samples = {}", rule.min_samples)?;
    }
    match rule.window {
        Some(window) => writeln!(out, "window = {}", quoted(&span(window))),
        None => Ok(()),
    }
}

fn write_metric(out: &mut String, metric: &Metric) -> fmt::Result {
    writeln!(out, "\n[metrics.{}]", quoted(&metric.name))?;
    let parts = match &metric.source {
        MetricSource::Ratio { good, bad, total } => {
            vec![("good", good.as_ref()), ("bad", bad.as_ref()), ("total", total.as_ref())]
        }
        MetricSource::Gauge(pattern) => vec![("gauge", Some(pattern))],
        MetricSource::Counter(pattern) => vec![("counter", Some(pattern))],
        MetricSource::Histogram(pattern) => vec![("histogram", Some(pattern))],
    };
    for (key, pattern) in parts {
        if let Some(pattern) = pattern {
            writeln!(out, "{key} = {}", quoted(&pattern.to_string()))?;
        }
    }
    match &metric.by {
        Some(label) => writeln!(out, "by = {}", quoted(label)),
        None => Ok(()),
    }
}

fn write_objective(out: &mut String, objective: &Objective) -> fmt::Result {
    writeln!(out, "\n[[objectives]]\nname = {}", quoted(&objective.name))?;
    if !objective.description.is_empty() {
        writeln!(out, "description = {}", quoted(&objective.description))?;
    }
    if let Some(operation) = &objective.operation {
        writeln!(out, "operation = {}", quoted(operation))?;
    }
    match &objective.good {
        Good::Metric(name) => writeln!(out, "metric = {}", quoted(name))?,
        good => writeln!(out, "good = {}", quoted(&good.to_string()))?,
    }
    writeln!(out, "target = {}", share(objective.target))?;
    writeln!(out, "period = {}", quoted(&objective.period.to_string()))?;
    if let Budgeting::TimeSlices { length, target } = objective.budgeting {
        writeln!(out, "budgeting = \"time_slices\"\nslice = {}", quoted(&span(length)))?;
        writeln!(out, "slice_target = {}", share(target))?;
    }
    write_rule(out, Rule { window: None, ..objective.rule }, false)?;
    let allowed = objective.allowed();
    let usual = BurnRatePair::usual(objective.period.length(), objective.budgeting, allowed);
    if objective.burn_rates == usual {
        return Ok(());
    }
    if objective.burn_rates.is_empty() {
        return writeln!(out, "burn_rates = []");
    }
    for pair in &objective.burn_rates {
        writeln!(out, "[[objectives.burn_rates]]\nseverity = {}", quoted(pair.severity.as_str()))?;
        writeln!(out, "budget = {}\nlong = {}", share(pair.budget), quoted(&span(pair.long)))?;
        writeln!(out, "short = {}\nmin_events = {}", quoted(&span(pair.short)), pair.min_events)?;
    }
    Ok(())
}

fn write_exclusion(out: &mut String, exclusion: &Exclusion) -> fmt::Result {
    writeln!(out, "\n[[exclusions]]\nname = {}", quoted(&exclusion.name))?;
    if !exclusion.reason.is_empty() {
        writeln!(out, "reason = {}", quoted(&exclusion.reason))?;
    }
    write_schedule(out, &exclusion.schedule)?;
    write_texts(out, "objectives", &exclusion.objectives)
}

fn write_schedule(out: &mut String, schedule: &Schedule) -> fmt::Result {
    match schedule {
        Schedule::Once { from, to } => {
            writeln!(out, "from = {}\nto = {}", quoted(&moment(*from)), quoted(&moment(*to)))
        }
        Schedule::Every { day, minute, lasts, .. } => {
            let day = day.map_or("day", |day| day.name());
            writeln!(out, "every = {}", quoted(day))?;
            writeln!(out, "at = \"{:02}:{:02}\"", minute / 60, minute % 60)?;
            writeln!(out, "lasts = {}", quoted(&span(*lasts)))
        }
    }
}

fn write_texts(out: &mut String, key: &str, texts: &[String]) -> fmt::Result {
    if texts.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    writeln!(out, "{key} = [{}]", texts.join(", "))
}

fn moment(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(|_| String::new(), |time| time.to_string())
}
