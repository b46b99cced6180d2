//! Judge what was measured against an SLA file: met, violated or inconclusive, with the evidence.
//!
//! An *indicator* is what is measured (a latency percentile, a success rate), an *objective* is our
//! target for it, and an *agreement* is the promise to a customer. This crate judges objectives; the
//! file that holds them keeps the name everybody uses.
//!
//! What is promised:
//! * [`SlaConfig`], the file; [`SlaBuilder`] and [`Targets`], the same in code; [`Buffer`], promises from
//!   a measured baseline.
//! * [`Target`], a limit for one [`Indicator`] of one [`Subject`], and the [`Rule`] it is judged by.
//! * [`Objective`], a share of good events over a [`Period`], with an error budget; [`Good`], which events
//!   those are; [`BurnRatePair`], when the budget goes too fast; [`Exclusion`], what does not count.
//! * [`Promise`], a target or an objective as a share of events, whose counts add up over processes.
//! * [`Metric`] and [`SeriesPattern`], metrics of the user's own.
//! * [`AlertRule`], who is told of what, and by which [`Condition`]; [`Inhibition`] and [`PlannedSilence`],
//!   when nobody is, by [`Matcher`]s.
//! * [`HandlerConfig`], who tells them: [how](HandlerKind), and which alerts; [`Secret`] and
//!   [`Address`], what it needs and the file does not say.
//! * `OpenSloExport` and `OpenSloImport`, the same promises in OpenSLO v1 (with the feature `yaml`).
//! * [`SlaError`], everything that is wrong with a file, with lines and columns.
//!
//! What follows:
//! * [`Verdict`], all checks on one snapshot or timeline; [`Check`], one of them with its evidence; [`Judge`],
//!   single targets on one snapshot.
//! * [`Status`], the answer of a check, and the exit code of every command that judges.
//! * [`Budget`], how much of what may be bad was, and how fast it goes; [`EventHistory`], what it rests on
//!   and what outlives the process.
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
//! It prints nothing, starts no thread, and tells nobody; reports are `perf-report`'s business, and
//! alerts `perf-alert`'s.
#![forbid(unsafe_code)]

mod alert;
mod baseline;
mod budget;
mod builder;
mod burn_rate;
mod check;
mod condition;
mod config;
mod document;
mod error;
mod evaluate;
mod events;
mod exclusion;
mod explain;
mod good;
mod handler;
mod judge;
mod keys;
mod lint;
mod matcher;
mod metric;
mod nearest;
mod objective;
#[cfg(feature = "yaml")]
mod openslo;
mod period;
mod promise;
mod quantity;
mod reader;
mod rule;
mod saved;
mod schema;
mod secret;
mod series_pattern;
mod status;
mod target;
mod verdict;
mod watch;
mod writer;

pub use alert::{AlertRule, Alerting, Inhibition, PlannedSilence, Trigger, WithoutData};
pub use baseline::Buffer;
pub use budget::{Budget, BudgetPoint, BurnRate, Excluded, WindowBurn};
pub use builder::{SlaBuilder, Targets};
pub use burn_rate::{BurnRatePair, Severity};
pub use check::{Basis, Check, WorstWindow};
pub use condition::Condition;
pub use config::SlaConfig;
pub use error::{Problem, SlaError};
pub use evaluate::Judge;
pub use events::{EventHistory, Events};
pub use exclusion::{Day, Exclusion, Schedule};
pub use good::{Comparison, Good, Term};
pub use handler::{EmailConfig, HandlerConfig, HandlerKind, MailEncryption};
pub use matcher::Matcher;
pub use metric::{Metric, MetricSource};
pub use objective::{Budgeting, Objective};
#[cfg(feature = "yaml")]
pub use openslo::{OpenSloExport, OpenSloImport};
pub use perf_analysis::Confidence;
pub use period::{Calendar, Period, Zone};
pub use promise::{Promise, PromiseCounts};
pub use quantity::Quantity;
pub use rule::{Certainty, OnNoData, Rule};
pub use schema::json_schema;
pub use secret::{Address, Secret};
pub use series_pattern::SeriesPattern;
pub use status::Status;
pub use target::{Bound, Indicator, Subject, Target};
pub use verdict::Verdict;
