//! The texts of a report: every number worded once, for the console and the templates alike.

mod budget_row;
mod change_row;
mod check_row;
mod finding_row;
mod operation_row;
pub(crate) mod resources;
mod sample_row;
mod shortened;

use crate::model::{Model, RunModel, StageShareModel, TimeShare};
use crate::wording::{count, duration, one_line};
pub(crate) use budget_row::BudgetRow;
pub(crate) use change_row::ChangeRow;
pub(crate) use check_row::{CheckRow, evidence, nearness};
pub(crate) use finding_row::FindingRow;
pub(crate) use operation_row::OperationRow;
use perf_sla::Status;
pub(crate) use sample_row::{FailureRow, SampleRow, metadata};
use serde::Serialize;

/// Characters of the title before it is cut.
pub(crate) const MAX_TITLE: usize = 120;
/// Characters of a name before it is cut.
pub(crate) const MAX_NAME: usize = 60;
/// Characters of a metadata value before it is cut.
pub(crate) const MAX_VALUE: usize = 80;

/// What every template is given.
#[derive(Clone, Serialize)]
pub(crate) struct View {
    pub(crate) title: String,
    pub(crate) taken_at: String,
    /// `2026-11-21 18:03:20 to 18:04:20 UTC on linux x86_64, 2 processors`
    pub(crate) run: String,
    /// What the user said of the run.
    pub(crate) labels: Vec<Pair>,
    /// The SLA file; empty without one.
    pub(crate) source: String,
    pub(crate) duration_s: f64,
    /// `2026-11-21T18:04:20`
    pub(crate) timestamp: String,
    /// How many targets are so.
    pub(crate) counts: StatusCounts,
    /// What was shortened; empty when nothing was.
    pub(crate) left_out: Vec<String>,
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
    /// What the time of the slowest requests goes into.
    pub(crate) tail: Vec<ShareRow>,
    /// `in the slowest 605, from 2.2 ms on`
    pub(crate) tail_label: String,
    /// Where time could be saved, the largest impact first.
    pub(crate) findings: Vec<FindingRow>,
    /// The run beside earlier ones.
    pub(crate) changes: Vec<ChangeRow>,
    /// What that baseline is, and why it is not comparable, if it is not.
    pub(crate) baseline: Vec<String>,
    /// Why the shares do not add up to the whole, if they do not, or what the whole is, if nothing stands for it.
    pub(crate) shares_note: &'static str,
    pub(crate) slowest: Vec<SampleRow>,
    pub(crate) failed: Vec<SampleRow>,
    /// Said where there were failures: whose latencies are shown.
    pub(crate) has_failures: bool,
    pub(crate) failures: Vec<FailureRow>,
    /// What the work cost: the gauges of a sampler.
    pub(crate) resources: Vec<Pair>,
    /// Those that are near their limits, or grow and grow.
    pub(crate) resource_findings: Vec<String>,
    /// What it cost at the end, in a line.
    pub(crate) resources_summary: String,
    /// Other counters, gauges and histograms.
    pub(crate) metrics: Vec<Pair>,
    pub(crate) losses: Vec<Pair>,
}

#[derive(Clone, Serialize)]
pub(crate) struct StatusCounts {
    pub(crate) met: usize,
    pub(crate) violated: usize,
    pub(crate) inconclusive: usize,
}

#[derive(Clone, Serialize)]
pub(crate) struct ShareRow {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Of a hundred, for the length of a bar.
    pub(crate) percent: f64,
}

