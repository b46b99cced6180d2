//! What a file promises, in plain words.

use crate::alert::{AlertRule, Alerting, Trigger};
use crate::config::SlaConfig;
use crate::good::Good;
use crate::objective::{Budgeting, Objective, allowed};
use crate::period::Period;
use crate::quantity::{Quantity, percent_digits, span};
use crate::rule::Certainty;
use crate::target::{Bound, Indicator, Subject, Target, tolerated};
use perf_analysis::{CountTest, MeanEstimate};
use std::fmt::Write as _;
use std::time::Duration;

impl SlaConfig {
    /// What each target and objective means, how many samples a firm verdict needs, and what a budget
    /// allows: a paragraph each, in the order of the file.
    pub fn explain(&self) -> String {
        let mut out = String::new();
        for target in &self.targets {
            let _ = writeln!(out, "{} {} {}", target.path, relation(target.bound), target.limit);
            paragraph(&mut out, &format!("{} {}", self.meaning(target), needs(target)));
        }
        for objective in &self.objectives {
            let _ = writeln!(out, "objectives.{}", objective.name);
            self.explain_objective(objective).iter().for_each(|text| paragraph(&mut out, text));
        }
        for exclusion in &self.exclusions {
            let which = match exclusion.objectives.as_slice() {
                [] => "all objectives".to_owned(),
                names => names.join(", "),
            };
            let _ = writeln!(out, "exclusion {}: does not count for {which}", exclusion.name);
        }
        for alert in &self.alerts {
            let _ = writeln!(out, "{}", explain_alert(alert, &self.alerting));
        }
        out
    }

    fn meaning(&self, target: &Target) -> String {
        let calls = match &target.subject {
            Subject::Overall => match &self.overall_operation {
                Some(name) => format!("calls of {name} (which stands for the whole)"),
                None => "calls of all operations together".to_owned(),
            },
            Subject::Operation(name) => format!("calls of {name}"),
            Subject::Metric(name) => format!("values of {name}"),
            other => other.to_string(),
        };
        let limit = target.limit;
        let is_metric = matches!(target.subject, Subject::Metric(_));
        match target.indicator {
            Indicator::Percentile(quantile) if is_metric => {
                format!("{} of the {calls} are at most {limit}.", percent(quantile.get()))
            }
            Indicator::Percentile(quantile) => format!(
                "Of the {calls} that succeed, {} take at most {limit}.",
                percent(quantile.get())
            ),
            Indicator::Mean => format!("The mean of the {calls} is at most {limit}."),
            Indicator::Max => format!("None of the {calls} is above {limit}."),
            Indicator::Throughput => {
                format!("At least {} {calls} a second.", limit.to_string().trim_end_matches(" RPS"))
            }
            Indicator::SuccessRate => format!("At least {limit} of the {calls} succeed."),
            Indicator::ErrorRate => format!("At most {limit} of the {calls} fail."),
            Indicator::Apdex { threshold } => format!(
                "Of the {calls}, those within {} count whole, up to {} half, slower and failed ones not; \
                 the mean is at least {limit}.",
                Quantity::Time(threshold),
                Quantity::Time(tolerated(threshold))
            ),
            Indicator::GoodRatio => {
                format!(
                    "{} {limit} of the events of {} are good.",
                    at(target.bound),
                    target.subject
                )
            }
            Indicator::Value => {
                format!("{} is {} {limit}.", target.subject, at(target.bound).to_lowercase())
            }
            Indicator::Growth => format!("{} grows by at most {limit}.", target.subject),
            Indicator::Rate => {
                format!("{} grows by {} {limit}.", target.subject, at(target.bound).to_lowercase())
            }
            Indicator::Memory => format!("Resident memory is at most {limit}."),
            Indicator::Cpu => {
                format!("At most {limit} of the processor quota, or else of all cores, is used.")
            }
            Indicator::OpenFiles => format!("At most {limit} files and sockets are open."),
        }
    }

    fn explain_objective(&self, objective: &Objective) -> Vec<String> {
        let whose = match self.operation_of(objective) {
            Some(name) => format!("calls of {name}"),
            None => "calls".to_owned(),
        };
        let what = match &objective.good {
            Good::Success => format!("{whose} succeed"),
            Good::Latency(limit) => format!("{whose} succeed within {}", Quantity::Time(*limit)),
            Good::Joint(_) => format!("requests succeed with {}", objective.good),
            Good::Metric(name) => format!("events of {name} are good"),
        };
        let over = match &objective.period {
            Period::Rolling(length) => format!("the last {}", span(*length)),
            Period::Calendar(calendar, zone) => format!("each {calendar} ({})", zone.name()),
        };
        let mut lines =
            vec![format!("At least {} of the {what}, over {over}.", percent(objective.target))];
        let allowed = objective.allowed();
        let period = objective.period.length();
        lines.push(match objective.budgeting {
            Budgeting::Occurrences => format!(
                "The budget: of a million events {} may be bad; if all are bad it lasts {}.",
                (allowed * 1e6).round(),
                rough(period.mul_f64(allowed))
            ),
            Budgeting::TimeSlices { length, target } => format!(
                "The budget: {} of slices of {} in which less than {} of the events are good.",
                rough(period.mul_f64(allowed)),
                span(length),
                percent(target)
            ),
        });
        for pair in &objective.burn_rates {
            lines.push(format!(
                "{}: {} times too fast over {} and still over {} ({} of the budget gone); needs {} events.",
                pair.severity.as_str(),
                pair.factor,
                rough(pair.long),
                rough(pair.short),
                percent(pair.budget),
                pair.min_events
            ));
        }
        lines.push(needs_of_share(allowed, objective.rule.certainty));
        lines
    }
}

