//! An operation over all runs, and where it changed.

use super::indicator::Indicator;
use super::run::{LatencyLimit, Reading, Run};
use crate::wording;
use perf_analysis::{ChangePoint, Confidence, change_points};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// As many values as are looked at for changes: of more, the newest.
const MOST_VALUES: usize = 1_000;

/// An operation from run to run.
#[derive(Clone, Debug)]
pub(super) struct History {
    name: String,
    /// One a run; `None` where the run did not have it.
    pub(super) readings: Vec<Option<Reading>>,
    /// By indicator, the earliest first.
    pub(super) changes: Vec<Change>,
    /// What the newest run allows.
    pub(super) limits: Vec<LatencyLimit>,
}

/// That an indicator jumped to another level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) indicator: Indicator,
    /// The first run after it, from 0.
    pub(super) run: usize,
    pub(super) point: ChangePoint,
}

impl History {
    /// Those of the newest run first, then by the time they took in the last run that had them.
    pub(super) fn all(runs: &[Run], is_wanted: impl Fn(&str) -> bool) -> Vec<History> {
        // By name, the last run that has it and its time there.
        let mut last: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
        for (place, run) in runs.iter().enumerate() {
            for (name, reading) in run.operations.iter().filter(|(name, _)| is_wanted(name)) {
                last.insert(name, (place, reading.total_ns));
            }
        }
        let mut names: Vec<(&str, (usize, u64))> = last.into_iter().collect();
        let is_gone = |place: usize| place + 1 < runs.len();
        names.sort_by_key(|(_, (place, total))| (is_gone(*place), Reverse(*total)));
        names.into_iter().map(|(name, _)| History::new(name, runs)).collect()
    }

    fn new(name: &str, runs: &[Run]) -> Self {
        let readings: Vec<_> = runs.iter().map(|run| run.operations.get(name).cloned()).collect();
        let limits = runs.last().into_iter().flat_map(|run| &run.limits);
        let mut history = History {
            name: name.to_owned(),
            readings,
            changes: Vec::new(),
            limits: limits.filter(|limit| limit.operation == name).cloned().collect(),
        };
        history.changes =
            Indicator::ALL.into_iter().flat_map(|i| history.find_changes(i)).collect();
        history
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A value a run.
    pub(super) fn values(&self, indicator: Indicator) -> Vec<Option<f64>> {
        let read = |reading: &Option<Reading>| indicator.read(reading.as_ref()?);
        self.readings.iter().map(read).collect()
    }

    pub(super) fn changes_of(&self, indicator: Indicator) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.indicator == indicator)
    }

    fn find_changes(&self, indicator: Indicator) -> Vec<Change> {
        let Some(floor) = indicator.floor() else { return Vec::new() };
        let values = self.values(indicator).into_iter().enumerate();
        let mut known: Vec<(usize, f64)> =
            values.filter_map(|(run, value)| Some((run, value?))).collect();
        known.drain(..known.len().saturating_sub(MOST_VALUES));
        let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
        // There are not too many, all are finite, and the floor is ours.
        let points = change_points(&values, floor, Confidence::P95).unwrap_or_default();
        let change = |point: ChangePoint| Change { indicator, run: known[point.at].0, point };
        points.into_iter().map(change).collect()
    }
}

impl Change {
    /// As a share of what it was; `None` where that was 0.
    pub(super) fn ratio(&self) -> Option<f64> {
        (self.point.before != 0.0).then(|| self.point.after / self.point.before - 1.0)
    }

    /// `p95 +27.5 %`
    pub(super) fn short(&self) -> String {
        let name = self.indicator.name();
        match self.ratio() {
            Some(ratio) => format!("{name} {}", wording::change(ratio)),
            None => format!("{name} changed"),
        }
    }
}
