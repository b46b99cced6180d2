//! Error budgets that are spent too fast.

use super::{Evidence, Outcome, Reading};
use crate::round::Round;
use crate::rules::{Kind, Probe};
use perf_sla::{Budget, Check, Severity, Status};
use std::sync::Arc;

impl Probe {
    /// As urgent as the most urgent pair of windows in which the budget goes too fast.
    pub(super) fn budget(&self, round: &Round<'_>) -> Vec<Reading> {
        let Kind::Objective { place, severity } = &self.kind else { return Vec::new() };
        let Some(check) = round.data.objectives.get(*place) else { return Vec::new() };
        let outcome = match &check.budget {
            Some(budget) => outcome(check, budget, *severity),
            None => Outcome::NoData,
        };
        let evidence = Evidence::Check(Box::new(check.clone()));
        vec![Reading { labels: Arc::clone(&self.labels), outcome, evidence }]
    }
}

fn outcome(check: &Check, budget: &Budget, severity: Option<Severity>) -> Outcome {
    let too_fast = budget.burn_rates.iter().filter(|burn| burn.is_too_fast());
    if let Some(most) = too_fast.map(|burn| burn.pair.severity).max() {
        return Outcome::Violated(severity.unwrap_or(most));
    }
    if budget.burn_rates.is_empty() {
        return match check.status {
            _ if check.samples == 0 => Outcome::NoData,
            Status::Violated => Outcome::Violated(severity.unwrap_or_default()),
            Status::Met => Outcome::Met,
            Status::Inconclusive => Outcome::Inconclusive,
        };
    }
    if budget.burn_rates.iter().all(|burn| burn.long.total == 0) {
        return Outcome::NoData;
    }
    // Too fast, but of too few events to say so.
    let is_open = budget.burn_rates.iter().any(|burn| {
        let reaches = |rate: Option<f64>| rate.is_some_and(|rate| rate >= burn.pair.factor);
        burn.long.total < burn.pair.min_events
            && reaches(burn.long.rate)
            && reaches(burn.short.rate)
    });
    if is_open { Outcome::Inconclusive } else { Outcome::Met }
}
