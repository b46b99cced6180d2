//! What the two programs of this crate share: `benchmarks`, for times, and `memory`, for bytes.

pub mod settings;
#[path = "../../perf-core/benches/workload/mod.rs"]
mod workload;

pub use workload::{at_once, each, latencies};

/// Of the values that are recorded: six decades, in an order of 65,536 that no branch predictor learns.
pub const SIX_DECADES: f64 = 2.3;
/// Of the values that are recorded to be read: a service as it should be.
pub const NARROW: f64 = 0.6;
