//! From measurements to a verdict.

mod data;
mod judge;
mod metrics;
mod sliding;

use crate::config::SlaConfig;
use crate::events::EventHistory;
use crate::quantity::Quantity;
use crate::verdict::Verdict;
use data::Data;
pub use judge::Judge;
pub(crate) use metrics::{growth, ratio_counts};
use perf_core::{Snapshot, Timeline, Window};
use std::time::Duration;

/// As far back as a timeline has distributions: about an hour.
const DETAIL: Duration = Duration::from_secs(3_600);

impl SlaConfig {
    /// Judges every target and every objective on `snapshot`: the whole of its interval.
    ///
    /// The budget of an objective is then that of this interval; [`Check::budget`](crate::Check::budget) says how much of the
    /// period it covers.
    pub fn evaluate(&self, snapshot: &Snapshot) -> Verdict {
        let mut verdict = self.verdict(snapshot, None);
        let history = self.events_of(snapshot);
        verdict.checks.extend(self.evaluate_objectives(&history, snapshot.taken_at()));
        verdict
    }

    /// Judges a run, such as a load test, by the snapshot at its end and the timeline of the same
    /// profiler: as [`evaluate`](Self::evaluate), but targets with a `window` on the worst stretch of that
    /// length, gauges by their worst value, and objectives by when their events were, as far back as the
    /// timeline has them (an hour; 30 days for objectives).
    pub fn evaluate_run(&self, snapshot: &Snapshot, timeline: &Timeline) -> Verdict {
        let window = timeline.window_since(snapshot.from());
        let mut verdict = self.verdict(snapshot, Some(&window));
        let taken_at = snapshot.taken_at();
        let start = taken_at.checked_sub(snapshot.interval()).unwrap_or(taken_at);
        let by_time = self.events_of_timeline(timeline).since(start);
        let history = if by_time.is_empty() { self.events_of(snapshot) } else { by_time };
        verdict.checks.extend(self.evaluate_objectives(&history, taken_at));
        verdict
    }

    /// Judges every target and every objective on what a timeline knows: targets on about the last hour
    /// without the warm-up, those with a `window` on the worst stretch of that length, objectives on
    /// their period.
    ///
    /// `saved` is what an earlier process left ([`EventHistory`]).
    pub fn evaluate_timeline(&self, timeline: &Timeline, saved: Option<&EventHistory>) -> Verdict {
        let window = match self.warm_up {
            Some(warm_up) => timeline.window_since(warm_up),
            None => timeline.window(DETAIL),
        };
        let snapshot = window.snapshot();
        let mut verdict = self.verdict(&snapshot, Some(&window));
        let history = saved.cloned().unwrap_or_default().then(&self.events_of_timeline(timeline));
        verdict.checks.extend(self.evaluate_objectives(&history, snapshot.taken_at()));
        verdict
    }

    /// Of the targets alone.
    fn verdict(&self, snapshot: &Snapshot, window: Option<&Window>) -> Verdict {
        let mut verdict = Verdict::new(self, Data::new(snapshot, window).checks(self));
        if let Some(warm_up) = self.warm_up.filter(|warm_up| snapshot.from() < *warm_up) {
            verdict.notes.push(format!(
                "the warm-up of {} is part of what was judged; judge a timeline, or what came since a \
                 snapshot at its end",
                Quantity::Time(warm_up)
            ));
        }
        verdict
    }
}
