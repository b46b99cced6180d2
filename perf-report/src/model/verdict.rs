//! What an SLA file says, as the JSON of a report has it.

use super::BudgetModel;
use super::nanos;
use perf_sla::{Bound, Check, Quantity, Status, Subject, Verdict};
use serde::{Deserialize, Serialize};

/// What an SLA file says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct VerdictModel {
    /// `met`, `violated` or `inconclusive`.
    pub status: String,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Each target with its answer.
    pub checks: Vec<CheckModel>,
    /// What the reader should know beside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A target with its answer. Of the pairs of limit and observed value, one is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct CheckModel {
    /// `met`, `violated` or `inconclusive`.
    pub status: String,
    /// What it is for: `overall`, an operation, metric or objective by name, `resources`.
    pub subject: String,
    /// The operation, if it is for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The label and its value, where each value of a label is judged by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<(String, String)>,
    /// `p95`, `mean`, `max`, `throughput`, `success rate`, …
    pub indicator: String,
    /// Where it stands in the SLA file: `operations.retrieval.max_p95`.
    pub path: String,
    /// The whole in a sentence: `Operation 'retrieval' P95 (125.6ms) exceeds target (100.0ms)`.
    pub sentence: String,
    /// Whether the limit is the smallest value allowed.
    pub is_minimum: bool,
    /// The limit of a latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_ns: Option<u64>,
    /// The latency observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_ns: Option<u64>,
    /// Where the true latency lies, at 95 %: the lower end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_low_ns: Option<u64>,
    /// The upper end; absent when no number of calls seen is a bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_high_ns: Option<u64>,
    /// The limit of a throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_per_second: Option<f64>,
    /// The throughput observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_per_second: Option<f64>,
    /// The limit of a success rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_ratio: Option<f64>,
    /// The success rate observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_ratio: Option<f64>,
    /// The limit of a size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<u64>,
    /// The size observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_bytes: Option<u64>,
    /// The limit of a number without a unit of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_value: Option<f64>,
    /// The number observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_value: Option<f64>,
    /// How far the observed value is from the limit, as a share of the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin_ratio: Option<f64>,
    /// How many calls it was judged on.
    pub samples: u64,
    /// Calls that took too long or failed: at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_at_least: Option<u64>,
    /// Calls that took too long or failed: at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_at_most: Option<u64>,
    /// Where the true share of those lies, at 95 %: the lower end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_ratio_low: Option<f64>,
    /// The upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_ratio_high: Option<f64>,
    /// Calls it takes, at the present rate, until the answer is firm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples_needed: Option<u64>,
    /// Without data: the operation that was recorded and has a name like this one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
    /// The stretch it was judged on, where the file asks for the worst one: from the start of the
    /// profiler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_from_ns: Option<u64>,
    /// The end of that stretch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_to_ns: Option<u64>,
    /// The error budget of an objective.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<BudgetModel>,
    /// What the reader should know beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The line of the SLA file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

impl VerdictModel {
    pub(crate) fn new(verdict: &Verdict) -> Self {
        VerdictModel {
            status: verdict.status().to_string(),
            source: verdict.source().map(|path| path.display().to_string()),
            checks: verdict.checks().iter().map(CheckModel::new).collect(),
            notes: verdict.notes().to_vec(),
        }
    }
}

impl CheckModel {
    fn new(check: &Check) -> Self {
        let mut model = CheckModel {
            status: check.status.to_string(),
            subject: check.target.subject.to_string(),
            operation: check.target.operation().map(str::to_owned),
            label: check.label.clone(),
            indicator: check.target.indicator.to_string(),
            path: check.target.path.clone(),
            sentence: check.to_string(),
            is_minimum: check.target.bound == Bound::AtLeast,
            margin_ratio: check.margin(),
            samples: check.samples,
            bad_at_least: check.bad.map(|(least, _)| least),
            bad_at_most: check.bad.map(|(_, most)| most),
            interval_low_ns: check.interval.0.and_then(time),
            interval_high_ns: check.interval.1.and_then(time),
            bad_ratio_low: check.bad_share.map(|(low, _)| low),
            bad_ratio_high: check.bad_share.map(|(_, high)| high),
            samples_needed: check.samples_needed,
            window_from_ns: check.window.map(|window| nanos(window.from)),
            window_to_ns: check.window.map(|window| nanos(window.to)),
            budget: check.budget.as_ref().map(BudgetModel::new),
            note: check.note.clone(),
            did_you_mean: check.did_you_mean.clone(),
            line: check.target.line,
            ..CheckModel::default()
        };
        match check.target.limit {
            Quantity::Time(limit) => model.limit_ns = Some(nanos(limit)),
            Quantity::Rate(limit) => model.limit_per_second = Some(limit),
            Quantity::Ratio(limit) => model.limit_ratio = Some(limit),
            Quantity::Bytes(limit) => model.limit_bytes = Some(limit),
            Quantity::Number(limit) => model.limit_value = Some(limit),
            _ => {}
        }
        match check.observed {
            Some(Quantity::Time(time)) => model.observed_ns = Some(nanos(time)),
            Some(Quantity::Rate(rate)) => model.observed_per_second = Some(rate),
            Some(Quantity::Ratio(ratio)) => model.observed_ratio = Some(ratio),
            Some(Quantity::Bytes(bytes)) => model.observed_bytes = Some(bytes),
            Some(Quantity::Number(number)) => model.observed_value = Some(number),
            _ => {}
        }
        model
    }

    /// Whether it is for the whole.
    pub(crate) fn is_overall(&self) -> bool {
        self.operation.is_none() && self.subject == Subject::Overall.to_string()
    }

    pub(crate) fn has_status(&self, status: Status) -> bool {
        self.status == status.to_string()
    }
}

fn time(quantity: Quantity) -> Option<u64> {
    match quantity {
        Quantity::Time(time) => Some(nanos(time)),
        _ => None,
    }
}
