//! Limits that are broken, and data that are missing.

use super::{Evidence, Outcome, Reading};
use crate::alert::Labels;
use crate::round::Round;
use crate::rules::{Kind, Probe};
use perf_sla::{Bound, Check, Indicator, Judge, Metric, Status, Target};
use std::sync::Arc;

impl Probe {
    pub(super) fn limits(&self, round: &Round<'_>) -> Vec<Reading> {
        let Kind::Limit { severity, target, steps, recovery, metric } = &self.kind else {
            return Vec::new();
        };
        let Some(judge) = round.judge(&self.look) else { return Vec::new() };
        let checks = checks(judge, target, metric.as_ref());
        let reading = |check: Check| {
            let same = |other: &Target| checks_of(judge, other, metric.as_ref(), &check);
            // What is told is the limit that says how urgent it is.
            let mut broken = None;
            let outcome = match check.status {
                _ if is_empty(&check) => Outcome::NoData,
                Status::Inconclusive => Outcome::Inconclusive,
                // That too little has happened can only be said of a window that is full.
                Status::Violated if is_floor(target) && !round.is_whole(&self.look) => {
                    Outcome::Inconclusive
                }
                Status::Violated => {
                    let is_violated = |check: &Check| check.status == Status::Violated;
                    let step = steps.iter().find_map(|(severity, step)| {
                        Some((*severity, same(step).filter(is_violated)?))
                    });
                    let (severity, check) =
                        step.map_or((*severity, None), |(severity, check)| (severity, Some(check)));
                    broken = check;
                    Outcome::Violated(severity)
                }
                Status::Met => match recovery {
                    None => Outcome::Met,
                    Some(recovery) => match same(recovery).map(|check| check.status) {
                        Some(Status::Met) => Outcome::Met,
                        _ => Outcome::Between,
                    },
                },
            };
            let labels = self.with_label(&check);
            Reading {
                labels,
                outcome,
                evidence: Evidence::Check(Box::new(broken.unwrap_or(check))),
            }
        };
        checks.into_iter().map(reading).collect()
    }

    /// Violated when there is nothing, met when there is something.
    pub(super) fn presence(&self, round: &Round<'_>) -> Vec<Reading> {
        let Kind::NoData { severity, target, metric } = &self.kind else { return Vec::new() };
        let Some(judge) = round.judge(&self.look) else { return Vec::new() };
        let reading = |check: Check| {
            let outcome = match check.samples {
                0 if round.is_whole(&self.look) => Outcome::Violated(*severity),
                0 => Outcome::Inconclusive,
                _ => Outcome::Met,
            };
            Reading { labels: self.with_label(&check), outcome, evidence: Evidence::Nothing }
        };
        checks(judge, target, metric.as_ref()).into_iter().map(reading).collect()
    }

    /// The labels of the alert that a check is about.
    fn with_label(&self, check: &Check) -> Arc<Labels> {
        let Some((key, value)) = &check.label else { return Arc::clone(&self.labels) };
        let mut labels = Labels::from([(key.clone(), value.clone())]);
        // What tells rules apart is not for a metric to say.
        labels.extend(self.labels.iter().map(|(key, value)| (key.clone(), value.clone())));
        Arc::new(labels)
    }
}

/// One check, or one for each value of a label.
fn checks(judge: &Judge<'_>, target: &Target, metric: Option<&Metric>) -> Vec<Check> {
    match metric {
        Some(metric) => judge.metric(target, metric),
        None => judge.target(target),
    }
}

/// The check of another target for what `check` is about.
fn checks_of(
    judge: &Judge<'_>,
    target: &Target,
    metric: Option<&Metric>,
    check: &Check,
) -> Option<Check> {
    checks(judge, target, metric).into_iter().find(|other| other.label == check.label)
}

fn is_empty(check: &Check) -> bool {
    check.samples == 0 && check.observed.is_none()
}

fn is_floor(target: &Target) -> bool {
    use Indicator::{Growth, Rate, Throughput};
    target.bound == Bound::AtLeast && matches!(target.indicator, Throughput | Rate | Growth)
}
