//! What targets are judged on.

use super::sliding::Sliding;
use crate::check::Check;
use crate::config::SlaConfig;
use crate::judge;
use crate::nearest::nearest;
use crate::quantity::Quantity;
use crate::rule::How;
use crate::target::{Bound, Indicator, Subject, Target};
use perf_core::{OperationSnapshot, Series, Snapshot, Window};
use std::cell::OnceCell;

/// A snapshot, and what more is known of it.
pub(super) struct Data<'a> {
    pub(super) snapshot: &'a Snapshot,
    overall: OnceCell<Option<OperationSnapshot>>,
    /// What the snapshot is of, where there is a timeline.
    window: Option<&'a Window>,
}

impl<'a> Data<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, window: Option<&'a Window>) -> Self {
        Data { snapshot, overall: OnceCell::new(), window }
    }

    pub(super) fn checks(&self, sla: &SlaConfig) -> Vec<Check> {
        let mut sliding = Sliding::default();
        let mut checks = Vec::new();
        for target in &sla.targets {
            checks.extend(match (target.rule.window, self.window) {
                (Some(length), Some(window)) => {
                    sliding.worst(sla, target, window, self.snapshot, length)
                }
                _ => self.judge(sla, target, target.rule.certainty.into()),
            });
        }
        checks.into_iter().map(Check::with_enough_samples).collect()
    }

    /// One check, or one for each value of a label.
    pub(super) fn judge(&self, sla: &SlaConfig, target: &Target, how: How) -> Vec<Check> {
        match &target.subject {
            Subject::Overall | Subject::Operation(_) => vec![self.calls(sla, target, how)],
            Subject::Metric(name) => match sla.metrics.iter().find(|metric| metric.name == *name) {
                Some(metric) => self.metric(target, metric, how),
                None => vec![Check::without_data(target.clone())],
            },
            Subject::Resources { idle } => vec![self.resource(target, *idle)],
            Subject::Objective(_) => Vec::new(),
        }
    }

    fn calls(&self, sla: &SlaConfig, target: &Target, how: How) -> Check {
        let name = target.operation().or(sla.overall_operation());
        let operation = match target.operation() {
            Some(name) => self.snapshot.operation(name),
            None => self.overall.get_or_init(|| sla.whole_of(self.snapshot)).as_ref(),
        };
        let mut check = match operation {
            Some(operation) => judge::calls(target, operation, how),
            None => Check::without_data(target.clone()),
        };
        if let (0, Some(name)) = (check.samples, name) {
            let recorded = self.snapshot.operations().filter(|o| o.count() > 0);
            let recorded = recorded.map(|o| o.name()).filter(|recorded| *recorded != name);
            check.did_you_mean = nearest(name, recorded).map(str::to_owned);
        }
        check
    }

    /// The value that is worst for the target: of all series, and of a window at the end of each of its
    /// intervals.
    pub(super) fn gauge(
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
