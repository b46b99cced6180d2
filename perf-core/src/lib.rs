//! Measure a running service from the inside: record latencies in about 2 ns from any number of
//! threads, and take snapshots that say precisely what they hold.
//!
//! Record with:
//! * [`Profiler`], the registry: names become operations, counters and gauges; it is also the reader.
//! * [`Operation`], a handle to one named kind of work: time a closure or a future, record a duration.
//! * [`Timer`], the guard that records when it is dropped; [`OwnedTimer`] borrows nothing,
//!   [`LapTimer`] measures stages with one clock read each, [`SampledOperation`] times one call in n.
//! * [`Scope`], a timer that also knows which scopes enclose it on its thread.
//! * [`Request`], one unit of work with its [`Stage`]s, as a guard or by id.
//! * [`Counter`], [`Gauge`] and [`ValueHistogram`], for what is no duration, with labels.
//! * [`HitCounter`] for a cache, [`InferenceMetrics`] for a model: several of these at once.
//! * [`Definition`], what such a metric measures, in which unit, by which labels; a [`Family`] is the
//!   metric so defined.
//! * [`LatencyTracker`] and [`ThroughputTracker`], the same profiler in a [`TimeUnit`] or [`RateUnit`],
//!   by label, with starts and stops by id.
//! * [`Clock`], where the time comes from, and a manual one for tests.
//!
//! Read with:
//! * [`Snapshot`], an immutable copy; the difference of two is an interval.
//! * [`OperationSnapshot`], the counts and latencies of one operation in it.
//! * [`Distribution`] and [`Quantile`], the buckets and what is read from them.
//! * [`Timeline`], for the last second, minute, hour or month: [`Window`], [`LongWindow`].
//! * [`MetricDefinition`], what an exporter wants to know of a metric.
//! * [`CallTree`] and [`CallNode`], who called what: paths of scopes with total and self time.
//! * [`Sample`], one of the slowest or failed calls, with its metadata; [`RecentCalls`], the last n.
//! * [`SnapshotParts`], a snapshot as plain values: what was written down becomes a snapshot again.
//! * [`Losses`], everything that was refused, clamped or dropped: nothing is lost silently.
//!
//! ```
//! use perf_core::Profiler;
//!
//! let profiler = Profiler::new();
//! let embedding = profiler.operation("embedding");
//! let vector = embedding.time(|| vec![0.5_f32; 256]);
//! {
//!     let mut timer = profiler.timer("retrieval");
//!     timer.metadata("dimensions", vector.len());
//! }
//! let snapshot = profiler.snapshot();
//! for operation in snapshot.operations() {
//!     println!("{}: {} calls, p99 {:?}", operation.name(), operation.count(), operation.p99());
//! }
//! # assert_eq!(snapshot.operations().count(), 2);
//! ```
//!
//! # What this crate does not do
//!
//! It knows no format, opens no file or socket, starts no thread, and depends on no other crate.
//! Judging, reporting, exporting and alerting are the business of the crates above it, which see
//! snapshots and never a live counter; `perfkit` is the front door to all of them.

mod call_tree;
mod clock;
mod distribution;
mod inference;
#[cfg(all(test, loom))]
mod loom_models;
mod losses;
mod metadata;
mod metric;
mod operation;
mod profiler;
mod request;
mod snapshot;
mod storage;
mod sync;
mod timeline;
mod timer;
mod trackers;
mod varint;

pub use call_tree::{CallNode, CallTree, Scope};
pub use clock::{Clock, ManualClock, saturating_nanos};
pub use distribution::{Bucket, Distribution, InvalidQuantile, Quantile, UnknownBucket};
pub use inference::{InferenceMetrics, InferenceStatistics};
pub use losses::Losses;
pub use metadata::MetadataValue;
pub use metric::{
    Counter, CounterFamily, Definition, DefinitionError, DefinitionField, Family, Gauge,
    GaugeFamily, HistogramFamily, HitCounter, HitRatio, LabelError, MetricDefinition, MetricKind,
    OVERFLOW, Series, ValueHistogram,
};
pub use operation::{
    MAX_LIMITS, OTHER_FAILURES, Operation, OperationSnapshot, OverLimit, RecentCall, RecentCalls,
    Sample, SampledOperation, SampledTimer, TooManyLimits,
};
pub use profiler::{Profiler, ProfilerBuilder, global};
pub use request::{Request, RequestError, RequestSummary, Stage, StageSummary};
pub use snapshot::{OperationParts, SinceError, Snapshot, SnapshotParts};
pub use timeline::{
    Coverage, GaugeRange, LongWindow, OperationTotals, StandingWindow, Throughput, Timeline,
    TimelineThread, Window,
};
#[doc(hidden)]
pub use timer::CallSite;
pub use timer::{LapTimer, OwnedTimer, Timer};
pub use trackers::{
    BatchId, BatchSummary, LatencyStatistics, LatencyTracker, RateUnit, SlidingThroughput,
    ThroughputTotals, ThroughputTracker, TimeUnit, TrackError, TrackId, Tracked, UnknownUnit,
};
