//! The run beside earlier ones, as the JSON of a report has it.

use super::distribution::{DistributionModel, restored};
use super::{Model, OperationModel};
use perf_analysis::{Better, Comparison, Confidence, Floor, Metric, Outcome, compare};
use perf_core::Distribution;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a difference must exceed to matter: a tenth, and 10 µs of a latency.
const RELATIVE: f64 = 0.1;
const LEAST_NS: f64 = 10_000.0;

/// The baseline: one or several earlier runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct BaselineModel {
    /// How many runs it is.
    pub runs: u64,
    /// When the last of them ended, RFC 3339 in UTC.
    pub ended_at: String,
    /// Why they are not comparable with this run, where they are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
    /// Each operation's numbers, before and now.
    pub changes: Vec<ChangeModel>,
    /// The latencies of the successes of all its runs together, in ns, by operation.
    pub latencies: BTreeMap<String, DistributionModel>,
}

/// A number of an operation, before and now. Times are in ns, `throughput` in calls a second, `error rate` a
/// share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct ChangeModel {
    /// The operation.
    pub operation: String,
    /// `p50`, `p95`, `p99`, `throughput` or `error rate`.
    pub indicator: String,
    /// The median of the baseline's runs.
    pub before: f64,
    /// The smallest of them.
    pub before_min: f64,
    /// The largest.
    pub before_max: f64,
    /// This run.
    pub now: f64,
    /// The difference, as a share of what it was before; absent where that was 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_ratio: Option<f64>,
    /// `regressed`, `improved`, `unchanged` or `not enough evidence`: the exact Mann-Whitney test over runs at
    /// 95 %, corrected for the number of rows, and a floor of 10 %.
    pub outcome: String,
}

/// A number of an operation that is compared.
struct Indicator {
    name: &'static str,
    better: Better,
    floor: Floor,
    read: fn(&OperationModel) -> Option<f64>,
}

/// What a difference between two latencies must exceed.
pub(crate) const TIME_FLOOR: Floor = Floor { relative: RELATIVE, absolute: LEAST_NS };
const INDICATORS: [Indicator; 5] = [
    Indicator {
        name: "p50",
        better: Better::Lower,
        floor: TIME_FLOOR,
        read: |o| o.p50_ns.map(|ns| ns as f64),
    },
    Indicator {
        name: "p95",
        better: Better::Lower,
        floor: TIME_FLOOR,
        read: |o| o.p95_ns.map(|ns| ns as f64),
    },
    Indicator {
        name: "p99",
        better: Better::Lower,
        floor: TIME_FLOOR,
        read: |o| o.p99_ns.map(|ns| ns as f64),
    },
    Indicator {
        name: "throughput",
        better: Better::Higher,
        floor: Floor { relative: RELATIVE, absolute: 0.0 },
        read: |o| o.throughput_per_second,
    },
    Indicator {
        name: "error rate",
        better: Better::Lower,
        floor: Floor { relative: RELATIVE, absolute: 0.001 },
        read: |o| o.success_ratio.map(|ratio| 1.0 - ratio),
    },
];

impl BaselineModel {
    /// `None` without an earlier run.
    pub(crate) fn new(now: &Model, before: &[&Model]) -> Option<Self> {
        // A run that is given twice is still one, and no evidence about itself.
        let mut different: Vec<&Model> = Vec::new();
        for model in before {
            if !is_same_run(model, now) && !different.iter().any(|known| is_same_run(known, model))
            {
                different.push(model);
            }
        }
        let before = &different;
        let last = before.iter().max_by(|a, b| a.run.start_s().total_cmp(&b.run.start_s()))?;
        let mut latencies: BTreeMap<String, Distribution> = BTreeMap::new();
        for operation in before.iter().flat_map(|model| &model.operations) {
            let latency = restored(operation.latency.as_ref());
            let sum = latencies.entry(operation.name.clone()).or_default();
            *sum = sum.merge(&latency);
        }
        let by_name = latencies.iter();
        Some(BaselineModel {
            runs: before.len() as u64,
            ended_at: last.run.ended_at.clone(),
            differences: differences(now, before),
            changes: changes(now, before),
            latencies: by_name
                .filter_map(|(name, sum)| Some((name.clone(), DistributionModel::of(sum)?)))
                .collect(),
        })
    }
}

