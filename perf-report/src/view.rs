//! The texts of a report: every number worded once, for the console and the templates alike.

mod budget_row;
mod check_row;

use crate::model::{Model, OperationModel, SampleModel, TimeShare};
use crate::wording::{count, duration, one_line, percent, rate};
pub(crate) use budget_row::BudgetRow;
pub(crate) use check_row::{CheckRow, evidence};
use perf_sla::Status;
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
pub(crate) struct OperationRow {
    pub(crate) name: String,
    pub(crate) count: String,
    pub(crate) rate: String,
    pub(crate) success: String,
    /// Mean, p50, p90, p95, p99, p99.9 and max, each with the status of its own target.
    pub(crate) latencies: Vec<LatencyCell>,
    /// The small histogram, each bar in `0..=8`, above zero where there is anything.
    pub(crate) bars: Vec<u64>,
}

#[derive(Serialize)]
pub(crate) struct LatencyCell {
    pub(crate) indicator: &'static str,
    pub(crate) text: String,
    /// Of the target for this operation and indicator; empty without one.
    pub(crate) status: String,
}

#[derive(Serialize)]
pub(crate) struct ShareRow {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Of a hundred, for the length of a bar.
    pub(crate) percent: f64,
}

#[derive(Serialize)]
pub(crate) struct SampleRow {
    pub(crate) operation: String,
    /// Why it failed; empty if it did not.
    pub(crate) kind: String,
    pub(crate) duration: String,
    pub(crate) metadata: String,
}

#[derive(Serialize)]
pub(crate) struct FailureRow {
    pub(crate) operation: String,
    pub(crate) kind: String,
    pub(crate) count: String,
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
            taken_at: model.taken_at.clone(),
            status: status.to_owned(),
            mark: mark(status),
            summary: summary(model),
            budgets: checks.clone().filter_map(BudgetRow::of).collect(),
            checks: checks.map(CheckRow::new).collect(),
            notes: model.verdict.iter().flat_map(|verdict| &verdict.notes).cloned().collect(),
            operations: by_time(model).into_iter().map(|o| OperationRow::new(o, model)).collect(),
            shares: shares(model),
            shares_note: shares_note(model),
            slowest: samples(model, |operation| &operation.slowest),
            failed: samples(model, |operation| &operation.failed),
            has_failures: model.operations.iter().any(|operation| operation.failures > 0),
            failures: failures(model),
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
    let run = format!("{} {calls} in {}", count(model.overall.count), duration(model.interval_ns));
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

impl OperationRow {
    fn new(operation: &OperationModel, model: &Model) -> Self {
        let is_whole = model.overall_operation.as_ref() == Some(&operation.name);
        let checks = model.verdict.iter().flat_map(|verdict| &verdict.checks);
        let status = |indicator: &str| {
            let mut of_this = checks.clone().filter(|check| match &check.operation {
                Some(name) => *name == operation.name,
                None => is_whole && check.is_overall(),
            });
            let check = of_this.find(|check| check.indicator == indicator);
            check.map_or_else(String::new, |check| check.status.clone())
        };
        let latencies = [
            ("mean", operation.mean_ns),
            ("p50", operation.p50_ns),
            ("p90", operation.p90_ns),
            ("p95", operation.p95_ns),
            ("p99", operation.p99_ns),
            ("p99.9", operation.p999_ns),
            ("max", operation.max_ns),
        ];
        let latencies = latencies.map(|(indicator, nanos)| LatencyCell {
            indicator,
            text: nanos.map_or_else(|| "–".to_owned(), duration),
            status: status(indicator),
        });
        let tallest = operation.histogram.iter().max().copied().unwrap_or(0).max(1);
        let bar = |n: &u64| (u128::from(*n) * 8).div_ceil(u128::from(tallest)) as u64;
        OperationRow {
            name: one_line(&operation.name, MAX_NAME),
            count: count(operation.count),
            rate: operation.throughput_per_second.map_or_else(|| "–".to_owned(), rate),
            success: operation.success_ratio.map_or_else(|| "–".to_owned(), percent),
            latencies: latencies.into(),
            bars: operation.histogram.iter().map(bar).collect(),
        }
    }
}

/// The operations that take most time first, so that the whole stands above its parts.
fn by_time(model: &Model) -> Vec<&OperationModel> {
    let mut operations: Vec<&OperationModel> = model.operations.iter().collect();
    operations.sort_by_key(|operation| std::cmp::Reverse(operation.total_ns));
    operations
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

/// The longest five of the kept calls that say something about themselves.
fn samples(model: &Model, kept: impl Fn(&OperationModel) -> &Vec<SampleModel>) -> Vec<SampleRow> {
    let mut samples: Vec<(&str, &SampleModel)> = model
        .operations
        .iter()
        .flat_map(|o| kept(o).iter().map(|sample| (o.name.as_str(), sample)))
        .filter(|(_, sample)| !sample.metadata.is_empty())
        .collect();
    samples.sort_by_key(|(_, sample)| std::cmp::Reverse(sample.duration_ns));
    let row = |(name, sample): &(&str, &SampleModel)| SampleRow {
        operation: one_line(name, MAX_NAME),
        kind: one_line(sample.failure_kind.as_deref().unwrap_or(""), MAX_NAME),
        duration: duration(sample.duration_ns),
        metadata: metadata(sample),
    };
    samples.iter().take(5).map(row).collect()
}

fn metadata(sample: &SampleModel) -> String {
    let pairs: Vec<String> = sample
        .metadata
        .iter()
        .map(|(key, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{}={}", one_line(key, MAX_NAME), one_line(&text, MAX_VALUE))
        })
        .collect();
    pairs.join(", ")
}

fn failures(model: &Model) -> Vec<FailureRow> {
    let rows = model.operations.iter().flat_map(|operation| {
        operation.failure_kinds.iter().map(|(kind, n)| FailureRow {
            operation: one_line(&operation.name, MAX_NAME),
            kind: one_line(kind, MAX_NAME),
            count: count(*n),
        })
    });
    rows.collect()
}

fn metrics(model: &Model) -> Vec<Pair> {
    let counters = model.counters.iter().map(|(name, n)| pair(name, *n));
    let row = |name: &str, value| Pair { name: one_line(name, MAX_NAME), value };
    let gauges = model.gauges.iter().map(|(name, value)| row(name, value.to_string()));
    let histograms = model.histograms.iter().map(|(name, values)| {
        let shown =
            [("p50", values.p50), ("p95", values.p95), ("p99", values.p99), ("max", values.max)];
        let shown = shown.into_iter().filter_map(|(name, value)| Some((name, count(value?))));
        let shown = shown.map(|(name, value)| format!(", {name} {value}"));
        row(name, format!("{} values{}", count(values.count), shown.collect::<String>()))
    });
    counters.chain(gauges).chain(histograms).collect()
}

fn pair(name: &str, n: u64) -> Pair {
    Pair { name: one_line(name, MAX_NAME), value: count(n) }
}
