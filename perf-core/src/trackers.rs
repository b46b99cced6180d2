//! Trackers: a profiler seen in one unit, with what starts and stops by id.

mod latency_statistics;
mod latency_tracker;
mod rate_unit;
mod running;
mod throughput_figures;
mod throughput_tracker;
mod time_unit;
mod unknown_unit;

pub use latency_statistics::LatencyStatistics;
pub use latency_tracker::{LatencyTracker, TrackId, Tracked};
pub use rate_unit::RateUnit;
pub use running::TrackError;
pub use throughput_figures::{BatchSummary, SlidingThroughput, ThroughputTotals};
pub use throughput_tracker::{BatchId, ThroughputTracker};
pub use time_unit::TimeUnit;
pub use unknown_unit::UnknownUnit;