/// Two copies of one report, whatever was said of it since.
pub(crate) fn is_same_run(a: &Model, b: &Model) -> bool {
    let (run, other) = (&a.run, &b.run);
    run.started_at == other.started_at
        && run.ended_at == other.ended_at
        && run.duration_ns == other.duration_ns
        && a.operations == b.operations
}

/// What makes two runs differ, whatever the program does.
fn differences(now: &Model, before: &[&Model]) -> Vec<String> {
    let mut differences = Vec::new();
    let hosts = before.iter().filter_map(|model| model.run.host.as_ref());
    if let (Some(host), Some(other)) = (
        &now.run.host,
        hosts.clone().find(|other| now.run.host.as_ref().is_some_and(|host| host != *other)),
    ) {
        differences.push(format!(
            "the machine: {} {} with {} processors now, {} {} with {} before",
            host.os, host.arch, host.cpus, other.os, other.arch, other.cpus
        ));
    }
    if before.iter().any(|model| model.overall_operation != now.overall_operation) {
        differences.push("the operation that stands for the whole".to_owned());
    }
    differences
}

/// What is compared.
struct Row<'a> {
    operation: &'a str,
    indicator: &'a Indicator,
    /// One value of each earlier run.
    before: Vec<f64>,
    now: f64,
}

fn changes(now: &Model, before: &[&Model]) -> Vec<ChangeModel> {
    let rows: Vec<Row<'_>> = now.operations.iter().flat_map(|o| rows_of(o, before)).collect();
    let metrics: Vec<Metric<'_>> = rows
        .iter()
        .map(|row| Metric {
            name: row.operation,
            baseline: &row.before,
            candidate: std::slice::from_ref(&row.now),
            better: row.indicator.better,
            floor: row.indicator.floor,
        })
        .collect();
    // Only more than 1,000 runs are refused: there is nothing else that could be.
    let seen = compare(&metrics, Confidence::P95).unwrap_or_default();
    rows.iter().zip(&seen).map(|(row, seen)| row.change(seen)).collect()
}

/// The indicators that are known of this run and an earlier one.
fn rows_of<'a>(
    operation: &'a OperationModel,
    before: &'a [&Model],
) -> impl Iterator<Item = Row<'a>> {
    let earlier: Vec<&OperationModel> = before
        .iter()
        .filter_map(|model| model.operations.iter().find(|o| o.name == operation.name))
        .collect();
    let known = |o: &OperationModel, indicator: &Indicator| {
        (indicator.read)(o).filter(|value| value.is_finite())
    };
    INDICATORS.iter().filter_map(move |indicator| {
        let before: Vec<f64> = earlier.iter().filter_map(|o| known(o, indicator)).collect();
        let now = known(operation, indicator)?;
        (!before.is_empty()).then_some(Row { operation: &operation.name, indicator, before, now })
    })
}

impl Row<'_> {
    fn change(&self, seen: &Comparison) -> ChangeModel {
        let outcome = match seen.outcome {
            Outcome::Regressed => "regressed",
            Outcome::Improved => "improved",
            Outcome::Unchanged => "unchanged",
            Outcome::NotEnoughEvidence { .. } => "not enough evidence",
        };
        let before = seen.old_median;
        ChangeModel {
            operation: self.operation.to_owned(),
            indicator: self.indicator.name.to_owned(),
            before,
            before_min: self.before.iter().copied().fold(f64::INFINITY, f64::min),
            before_max: self.before.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            now: self.now,
            change_ratio: (before != 0.0).then(|| self.now / before - 1.0),
            outcome: outcome.to_owned(),
        }
    }
}