/// What a verdict rests on, and how many samples it takes.
fn explain_alert(alert: &AlertRule, alerting: &Alerting) -> String {
    let what = match &alert.trigger {
        Trigger::Watch(path) => format!("{path} is violated"),
        Trigger::When { subject, condition } => format!("{condition} of {subject}"),
    };
    let over = match alert.last {
        Some(calls) => format!("the last {calls} calls"),
        None => span(alert.window),
    };
    let for_so_long = match alert.pending {
        Duration::ZERO => String::new(),
        pending => format!(" for {}", span(pending)),
    };
    let again = span(alerting.repeat_of(alert));
    format!("alert {}: when {what} over {over}{for_so_long}, told again every {again}", alert.name)
}

fn needs(target: &Target) -> String {
    let certainty = target.rule.certainty;
    let mut text = match (target.indicator, target.limit) {
        (Indicator::Percentile(quantile), _) => needs_of_share(allowed(quantile.get()), certainty),
        (Indicator::SuccessRate, Quantity::Ratio(limit)) => {
            needs_of_share(allowed(limit), certainty)
        }
        (Indicator::GoodRatio, Quantity::Ratio(limit)) if target.bound == Bound::AtLeast => {
            needs_of_share(allowed(limit), certainty)
        }
        (Indicator::ErrorRate | Indicator::GoodRatio, Quantity::Ratio(limit)) => {
            needs_of_share(limit, certainty)
        }
        (Indicator::Mean, _) if matches!(certainty, Certainty::Firm(_)) => {
            format!("Firm from {} samples on, by the spread of the values.", MeanEstimate::FEWEST)
        }
        (Indicator::Apdex { .. }, Quantity::Number(limit)) => match certainty {
            Certainty::Firm(_) if limit >= 1.0 => {
                "Can never be firmly met; confidence = \"point\" compares plainly.".to_owned()
            }
            Certainty::Firm(confidence) => {
                let fewest = (1.0 / confidence.alpha()).ln() / 2.0 / (1.0 - limit).powi(2);
                format!("Firmly met takes at least {} samples.", fewest.ceil())
            }
            Certainty::Point => "Compared plainly.".to_owned(),
        },
        _ => "Compared plainly: it says what was seen.".to_owned(),
    };
    if target.rule.min_samples > 0 {
        let _ = write!(text, " Inconclusive below {} samples.", target.rule.min_samples);
    }
    if let Some(window) = target.rule.window {
        let _ = write!(text, " Judged on the worst {} of a timeline.", span(window));
    }
    text
}

fn needs_of_share(allowed: f64, certainty: Certainty) -> String {
    let Certainty::Firm(confidence) = certainty else {
        return "Compared plainly, however few samples there are.".to_owned();
    };
    let test = CountTest::new(allowed, confidence);
    match test.fewest_to_meet() {
        Some(fewest) => format!(
            "Firmly met (at {confidence}) takes {fewest} samples if none is bad. Of 10,000, up to {} bad ones are \
             firmly met and from {} on firmly violated; in between it is inconclusive.",
            test.most_bad_to_meet(10_000)
                .map_or_else(|| "none".to_owned(), |most| most.to_string()),
            test.fewest_bad_to_violate(10_000)
                .map_or_else(|| "none".to_owned(), |bad| bad.to_string()),
        ),
        None => "One bad event breaks it; without one it counts as met.".to_owned(),
    }
}

/// Four columns in, on lines of at most 80.
fn paragraph(out: &mut String, text: &str) {
    let mut columns = 3;
    out.push_str("   ");
    for word in text.split(' ') {
        let width = word.chars().count();
        if columns + 1 + width > 80 && columns > 3 {
            out.push_str("\n   ");
            columns = 3;
        }
        out.push(' ');
        out.push_str(word);
        columns += 1 + width;
    }
    out.push('\n');
}

fn relation(bound: Bound) -> &'static str {
    match bound {
        Bound::AtMost => "≤",
        Bound::AtLeast => "≥",
    }
}

fn at(bound: Bound) -> &'static str {
    match bound {
        Bound::AtMost => "At most",
        Bound::AtLeast => "At least",
    }
}

/// `99.9 %`
fn percent(ratio: f64) -> String {
    format!("{} %", percent_digits(ratio))
}

/// `7 h 12 min`: the two largest units.
fn rough(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut left = seconds;
    let mut parts = Vec::new();
    for (name, size) in units {
        let count = left / size;
        left %= size;
        if count > 0 && parts.len() < 2 {
            parts.push(format!("{count} {name}"));
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() { "less than a second".to_owned() } else { parts.join(" ") }
}
