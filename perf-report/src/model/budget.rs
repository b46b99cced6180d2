//! Error budgets, as the JSON of a report has them.

use super::run::{exact_moment, moment};
use perf_sla::{Budget, BudgetPoint, Budgeting, BurnRate, Excluded};
use serde::{Deserialize, Serialize};

/// The error budget of an objective.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct BudgetModel {
    /// The stretch it is for: `30d`, `month`.
    pub period: String,
    /// `occurrences` or `time_slices`: what it counts.
    pub budgeting: String,
    /// When the period began, RFC 3339 in UTC.
    pub from: String,
    /// Until when it was looked at.
    pub to: String,
    /// The share of that time that was observed.
    pub coverage_ratio: f64,
    /// Events, or slices, in it.
    pub total: u64,
    /// Bad ones of them: at least.
    pub bad_at_least: u64,
    /// Bad ones of them: at most.
    pub bad_at_most: u64,
    /// How many of them may be bad.
    pub allowed: f64,
    /// The share of those that is used up; absent when nothing may be bad and something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_ratio: Option<f64>,
    /// In which time nothing is left, if it goes on so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhausted_in_s: Option<f64>,
    /// How fast it goes.
    pub burn_rates: Vec<BurnRateModel>,
    /// How it went, from nothing at the start of what was observed to all of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<BudgetPointModel>,
    /// What did not count, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<ExcludedModel>,
    /// What the answer would be without exclusions.
    pub status_without_exclusions: String,
}

/// What had happened in a period by a moment of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct BudgetPointModel {
    /// The moment, RFC 3339 in UTC.
    pub at: String,
    /// Events, or slices, until then.
    pub total: u64,
    /// Bad ones of them, at most.
    pub bad: u64,
}

/// How fast a budget goes in a pair of windows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct BurnRateModel {
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// The rate that is too fast.
    pub factor: f64,
    /// The long window.
    pub long_s: f64,
    /// The rate in it.
    pub long_rate: Option<f64>,
    /// How much of it was observed.
    pub long_coverage_ratio: f64,
    /// The short window.
    pub short_s: f64,
    /// The rate in it.
    pub short_rate: Option<f64>,
    /// How much of it was observed.
    pub short_coverage_ratio: f64,
    /// Whether both are too fast.
    pub is_too_fast: bool,
}

/// What an exclusion took out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct ExcludedModel {
    /// The exclusion.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Events that do not count for it.
    pub events: u64,
    /// Bad ones of them.
    pub bad: u64,
    /// How much time that is.
    pub span_s: f64,
}

impl BudgetModel {
    pub(crate) fn new(budget: &Budget) -> Self {
        BudgetModel {
            period: budget.period.to_string(),
            budgeting: match budget.budgeting {
                Budgeting::Occurrences => "occurrences".to_owned(),
                Budgeting::TimeSlices { .. } => "time_slices".to_owned(),
            },
            from: moment(budget.from),
            to: moment(budget.to),
            coverage_ratio: budget.coverage,
            total: budget.total,
            bad_at_least: budget.bad.0,
            bad_at_most: budget.bad.1,
            allowed: budget.allowed,
            consumed_ratio: Some(budget.consumed).filter(|consumed| consumed.is_finite()),
            exhausted_in_s: budget.exhausted_in.map(|time| time.as_secs_f64()),
            burn_rates: budget.burn_rates.iter().map(BurnRateModel::new).collect(),
            history: budget.history.iter().map(BudgetPointModel::new).collect(),
            excluded: budget.excluded.iter().map(ExcludedModel::new).collect(),
            status_without_exclusions: budget.status_without_exclusions.to_string(),
        }
    }
}

impl BurnRateModel {
    fn new(burn: &BurnRate) -> Self {
        BurnRateModel {
            severity: burn.pair.severity.as_str().to_owned(),
            factor: burn.pair.factor,
            long_s: burn.pair.long.as_secs_f64(),
            long_rate: burn.long.rate,
            long_coverage_ratio: burn.long.coverage,
            short_s: burn.pair.short.as_secs_f64(),
            short_rate: burn.short.rate,
            short_coverage_ratio: burn.short.coverage,
            is_too_fast: burn.is_too_fast(),
        }
    }
}

impl BudgetPointModel {
    fn new(point: &BudgetPoint) -> Self {
        BudgetPointModel { at: exact_moment(point.at), total: point.total, bad: point.bad }
    }
}

impl ExcludedModel {
    fn new(excluded: &Excluded) -> Self {
        ExcludedModel {
            name: excluded.name.clone(),
            reason: excluded.reason.clone(),
            events: excluded.events,
            bad: excluded.bad,
            span_s: excluded.span.as_secs_f64(),
        }
    }
}
