//! Our families in a registry of the crate `prometheus`.

use super::number::Number;
use super::options::Exposition;
use super::sink::{Header, Histogram, Label, Sink};
use ::prometheus::core::{Collector, Desc};
use ::prometheus::proto;
use perf_core::{MetricKind, Profiler};
use std::collections::HashMap;

/// What a profiler has measured, as a collector of the crate `prometheus`: registered, it is in every
/// `gather` of that registry, under the names and with the values that [`Exposition::encode`] writes.
///
/// That crate has neither exemplars, units nor native histograms, and its registry sorts families by name.
/// It merges families of one name without a look at their types: give the exposition a prefix that no other
/// collector uses.
///
/// ```
/// use perf_core::Profiler;
/// use perf_export::prometheus::{Exposition, ProfilerCollector};
/// use prometheus::{Registry, TextEncoder};
///
/// let profiler = Profiler::new();
/// let registry = Registry::new();
/// registry.register(Box::new(ProfilerCollector::new(&profiler, Exposition::new())?))?;
///
/// profiler.record("search", std::time::Duration::from_millis(20));
/// let text = TextEncoder::new().encode_to_string(&registry.gather())?;
/// assert!(text.contains("perf_operation_duration_seconds_count{operation=\"search\"} 1\n"));
/// # Ok::<(), prometheus::Error>(())
/// ```
#[derive(Debug)]
pub struct ProfilerCollector {
    profiler: Profiler,
    exposition: Exposition,
    /// A registry tells collectors apart by these, and takes none that has none.
    desc: Desc,
}

impl ProfilerCollector {
    /// A collector of what `profiler` has measured since it was made, exposed so.
    ///
    /// # Errors
    ///
    /// Those of `prometheus`, when it does not take the names: an [`Exposition`] has none such.
    pub fn new(profiler: &Profiler, exposition: Exposition) -> Result<Self, ::prometheus::Error> {
        let name = format!("{}export_skipped_families_total", exposition.prefix);
        let help = "Metric families that were left out of scrapes.".to_owned();
        let desc = Desc::new(name, help, Vec::new(), HashMap::new())?;
        Ok(ProfilerCollector { profiler: profiler.clone(), exposition, desc })
    }
}

impl Collector for ProfilerCollector {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.desc]
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        let mut families = Families::default();
        self.exposition.gather(&self.profiler.lifetime(), false, &mut families);
        families.0
    }
}

/// Collects families in that crate's model.
#[derive(Default)]
struct Families(Vec<proto::MetricFamily>);

impl Families {
    fn metric(&mut self, labels: &[Label<'_>], set: impl FnOnce(&mut proto::Metric)) {
        let pairs = labels.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| {
            let mut pair = proto::LabelPair::default();
            pair.set_name((*name).to_owned());
            pair.set_value((*value).to_owned());
            pair
        });
        let mut metric = proto::Metric::from_label(pairs.collect());
        set(&mut metric);
        if let Some(family) = self.0.last_mut() {
            family.mut_metric().push(metric);
        }
    }
}

impl Sink for Families {
    fn begin(&mut self, family: &Header<'_>) {
        let (suffix, kind) = match family.kind {
            MetricKind::Counter => ("_total", proto::MetricType::COUNTER),
            MetricKind::Gauge => ("", proto::MetricType::GAUGE),
            MetricKind::Histogram => ("", proto::MetricType::HISTOGRAM),
        };
        let mut new = proto::MetricFamily::default();
        new.set_name(format!("{}{suffix}", family.name));
        new.set_help(family.help.to_owned());
        new.set_field_type(kind);
        self.0.push(new);
    }

    fn counter(&mut self, labels: &[Label<'_>], value: Number) {
        let mut counter = proto::Counter::default();
        counter.set_value(value.float());
        self.metric(labels, |metric| metric.set_counter(counter));
    }

    fn gauge(&mut self, labels: &[Label<'_>], value: Number) {
        let mut gauge = proto::Gauge::default();
        gauge.set_value(value.float());
        self.metric(labels, |metric| metric.set_gauge(gauge));
    }

    fn histogram(&mut self, labels: &[Label<'_>], histogram: &Histogram<'_>) {
        let buckets = histogram.edges.iter().zip(histogram.counts).map(|(edge, count)| {
            let mut bucket = proto::Bucket::default();
            bucket.set_upper_bound(edge.float());
            bucket.set_cumulative_count(*count);
            bucket
        });
        let mut whole = proto::Histogram::default();
        whole.set_sample_count(histogram.count);
        whole.set_sample_sum(histogram.sum().float());
        whole.set_bucket(buckets.collect());
        self.metric(labels, |metric| metric.set_histogram(whole));
    }

    fn end(&mut self) {}
}
