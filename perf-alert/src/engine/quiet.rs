//! How long nothing will happen.

use super::Engine;
use crate::rules::{Compiled, Kind};
use crate::state::{Phase, State};
use perf_core::saturating_nanos as nanos;
use std::time::Duration;

impl Engine {
    /// How long all rounds would be as the last one, which changed nothing, if nothing is measured meanwhile; `None`
    /// where that hangs on the time of day as well: periods of objectives, silences, exclusions.
    pub(crate) fn quiet_for(&self) -> Option<Duration> {
        let Engine { rules, alerts, silences, .. } = self;
        let mut probes = rules.rules.iter().flat_map(|rule| &rule.probes);
        let hangs_on_the_day = probes.any(|probe| matches!(probe.kind, Kind::Objective { .. }))
            || !(rules.planned.is_empty() && rules.exclusions.is_empty())
            || silences.all().next().is_some();
        if hangs_on_the_day {
            return None;
        }
        let now = self.clock.elapsed();
        let of_rules = rules.rules.iter().zip(&alerts.by_rule);
        let times = of_rules.flat_map(|(rule, alerts)| {
            alerts.values().flat_map(move |entry| times(&entry.state, rule))
        });
        let next = times.filter(|time| *time > now).min();
        Some(next.map_or(Duration::MAX, |next| Duration::from_nanos(next - now)))
    }
}

/// When something can become of an alert because so much time has passed.
fn times(state: &State, rule: &Compiled) -> impl Iterator<Item = u64> {
    let alert = &rule.alert;
    let after = |since: u64, wait: Duration| since.saturating_add(nanos(wait));
    let cold = state.fired.map(|fired| after(fired.at, alert.cooldown));
    let times = match &state.phase {
        Phase::Inactive => [None; 4],
        Phase::Pending { since } => [Some(after(*since, alert.pending)), None, None, None],
        Phase::Firing(firing) => [
            firing.met_since.map(|since| after(since, alert.keep_firing)),
            alert.escalate_after.map(|wait| after(firing.since, wait)),
            firing.told.map(|told| after(told.at, alert.cooldown)),
            firing.told.map(|told| after(told.at, rule.repeat)),
        ],
    };
    times.into_iter().chain([cold]).flatten()
}
