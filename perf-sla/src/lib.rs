//! Judge a snapshot against an SLA file: met, violated or inconclusive, with the evidence.
//!
//! An *indicator* is what is measured (a latency percentile, a success rate), an *objective* is our
//! target for it, and an *agreement* is the promise to a customer. This crate judges objectives; the
//! file that holds them keeps the name everybody uses.
//!
//! * [`SlaConfig`], the file: targets for the whole and for single operations.
//! * [`Verdict`], all checks of it on one snapshot; [`Check`], one of them with its evidence.
//! * [`Status`], the answer of a check, and the exit code of every command that judges.
//! * [`SlaError`], everything that is wrong with a file, with lines and columns.
//!
//! ```
//! use perf_core::Profiler;
//! use perf_sla::{SlaConfig, Status};
//! use std::time::Duration;
//!
//! let sla = SlaConfig::from_toml(r#"
//!     [operations.retrieval]
//!     max_p95 = "100ms"
//!     min_success_rate = "99%"
//! "#)?;
//! let profiler = Profiler::new();
//! sla.watch(&profiler)?;                      // from now on "over 100 ms" is counted exactly
//! for millis in 0..1_000 {
//!     profiler.record("retrieval", Duration::from_millis(millis / 8));
//! }
//! let verdict = sla.evaluate(&profiler.snapshot());
//! assert_eq!(verdict.status(), Status::Violated);
//! for violation in verdict.violations() {
//!     println!("{violation}"); // Operation 'retrieval' P95 (118.5ms) exceeds target (100.0ms)
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It prints nothing and knows no format but that of the file; reports are `perf-report`'s business.
#![forbid(unsafe_code)]

mod check;
mod config;
mod error;
mod file;
mod nearest;
mod quantity;
mod target;
mod verdict;

pub use check::{Check, Status};
pub use config::SlaConfig;
pub use error::{Problem, SlaError};
pub use quantity::Quantity;
pub use target::{Indicator, Target};
pub use verdict::Verdict;
