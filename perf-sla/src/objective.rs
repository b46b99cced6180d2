//! An objective: which share of events is to be good, over which period.

use crate::burn_rate::BurnRatePair;
use crate::good::Good;
use crate::period::Period;
use crate::rule::Rule;
use std::time::Duration;

/// A share of good events that is promised over a period. What may be bad is its error budget.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Objective {
    /// Its name: unique in the file.
    pub name: String,
    /// What it promises, for people.
    pub description: String,
    /// The operation whose calls are the events; `None` is the whole. Of a joint condition the events are
    /// requests, and of a metric what its counters count.
    pub operation: Option<String>,
    /// Which events are good.
    pub good: Good,
    /// The share that is to be good, below 1.0.
    pub target: f64,
    /// The stretch it is promised over.
    pub period: Period,
    /// What is counted.
    pub budgeting: Budgeting,
    /// When the budget is spent too fast, the most urgent first.
    pub burn_rates: Vec<BurnRatePair>,
    /// How it is judged.
    pub rule: Rule,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}

impl Objective {
    /// The share of events that may be bad: `0.001` of 99.9 %.
    pub fn allowed(&self) -> f64 {
        allowed(self.target)
    }
}

/// What is left of 1, in decimal: of 0.999 it is 0.001 and not 0.0010000000000000009.
pub(crate) fn allowed(target: f64) -> f64 {
    ((1.0 - target) * 1e15).round() / 1e15
}

/// What an error budget is counted in (OpenSLO's `budgetingMethod`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Budgeting {
    /// Events: of 1,000,000 at 99.9 %, 1,000 may be bad.
    #[default]
    Occurrences,
    /// Slices of time: a slice is good when at least a share of its events is.
    TimeSlices {
        /// How long a slice is.
        length: Duration,
        /// The share of events that must be good in it.
        target: f64,
    },
}
