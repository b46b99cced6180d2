//! From measurements to a verdict.

use crate::check::{Check, WorstWindow};
use crate::config::SlaConfig;
use crate::events::EventHistory;
use crate::judge;
use crate::metric::{Metric, MetricSource};
use crate::nearest::nearest;
use crate::quantity::Quantity;
use crate::rule::Certainty;
use crate::series_pattern::SeriesPattern;
use crate::target::{Bound, Indicator, Subject, Target};
use crate::verdict::Verdict;
use perf_core::{Distribution, OperationSnapshot, Series, Snapshot, Timeline, Window};
use std::collections::BTreeSet;
use std::time::Duration;

/// As far back as a timeline has distributions: about an hour.
const DETAIL: Duration = Duration::from_secs(3_600);

/// Stretches that are looked at for the worst one.
const MOST_WINDOWS: usize = 4_000;

impl SlaConfig {
    /// Judges every target and every objective on `snapshot`: the whole of its interval.
    ///
    /// The budget of an objective is then that of this interval; [`Check::budget`] says how much of the
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
        let mut verdict = Verdict::new(self, Data::new(self, snapshot, window).checks(self));
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

/// What targets are judged on.
struct Data<'a> {
    snapshot: &'a Snapshot,
    overall: Option<OperationSnapshot>,
    /// What the snapshot is of, where there is a timeline.
    window: Option<&'a Window>,
}

impl<'a> Data<'a> {
    fn new(sla: &SlaConfig, snapshot: &'a Snapshot, window: Option<&'a Window>) -> Self {
        let overall = match &sla.overall_operation {
            Some(name) => snapshot.operation(name).cloned(),
            None => Some(snapshot.overall()),
        };
        Data { snapshot, overall, window }
    }

    fn checks(&self, sla: &SlaConfig) -> Vec<Check> {
        let mut sliding = Sliding::default();
        let mut checks = Vec::new();
        for target in &sla.targets {
            checks.extend(match (target.rule.window, self.window) {
                (Some(length), Some(window)) => sliding.worst(sla, target, window, length),
                _ => self.judge(sla, target, target.rule.certainty),
            });
        }
        checks.into_iter().map(Check::with_enough_samples).collect()
    }

    /// One check, or one for each value of a label.
    fn judge(&self, sla: &SlaConfig, target: &Target, certainty: Certainty) -> Vec<Check> {
        match &target.subject {
            Subject::Overall | Subject::Operation(_) => vec![self.calls(sla, target, certainty)],
            Subject::Metric(name) => match sla.metrics.iter().find(|metric| metric.name == *name) {
                Some(metric) => self.metric(target, metric, certainty),
                None => vec![Check::without_data(target.clone())],
            },
            Subject::Resources { idle } => vec![self.resource(target, *idle)],
            Subject::Objective(_) => Vec::new(),
        }
    }

    fn calls(&self, sla: &SlaConfig, target: &Target, certainty: Certainty) -> Check {
        let name = target.operation().or(sla.overall_operation());
        let operation = match target.operation() {
            Some(name) => self.snapshot.operation(name),
            None => self.overall.as_ref(),
        };
        let mut check = match operation {
            Some(operation) => judge::calls(target, operation, certainty),
            None => Check::without_data(target.clone()),
        };
        if let (0, Some(name)) = (check.samples, name) {
            let recorded = self.snapshot.operations().filter(|o| o.count() > 0);
            let recorded = recorded.map(|o| o.name()).filter(|recorded| *recorded != name);
            check.did_you_mean = nearest(name, recorded).map(str::to_owned);
        }
        check
    }

    fn metric(&self, target: &Target, metric: &Metric, certainty: Certainty) -> Vec<Check> {
        let Some(label) = &metric.by else {
            return vec![self.metric_part(target, &metric.source, certainty, |_| true)];
        };
        let value_of = |series: &Series| {
            let found = series.labels().find(|(key, _)| key == label);
            found.map(|(_, value)| value.to_owned())
        };
        let values: BTreeSet<String> = self.series(&metric.source).filter_map(value_of).collect();
        if values.is_empty() {
            return vec![Check::without_data(target.clone())];
        }
        let part = |value: String| {
            let is_of = |series: &Series| value_of(series).as_ref() == Some(&value);
            let check = self.metric_part(target, &metric.source, certainty, is_of);
            Check { label: Some((label.clone(), value)), ..check }
        };
        values.into_iter().map(part).collect()
    }

