//! The texts of a report: every number worded once, for the console and the templates alike.

mod budget_row;
mod check_row;
mod operation_row;
mod sample_row;

use crate::model::{Model, TimeShare};
use crate::wording::{count, duration, one_line};
pub(crate) use budget_row::BudgetRow;
pub(crate) use check_row::{CheckRow, evidence};
pub(crate) use operation_row::OperationRow;
use perf_sla::Status;
pub(crate) use sample_row::{FailureRow, SampleRow};
use serde::Serialize;

/// Characters of the title before it is cut.
const MAX_TITLE: usize = 120;
/// Characters of a name before it is cut.
const MAX_NAME: usize = 60;
/// Characters of a metadata value before it is cut.
const MAX_VALUE: usize = 80;

#[derive(Serialize)]
pub(crate) struct View {
    pub(crate) title: String,
    pub(crate) taken_at: String,
    /// `met`, `violated` or `inconclusive`; `none` without an SLA.
    pub(crate) status: String,
    pub(crate) mark: &'static str,
    /// `1 of 8 targets violated · 10,307 requests in 60.0 s · sla.toml`
    pub(crate) summary: String,
    pub(crate) checks: Vec<CheckRow>,
    /// What the reader should know beside.
    pub(crate) notes: Vec<String>,
    pub(crate) budgets: Vec<BudgetRow>,
    pub(crate) operations: Vec<OperationRow>,
    pub(crate) shares: Vec<ShareRow>,
    /// Why the shares do not add up to the whole, if they do not.
    pub(crate) shares_note: &'static str,
    pub(crate) slowest: Vec<SampleRow>,
    pub(crate) failed: Vec<SampleRow>,
    /// Said where there were failures: whose latencies are shown.
    pub(crate) has_failures: bool,
    pub(crate) failures: Vec<FailureRow>,
    /// Counters, gauges and histograms.
    pub(crate) metrics: Vec<Pair>,
    pub(crate) losses: Vec<Pair>,
}

#[derive(Serialize)]
pub(crate) struct ShareRow {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Of a hundred, for the length of a bar.
    pub(crate) percent: f64,
}

#[derive(Serialize)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl View {
    pub(crate) fn new(model: &Model) -> Self {
        let status = model.verdict.as_ref().map_or("none", |verdict| &verdict.status);
        let checks = model.verdict.iter().flat_map(|verdict| &verdict.checks);
        View {
            title: one_line(&model.title, MAX_TITLE),
            taken_at: model.run.ended_at.get(..19).map(|t| format!("{t}Z")).unwrap_or_default(),
            status: status.to_owned(),
            mark: mark(status),
            summary: summary(model),
            budgets: checks.clone().filter_map(BudgetRow::of).collect(),
            checks: checks.map(CheckRow::new).collect(),
            notes: model.verdict.iter().flat_map(|verdict| &verdict.notes).cloned().collect(),
            operations: operation_row::all(model),
            shares: shares(model),
            shares_note: shares_note(model),
            slowest: sample_row::longest(model, |operation| &operation.slowest),
            failed: sample_row::longest(model, |operation| &operation.failed),
            has_failures: model.operations.iter().any(|operation| operation.failures > 0),
            failures: sample_row::failures(model),
            metrics: metrics(model),
            losses: model.losses.iter().map(|(name, n)| pair(name, *n)).collect(),
        }
    }
}

fn mark(status: &str) -> &'static str {
    match status {
        "met" => "✓",
        "violated" => "✗",
        "inconclusive" => "?",
        _ => "",
    }
}

fn summary(model: &Model) -> String {
    let calls = if model.overall_operation.is_some() { "requests" } else { "calls" };
    let calls = if model.overall.count == 1 { &calls[..calls.len() - 1] } else { calls };
    let run =
        format!("{} {calls} in {}", count(model.overall.count), duration(model.run.duration_ns));
    let Some(verdict) = &model.verdict else { return run };
    let with = |status| verdict.checks.iter().filter(|check| check.has_status(status)).count();
    let total = verdict.checks.len();
    let targets = match (with(Status::Violated), with(Status::Inconclusive)) {
        (0, 0) if total == 1 => "the target is met".to_owned(),
        (0, 0) => format!("all {total} targets met"),
        (0, open) => format!("{open} of {total} targets inconclusive"),
        (violated, _) => format!("{violated} of {total} targets violated"),
    };
    let source = verdict.source.as_ref().map(|source| format!(" · {}", one_line(source, MAX_NAME)));
    format!("{targets} · {run}{}", source.unwrap_or_default())
}

fn shares(model: &Model) -> Vec<ShareRow> {
    let row = |share: &TimeShare| ShareRow {
        name: one_line(share.operation.as_deref().unwrap_or("unattributed"), MAX_NAME),
        text: format!("{:.0} %", share.ratio * 100.0),
        percent: (share.ratio * 100.0).clamp(0.0, 100.0),
    };
    model.time_shares.iter().map(row).collect()
}

fn shares_note(model: &Model) -> &'static str {
    let sum: f64 = model.time_shares.iter().map(|share| share.ratio).sum();
    if sum > 1.005 { "nested, side by side or outside of the whole" } else { "" }
}

fn pair(name: &str, n: u64) -> Pair {
    Pair { name: one_line(name, MAX_NAME), value: count(n) }
}

fn metrics(model: &Model) -> Vec<Pair> {
    let row = |name: String, value| Pair { name: one_line(&name, MAX_NAME), value };
    let counters = model
        .counters
        .iter()
        .map(|counter| row(counter.series().to_string(), count(counter.growth)));
    let gauges = model.gauges.iter().map(|gauge| {
        let value = gauge.value.map_or_else(|| "no number".to_owned(), |value| value.to_string());
        row(gauge.series().to_string(), value)
    });
    let histograms = model.histograms.iter().map(|histogram| {
        let max = histogram.values.as_ref().map(|values| values.max);
        let shown =
            [("p50", histogram.p50), ("p95", histogram.p95), ("p99", histogram.p99), ("max", max)];
        let shown = shown.into_iter().filter_map(|(name, value)| Some((name, count(value?))));
        let shown = shown.map(|(name, value)| format!(", {name} {value}"));
        let value = format!("{} values{}", count(histogram.count), shown.collect::<String>());
        row(histogram.series().to_string(), value)
    });
    counters.chain(gauges).chain(histograms).collect()
}
