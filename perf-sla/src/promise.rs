//! What a file promises, as shares of good events: what can be counted, added up over processes, and
//! spent as a budget.

use crate::config::SlaConfig;
use crate::evaluate::{growth, ratio_counts};
use crate::events::Counts;
use crate::good::Good;
use crate::judge::over;
use crate::metric::{Metric, MetricSource};
use crate::objective::{Objective, allowed};
use crate::quantity::Quantity;
use crate::series_pattern::SeriesPattern;
use crate::target::{Bound, Indicator, Subject, Target};
use crate::watch::{joint, of_calls};
use perf_core::{Distribution, OperationSnapshot, Series, Snapshot};
use std::collections::BTreeSet;
use std::time::Duration;

/// A target or an objective of a file as a share of events that is to be good.
///
/// A percentile says the same as a share: "p95 at most 300 ms" is "95 % of the calls that succeeded took at
/// most 300 ms". In that form the counts of many processes add up.
#[derive(Clone, Copy, Debug)]
pub struct Promise<'a> {
    sla: &'a SlaConfig,
    source: Source<'a>,
    share: f64,
}

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Target(&'a Target),
    Objective(&'a Objective),
}

/// The events of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PromiseCounts {
    /// The value of the label whose values are judged each by itself, if there is one.
    pub part: Option<String>,
    /// The events that were good. Where a limit lies in a bucket, none of the bucket's are.
    pub good: u64,
    /// All events.
    pub total: u64,
    /// Whether they were counted when they happened; if not, `good` may be too low.
    pub is_exact: bool,
}

impl SlaConfig {
    /// Every target and objective that is a share of events: percentiles, maxima of calls, success and
    /// error rates, ratios of counters, and all objectives. The others have no events that are good or bad:
    /// throughput, means, Apdex, gauges, counters, resources, the maximum of a histogram.
    ///
    /// ```
    /// use perf_core::Profiler;
    /// use perf_sla::SlaConfig;
    /// use std::time::Duration;
    ///
    /// let sla = SlaConfig::from_toml("[operations.search]\nmax_p95 = \"100ms\"\nmin_throughput = \"1/s\"")?;
    /// let profiler = Profiler::new();
    /// sla.watch(&profiler)?;
    /// profiler.record("search", Duration::from_millis(20));
    /// profiler.record("search", Duration::from_millis(101));
    ///
    /// let promises: Vec<_> = sla.promises().collect();
    /// assert_eq!(promises.len(), 1);
    /// assert_eq!((promises[0].path(), promises[0].share()), ("operations.search.max_p95".to_owned(), 0.95));
    /// let counts = &promises[0].counts(&profiler.lifetime())[0];
    /// assert_eq!((counts.good, counts.total, counts.is_exact), (1, 2, true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn promises(&self) -> impl Iterator<Item = Promise<'_>> {
        let targets = self.targets.iter().filter_map(|target| {
            Some(Promise { sla: self, source: Source::Target(target), share: share_of(target)? })
        });
        let objectives = self.objectives.iter().map(|objective| Promise {
            sla: self,
            source: Source::Objective(objective),
            share: objective.target,
        });
        targets.chain(objectives)
    }
}

/// The share of events that a target wants good, if events are what it is about.
fn share_of(target: &Target) -> Option<f64> {
    let of_calls = matches!(target.subject, Subject::Overall | Subject::Operation(_));
    match (target.indicator, target.limit) {
        (Indicator::Percentile(quantile), _) => Some(quantile.get()),
        (Indicator::Max, Quantity::Time(_)) if of_calls => Some(1.0),
        (Indicator::SuccessRate, Quantity::Ratio(limit)) => Some(limit),
        (Indicator::ErrorRate, Quantity::Ratio(limit)) => Some(allowed(limit)),
        (Indicator::GoodRatio, Quantity::Ratio(limit)) => match target.bound {
            Bound::AtLeast => Some(limit),
            // At most so many good ones: the others are then the good ones.
            Bound::AtMost => Some(allowed(limit)),
        },
        _ => None,
    }
}

impl<'a> Promise<'a> {
    /// Its path in the file, as [`SlaConfig::paths`] has it: `overall.max_p95`, `objectives.fast answers`.
    pub fn path(&self) -> String {
        match self.source {
            Source::Target(target) => target.path.clone(),
            Source::Objective(objective) => format!("objectives.{}", objective.name),
        }
    }

