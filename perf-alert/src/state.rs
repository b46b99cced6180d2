//! What becomes of one alert from round to round.

use crate::flap::Flap;
use crate::measure::Outcome;
use perf_core::saturating_nanos as nanos;
use perf_sla::{AlertRule, Severity, WithoutData};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where one alert is. Times are the engine's, in ns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) phase: Phase,
    pub(crate) flap: Flap,
    /// When somebody was told last that it began, and what then became of it.
    pub(crate) fired: Option<Fired>,
}

/// What somebody knows of the last time that it fired.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fired {
    /// When they were told that it began.
    pub(crate) at: u64,
    /// The highest severity that they were told since.
    #[serde(with = "crate::saved::severity")]
    pub(crate) severity: Severity,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) enum Phase {
    #[default]
    Inactive,
    /// Violated, but not long enough to tell.
    Pending {
        since: u64,
    },
    Firing(Firing),
}

/// An alert that fires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Firing {
    pub(crate) since: u64,
    /// When it began, by the clock on the wall, in ns since 1970.
    pub(crate) started: u64,
    /// As it was measured last.
    #[serde(with = "crate::saved::severity")]
    pub(crate) measured: Severity,
    pub(crate) is_escalated: bool,
    /// Since when it is met: kept firing so long.
    pub(crate) met_since: Option<u64>,
    pub(crate) told: Option<Told>,
}

/// What somebody was told last of an alert that fires.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) at: u64,
    #[serde(with = "crate::saved::severity")]
    pub(crate) severity: Severity,
    /// Whether they know that it flaps.
    pub(crate) of_flapping: bool,
}

/// When a round is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// As the engine counts it.
    pub(crate) at: u64,
    /// By the clock on the wall, in ns since 1970.
    pub(crate) wall: u64,
}

impl State {
    /// Goes on by a round. What has ended with it is handed back.
    pub(crate) fn step(
        &mut self,
        outcome: Outcome,
        without_data: WithoutData,
        rule: &AlertRule,
        now: Moment,
    ) -> Option<Firing> {
        let outcome = match (outcome, without_data) {
            (Outcome::NoData, WithoutData::Keep) => Outcome::Inconclusive,
            (Outcome::NoData, WithoutData::Resolve) => Outcome::Met,
            (Outcome::NoData, WithoutData::Fire) => {
                Outcome::Violated(rule.severity.unwrap_or_default())
            }
            (outcome, _) => outcome,
        };
        if rule.flapping {
            match outcome {
                Outcome::Violated(_) => drop(self.flap.push(true)),
                Outcome::Met => drop(self.flap.push(false)),
                Outcome::Between | Outcome::Inconclusive | Outcome::NoData => {}
            }
        }
        let ended = match outcome {
            Outcome::Violated(severity) => {
                self.violated(severity, rule, now);
                None
            }
            Outcome::Met => self.met(rule, now),
            Outcome::Between => {
                if let Phase::Pending { .. } = self.phase {
                    self.phase = Phase::Inactive;
                }
                if let Phase::Firing(firing) = &mut self.phase {
                    firing.met_since = None;
                }
                None
            }
            Outcome::Inconclusive | Outcome::NoData => None,
        };
        if let (Phase::Firing(firing), Some(after)) = (&mut self.phase, rule.escalate_after) {
            firing.is_escalated |= now.at.saturating_sub(firing.since) >= nanos(after);
        }
        ended
    }

    fn violated(&mut self, severity: Severity, rule: &AlertRule, now: Moment) {
        let since = match &mut self.phase {
            Phase::Firing(firing) => {
                (firing.measured, firing.met_since) = (severity, None);
                return;
            }
            Phase::Pending { since } => *since,
            Phase::Inactive => now.at,
        };
        self.phase = if now.at.saturating_sub(since) >= nanos(rule.pending) {
            Phase::Firing(Firing {
                since: now.at,
                started: now.wall,
                measured: severity,
                is_escalated: false,
                met_since: None,
                told: None,
            })
        } else {
            Phase::Pending { since }
        };
    }

    fn met(&mut self, rule: &AlertRule, now: Moment) -> Option<Firing> {
        if let Phase::Firing(firing) = &mut self.phase {
            let since = *firing.met_since.get_or_insert(now.at);
            // What changes all the time goes on until it settles.
            if self.flap.is_flapping() || now.at.saturating_sub(since) < nanos(rule.keep_firing) {
                return None;
            }
        }
        match std::mem::take(&mut self.phase) {
            Phase::Firing(firing) => Some(firing),
            Phase::Inactive | Phase::Pending { .. } => None,
        }
    }

    pub(crate) fn firing(&self) -> Option<&Firing> {
        match &self.phase {
            Phase::Firing(firing) => Some(firing),
            _ => None,
        }
    }

    /// The highest severity that somebody was told of it while it has fired.
    pub(crate) fn told(&self) -> Option<Severity> {
        self.firing()?.told.and(self.fired).map(|fired| fired.severity)
    }

    /// Nothing would be different without it.
    pub(crate) fn is_forgettable(&self, cooldown: Duration, now: u64) -> bool {
        let is_cold =
            self.fired.is_none_or(|fired| now.saturating_sub(fired.at) >= nanos(cooldown));
        self.phase == Phase::Inactive && self.flap.is_quiet() && is_cold
    }
}

impl Firing {
    /// How urgent it is now.
    pub(crate) fn severity(&self) -> Severity {
        match (self.is_escalated, self.measured) {
            (false, severity) => severity,
            (true, Severity::Info) => Severity::Warning,
            (true, _) => Severity::Critical,
        }
    }
}
