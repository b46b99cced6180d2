//! Targets for metrics of the user's own.

use super::data::Data;
use crate::check::Check;
use crate::judge;
use crate::metric::{Metric, MetricSource};
use crate::objective::allowed;
use crate::quantity::Quantity;
use crate::rule::How;
use crate::series_pattern::SeriesPattern;
use crate::status::Status;
use crate::target::{Bound, Indicator, Target};
use perf_core::{Distribution, Series};
use std::collections::BTreeSet;

impl Data<'_> {
    /// One check, or one for each value of a label.
    pub(super) fn metric(&self, target: &Target, metric: &Metric, how: How) -> Vec<Check> {
        let Some(label) = &metric.by else {
            return vec![self.metric_part(target, &metric.source, how, |_| true)];
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
            let check = self.metric_part(target, &metric.source, how, is_of);
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
        how: How,
        is_meant: impl Fn(&Series) -> bool,
    ) -> Check {
        match source {
            MetricSource::Ratio { .. } => {
                let growth =
                    |pattern: &SeriesPattern| growth(self.snapshot.counters(), pattern, &is_meant);
                ratio(target, ratio_counts(source, growth), how)
            }
            MetricSource::Counter(pattern) => {
                let Some(growth) = growth(self.snapshot.counters(), pattern, &is_meant) else {
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
                judge::values(target, &merged, how)
            }
        }
    }
}

/// The growth of all counters that are meant together, if there is one.
pub(crate) fn growth<'a>(
    counters: impl Iterator<Item = (&'a Series, u64)>,
    pattern: &SeriesPattern,
    is_meant: impl Fn(&Series) -> bool,
) -> Option<u64> {
    let meant = counters.filter(|(series, _)| pattern.matches(series) && is_meant(series));
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

fn ratio(target: &Target, counts: Option<(u64, u64)>, how: How) -> Check {
    match (counts, target.limit) {
        (Some((good, total)), _) if good > total => Check {
            status: Status::Inconclusive,
            samples: total,
            note: Some(
                "its counters disagree: more events are good, or bad, than there are".to_owned(),
            ),
            ..Check::without_data(target.clone())
        },
        (Some((good, total)), Quantity::Ratio(limit)) => match target.bound {
            Bound::AtLeast => {
                let bad = total - good;
                judge::share(target, (bad, bad), total, allowed(limit), how)
            }
            // At most so many good ones: these are then the ones too many.
            Bound::AtMost => judge::turned(judge::share(target, (good, good), total, limit, how)),
        },
        _ => Check::without_data(target.clone()),
    }
}
