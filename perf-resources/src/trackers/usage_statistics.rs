//! What all measurements under one label had.

use perf_core::OVERFLOW;
use std::collections::BTreeMap;

/// How many labels are told apart: as many as a profiler tells series apart by default.
const MAX_LABELS: usize = 2_000;

/// The values of all stopped measurements of one label, in the unit of the tracker.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UsageStatistics {
    /// The label; [`OVERFLOW`] for all beyond 2,000.
    pub label: Box<str>,
    /// How many measurements were stopped.
    pub count: u64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The arithmetic mean of the values.
    pub mean: f64,
    /// The value that was stopped last.
    pub last: f64,
    /// The highest peak of any of them; `None` where peaks are not tracked.
    pub peak: Option<f64>,
}

/// By label.
#[derive(Debug, Default)]
pub(super) struct StatisticsByLabel(BTreeMap<Box<str>, UsageStatistics>);

impl StatisticsByLabel {
    pub(super) fn add(&mut self, label: &str, value: f64, peak: Option<f64>) {
        let known = self.0.contains_key(label) || self.0.len() < MAX_LABELS;
        let label = if known { label } else { OVERFLOW };
        let statistics = self.0.entry(label.into()).or_insert_with(|| UsageStatistics {
            label: label.into(),
            count: 0,
            min: value,
            max: value,
            mean: value,
            last: value,
            peak,
        });
        statistics.count += 1;
        statistics.min = statistics.min.min(value);
        statistics.max = statistics.max.max(value);
        statistics.mean += (value - statistics.mean) / statistics.count as f64;
        statistics.last = value;
        statistics.peak = statistics.peak.into_iter().chain(peak).reduce(f64::max);
    }

    pub(super) fn get(&self, label: &str) -> Option<UsageStatistics> {
        self.0.get(label).cloned()
    }

    pub(super) fn all(&self) -> Vec<UsageStatistics> {
        self.0.values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_the_list_of_values() {
        let mut by_label = StatisticsByLabel::default();
        let values = [3.0, -1.0, 8.0, 2.0];
        for (value, peak) in values.iter().zip([None, Some(9.0), Some(4.0), None]) {
            by_label.add("a", *value, peak);
        }
        let statistics = by_label.get("a").unwrap();
        assert_eq!((statistics.count, statistics.min, statistics.max), (4, -1.0, 8.0));
        assert!((statistics.mean - values.iter().sum::<f64>() / 4.0).abs() < 1e-12);
        assert_eq!((statistics.last, statistics.peak), (2.0, Some(9.0)));
    }

    #[test]
    fn labels_beyond_the_cap_are_told_together() {
        let mut by_label = StatisticsByLabel::default();
        (0..MAX_LABELS + 5).for_each(|label| by_label.add(&label.to_string(), 1.0, None));
        assert_eq!(by_label.get(OVERFLOW).unwrap().count, 5);
        assert_eq!(by_label.all().len(), MAX_LABELS + 1);
    }
}
