//! What the requests to a model were like.

use super::{BATCH_SIZE, CACHE, INFERENCE, REQUEST};
use crate::distribution::Distribution;
use crate::metric::HitRatio;
use crate::operation::OperationSnapshot;
use crate::snapshot::Snapshot;
use crate::timeline::Throughput;
use std::time::Duration;

/// The requests of an [`InferenceMetrics`](crate::InferenceMetrics) in one interval.
///
/// [`request`](Self::request) and its siblings have counts, mean and every percentile; what is here
/// besides is what they have not.
#[derive(Clone, Debug, PartialEq)]
pub struct InferenceStatistics {
    snapshot: Snapshot,
    throughput: Option<Throughput>,
    request: OperationSnapshot,
    inference: OperationSnapshot,
    batch_sizes: Distribution,
}

impl InferenceStatistics {
    pub(super) fn new(snapshot: Snapshot, throughput: Option<Throughput>) -> Self {
        let operation = |name| match snapshot.operation(name) {
            Some(operation) => operation.clone(),
            None => OperationSnapshot::empty(snapshot.from, snapshot.interval()).renamed(name),
        };
        InferenceStatistics {
            throughput,
            request: operation(REQUEST),
            inference: operation(INFERENCE),
            batch_sizes: snapshot.histogram(BATCH_SIZE, &[]).cloned().unwrap_or_default(),
            snapshot,
        }
    }

    /// Requests, those that failed among them.
    pub fn requests(&self) -> u64 {
        self.request.count()
    }

    /// Requests that failed.
    pub fn errors(&self) -> u64 {
        self.request.failures()
    }

    /// The share of requests that failed, in `0.0..=1.0`.
    pub fn error_rate(&self) -> Option<f64> {
        self.request.success_rate().map(|rate| 1.0 - rate)
    }

    /// Items in all batches.
    pub fn items(&self) -> u128 {
        self.batch_sizes.sum()
    }

    /// Items a second, over the whole interval.
    pub fn items_per_second(&self) -> Option<f64> {
        let seconds = self.runtime().as_secs_f64();
        (seconds > 0.0).then(|| self.items() as f64 / seconds)
    }

    /// Whole requests: all parts together.
    pub fn request(&self) -> &OperationSnapshot {
        &self.request
    }

    /// Inference alone.
    pub fn inference(&self) -> &OperationSnapshot {
        &self.inference
    }

    /// The part called `name`, if it was ever recorded: `preprocessing`, `quantization`, or what
    /// [`update_parts`](crate::InferenceMetrics::update_parts) was given.
    pub fn part(&self, name: &str) -> Option<&OperationSnapshot> {
        self.snapshot.operation(name)
    }

    /// Items a request.
    pub fn batch_sizes(&self) -> &Distribution {
        &self.batch_sizes
    }

    /// Look-ups in the cache.
    pub fn cache(&self) -> HitRatio {
        self.snapshot.hit_ratio(CACHE).unwrap_or_default()
    }

    /// Requests a second: now, on average, and at most. `None` while nobody ticks the profiler's
    /// [`Timeline`](crate::Timeline). Of an interval longer than the hour that it has in detail, this is
    /// of that hour; [`request`](Self::request) has the average over the whole interval.
    pub fn throughput(&self) -> Option<Throughput> {
        self.throughput
    }

    /// How long the interval is.
    pub fn runtime(&self) -> Duration {
        self.snapshot.interval()
    }

    /// Everything else of the profiler in the same interval.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}
