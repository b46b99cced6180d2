//! Show a snapshot and its verdict to people.
//!
//! * [`Report`], what is shown: made from a snapshot and, if there is one, a verdict; it writes itself
//!   as text for a terminal, JSON, Markdown and HTML.
//! * [`Console`], how wide, colourful and Unicode that terminal is.
//! * [`model::Model`], the numbers behind all four, as the JSON has them.
//! * [`Trends`], many reports beside each other, and where an operation changed: text, HTML and JSON.
//! * [`Periods`], requests by the minute, hour or day, and where they go: text and a chart.
//! * [`wording`], numbers and texts as people read them.
//! * [`ReportError`], why a report could not be written.
//!
//! ```
//! use perf_core::Profiler;
//! use perf_report::{Console, Report};
//! use std::time::Duration;
//!
//! let profiler = Profiler::new();
//! profiler.record("retrieval", Duration::from_millis(42));
//! let report = Report::new(&profiler.snapshot());
//! println!("{}", report.to_console(&Console::plain(80)));
//! assert!(report.to_json()?.contains("\"p95_ns\": 42000000"));
//! assert!(report.to_markdown()?.contains("42.0 ms"));
//! # Ok::<(), perf_report::ReportError>(())
//! ```
//!
//! All numbers pass through one model and one place that words them, so the formats cannot disagree.
//!
//! # What this crate does not do
//!
//! It judges nothing, reads no clock, and writes no format that is for machines alone.
#![forbid(unsafe_code)]

mod annotations;
mod chart;
mod console;
mod error;
mod json;
mod lines;
mod load;
mod merge;
pub mod model;
mod page;
mod periods;
mod report;
mod security;
mod templates;
mod trends;
mod view;
pub mod wording;

/// The JSON Schema (draft 2020-12) of the reports that this version writes.
pub const JSON_SCHEMA: &str = include_str!("../report.schema.json");

pub use console::Console;
pub use error::{LoadError, ReportError};
pub use periods::{Period, Periods, Step};
pub use report::Report;
pub use templates::Templates;
pub use trends::Trends;