#[derive(Clone, Serialize)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl View {
    pub(crate) fn new(model: &Model) -> Self {
        let status = model.verdict.as_ref().map_or("none", |verdict| &verdict.status);
        let checks = model.verdict.iter().flat_map(|verdict| &verdict.checks);
        let with = |status| checks.clone().filter(|check| check.has_status(status)).count();
        let timestamp = model.run.ended_at.get(..19).unwrap_or_default();
        let source = model.verdict.as_ref().and_then(|verdict| verdict.source.as_deref());
        View {
            run: run(&model.run),
            labels: labels(&model.run),
            source: one_line(source.unwrap_or_default(), MAX_TITLE),
            duration_s: model.run.duration_ns as f64 / 1e9,
            timestamp: one_line(timestamp, MAX_NAME),
            counts: StatusCounts {
                met: with(Status::Met),
                violated: with(Status::Violated),
                inconclusive: with(Status::Inconclusive),
            },
            left_out: Vec::new(),
            title: one_line(&model.title, MAX_TITLE),
            taken_at: one_line(&format!("{timestamp}Z"), MAX_NAME),
            status: one_line(status, MAX_NAME),
            mark: mark(status),
            summary: summary(model),
            budgets: checks.clone().filter_map(BudgetRow::of).collect(),
            checks: checks.map(CheckRow::new).collect(),
            notes: model
                .verdict
                .iter()
                .flat_map(|verdict| &verdict.notes)
                .map(|text| note(text))
                .collect(),
            operations: operation_row::all(model),
            shares: shares(model),
            tail: tail(model),
            tail_label: tail_label(model),
            findings: finding_row::all(model),
            changes: change_row::all(model),
            baseline: change_row::baseline(model),
            shares_note: shares_note(model),
            slowest: sample_row::longest(model, |operation| &operation.slowest),
            failed: sample_row::longest(model, |operation| &operation.failed),
            has_failures: model.operations.iter().any(|operation| operation.failures > 0),
            failures: sample_row::failures(model),
            resources: resources::all(model),
            resource_findings: resources::findings(model),
            resources_summary: resources::summary(model),
            metrics: metrics(model),
            losses: model.losses.iter().map(|(name, n)| pair(name, *n)).collect(),
        }
    }
}

/// `2026-11-21 18:03:20 to 18:04:20 UTC on linux x86_64 with 2 processors`
fn run(run: &RunModel) -> String {
    let mut text = String::new();
    if let (Some(from), Some(to)) = (run.started_at.get(..19), run.ended_at.get(..19)) {
        let to = if from.get(..10) == to.get(..10) { &to[11..] } else { to };
        text = format!("{from} to {to}").replace('T', " ") + " UTC";
    }
    if let Some(host) = &run.host {
        text += &format!(" on {} {}", host.os, host.arch);
        if host.cpus > 0 {
            text += &format!(" with {}", counted(host.cpus, "processor"));
        }
    }
    if run.sources > 1 {
        text += &format!(", {} merged", counted(run.sources, "report"));
    }
    one_line(&text, MAX_TITLE)
}

fn labels(run: &RunModel) -> Vec<Pair> {
    let pair = |(name, value): (&String, &String)| Pair {
        name: one_line(name, MAX_NAME),
        value: one_line(value, MAX_VALUE),
    };
    run.labels.iter().map(pair).collect()
}

fn note(note: &str) -> String {
    one_line(note, 4 * MAX_TITLE)
}

pub(crate) fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
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
        (1, 0) if total == 1 => "the target is violated".to_owned(),
        (0, 1) if total == 1 => "the target is inconclusive".to_owned(),
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

fn tail(model: &Model) -> Vec<ShareRow> {
    let shares = model.requests.iter().filter_map(|requests| requests.tail.as_ref());
    let row = |share: &StageShareModel| ShareRow {
        name: one_line(share.stage.as_deref().unwrap_or("unattributed"), MAX_NAME),
        text: format!("{:.0} %", share.on_path_ratio * 100.0),
        percent: (share.on_path_ratio * 100.0).clamp(0.0, 100.0),
    };
    shares.flat_map(|tail| &tail.shares).map(row).collect()
}

fn tail_label(model: &Model) -> String {
    let tail = model.requests.as_ref().and_then(|requests| requests.tail.as_ref());
    tail.map_or_else(String::new, |tail| {
        format!("in the slowest {}, from {} on", count(tail.requests), duration(tail.from_ns))
    })
}

fn shares_note(model: &Model) -> &'static str {
    if model.overall.total_ns == 0 && !model.time_shares.is_empty() {
        return "the whole is all operations together: it has no time of its own";
    }
    let sum: f64 = model.time_shares.iter().map(|share| share.ratio).sum();
    if sum > 1.005 { "nested, side by side or outside of the whole" } else { "" }
}

fn pair(name: &str, n: u64) -> Pair {
    Pair { name: one_line(name, MAX_NAME), value: count(n) }
}

fn metrics(model: &Model) -> Vec<Pair> {
    let row = |name: String, value| Pair { name: one_line(&name, MAX_NAME), value };
    let own = |name: &str| !resources::is_one(name);
    let counters = model.counters.iter().filter(|counter| own(&counter.name));
    let counters = counters.map(|counter| row(counter.series().to_string(), count(counter.growth)));
    let gauges = model.gauges.iter().filter(|gauge| own(&gauge.name));
    let gauges = gauges
        .map(|gauge| row(gauge.series().to_string(), resources::worded(&gauge.name, gauge.value)));
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
