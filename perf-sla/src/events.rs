//! Good and bad events, and when they were: what objectives are judged by.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// The good and bad events of each objective, in stretches of time that follow each other.
///
/// One comes from a snapshot, one from a timeline, one from the process before: what was
/// [saved](crate::EventHistory::to_toml) goes on in the next process.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventHistory {
    /// By the objective's name; of each the oldest stretch first.
    pub(crate) objectives: BTreeMap<String, Vec<Events>>,
}

/// The events of one stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Events {
    /// When it began.
    pub from: SystemTime,
    /// When it ended.
    pub to: SystemTime,
    /// All events.
    pub total: u64,
    /// Bad events: at least and at most. They are the same where the limit was counted exactly.
    pub bad: (u64, u64),
}

/// How many events there were, and how many of them were bad: at least and at most.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) total: u64,
    pub(crate) bad: (u64, u64),
}

impl Counts {
    /// Where the bad ones are known.
    pub(crate) fn exact(total: u64, bad: u64) -> Self {
        Counts { total, bad: (bad, bad) }
    }

    #[must_use]
    pub(crate) fn plus(self, other: Counts) -> Counts {
        Counts {
            total: self.total.saturating_add(other.total),
            bad: (self.bad.0.saturating_add(other.bad.0), self.bad.1.saturating_add(other.bad.1)),
        }
    }
}

impl Events {
    pub(crate) fn counts(&self) -> Counts {
        Counts { total: self.total, bad: self.bad }
    }

    pub(crate) fn span(&self) -> Duration {
        self.to.duration_since(self.from).unwrap_or_default()
    }
}

impl EventHistory {
    /// The stretches of an objective, oldest first.
    pub fn of(&self, objective: &str) -> &[Events] {
        self.objectives.get(objective).map_or(&[], Vec::as_slice)
    }

    /// This and what came later: of an earlier process and of this one. Stretches of `later` that begin
    /// before an objective's last one here has ended are left out, so that nothing counts twice.
    #[must_use]
    pub fn then(mut self, later: &EventHistory) -> EventHistory {
        for (objective, events) in &later.objectives {
            let known = self.objectives.entry(objective.clone()).or_default();
            let end = known.last().map(|last| last.to);
            known.extend(events.iter().filter(|events| end.is_none_or(|end| events.from >= end)));
        }
        self
    }

    /// Without what began before `start`, give or take what two readings of a clock differ.
    pub(crate) fn since(mut self, start: SystemTime) -> EventHistory {
        const APART: Duration = Duration::from_millis(10);
        let start = start.checked_sub(APART).unwrap_or(start);
        for events in self.objectives.values_mut() {
            events.retain(|events| events.from >= start);
        }
        self.objectives.retain(|_, events| !events.is_empty());
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.objectives.is_empty()
    }

    pub(crate) fn push(&mut self, objective: &str, events: Events) {
        self.objectives.entry(objective.to_owned()).or_default().push(events);
    }
}
