//! The texts of a report: every number worded once, for the console and the templates alike.

use crate::budget::BudgetModel;
use crate::model::{CheckModel, Model, OperationModel, SampleModel, TimeShare};
use crate::wording::{
    bytes, change, count, duration, number, one_line, percent, points, rate, span,
};
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
}

#[derive(Serialize)]
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

#[derive(Serialize)]
pub(crate) struct OperationRow {
    pub(crate) name: String,
    pub(crate) count: String,
    pub(crate) rate: String,
    pub(crate) success: String,
    /// p50, p90, p95, p99, p99.9 and max, each with the status of its own target.
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

impl CheckRow {
    fn new(check: &CheckModel) -> Self {
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
            status: check.status.clone(),
            operation: subject(check),
            indicator: check.indicator.clone(),
            observed: observed.unwrap_or_else(|| "no data".to_owned()),
            relation,
            limit: limit.unwrap_or_default(),
            margin: match (check.observed_ratio, check.limit_ratio) {
                // Shares differ by points: 99 % is not 4.2 % more than 95 %.
                (Some(observed), Some(limit)) => points(observed - limit),
                _ => check.margin_ratio.map(change).unwrap_or_default(),
            },
            evidence: evidence(check),
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
        (Some(least), Some(most)) => {
            let bad = if least == most {
                count(least)
            } else {
                format!("{} to {}", count(least), count(most))
            };
            let what = match (check.indicator.as_str(), check.is_minimum) {
                ("success rate" | "error rate", _) => "failed",
                ("good ratio", true) => "bad",
                ("good ratio", false) => "good",
                _ => "over the limit",
            };
            format!("{bad} of {} {what}", count(check.samples))
        }
        _ if check.observed_value.is_some() || check.observed_bytes.is_some() => String::new(),
        _ => format!("{} calls", count(check.samples)),
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

/// `[9.1, 10.3] %`
fn share_interval(low: f64, high: f64) -> String {
    let digits = if high < 0.01 { 2 } else { 1 };
    format!("[{:.digits$}, {:.digits$}] %", low * 100.0, high * 100.0)
}

impl BudgetRow {
    fn of(check: &CheckModel) -> Option<Self> {
        let budget = check.budget.as_ref()?;
        let what = if budget.budgeting == "occurrences" { "events" } else { "time slices" };
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
            status: check.status.clone(),
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
    match budget.period.starts_with(|c: char| c.is_ascii_digit()) {
        true => budget.period.clone(),
        false => format!("this {}", budget.period),
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
        _ => format!("burns {} times as fast as it may over {window}", rate(speed)),
    };
    if first.long_coverage_ratio < 0.995 {
        text += &format!(" ({:.0} % of them observed)", first.long_coverage_ratio * 100.0);
    }
    match budget.exhausted_in_s {
        Some(0.0) => text + ", nothing is left",
        Some(seconds) => text + &format!(", lasts {}", span(seconds)),
        None => text,
    }
}

fn too_fast(budget: &BudgetModel) -> Vec<String> {
    let fast = budget.burn_rates.iter().filter(|burn| burn.is_too_fast);
    let line = |burn: &crate::budget::BurnRateModel| {
        format!(
            "{}: burn rate {} over {} and {} over {}, too fast from {} on",
            burn.severity,
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
        lines.push(format!("with them it would be {}", budget.status_without_exclusions));
    }
    lines
}

fn round(allowed: f64) -> f64 {
    if allowed >= 10.0 { allowed.round() } else { (allowed * 10.0).round() / 10.0 }
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
