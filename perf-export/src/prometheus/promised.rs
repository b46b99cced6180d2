//! The promises of an SLA file, read from a snapshot.

use super::never_back::never_back;
use super::options::Exposition;
use super::sla::{Promise, Promises};
use perf_core::saturating_nanos;
use perf_core::{Series, Snapshot};
use perf_sla::{
    Bound, Good, Indicator, Metric, MetricSource, Quantity, SlaConfig, Subject, Target,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The file, and what the last scrape said of it.
pub(super) struct Promised {
    sla: SlaConfig,
    last: Mutex<BTreeMap<Promise, [u64; 2]>>,
}

impl Exposition {
    /// Exposes each promise of an SLA file, under its path there
    /// ([`SlaConfig::paths`]) as the label `sla`, and the operation that it is about as `operation`:
    ///
    /// | family | what |
    /// |---|---|
    /// | `sla_good_total`, `sla_events_total` | the events of [`SlaConfig::promises`], as the verdict counts them |
    /// | `sla_objective_ratio` | the share of them that is to be good: 0.95 of a p95 |
    /// | `sla_limit_seconds` | the limit of a percentile, mean, maximum or objective |
    /// | `sla_value` | the worst series of a gauge that has a limit |
    /// | `sla_counted_total` | the counters that have a limit for their growth or rate |
    ///
    /// A metric that is judged by the values of a label has a series for each of them, with the label `part`.
    /// Throughput, means and resources are in the other families.
    ///
    /// The counts are exact if the operation has counted the limit from the start: call
    /// [`SlaConfig::watch`] before anything is recorded. A limit that lies in a bucket has that bucket's
    /// events counted as bad. An exposition with a file is for one profiler, and its counters do not go
    /// back: what is recorded while a scrape reads may otherwise seem to be a restart.
    ///
    /// ```
    /// use perf_core::Profiler;
    /// use perf_export::prometheus::{Exposition, Format};
    /// use perf_sla::SlaConfig;
    /// use std::time::Duration;
    ///
    /// let sla = SlaConfig::from_toml("[operations.search]\nmax_p95 = \"100ms\"")?;
    /// let profiler = Profiler::new();
    /// sla.watch(&profiler)?;
    /// profiler.record("search", Duration::from_millis(20));
    /// profiler.record("search", Duration::from_millis(101));
    ///
    /// let exposition = Exposition::new().with_sla(&sla);
    /// let mut body = Vec::new();
    /// exposition.encode(&profiler.lifetime(), Format::Text, &mut body);
    /// let body = String::from_utf8_lossy(&body);
    /// let labels = "sla=\"operations.search.max_p95\",operation=\"search\"";
    /// assert!(body.contains(&format!("perf_sla_good_total{{{labels}}} 1\n")));
    /// assert!(body.contains(&format!("perf_sla_events_total{{{labels}}} 2\n")));
    /// assert!(body.contains(&format!("perf_sla_objective_ratio{{{labels}}} 0.95\n")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_sla(mut self, sla: &SlaConfig) -> Self {
        self.promised = Some(Arc::new(Promised { sla: sla.clone(), last: Mutex::default() }));
        self
    }
}

impl Promised {
    pub(super) fn read(&self, snapshot: &Snapshot, promises: &mut Promises) {
        for promise in self.sla.promises() {
            let key = key(promise.path(), promise.operation());
            promises.shares.insert(key.clone(), promise.share());
            let limit = promise.objective().and_then(|objective| match objective.good {
                Good::Latency(limit) => Some(limit),
                _ => None,
            });
            promises.limits.extend(limit.map(|limit| (key.clone(), saturating_nanos(limit))));
            for counts in promise.counts(snapshot) {
                let key = Promise { part: counts.part, ..key.clone() };
                let events = self.never_back(&key, [counts.good, counts.total]);
                promises.events.insert(key, events);
            }
        }
        for target in self.sla.targets() {
            self.target(target, snapshot, promises);
        }
    }

    fn target(&self, target: &Target, snapshot: &Snapshot, promises: &mut Promises) {
        let operation = match &target.subject {
            Subject::Overall => self.sla.overall_operation(),
            _ => target.operation(),
        };
        let key = key(target.path.clone(), operation);
        if let Quantity::Time(limit) = target.limit {
            promises.limits.insert(key, saturating_nanos(limit));
            return;
        }
        let Subject::Metric(name) = &target.subject else { return };
        let Some(metric) = self.sla.metrics().iter().find(|metric| metric.name == *name) else {
            return;
        };
        match (&metric.source, target.indicator) {
            (MetricSource::Gauge(pattern), _) => {
                let meant = snapshot.gauges().filter(|(series, _)| pattern.matches(series));
                let worse = |a: f64, b: f64| match target.bound {
                    // NaN stays: it must not be covered by a better one.
                    _ if a.is_nan() || b.is_nan() => f64::NAN,
                    Bound::AtMost => a.max(b),
                    Bound::AtLeast => a.min(b),
                };
                promises.values.extend(by_part(&key, metric, meant, worse));
            }
            (MetricSource::Counter(pattern), Indicator::Growth | Indicator::Rate) => {
                let meant = snapshot.counters().filter(|(series, _)| pattern.matches(series));
                let parts = by_part(&key, metric, meant, u64::saturating_add);
                promises.counted.extend(parts);
            }
            _ => {}
        }
    }

    fn never_back(&self, key: &Promise, now: [u64; 2]) -> [u64; 2] {
        let mut all = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        never_back(all.entry(key.clone()).or_default(), now)
    }
}

fn key(sla: String, operation: Option<&str>) -> Promise {
    Promise { sla, operation: operation.map(str::to_owned), part: None }
}

/// One value, or one for each value of the label that the metric is judged by.
fn by_part<'s, V: Copy>(
    key: &Promise,
    metric: &Metric,
    series: impl Iterator<Item = (&'s Series, V)>,
    join: impl Fn(V, V) -> V,
) -> BTreeMap<Promise, V> {
    let mut parts = BTreeMap::new();
    for (series, value) in series {
        let part = metric.by.as_ref().map(|label| {
            let found = series.labels().find(|(key, _)| key == label);
            found.map(|(_, value)| value.to_owned())
        });
        // Of what is judged by a label, series without it are not meant.
        if part == Some(None) {
            continue;
        }
        let part = part.flatten();
        parts
            .entry(Promise { part, ..key.clone() })
            .and_modify(|known| *known = join(*known, value))
            .or_insert(value);
    }
    parts
}
