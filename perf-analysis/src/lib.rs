//! What measured numbers say: pure functions over snapshots and timelines.
//!
//! * [`CountTest`], whether a count of bad events is firmly within a promise, firmly beyond it, or too
//!   small to say; [`Evidence`], its answer.
//! * [`ratio_interval`] and [`quantile_interval`], where the true share or percentile lies.
//! * [`MeanEstimate`], where the true mean lies.
//! * [`Confidence`], how sure a firm answer must be.
//!
//! # What this crate does not do
//!
//! It judges nothing: what a limit is and what follows from it is `perf-sla`'s business.
#![forbid(unsafe_code)]

mod binomial;
mod confidence;
mod count_test;
mod interval;
mod mean;

pub use confidence::{Confidence, InvalidConfidence};
pub use count_test::{CountTest, Evidence};
pub use interval::{quantile_interval, quantile_ranks, ratio_interval};
pub use mean::MeanEstimate;
