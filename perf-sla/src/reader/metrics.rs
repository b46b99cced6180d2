//! `[metrics.NAME]`.

use super::value::Given;
use super::{Item, Items, Reader};
use crate::document::{Node, Place};
use crate::keys;
use crate::metric::{Metric, MetricSource};
use crate::quantity::Quantity;
use crate::target::{Bound, Indicator, Subject};

impl Reader<'_> {
    pub(super) fn metrics(&mut self, node: &Node) {
        for (name, place, table) in self.named(node, "[metrics.NAME]") {
            let told = self.problems.len();
            let items = self.items(&keys::METRIC, table);
            let Some(source) = self.source(name, place, &items, told) else { continue };
            let rule = items.rule(self.rule);
            let subject = Subject::Metric(name.to_owned());
            for item in &items.0 {
                let Some(what) = self.metric_target(&source, item) else { continue };
                let target = self.target(&subject, &format!("metrics.{name}"), item, what, rule);
                self.config.targets.push(target);
            }
            let by = items.text("by").map(str::to_owned);
            self.config.metrics.push(Metric { name: name.to_owned(), source, by });
        }
    }

    /// What the metric is made of; `told` says how many problems there were before its table was read.
    fn source(
        &mut self,
        name: &str,
        place: Place,
        items: &Items,
        told: usize,
    ) -> Option<MetricSource> {
        let [good, bad, total] = ["good", "bad", "total"].map(|key| items.series(key));
        let [gauge, counter, histogram] =
            ["gauge", "counter", "histogram"].map(|key| items.series(key));
        let parts = [&good, &bad, &total].iter().filter(|part| part.is_some()).count();
        let mut sources: Vec<MetricSource> = Vec::new();
        if parts > 0 {
            sources.push(MetricSource::Ratio { good, bad, total });
        }
        sources.extend(gauge.map(MetricSource::Gauge));
        sources.extend(counter.map(MetricSource::Counter));
        sources.extend(histogram.map(MetricSource::Histogram));
        match (sources.len(), parts) {
            (1, 0 | 2) => sources.pop(),
            _ if self.problems.len() > told => None,
            _ => {
                let message = format!(
                    "metric {name:?} is made of one thing: a gauge, a counter, a histogram, or two of good, \
                     bad and total"
                );
                self.problem(place, message);
                None
            }
        }
    }

    fn metric_target(
        &mut self,
        source: &MetricSource,
        item: &Item,
    ) -> Option<(Indicator, Bound, Quantity)> {
        use Bound::{AtLeast, AtMost};
        let key = item.key.as_str();
        let what = match (source, key, &item.value) {
            (_, "good" | "bad" | "total" | "gauge" | "counter" | "histogram" | "by", _)
            | (_, "confidence" | "min_samples" | "on_no_data" | "window", _) => return None,
            (MetricSource::Ratio { .. }, "min_ratio", Given::Share(limit)) => {
                (Indicator::GoodRatio, AtLeast, Quantity::Ratio(*limit))
            }
            (MetricSource::Ratio { .. }, "max_ratio", Given::Share(limit)) => {
                (Indicator::GoodRatio, AtMost, Quantity::Ratio(*limit))
            }
            (MetricSource::Gauge(_), "min", Given::Number(limit)) => {
                (Indicator::Value, AtLeast, Quantity::Number(*limit))
            }
            (MetricSource::Gauge(_), "max", Given::Number(limit)) => {
                (Indicator::Value, AtMost, Quantity::Number(*limit))
            }
            (MetricSource::Counter(_), "max_growth", Given::Count(limit)) => {
                (Indicator::Growth, AtMost, Quantity::Number(*limit as f64))
            }
            (MetricSource::Counter(_), "min_rate", Given::Rate(limit)) => {
                (Indicator::Rate, AtLeast, Quantity::Rate(*limit))
            }
            (MetricSource::Counter(_), "max_rate", Given::Rate(limit)) => {
                (Indicator::Rate, AtMost, Quantity::Rate(*limit))
            }
            (MetricSource::Histogram(_), "max_mean", Given::Number(limit)) => {
                (Indicator::Mean, AtMost, Quantity::Number(*limit))
            }
            (MetricSource::Histogram(_), "max_max", Given::Number(limit)) => {
                (Indicator::Max, AtMost, Quantity::Number(*limit))
            }
            (MetricSource::Histogram(_), _, Given::Number(limit)) if key.starts_with("max_p") => {
                (Indicator::Percentile(self.percentile(item)?), AtMost, Quantity::Number(*limit))
            }
            _ => {
                let remedy = match source {
                    MetricSource::Ratio { .. } => "a ratio has min_ratio and max_ratio",
                    MetricSource::Gauge(_) => "a gauge has min and max",
                    MetricSource::Counter(_) => "a counter has max_growth, min_rate and max_rate",
                    MetricSource::Histogram(_) => "a histogram has max_mean, max_max and max_p95",
                };
                self.problem(item.place, format!("{key}: {remedy}"));
                return None;
            }
        };
        let is_histogram = matches!(source, MetricSource::Histogram(_));
        if let (true, Quantity::Number(limit)) = (is_histogram, what.2)
            && limit < 0.0
        {
            self.problem(item.place, format!("{key}: {limit} is negative; a histogram holds none"));
            return None;
        }
        Some(what)
    }
}
