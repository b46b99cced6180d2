//! What has to be counted while it happens, and reading it back.

use crate::config::SlaConfig;
use crate::evaluate::{growth, ratio_counts};
use crate::events::{Counts, EventHistory, Events};
use crate::good::{Good, is_good};
use crate::judge::over;
use crate::objective::Objective;
use crate::series_pattern::SeriesPattern;
use perf_core::{OperationSnapshot, OperationTotals, Profiler, Snapshot, Timeline, TooManyLimits};
use std::time::{Duration, SystemTime};

/// As far back as a timeline has counts.
const ALL: Duration = Duration::from_secs(30 * 86_400);

/// Counts the good requests of a joint condition, with the label `objective`.
pub(crate) const GOOD_REQUESTS: &str = "sla_good_requests_total";
/// Counts all requests beside it.
pub(crate) const REQUESTS: &str = "sla_requests_total";

impl SlaConfig {
    /// Has `profiler` count from now on what this file needs, so that verdicts rest on exact counts and
    /// not on buckets: calls over its latency limits, and good requests of its joint conditions (the
    /// counters `sla_requests_total` and `sla_good_requests_total`). To be called once a profiler.
    ///
    /// Latency targets of the whole are counted so only if `overall_operation` names one operation.
    ///
    /// # Errors
    ///
    /// [`TooManyLimits`] when an operation is given more than
    /// [`MAX_LIMITS`](perf_core::MAX_LIMITS) different limits;
    /// those beyond are judged by buckets, in the direction that cannot flatter.
    pub fn watch(&self, profiler: &Profiler) -> Result<(), TooManyLimits> {
        let mut result = Ok(());
        // Objectives first: they have no buckets to fall back on.
        for objective in &self.objectives {
            match (&objective.good, self.operation_of(objective)) {
                (Good::Latency(limit), Some(operation)) => {
                    result = result.and(profiler.operation(operation).limits(&[*limit]));
                }
                (Good::Joint(terms), _) => {
                    let labels = [("objective", objective.name.as_str())];
                    let good = profiler.counter_with(GOOD_REQUESTS, &labels);
                    let all = profiler.counter_with(REQUESTS, &labels);
                    let terms = terms.clone();
                    profiler.observe_requests(move |request| {
                        all.increment();
                        good.add(u64::from(is_good(&terms, request)));
                    });
                }
                _ => {}
            }
        }
        for target in &self.targets {
            let is_whole = target.subject == crate::target::Subject::Overall;
            let whole = self.overall_operation().filter(|_| is_whole);
            if let Some(operation) = target.operation().or(whole) {
                for limit in target.record_limits() {
                    result = result.and(profiler.operation(operation).limits(&[limit]));
                }
            }
        }
        result
    }

    /// The good and bad events of each objective in the interval of `snapshot`, as one stretch.
    pub fn events_of(&self, snapshot: &Snapshot) -> EventHistory {
        let mut history = EventHistory::default();
        let to = snapshot.taken_at();
        let from = to.checked_sub(snapshot.interval()).unwrap_or(to);
        let whole = self.whole_of(snapshot);
        for objective in &self.objectives {
            let counts = match &objective.good {
                Good::Joint(_) => joint(objective, |name, labels| snapshot.counter(name, labels)),
                Good::Metric(name) => self
                    .metric_counts(name, |pattern| growth(snapshot.counters(), pattern, |_| true)),
                good => {
                    let own = objective.operation.as_deref().map(|name| snapshot.operation(name));
                    own.unwrap_or(whole.as_ref()).map(|operation| of_calls(good, operation))
                }
            };
            history.add(objective, from, to, counts);
        }
        history
    }

    /// The good and bad events of each objective in the last 30 days, as far as the timeline has them:
    /// to the minute or better for the last hour, to the hour beyond a day.
    pub fn events_of_timeline(&self, timeline: &Timeline) -> EventHistory {
        let mut history = EventHistory::default();
        let window = timeline.long_window(ALL);
        let latest = timeline.window(Duration::ZERO);
        let mut end = SystemTime::UNIX_EPOCH;
        for interval in window.intervals() {
            let (from, to) = after(end, interval.taken_at(), interval.coverage().covered());
            end = to;
            for objective in &self.objectives {
                let whole = self.operation_of(objective).or(latest.overall_operation());
                let counts = match (&objective.good, whole) {
                    (Good::Joint(_), _) => {
                        joint(objective, |name, labels| interval.counter(name, labels))
                    }
                    (Good::Metric(name), _) => self.metric_counts(name, |pattern| {
                        growth(interval.counters(), pattern, |_| true)
                    }),
                    (good, Some(name)) => {
                        interval.operation(name).map(|totals| of_totals(good, &totals))
                    }
                    (good, None) => interval
                        .operations()
                        .map(|totals| of_totals(good, &totals))
                        .reduce(Counts::plus),
                };
                history.add(objective, from, to, counts);
            }
        }
        history
    }