    /// Every series that the metric is made of.
    fn series<'s>(&'s self, source: &'s MetricSource) -> Box<dyn Iterator<Item = &'s Series> + 's> {
        let matching = |patterns: Vec<&'s SeriesPattern>| {
            move |series: &&Series| patterns.iter().any(|pattern| pattern.matches(series))
        };
        let snapshot = self.snapshot;
        match source {
            MetricSource::Ratio { good, bad, total } => {
                let patterns = [good, bad, total].into_iter().flatten().collect();
                Box::new(snapshot.counters().map(|(series, _)| series).filter(matching(patterns)))
            }
            MetricSource::Counter(pattern) => Box::new(
                snapshot.counters().map(|(series, _)| series).filter(matching(vec![pattern])),
            ),
            MetricSource::Gauge(pattern) => Box::new(
                snapshot.gauges().map(|(series, _)| series).filter(matching(vec![pattern])),
            ),
            MetricSource::Histogram(pattern) => Box::new(
                snapshot.histograms().map(|(series, _)| series).filter(matching(vec![pattern])),
            ),
        }
    }

    fn metric_part(
        &self,
        target: &Target,
        source: &MetricSource,
        certainty: Certainty,
        is_meant: impl Fn(&Series) -> bool,
    ) -> Check {
        match source {
            MetricSource::Ratio { .. } => {
                let growth = |pattern: &SeriesPattern| growth(self.snapshot, pattern, &is_meant);
                ratio(target, ratio_counts(source, growth), certainty)
            }
            MetricSource::Counter(pattern) => {
                let Some(growth) = growth(self.snapshot, pattern, &is_meant) else {
                    return Check::without_data(target.clone());
                };
                let seconds = self.snapshot.interval().as_secs_f64();
                let observed = match target.indicator {
                    Indicator::Rate if seconds > 0.0 => Quantity::Rate(growth as f64 / seconds),
                    Indicator::Rate => return Check::without_data(target.clone()),
                    _ => Quantity::Number(growth as f64),
                };
                judge::compare(target, growth, Some(observed))
            }
            MetricSource::Gauge(pattern) => {
                let is_one = |series: &Series| pattern.matches(series) && is_meant(series);
                self.gauge(target, is_one, Quantity::Number)
            }
            MetricSource::Histogram(pattern) => {
                let mut merged = Distribution::default();
                let all = self.snapshot.histograms();
                let meant = all.filter(|(series, _)| pattern.matches(series) && is_meant(series));
                meant.for_each(|(_, values)| merged = merged.merge(values));
                judge::values(target, &merged, certainty)
            }
        }
    }

    /// The value that is worst for the target: of all series, and of a window at the end of each of its
    /// intervals.
    fn gauge(
        &self,
        target: &Target,
        is_meant: impl Fn(&Series) -> bool,
        unit: impl Fn(f64) -> Quantity,
    ) -> Check {
        let meant = self.snapshot.gauges().filter(|(series, _)| is_meant(series));
        let values = meant.map(|(series, last)| {
            let labels: Vec<(&str, &str)> = series.labels().collect();
            let range = self.window.and_then(|window| window.gauge(series.name(), &labels));
            match (range, target.bound) {
                (Some(range), Bound::AtMost) => range.max,
                (Some(range), Bound::AtLeast) => range.min,
                (None, _) => last,
            }
        });
        let values: Vec<f64> = values.collect();
        let worse = |a: f64, b: f64| match target.bound {
            // NaN stays: it must not be covered by a better one.
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            Bound::AtMost => a.max(b),
            Bound::AtLeast => a.min(b),
        };
        let worst = values.iter().copied().reduce(worse).map(unit);
        judge::compare(target, values.len() as u64, worst)
    }

    /// Resources are gauges: `perf-resources` sets them, and so can anybody.
    fn resource(&self, target: &Target, idle: bool) -> Check {
        let (name, unit): (&str, fn(f64) -> Quantity) = match target.indicator {
            Indicator::Memory => ("process_resident_memory_bytes", |bytes| {
                // Through a number where it is none, so that it never passes.
                if bytes.is_nan() { Quantity::Number(bytes) } else { Quantity::Bytes(bytes as u64) }
            }),
            Indicator::Cpu => ("process_cpu_ratio", Quantity::Ratio),
            _ => ("process_open_fds", Quantity::Number),
        };
        let is_idle = |series: &Series| series.labels().any(|label| label == ("phase", "idle"));
        self.gauge(target, |series| series.name() == name && is_idle(series) == idle, unit)
    }
}

/// The growth of all counters that are meant together, if there is one.
fn growth(
    snapshot: &Snapshot,
    pattern: &SeriesPattern,
    is_meant: impl Fn(&Series) -> bool,
) -> Option<u64> {
    let meant =
        snapshot.counters().filter(|(series, _)| pattern.matches(series) && is_meant(series));
    meant.map(|(_, growth)| growth).reduce(u64::saturating_add)
}

