//! Single targets on one snapshot, for whoever asks often.

use super::data::Data;
use crate::check::Check;
use crate::config::SlaConfig;
use crate::judge;
use crate::metric::Metric;
use crate::quantity::Quantity;
use crate::rule::How;
use crate::target::{Indicator, Subject, Target};
use perf_core::{Snapshot, Window};

/// Judges single targets on one and the same data, without the evidence beside the answer: where the true
/// value lies, and how many samples it still takes. That is some hundred times as fast as
/// [`SlaConfig::evaluate`], for alerts.
///
/// The `window` of a target's rule is not looked at: the data are the window.
///
/// ```
/// use perf_core::Profiler;
/// use perf_sla::{Judge, SlaConfig, Status};
/// use std::time::Duration;
///
/// let sla = SlaConfig::from_toml("[operations.retrieval]\nmax_p95 = \"100ms\"")?;
/// let profiler = Profiler::new();
/// (0..100).for_each(|_| profiler.record("retrieval", Duration::from_millis(150)));
/// let snapshot = profiler.snapshot();
/// let checks = Judge::new(&sla, &snapshot, None).target(&sla.targets()[0]);
/// assert_eq!(checks[0].status, Status::Violated);
/// # Ok::<(), perf_sla::SlaError>(())
/// ```
pub struct Judge<'a> {
    sla: &'a SlaConfig,
    data: Data<'a>,
}

impl<'a> Judge<'a> {
    /// On `snapshot`, where `sla` says what stands for the whole and what its metrics are made of. With the
    /// window that the snapshot is of, a gauge is judged by its worst value in it.
    pub fn new(sla: &'a SlaConfig, snapshot: &'a Snapshot, window: Option<&'a Window>) -> Self {
        Judge { sla, data: Data::new(snapshot, window) }
    }

    /// One check, or one for each value of a label that the target's metric is judged by; none for an
    /// objective.
    ///
    /// An operation that was not called, but is known, has a throughput of zero: of all other targets
    /// nothing is known then.
    pub fn target(&self, target: &Target) -> Vec<Check> {
        let how = How { certainty: target.rule.certainty, with_evidence: false };
        let checks = self.data.judge(self.sla, target, how);
        checks.into_iter().map(|check| self.still(check).with_enough_samples()).collect()
    }

    /// As [`target`](Self::target), for a metric that the file need not have.
    pub fn metric(&self, target: &Target, metric: &Metric) -> Vec<Check> {
        let how = How { certainty: target.rule.certainty, with_evidence: false };
        let checks = self.data.metric(target, metric, how);
        checks.into_iter().map(Check::with_enough_samples).collect()
    }

    fn still(&self, check: Check) -> Check {
        let is_still = check.target.indicator == Indicator::Throughput && check.samples == 0;
        let snapshot = self.data.snapshot;
        let is_known = match (&check.target.subject, self.sla.overall_operation()) {
            (Subject::Operation(name), _) => snapshot.operation(name).is_some(),
            (Subject::Overall, Some(name)) => snapshot.operation(name).is_some(),
            _ => snapshot.operations().next().is_some(),
        };
        match is_still && is_known {
            true => judge::compare(&check.target, 0, Some(Quantity::Rate(0.0))),
            false => check,
        }
    }
}