    /// The operation whose calls are the events of an objective, if it is one.
    pub(crate) fn operation_of<'a>(&'a self, objective: &'a Objective) -> Option<&'a str> {
        objective.operation.as_deref().or(self.overall_operation())
    }

    /// The operation that stands for the whole, or all of them together.
    pub(crate) fn whole_of(&self, snapshot: &Snapshot) -> Option<OperationSnapshot> {
        match &self.overall_operation {
            Some(name) => snapshot.operation(name).cloned(),
            None => Some(snapshot.overall()),
        }
    }

    fn metric_counts(
        &self,
        name: &str,
        growth: impl Fn(&SeriesPattern) -> Option<u64>,
    ) -> Option<Counts> {
        let metric = self.metrics.iter().find(|metric| metric.name == name)?;
        let (good, total) = ratio_counts(&metric.source, growth)?;
        Some(match total.checked_sub(good) {
            Some(bad) => Counts::exact(total, bad),
            // Its counters disagree: by so many it may be wrong.
            None => Counts { total, bad: (0, (good - total).min(total)) },
        })
    }
}

/// The stretch of length `covered` up to `to`, after what ended at `end`: the clock on the wall is read a
/// moment after the other one, and may be set back, and stretches follow each other all the same.
fn after(end: SystemTime, to: SystemTime, covered: Duration) -> (SystemTime, SystemTime) {
    let to = to.max(end);
    (to.checked_sub(covered).unwrap_or(to).max(end), to)
}

impl EventHistory {
    fn add(
        &mut self,
        objective: &Objective,
        from: SystemTime,
        to: SystemTime,
        counts: Option<Counts>,
    ) {
        let Counts { total, bad } = counts.unwrap_or_default();
        self.push(&objective.name, Events { from, to, total, bad });
    }
}

/// All events and the bad ones, at least and at most.
pub(crate) fn of_calls(good: &Good, operation: &OperationSnapshot) -> Counts {
    let failures = operation.failures();
    match good {
        Good::Latency(limit) => {
            let (least, most) = over(operation, *limit);
            let timed = operation.latency().count();
            Counts { total: timed + failures, bad: (least + failures, most + failures) }
        }
        _ => Counts::exact(operation.count(), failures),
    }
}

fn of_totals(good: &Good, totals: &OperationTotals) -> Counts {
    let failures = totals.failures();
    match good {
        Good::Latency(limit) => {
            let timed = totals.timed_successes();
            let (least, most) = match totals.over(*limit) {
                Some(over) if over.exact => (over.successes, over.successes),
                Some(over) => (over.successes, timed),
                None => (0, timed),
            };
            Counts { total: timed + failures, bad: (least + failures, most + failures) }
        }
        _ => Counts::exact(totals.count(), failures),
    }
}

pub(crate) fn joint(
    objective: &Objective,
    counter: impl Fn(&str, &[(&str, &str)]) -> Option<u64>,
) -> Option<Counts> {
    let labels = [("objective", objective.name.as_str())];
    let (good, all) = (counter(GOOD_REQUESTS, &labels)?, counter(REQUESTS, &labels)?);
    // The two are counted a moment apart.
    Some(Counts::exact(all, all.saturating_sub(good)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_follow_each_other_whatever_the_clock_on_the_wall_does() {
        let at = |millis: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        let second = Duration::from_secs(1);
        assert_eq!(after(at(5_000), at(6_000), second), (at(5_000), at(6_000)));
        // Read a little late before, or in time now.
        assert_eq!(after(at(5_002), at(6_000), second), (at(5_002), at(6_000)));
        assert_eq!(after(at(4_998), at(6_000), second), (at(5_000), at(6_000)));
        // Set back by ten seconds, and forward.
        assert_eq!(after(at(15_000), at(6_000), second), (at(15_000), at(15_000)));
        assert_eq!(after(at(5_000), at(99_000), second), (at(98_000), at(99_000)));
    }
}
