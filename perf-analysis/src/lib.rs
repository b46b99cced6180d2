//! What measured numbers say: pure functions over snapshots, timelines, requests, call trees and
//! plain numbers.
//!
//! * [`CountTest`], whether a count of bad events is firmly within a promise, firmly beyond it, or too
//!   small to say; [`Evidence`], its answer.
//! * [`ratio_interval`] and [`quantile_interval`], where the true share or percentile lies.
//! * [`MeanEstimate`], where the true mean lies.
//! * [`compare`], whether two sets of runs differ by more than noise and more than matters:
//!   [`Comparison`], its answer, with an [`Outcome`] for each [`Metric`].
//! * [`change_points`], when a series jumps to another level: [`ChangePoint`].
//! * [`trend`], whether a series rises or falls; [`stability`], how steady its values are; [`Reading`], a
//!   series of throughput, latency or failure rate from a window of a timeline.
//! * [`leak`], whether memory, or what else is counted, is lost: [`LeakVerdict`], with a [`LeakGrade`];
//!   [`gauge_points`], the series it wants from a window.
//! * [`saturation`], which [`Resource`] is near its limit: [`Saturation`]; [`gauge_usage`], what it wants.
//! * [`mann_whitney`], [`hodges_lehmann`], [`holm`] and [`mann_kendall`], what these rest on.
//! * [`operation_bottlenecks`], [`request_bottlenecks`] and [`call_bottlenecks`], where the time goes, with
//!   impact and recommendation: [`Bottleneck`]; [`critical_path`], what decides when a request ends.
//! * [`RequestStatistics`], what requests add up to as they end: [`StageShare`], [`Tail`], the slowest, and
//!   the same bottlenecks; [`RequestWatch`], those of a profiler; [`RequestTotals`], their numbers.
//! * [`Confidence`], how sure a firm answer must be; [`Floor`], how large a difference must be to matter;
//!   [`Estimate`], a number with its interval.
//!
//! # What this crate does not do
//!
//! It judges nothing: what a limit is and what follows from it is `perf-sla`'s business.
#![forbid(unsafe_code)]

mod binomial;
mod bottleneck;
mod change_points;
mod comparison;
mod confidence;
mod count_test;
mod estimate;
mod floor;
mod gauge_points;
mod hodges_lehmann;
mod holm;
mod interval;
mod leak;
mod mann_kendall;
mod mann_whitney;
mod mean;
mod normal;
mod rank_sums;
mod reading;
mod request_statistics;
mod request_watch;
mod saturation;
mod stability;
mod student;
mod trend;
mod values;

pub use bottleneck::{
    Bottleneck, Cause, Impact, Step, call_bottlenecks, critical_path, operation_bottlenecks,
    request_bottlenecks,
};
pub use change_points::{ChangePoint, change_points};
pub use comparison::{Better, Comparison, InvalidMetric, Metric, Outcome, compare};
pub use confidence::{Confidence, InvalidConfidence};
pub use count_test::{CountTest, Evidence};
pub use estimate::Estimate;
pub use floor::Floor;
pub use gauge_points::{gauge_points, gauge_usage};
pub use hodges_lehmann::hodges_lehmann;
pub use holm::holm;
pub use interval::{quantile_interval, quantile_ranks, ratio_interval};
pub use leak::{Amount, LeakGrade, LeakVerdict, TimeToLimit, leak};
pub use mann_kendall::{MannKendall, mann_kendall};
pub use mann_whitney::{MannWhitney, mann_whitney};
pub use mean::MeanEstimate;
pub use reading::Reading;
pub use request_statistics::{
    BucketTotals, GapTotals, PairTotals, RepeatTotals, RequestStatistics, RequestTotals,
    StageShare, StageTotals, Tail, UnknownStage,
};
pub use request_watch::RequestWatch;
pub use saturation::{Resource, Saturation, Usage, saturation};
pub use stability::{Rating, Stability, stability};
pub use trend::{Direction, Trend, trend};
pub use values::InvalidValues;
