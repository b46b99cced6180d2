//! What one report adds to the trends.

use crate::model::{CheckModel, HostModel, Model, OperationModel, seconds};
use crate::wording;
use perf_analysis::{Confidence, quantile_interval};
use perf_core::{Distribution, Quantile};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Characters of a commit that tell it from others.
const COMMIT: usize = 10;
/// Characters of any other label.
const LABEL: usize = 24;
/// Characters of a time in RFC 3339 before the month, to the minute, and to the second.
const YEAR: usize = "2026-".len();
const MINUTES: usize = "2026-11-21T18:05".len();
const SECONDS: usize = "2026-11-21T18:05:30".len();
/// Characters of a machine.
const MACHINE: usize = 60;

/// The percentiles that are followed.
pub(super) const PERCENTILES: [Quantile; 3] = [Quantile::P50, Quantile::P95, Quantile::P99];

/// A run, in the few numbers that are followed.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The name of its report.
    pub(super) file: String,
    /// What it was called: a commit, or a version.
    name: Option<String>,
    /// What tells it from others: its name, or when it ended, or both.
    pub(super) label: String,
    /// RFC 3339 in UTC, as the report says it.
    pub(super) ended_at: String,
    /// What an SLA file said.
    pub(super) status: Option<String>,
    pub(super) host: Option<HostModel>,
    pub(super) operations: BTreeMap<String, Reading>,
    /// The largest latencies allowed.
    pub(super) limits: Vec<LatencyLimit>,
}

/// An operation in a run.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) calls: u64,
    pub(super) total_ns: u64,
    /// Of [`PERCENTILES`], in their order.
    pub(super) percentiles: [Option<Estimate>; 3],
    pub(super) throughput: Option<f64>,
    pub(super) error_ratio: Option<f64>,
}

/// A percentile, in ns, and between what the true one lies; no end where no value seen is a bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub(super) value: u64,
    pub(super) low: Option<u64>,
    pub(super) high: Option<u64>,
}

/// The largest latency that an SLA file allows.
#[derive(Clone, Debug)]
pub(super) struct LatencyLimit {
    pub(super) operation: String,
    pub(super) indicator: String,
    pub(super) ns: u64,
}

impl Run {
    pub(super) fn new(file: String, model: &Model) -> Self {
        let checks = model.verdict.iter().flat_map(|verdict| &verdict.checks);
        let operations = model.operations.iter();
        let name = name(model);
        let label = name.clone().unwrap_or_else(|| minute(&model.run.ended_at));
        Run {
            file,
            name,
            label: wording::one_line(&label, LABEL),
            ended_at: model.run.ended_at.clone(),
            status: model.verdict.as_ref().map(|verdict| verdict.status.clone()),
            host: model.run.host.clone(),
            operations: operations.map(|o| (o.name.clone(), Reading::new(o))).collect(),
            limits: checks.filter_map(|check| LatencyLimit::of(check, model)).collect(),
        }
    }

    /// Adds to names that several runs have when those ended: to the minute, and where that is also the same, to
    /// the second.
    pub(super) fn tell_apart(runs: &mut [Run]) {
        for digits in [MINUTES, SECONDS] {
            let mut known: BTreeMap<String, usize> = BTreeMap::new();
            runs.iter().for_each(|run| *known.entry(run.label.clone()).or_default() += 1);
            for run in runs.iter_mut().filter(|run| known[&run.label] > 1) {
                run.label = run.dated_label(digits);
            }
        }
    }

    /// `1.4.0 11-21 18:05`, or the time alone with its year.
    fn dated_label(&self, digits: usize) -> String {
        let Some(time) = self.ended_at.get(..digits) else { return self.label.clone() };
        let time = wording::one_line(&time.replace('T', " "), digits);
        match (&self.name, time.get(YEAR..)) {
            (Some(name), Some(time)) => {
                // The name is cut, so that the time has room.
                let room = LABEL.saturating_sub(time.chars().count() + 1);
                format!("{} {time}", wording::one_line(name, room))
            }
            _ => wording::one_line(&time, LABEL),
        }
    }

    /// By when they ended; those of the same moment by the names of their files.
    pub(super) fn by_end(a: &Run, b: &Run) -> Ordering {
        let by_time = seconds(&a.ended_at).total_cmp(&seconds(&b.ended_at));
        by_time.then_with(|| a.file.cmp(&b.file))
    }

    /// Whether both machines are known, and differ.
    pub(super) fn is_elsewhere(&self, other: &Run) -> bool {
        matches!((&self.host, &other.host), (Some(here), Some(there)) if here != there)
    }

    /// `✓`, `✗`, `?`, and `–` without a verdict.
    pub(super) fn mark(&self) -> char {
        match self.status.as_deref() {
            Some("met") => '✓',
            Some("violated") => '✗',
            Some("inconclusive") => '?',
            _ => '–',
        }
    }

    /// `linux x86_64 with 8 processors`; empty where it is unknown.
    pub(super) fn machine(&self) -> String {
        let told =
            |host: &HostModel| format!("{} {} with {} processors", host.os, host.arch, host.cpus);
        wording::one_line(&self.host.as_ref().map(told).unwrap_or_default(), MACHINE)
    }

    /// `2026-11-21 18:05`.
    pub(super) fn minute(&self) -> String {
        minute(&self.ended_at)
    }
}

impl Reading {
    fn new(operation: &OperationModel) -> Self {
        let latency = operation.distribution();
        Reading {
            calls: operation.count,
            total_ns: operation.total_ns,
            percentiles: PERCENTILES.map(|quantile| Estimate::new(&latency, quantile)),
            throughput: operation.throughput_per_second.filter(|rate| rate.is_finite()),
            error_ratio: operation.success_ratio.map(|ratio| 1.0 - ratio).filter(|r| r.is_finite()),
        }
    }
}

impl Estimate {
    fn new(latency: &Distribution, quantile: Quantile) -> Option<Self> {
        let value = latency.quantile(quantile)?;
        let (low, high) = quantile_interval(latency, quantile, Confidence::P95);
        Some(Estimate { value, low, high })
    }
}

impl LatencyLimit {
    fn of(check: &CheckModel, model: &Model) -> Option<Self> {
        let ns = check.limit_ns.filter(|_| !check.is_minimum)?;
        let whole = model.overall_operation.clone().filter(|_| check.is_overall());
        let operation = check.operation.clone().or(whole)?;
        Some(LatencyLimit { operation, indicator: check.indicator.clone(), ns })
    }
}

fn name(model: &Model) -> Option<String> {
    let labels = &model.run.labels;
    let commit = labels.get("commit").map(|commit| commit.chars().take(COMMIT).collect());
    let name: Option<String> = commit.or_else(|| labels.get("version").cloned());
    name.filter(|name| !name.trim().is_empty())
}

/// The time to the minute of one in RFC 3339.
fn minute(moment: &str) -> String {
    match moment.split_once('T') {
        Some((day, time)) => {
            format!("{day} {}", time.chars().take(5).collect::<String>())
        }
        None => "unknown time".to_owned(),
    }
}
