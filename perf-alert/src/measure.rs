//! What a round says of each thing that a rule looks at.

mod budget;
mod limit;
mod trend;

use crate::alert::Labels;
use crate::round::Round;
use crate::rules::{Kind, Probe};
use crate::stage_watch::StageShare;
use perf_analysis::Trend;
use perf_sla::{Check, Severity};
use std::sync::Arc;

/// What one round says of one alert.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) labels: Arc<Labels>,
    pub(crate) outcome: Outcome,
    pub(crate) evidence: Evidence,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Violated(Severity),
    /// Within the limit, but not within that of recovery.
    Between,
    Met,
    /// Too little to say: nothing begins and nothing ends by it.
    Inconclusive,
    NoData,
}

/// What a reading rests on.
#[derive(Clone, Debug)]
pub(crate) enum Evidence {
    Check(Box<Check>),
    Stage(StageShare),
    Trend(Trend),
    Nothing,
}

impl Probe {
    /// What the round says, of each value of a label.
    pub(crate) fn measure(&self, round: &Round<'_>) -> Vec<Reading> {
        let one = |outcome, evidence| {
            vec![Reading { labels: Arc::clone(&self.labels), outcome, evidence }]
        };
        if round.is_stale(&self.look) {
            return match &self.kind {
                Kind::NoData { severity, .. } => {
                    one(Outcome::Violated(*severity), Evidence::Nothing)
                }
                Kind::Objective { .. } => self.budget(round),
                _ => one(Outcome::NoData, Evidence::Nothing),
            };
        }
        match &self.kind {
            Kind::Limit { .. } => self.limits(round),
            Kind::NoData { .. } => self.presence(round),
            Kind::StageShare { stage, steps, recovery } => {
                let back = round.window(&self.look).map(|window| window.coverage().asked());
                let since = round.data.now.checked_sub(back.unwrap_or_default());
                let worst = since.and_then(|since| round.source.stages.worst(stage, since));
                let Some(worst) = worst else {
                    return one(Outcome::NoData, Evidence::Nothing);
                };
                let step = steps.iter().find(|(_, share)| worst.share > *share);
                let outcome = match step {
                    Some((severity, _)) => Outcome::Violated(*severity),
                    None if worst.share > *recovery => Outcome::Between,
                    None => Outcome::Met,
                };
                one(outcome, Evidence::Stage(worst))
            }
            Kind::Trend { .. } => self.trend(round),
            Kind::Objective { .. } => self.budget(round),
        }
    }
}
