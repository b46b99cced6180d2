//! What was told, and how often.

use crate::alert::{Alert, Labels};
use crate::notification::{Notification, Reason};
use perf_sla::Severity;
use std::collections::{BTreeMap, VecDeque};
use std::time::SystemTime;

/// What is remembered of what was told.
const KEPT: usize = 1_000;

/// One thing that somebody was told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ToldAlert {
    /// When.
    pub at: SystemTime,
    /// Why.
    pub reason: Reason,
    /// The rule that found it.
    pub rule: String,
    /// What tells it from others.
    pub labels: Labels,
    /// How urgent it was then.
    pub severity: Severity,
    /// What was said.
    pub summary: String,
}

/// How often somebody was told that something began to fire, and what fires now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AlertSummary {
    /// Alerts that were told to begin, ever.
    pub total: u64,
    /// The same by how urgent they were then, the least urgent first.
    pub by_severity: [(Severity, u64); 3],
    /// Rules with how many of them they found, the most frequent first; at most ten.
    pub most_frequent: Vec<(String, u64)>,
    /// What fires now, told or not, the most urgent first.
    pub active: Vec<Alert>,
    /// How many of `active` nobody is told of: silenced, excluded or inhibited in the last round.
    pub muted: usize,
}

/// The last of what was told, and the sums of all.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    told: VecDeque<ToldAlert>,
    pub(crate) by_rule: BTreeMap<String, u64>,
    pub(crate) by_severity: [u64; 3],
}

impl History {
    /// Adds what is told of the alerts that are `new` to their readers.
    pub(crate) fn add(&mut self, notification: &Notification, began: &[bool]) {
        for (alert, began) in notification.alerts.iter().zip(began) {
            if *began {
                *self.by_rule.entry(alert.rule.clone()).or_default() += 1;
                self.by_severity[alert.severity as usize] += 1;
            }
            if self.told.len() == KEPT {
                self.told.pop_front();
            }
            self.told.push_back(ToldAlert {
                at: notification.at,
                reason: notification.reason,
                rule: alert.rule.clone(),
                labels: alert.labels.clone(),
                severity: alert.severity,
                summary: alert.summary.clone(),
            });
        }
    }

    pub(crate) fn told(&self) -> impl DoubleEndedIterator<Item = &ToldAlert> {
        self.told.iter()
    }

    pub(crate) fn most_frequent(&self) -> Vec<(String, u64)> {
        let mut rules: Vec<_> =
            self.by_rule.iter().map(|(rule, count)| (rule.clone(), *count)).collect();
        rules.sort_by(|(a, few), (b, many)| many.cmp(few).then_with(|| a.cmp(b)));
        rules.truncate(10);
        rules
    }
}
