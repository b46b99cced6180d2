//! What a model server wants to know of its requests.

mod statistics;

pub use statistics::InferenceStatistics;

use crate::metric::{HitCounter, ValueHistogram};
use crate::operation::Operation;
use crate::profiler::Profiler;
use std::time::Duration;

const REQUEST: &str = "request";
const INFERENCE: &str = "inference";
const PREPROCESSING: &str = "preprocessing";
const QUANTIZATION: &str = "quantization";
const BATCH_SIZE: &str = "batch_size";
const CACHE: &str = "cache";

/// Inference, preprocessing and quantization times, batch sizes, errors and cache hits of the requests
/// to a model; cheap to clone, and any number of threads may share it.
///
/// It is made of a profiler's own parts, which everything else sees too:
///
/// | part | where |
/// |---|---|
/// | a request: all its parts together, and the errors | operation `request` |
/// | inference, and each other part | operations `inference`, `preprocessing`, `quantization`, … |
/// | batch sizes | histogram `batch_size` |
/// | cache hits and misses | counters `cache_hits`, `cache_misses` |
///
/// ```
/// use perf_core::{InferenceMetrics, Profiler};
/// use std::time::Duration;
///
/// let profiler = Profiler::builder().overall_operation("request").build();
/// let metrics = InferenceMetrics::new(&profiler);
/// for millis in 1..=100 {
///     metrics.update(Duration::from_millis(millis), 32, Duration::from_millis(2), None);
///     metrics.cache_hit();
/// }
/// metrics.error("out of memory");
/// let statistics = metrics.statistics();
/// assert_eq!((statistics.requests(), statistics.errors(), statistics.items()), (101, 1, 3_200));
/// assert_eq!(statistics.cache().rate(), Some(1.0));
/// assert_eq!(statistics.inference().mean(), Some(Duration::from_micros(50_500)));
/// assert_eq!(statistics.request().mean(), Some(Duration::from_micros(52_500)));
/// ```
///
/// An update costs what it records: about 2 ns each for the request, the inference and the batch size,
/// and 7 ns for each other part. Percentiles cost nothing more, so there is no switch for them.
#[derive(Clone, Debug)]
pub struct InferenceMetrics {
    profiler: Profiler,
    request: Operation,
    inference: Operation,
    batch_sizes: ValueHistogram,
    cache: HitCounter,
    parts: bool,
}

impl InferenceMetrics {
    /// Metrics that record into `profiler`.
    pub fn new(profiler: &Profiler) -> Self {
        InferenceMetrics {
            profiler: profiler.clone(),
            request: profiler.operation(REQUEST),
            inference: profiler.operation(INFERENCE),
            batch_sizes: profiler.histogram(BATCH_SIZE),
            cache: profiler.hit_counter(CACHE),
            parts: true,
        }
    }

    /// Remembers the last `count` requests exactly: see [`Operation::keep_recent`] for what that costs,
    /// and [`OperationSnapshot::recent`](crate::OperationSnapshot::recent) for where they are.
    pub fn keep_recent(self, count: usize) -> Self {
        self.request.keep_recent(count);
        self.inference.keep_recent(count);
        self
    }

    /// Records only requests and inferences, and no other part: the lightest mode.
    pub fn without_parts(self) -> Self {
        InferenceMetrics { parts: false, ..self }
    }

    /// Records a request that succeeded: the time of the inference, how many items were in its batch,
    /// and the times of preprocessing and quantization, if there were any.
    pub fn update(
        &self,
        inference: Duration,
        batch_size: u64,
        preprocessing: impl Into<Option<Duration>>,
        quantization: impl Into<Option<Duration>>,
    ) {
        let parts = [(PREPROCESSING, preprocessing.into()), (QUANTIZATION, quantization.into())];
        self.record(inference, batch_size, parts.into_iter());
    }

    /// As [`update`](Self::update), with parts of any name.
    pub fn update_parts(&self, inference: Duration, batch_size: u64, parts: &[(&str, Duration)]) {
        let parts = parts.iter().map(|(name, duration)| (*name, Some(*duration)));
        self.record(inference, batch_size, parts);
    }

    fn record<'a>(
        &self,
        inference: Duration,
        batch_size: u64,
        parts: impl Iterator<Item = (&'a str, Option<Duration>)>,
    ) {
        let mut request = inference;
        for (name, duration) in parts {
            let Some(duration) = duration else { continue };
            request = request.saturating_add(duration);
            if self.parts {
                self.profiler.record(name, duration);
            }
        }
        self.inference.record(inference);
        self.request.record(request);
        self.batch_sizes.record(batch_size);
    }

    /// Counts a request that failed, of this kind, without a time.
    pub fn error(&self, kind: &str) {
        self.request.core().count_untimed(true, Some(kind));
    }

    /// Counts a look-up in the cache that found something.
    pub fn cache_hit(&self) {
        self.cache.hit();
    }

    /// Counts one that did not.
    pub fn cache_miss(&self) {
        self.cache.miss();
    }

    /// All since the profiler's last reset. With the timeline ticking, throughput is known as well.
    pub fn statistics(&self) -> InferenceStatistics {
        let snapshot = self.profiler.snapshot();
        let window = self.profiler.timeline().window_since(snapshot.from());
        InferenceStatistics::new(snapshot, window.throughput(REQUEST))
    }

    /// The last `last`, of the profiler's [`Timeline`](crate::Timeline): somebody has to tick it.
    pub fn window(&self, last: Duration) -> InferenceStatistics {
        let window = self.profiler.timeline().window(last);
        InferenceStatistics::new(window.snapshot(), window.throughput(REQUEST))
    }
}
