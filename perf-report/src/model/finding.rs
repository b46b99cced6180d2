//! Where time could be saved, as the JSON of a report has it.

use super::nanos;
use perf_analysis::{Bottleneck, Cause};
use serde::{Deserialize, Serialize};

/// Parts of the time below this are no finding.
pub(crate) const MIN_SHARE: f64 = 0.1;

/// Where time could be saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct FindingModel {
    /// The stage or operation; several as `a, b`; or `unattributed`.
    pub component: String,
    /// What makes it one: `share`, `critical path`, `tail`, `sequential`, `repeated`, `hidden`,
    /// `unattributed` or `self time`.
    pub cause: String,
    /// The part of the time it is about.
    pub share_ratio: f64,
    /// The mean of a request.
    pub per_request_ns: u64,
    /// What to do, with the evidence.
    pub recommendation: String,
}

impl FindingModel {
    pub(crate) fn all(bottlenecks: &[Bottleneck]) -> Vec<Self> {
        bottlenecks.iter().map(FindingModel::new).collect()
    }

    fn new(bottleneck: &Bottleneck) -> Self {
        let cause = match bottleneck.cause {
            Cause::Share => "share",
            Cause::CriticalPath => "critical path",
            Cause::Tail => "tail",
            Cause::Sequential => "sequential",
            Cause::Repeated => "repeated",
            Cause::Hidden => "hidden",
            Cause::Unattributed => "unattributed",
            Cause::SelfTime => "self time",
            _ => "other",
        };
        FindingModel {
            component: bottleneck.component.clone(),
            cause: cause.to_owned(),
            share_ratio: bottleneck.impact.share,
            per_request_ns: nanos(bottleneck.impact.per_request),
            recommendation: bottleneck.recommendation.clone(),
        }
    }
}
