//! An error budget in words.

use super::{MAX_NAME, MAX_VALUE};
use crate::model::{BudgetModel, BurnRateModel, CheckModel};
use crate::wording::{count, number, one_line, rate, span};
use serde::Serialize;

#[derive(Clone, Serialize)]
pub(crate) struct BudgetRow {
    pub(crate) name: String,
    pub(crate) status: String,
    /// `34 % used of 12.3 bad events allowed`
    pub(crate) used: String,
    /// Of a hundred, for the length of a bar.
    pub(crate) percent: f64,
    /// `0.1 % of 30d observed`
    pub(crate) observed: String,
    /// `burns 2.1 times as fast as it may over 60.0 min`
    pub(crate) burn: String,
    /// Each `critical: burn rate 15.2 over 1 h and 16.0 over 5 min, too fast from 14.4 on`
    pub(crate) too_fast: Vec<String>,
    /// Each `maintenance: 120 events, 7 of them bad, do not count (database upgrade)`
    pub(crate) excluded: Vec<String>,
}

impl BudgetRow {
    pub(super) fn of(check: &CheckModel) -> Option<Self> {
        let budget = check.budget.as_ref()?;
        let what = match (budget.budgeting.as_str(), budget.bad_at_most) {
            ("occurrences", 1) => "event",
            ("occurrences", _) => "events",
            (_, 1) => "time slice",
            _ => "time slices",
        };
        let used = match budget.consumed_ratio {
            _ if budget.total == 0 => "nothing has happened yet".to_owned(),
            Some(consumed) => {
                let (bad, allowed) = (count(budget.bad_at_most), number(round(budget.allowed)));
                format!("{} used: {bad} bad {what} of {allowed} allowed", percent_used(consumed))
            }
            None => "all used".to_owned(),
        };
        Some(BudgetRow {
            name: one_line(&check.subject, MAX_NAME),
            status: one_line(&check.status, MAX_NAME),
            used,
            percent: (budget.consumed_ratio.unwrap_or(1.0) * 100.0).clamp(0.0, 100.0),
            observed: format!("{} of {} observed", coverage(budget), period(budget)),
            burn: burn(budget),
            too_fast: too_fast(budget),
            excluded: excluded(budget, &check.status),
        })
    }
}

/// `30d`, `this month`
fn period(budget: &BudgetModel) -> String {
    let period = one_line(&budget.period, MAX_NAME);
    match period.starts_with(|c: char| c.is_ascii_digit()) {
        true => period,
        false => format!("this {period}"),
    }
}

fn percent_used(consumed: f64) -> String {
    if consumed < 100.0 {
        format!("{:.0} %", consumed * 100.0)
    } else {
        format!("×{}", rate(consumed))
    }
}

fn coverage(budget: &BudgetModel) -> String {
    match budget.coverage_ratio * 100.0 {
        0.0 => "nothing".to_owned(),
        seen if seen < 0.1 => "less than 0.1 %".to_owned(),
        seen => format!("{seen:.1} %"),
    }
}

/// How fast it goes in the most urgent long window, and how long it lasts so.
fn burn(budget: &BudgetModel) -> String {
    let Some((first, speed)) = budget.burn_rates.first().and_then(|b| Some((b, b.long_rate?)))
    else {
        return String::new();
    };
    let window = span(first.long_s);
    let mut text = match speed {
        0.0 if first.long_coverage_ratio < 0.995 => return "nothing bad so far".to_owned(),
        0.0 => return format!("nothing bad in the last {window}"),
        0.0..0.01 => format!("burns less than 0.01 times as fast as it may over {window}"),
        _ => format!("burns {} times as fast as it may over {window}", rate(speed)),
    };
    if first.long_coverage_ratio < 0.995 {
        let seen = (first.long_coverage_ratio * 100.0).round();
        let seen = if seen < 1.0 { "less than 1".to_owned() } else { seen.to_string() };
        text += &format!(" ({seen} % of that observed)");
    }
    match budget.exhausted_in_s {
        Some(0.0) => text + ", nothing is left",
        Some(seconds) => text + &format!(", lasts {}", span(seconds)),
        None => text,
    }
}

fn too_fast(budget: &BudgetModel) -> Vec<String> {
    let fast = budget.burn_rates.iter().filter(|burn| burn.is_too_fast);
    let line = |burn: &BurnRateModel| {
        format!(
            "{}: burn rate {} over {} and {} over {}, too fast from {} on",
            one_line(&burn.severity, MAX_NAME),
            rate(burn.long_rate.unwrap_or(0.0)),
            span(burn.long_s),
            rate(burn.short_rate.unwrap_or(0.0)),
            span(burn.short_s),
            number(burn.factor)
        )
    };
    fast.map(line).collect()
}

fn excluded(budget: &BudgetModel, status: &str) -> Vec<String> {
    let mut lines: Vec<String> = budget
        .excluded
        .iter()
        .map(|excluded| {
            let (events, bad) = (count(excluded.events), count(excluded.bad));
            let name = one_line(&excluded.name, MAX_NAME);
            let reason = match excluded.reason.as_str() {
                "" => String::new(),
                reason => format!(" ({})", one_line(reason, MAX_VALUE)),
            };
            format!("{name}: {events} events, {bad} of them bad, do not count{reason}")
        })
        .collect();
    if !lines.is_empty() && budget.status_without_exclusions != status {
        let status = one_line(&budget.status_without_exclusions, MAX_NAME);
        lines.push(format!("with them it would be {status}"));
    }
    lines
}

fn round(allowed: f64) -> f64 {
    if allowed >= 10.0 { allowed.round() } else { (allowed * 10.0).round() / 10.0 }
}
