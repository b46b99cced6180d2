//! The sums over requests, from which several reports are made one.

use perf_analysis::{
    BucketTotals, GapTotals, PairTotals, RepeatTotals, RequestTotals, StageTotals,
};
use serde::{Deserialize, Serialize};

/// The sums of requests. Stages are places in `names`, times are in ns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RequestTotalsModel {
    /// The stages.
    pub names: Vec<String>,
    /// The requests by how long they took, the fastest first.
    pub buckets: Vec<RequestBucketModel>,
    /// Steps on critical paths: stage, steps, their time beyond the longest of each request.
    pub repeats: Vec<(usize, u64, u64)>,
    /// Stages that follow each other there: both, what they would save side by side, requests in which the one
    /// came first, requests in which the other did.
    pub pairs: Vec<(usize, usize, u64, u64, u64)>,
    /// Stages that ran at the same time in some request.
    pub overlapping: Vec<(usize, usize)>,
    /// The time without a stage: the stage before, the stage after, how long.
    pub gaps: Vec<(Option<usize>, Option<usize>, u64)>,
    /// Stages beyond the 256 that a request remembers.
    pub dropped_stages: u64,
}

/// Requests that took about as long, to a sixteenth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RequestBucketModel {
    /// The shortest duration of the bucket.
    pub from_ns: u64,
    /// How many requests.
    pub requests: u64,
    /// How long they took together.
    pub whole_ns: u64,
    /// In which no stage ran.
    pub unattributed_ns: u64,
    /// Requests with such time.
    pub with_unattributed: u64,
    /// Stage, requests that had it, in which it ran, in which it was on the critical path.
    pub stages: Vec<(usize, u64, u64, u64)>,
}

impl RequestTotalsModel {
    pub(super) fn new(parts: RequestTotals) -> Self {
        let stage = |s: StageTotals| (s.stage, s.requests, s.covered, s.on_path);
        let bucket = |bucket: BucketTotals| RequestBucketModel {
            from_ns: bucket.from,
            requests: bucket.requests,
            whole_ns: bucket.whole,
            unattributed_ns: bucket.unattributed,
            with_unattributed: bucket.with_unattributed,
            stages: bucket.stages.into_iter().map(stage).collect(),
        };
        let pair = |pair: PairTotals| (pair.a, pair.b, pair.saved, pair.a_first, pair.b_first);
        RequestTotalsModel {
            names: parts.names,
            buckets: parts.buckets.into_iter().map(bucket).collect(),
            repeats: parts.repeats.iter().map(|r| (r.stage, r.steps, r.beyond_longest)).collect(),
            pairs: parts.pairs.into_iter().map(pair).collect(),
            overlapping: parts.overlapping,
            gaps: parts.gaps.iter().map(|gap| (gap.before, gap.after, gap.nanos)).collect(),
            dropped_stages: parts.dropped_stages,
        }
    }

    pub(super) fn restore(&self) -> RequestTotals {
        let stage = |&(stage, requests, covered, on_path): &_| StageTotals {
            stage,
            requests,
            covered,
            on_path,
        };
        let bucket = |bucket: &RequestBucketModel| BucketTotals {
            from: bucket.from_ns,
            requests: bucket.requests,
            whole: bucket.whole_ns,
            unattributed: bucket.unattributed_ns,
            with_unattributed: bucket.with_unattributed,
            stages: bucket.stages.iter().map(stage).collect(),
        };
        let repeat =
            |&(stage, steps, beyond_longest): &_| RepeatTotals { stage, steps, beyond_longest };
        let pair =
            |&(a, b, saved, a_first, b_first): &_| PairTotals { a, b, saved, a_first, b_first };
        let gap = |&(before, after, nanos): &_| GapTotals { before, after, nanos };
        RequestTotals {
            names: self.names.clone(),
            buckets: self.buckets.iter().map(bucket).collect(),
            repeats: self.repeats.iter().map(repeat).collect(),
            pairs: self.pairs.iter().map(pair).collect(),
            overlapping: self.overlapping.clone(),
            gaps: self.gaps.iter().map(gap).collect(),
            dropped_stages: self.dropped_stages,
        }
    }
}
