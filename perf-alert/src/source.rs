//! Where the engine looks.

use crate::rules::{Kind, Look, Rules};
use crate::stage_watch::StageWatch;
use perf_core::{Profiler, Snapshot, StandingWindow, Timeline, Window};
use perf_sla::{EventHistory, Quantity, Subject, Target};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Windows that are kept up to date; further lengths are added up each round.
const MOST_STANDING: usize = 8;

/// A profiler and its timeline as the rules want to see them: the windows they share are kept up to date, so
/// that a round reads each of them once.
///
/// It has the profiler count from now on what the rules need: calls over their limits, the last calls of an
/// operation, the stages of requests. [`SlaConfig::watch`](perf_sla::SlaConfig::watch) does that for the
/// targets of a file. Somebody has to tick the timeline, such as
/// [`Profiler::spawn_timeline`](perf_core::Profiler::spawn_timeline).
pub struct Source {
    pub(crate) profiler: Profiler,
    pub(crate) timeline: Timeline,
    standing: BTreeMap<Duration, StandingWindow>,
    pub(crate) stages: StageWatch,
    pub(crate) saved: EventHistory,
}

impl Source {
    /// Watches `profiler` for `rules`.
    pub fn new(profiler: &Profiler, rules: &Rules) -> Self {
        let timeline = profiler.timeline();
        let standing = rules.windows.iter().take(MOST_STANDING);
        let standing = standing.map(|last| (*last, timeline.standing_window(*last))).collect();
        let probes = || rules.rules.iter().flat_map(|rule| &rule.probes);
        let mut most: BTreeMap<&str, usize> = BTreeMap::new();
        let mut stages = Vec::new();
        for probe in probes() {
            if let Look::Last { operation, calls } = &probe.look {
                let known = most.entry(operation).or_default();
                *known = (*known).max(*calls);
            }
            match &probe.kind {
                Kind::Limit { target, steps, .. } => {
                    let targets = [target].into_iter().chain(steps.iter().map(|(_, step)| step));
                    targets.for_each(|target| count_over(profiler, target));
                }
                Kind::StageShare { stage, .. } => stages.push(stage.clone()),
                _ => {}
            }
        }
        for (operation, calls) in most {
            profiler.operation(operation).keep_recent(calls);
        }
        let stages = StageWatch::new(profiler, stages);
        let (profiler, saved) = (profiler.clone(), EventHistory::default());
        Source { profiler, timeline, standing, stages, saved }
    }

    /// With the events of objectives that an earlier process left.
    #[must_use]
    pub fn with_history(self, saved: EventHistory) -> Self {
        Source { saved, ..self }
    }

    /// What the profiler's clock says.
    pub(crate) fn now(&self) -> Duration {
        let coverage = self.timeline.window(Duration::ZERO).coverage();
        coverage.to() + coverage.age()
    }

    /// The last `last`.
    pub(crate) fn window(&self, last: Duration) -> (Window, Snapshot) {
        let window = match self.standing.get(&last) {
            Some(standing) => standing.window(),
            None => self.timeline.window(last),
        };
        let snapshot = window.snapshot();
        (window, snapshot)
    }
}

/// Has calls over the limit of a target counted. An operation has only so many limits: those beyond are
/// judged by buckets, in the direction that cannot flatter.
fn count_over(profiler: &Profiler, target: &Target) {
    if let (Subject::Operation(name), Quantity::Time(limit)) = (&target.subject, target.limit) {
        let _ = profiler.operation(name).limits(&[limit]);
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("profiler", &self.profiler).finish_non_exhaustive()
    }
}
