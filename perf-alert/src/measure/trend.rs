//! Readings that go somewhere.

use super::{Evidence, Outcome, Reading};
use crate::round::Round;
use crate::rules::{Kind, Probe};
use perf_analysis::{Confidence, Direction, Floor};
use std::sync::Arc;

/// Intervals that a trend is judged by, at least.
const FEWEST: usize = 8;

impl Probe {
    /// A trend is there when it is sure and the change over the window more than 10 %.
    pub(super) fn trend(&self, round: &Round<'_>) -> Vec<Reading> {
        let Kind::Trend { severity, operation, reading, direction } = &self.kind else {
            return Vec::new();
        };
        let Some(window) = round.window(&self.look) else { return Vec::new() };
        let labels = Arc::clone(&self.labels);
        let is_there = window.operation(operation).is_some_and(|calls| calls.count() > 0);
        let seen = reading.trend(window, operation, Floor::default(), Confidence::P95);
        let (outcome, evidence) = match seen {
            _ if !is_there => (Outcome::NoData, Evidence::Nothing),
            Ok(trend) if trend.points >= FEWEST => {
                let outcome = match trend.direction {
                    seen if seen == *direction => Outcome::Violated(*severity),
                    Direction::NotEnoughEvidence => Outcome::Inconclusive,
                    _ => Outcome::Met,
                };
                (outcome, Evidence::Trend(trend))
            }
            _ => (Outcome::Inconclusive, Evidence::Nothing),
        };
        vec![Reading { labels, outcome, evidence }]
    }
}