/// Good and all events of a ratio; `None` when nothing counts them. A part that nobody has counted yet,
/// beside one that somebody has, is zero.
pub(crate) fn ratio_counts(
    source: &MetricSource,
    growth: impl Fn(&SeriesPattern) -> Option<u64>,
) -> Option<(u64, u64)> {
    let MetricSource::Ratio { good, bad, total } = source else { return None };
    let [good, bad, total] = [good, bad, total].map(|part| part.as_ref().map(&growth));
    let known = |part: Option<Option<u64>>| part.map(Option::unwrap_or_default);
    if [good, bad, total].iter().flatten().all(Option::is_none) {
        return None;
    }
    Some(match (known(good), known(bad), known(total)) {
        (Some(good), Some(bad), _) => (good, good.saturating_add(bad)),
        (Some(good), None, total) => (good, total.unwrap_or(0)),
        (None, bad, total) => {
            let (bad, total) = (bad.unwrap_or(0), total.unwrap_or(0));
            // More bad ones than all: told below, as more good ones than all is.
            (total.checked_sub(bad).unwrap_or(u64::MAX), total)
        }
    })
}

fn ratio(target: &Target, counts: Option<(u64, u64)>, certainty: Certainty) -> Check {
    match (counts, target.limit) {
        (Some((good, total)), _) if good > total => Check {
            status: crate::status::Status::Inconclusive,
            samples: total,
            note: Some(
                "its counters disagree: more events are good, or bad, than there are".to_owned(),
            ),
            ..Check::without_data(target.clone())
        },
        (Some((good, total)), Quantity::Ratio(limit)) => match target.bound {
            Bound::AtLeast => {
                let bad = total - good;
                let allowed = crate::objective::allowed(limit);
                judge::share(target, (bad, bad), total, allowed, certainty)
            }
            // At most so many good ones: these are then the ones too many.
            Bound::AtMost => {
                judge::turned(judge::share(target, (good, good), total, limit, certainty))
            }
        },
        _ => Check::without_data(target.clone()),
    }
}

/// Every stretch of a length, read once for all targets that want it.
#[derive(Default)]
struct Sliding {
    read: Vec<(Duration, Vec<(Window, Snapshot)>)>,
}

impl Sliding {
    fn worst(
        &mut self,
        sla: &SlaConfig,
        target: &Target,
        window: &Window,
        length: Duration,
    ) -> Vec<Check> {
        if !self.read.iter().any(|(known, _)| *known == length) {
            let stretches = window.sliding(length).take(MOST_WINDOWS);
            let read = stretches.map(|stretch| {
                let snapshot = stretch.snapshot();
                (stretch, snapshot)
            });
            self.read.push((length, read.collect()));
        }
        let stretches = self.read.iter().find(|(known, _)| *known == length);
        let stretches = stretches.map_or(&[][..], |(_, stretches)| stretches);
        let certainty = match target.rule.certainty {
            Certainty::Firm(confidence) => Certainty::Firm(confidence.of_each(stretches.len())),
            Certainty::Point => Certainty::Point,
        };
        let is_known = |operation: &OperationSnapshot| operation.count() > 0;
        let whole = window.snapshot();
        let called = match target.operation().or(sla.overall_operation()) {
            Some(name) => whole.operation(name).is_some_and(is_known),
            None => whole.operations().any(is_known),
        };
        // In a stretch without calls, of what was called in others, the throughput is known: zero.
        let still = |check: Check| match (target.indicator, check.samples) {
            (Indicator::Throughput, 0) if called => {
                judge::compare(target, 0, Some(Quantity::Rate(0.0)))
            }
            _ => check,
        };
        let mut worst: Vec<Check> = Vec::new();
        for (stretch, snapshot) in stretches {
            let data = Data::new(sla, snapshot, Some(stretch));
            for check in data.judge(sla, target, certainty) {
                let window = Some(WorstWindow::new(stretch, stretches.len()));
                let check = Check { window, ..still(check) }.with_enough_samples();
                match worst.iter_mut().find(|known| known.label == check.label) {
                    Some(known) if judge::is_worse(&check, known) => *known = check,
                    Some(_) => {}
                    None => worst.push(check),
                }
            }
        }
        if worst.is_empty() {
            let note = format!("no stretch of {} has passed yet", Quantity::Time(length));
            worst.push(Check { note: Some(note), ..Check::without_data(target.clone()) });
        }
        worst
    }
}
