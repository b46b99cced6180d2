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

mod call_site;
mod call_tree;
mod clock;
mod counter;
mod cumulative;
mod definition;
mod definition_error;
mod definitions;
mod distribution;
mod failure_kinds;
mod family;
mod gauge;
mod hit_ratio;
mod inference;
mod kept;
mod lap_timer;
mod limits;
mod losses;
mod metadata;
mod metric_definition;
mod operation;
mod operation_core;
mod operation_snapshot;
mod owned_timer;
mod profiler;
mod profiler_builder;
mod profiler_definitions;
mod profiler_requests;
mod profiler_scopes;
mod quantile;
mod recent_calls;
mod request;
mod request_core;
mod request_summary;
mod requests;
mod sampled;
mod scope;
mod series;
mod snapshot;
mod storage;
mod sync;
mod timeline;
mod timer;
mod trackers;
mod value_histogram;
mod varint;

#[doc(hidden)]
pub use call_site::CallSite;
pub use call_tree::{CallNode, CallTree};
pub use clock::{Clock, ManualClock};
pub use counter::Counter;
pub use definition::Definition;
pub use definition_error::{DefinitionError, DefinitionField};
pub use distribution::{Bucket, Distribution};
pub use failure_kinds::OTHER_FAILURES;
pub use family::{CounterFamily, Family, GaugeFamily, HistogramFamily, LabelError};
pub use gauge::Gauge;
pub use hit_ratio::{HitCounter, HitRatio};
pub use inference::{InferenceMetrics, InferenceStatistics};
pub use kept::Sample;
pub use lap_timer::LapTimer;
pub use limits::{MAX_LIMITS, TooManyLimits};
pub use losses::Losses;
pub use metadata::MetadataValue;
pub use metric_definition::{MetricDefinition, MetricKind};
pub use operation::Operation;
pub use operation_snapshot::{OperationSnapshot, OverLimit};
pub use owned_timer::OwnedTimer;
pub use profiler::{Profiler, global};
pub use profiler_builder::ProfilerBuilder;
pub use quantile::{InvalidQuantile, Quantile};
pub use recent_calls::{RecentCall, RecentCalls};
pub use request::{Request, Stage};
pub use request_summary::{RequestSummary, StageSummary};
pub use requests::RequestError;
pub use sampled::{SampledOperation, SampledTimer};
pub use scope::Scope;
pub use series::{OVERFLOW, Series};
pub use snapshot::{SinceError, Snapshot};
pub use timeline::{
    Coverage, GaugeRange, LongWindow, OperationTotals, StandingWindow, Throughput, Timeline,
    TimelineThread, Window,
};
pub use timer::Timer;
pub use trackers::{
    BatchId, BatchSummary, LatencyStatistics, LatencyTracker, RateUnit, SlidingThroughput,
    ThroughputTotals, ThroughputTracker, TimeUnit, TrackError, TrackId, Tracked, UnknownUnit,
};
pub use value_histogram::ValueHistogram;