    /// The operation whose calls are the events, if they are those of one.
    pub fn operation(&self) -> Option<&'a str> {
        match self.source {
            Source::Target(target) => match &target.subject {
                Subject::Operation(name) => Some(name),
                Subject::Overall => self.sla.overall_operation(),
                _ => None,
            },
            Source::Objective(objective) => match objective.good {
                Good::Joint(_) | Good::Metric(_) => None,
                _ => self.sla.operation_of(objective),
            },
        }
    }

    /// The share of events that is to be good, up to 1.0.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// The share of events that may be bad, in decimal: `0.001` of 99.9 %.
    pub fn allowed(&self) -> f64 {
        allowed(self.share)
    }

    /// The objective that it is, if it is none of the targets.
    pub fn objective(&self) -> Option<&'a Objective> {
        match self.source {
            Source::Objective(objective) => Some(objective),
            Source::Target(_) => None,
        }
    }

    /// The target that it is, if it is none of the objectives.
    pub fn target(&self) -> Option<&'a Target> {
        match self.source {
            Source::Target(target) => Some(target),
            Source::Objective(_) => None,
        }
    }

    /// The events in the interval of `snapshot`: counted as [`SlaConfig::evaluate`] counts them. One entry, or one
    /// for each value of the label that a metric is judged by; zeros while nothing has happened.
    ///
    /// Without an operation that stands for the whole, that of the profiler does; without one there, the
    /// events of all operations add up.
    pub fn counts(&self, snapshot: &Snapshot) -> Vec<PromiseCounts> {
        match self.source {
            Source::Target(target) => match &target.subject {
                Subject::Metric(name) => self.of_metric(target, name, snapshot),
                _ => vec![self.of_operations(snapshot, |calls| of_target(target, calls))],
            },
            Source::Objective(objective) => vec![match &objective.good {
                Good::Joint(_) => {
                    let counts = joint(objective, |name, labels| snapshot.counter(name, labels));
                    PromiseCounts::new(None, counts.unwrap_or_default())
                }
                Good::Metric(name) => {
                    let metric = self.sla.metrics.iter().find(|metric| metric.name == *name);
                    let counts = metric.and_then(|metric| ratio(metric, snapshot, |_| true));
                    PromiseCounts::new(None, counts.unwrap_or_default())
                }
                good => self.of_operations(snapshot, |calls| of_calls(good, calls)),
            }],
        }
    }

    fn of_operations(
        &self,
        snapshot: &Snapshot,
        counts: impl Fn(&OperationSnapshot) -> Counts,
    ) -> PromiseCounts {
        let sum = match self.operation().or(snapshot.overall_operation()) {
            Some(name) => snapshot.operation(name).map(counts),
            // Cheaper than to merge them, and exact where all of them count the limit.
            None => snapshot.operations().map(counts).reduce(Counts::plus),
        };
        PromiseCounts::new(None, sum.unwrap_or_default())
    }

    fn of_metric(&self, target: &Target, name: &str, snapshot: &Snapshot) -> Vec<PromiseCounts> {
        let Some(metric) = self.sla.metrics.iter().find(|metric| metric.name == name) else {
            return Vec::new();
        };
        let count = |is_meant: &dyn Fn(&Series) -> bool| match &metric.source {
            MetricSource::Histogram(pattern) => values(target, pattern, snapshot, is_meant),
            _ => {
                let counts = ratio(metric, snapshot, is_meant).unwrap_or_default();
                match target.bound {
                    Bound::AtLeast => counts,
                    Bound::AtMost => {
                        let turned = |bad: u64| counts.total - bad.min(counts.total);
                        Counts { bad: (turned(counts.bad.1), turned(counts.bad.0)), ..counts }
                    }
                }
            }
        };
        let Some(label) = &metric.by else {
            return vec![PromiseCounts::new(None, count(&|_| true))];
        };
        let value_of = |series: &Series| {
            let found = series.labels().find(|(key, _)| key == label);
            found.map(|(_, value)| value.to_owned())
        };
        let all = snapshot.counters().map(|(series, _)| series);
        let all = all.chain(snapshot.histograms().map(|(series, _)| series));
        let parts: BTreeSet<String> =
            all.filter(|series| metric.is_made_of(series)).filter_map(value_of).collect();
        let part = |value: String| {
            let counts = count(&|series| value_of(series).as_ref() == Some(&value));
            PromiseCounts::new(Some(value), counts)
        };
        parts.into_iter().map(part).collect()
    }
}

impl PromiseCounts {
    fn new(part: Option<String>, counts: Counts) -> Self {
        let Counts { total, bad: (least, most) } = counts;
        let good = total.saturating_sub(most);
        PromiseCounts { part, good, total, is_exact: least == most }
    }
}

impl Metric {
    fn is_made_of(&self, series: &Series) -> bool {
        let patterns = match &self.source {
            MetricSource::Ratio { good, bad, total } => {
                [good.as_ref(), bad.as_ref(), total.as_ref()]
            }
            MetricSource::Gauge(one)
            | MetricSource::Counter(one)
            | MetricSource::Histogram(one) => [Some(one), None, None],
        };
        patterns.into_iter().flatten().any(|pattern| pattern.matches(series))
    }
}

fn of_target(target: &Target, calls: &OperationSnapshot) -> Counts {
    match (target.indicator, target.limit) {
        (Indicator::Percentile(_) | Indicator::Max, Quantity::Time(limit)) => {
            over_limit(calls, limit)
        }
        _ => Counts::exact(calls.count(), calls.failures()),
    }
}

/// Of the successes that were timed.
fn over_limit(calls: &OperationSnapshot, limit: Duration) -> Counts {
    Counts { total: calls.latency().count(), bad: over(calls, limit) }
}

fn ratio(
    metric: &Metric,
    snapshot: &Snapshot,
    is_meant: impl Fn(&Series) -> bool,
) -> Option<Counts> {
    let growth = |pattern: &SeriesPattern| growth(snapshot.counters(), pattern, &is_meant);
    let (good, total) = ratio_counts(&metric.source, growth)?;
    Some(match total.checked_sub(good) {
        Some(bad) => Counts::exact(total, bad),
        // Its counters disagree: by so many it may be wrong.
        None => Counts { total, bad: (0, (good - total).min(total)) },
    })
}

fn values(
    target: &Target,
    pattern: &SeriesPattern,
    snapshot: &Snapshot,
    is_meant: impl Fn(&Series) -> bool,
) -> Counts {
    let Quantity::Number(limit) = target.limit else { return Counts::default() };
    let meant = snapshot.histograms();
    let meant = meant.filter(|(series, _)| pattern.matches(series) && is_meant(series));
    let counts = |values: &Distribution| Counts {
        total: values.count(),
        // A whole number is above the limit if it is above the limit's whole part.
        bad: values.count_above(limit as u64),
    };
    meant.map(|(_, values)| counts(values)).reduce(Counts::plus).unwrap_or_default()
}
