//! Write what was measured for machines, and read it back.
//!
//! * [`RequestLog`], a line of JSON for each finished request: by day and size, compressed, deleted;
//!   [`RequestLogThread`], the thread that writes them; [`Retention`], what becomes of old files.
//! * [`LogReader`], any log of requests read line by line: ours, or by a [`Mapping`] or an [`AccessLog`] that of
//!   somebody else; [`MergedReader`], several of them by time; [`Skipped`], the lines that were none.
//! * [`convert`], a log in the formats of other tools.
//! * [`prometheus`], what was measured in the formats that Prometheus scrapes.
//! * `push` (feature of the same name), the same sent to servers: remote write and Pushgateway.
//! * `server` (feature `server`), a server that scrapers and people ask over HTTP.
//! * `generate` (feature `generate`), Prometheus' rules and a Grafana dashboard from an SLA file.
//! * [`Replay`], a log recorded once more into a profiler, so that percentiles, SLAs and reports work on it;
//!   [`EntryRecorder`], the same entry by entry, for whoever looks in between.
//! * [`write_operations_csv`], [`write_metrics_csv`] and [`write_intervals_csv`], for spreadsheets.
//! * [`write_hgrm`], percentile files for HdrHistogram's plotter; `HdrLog` (feature `hdr`), its interval logs.
//!
//! ```
//! use perf_core::Profiler;
//! use perf_export::RequestLog;
//! # let folder = std::env::temp_dir().join(format!("perf-export-{}", std::process::id()));
//! # let folder = &folder;
//!
//! let profiler = Profiler::new();
//! let log = RequestLog::in_folder(folder).spawn(&profiler)?;
//! {
//!     let request = profiler.request("query-1");
//!     request.time("retrieval", || ());
//! }
//! let left = log.stop();
//! assert_eq!((left.written, left.dropped), (1, 0));
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What this crate does not do
//!
//! It judges nothing and shows nothing to people.
#![forbid(unsafe_code)]

pub mod convert;
mod csv;
#[cfg(feature = "generate")]
pub mod generate;
#[cfg(feature = "hdr")]
mod hdr_log;
mod hgrm;
mod log_reader;
pub mod prometheus;
#[cfg(feature = "push")]
pub mod push;
mod request_log;
#[cfg(feature = "server")]
pub mod server;

pub use csv::{write_intervals_csv, write_metrics_csv, write_operations_csv};
#[cfg(feature = "hdr")]
pub use hdr_log::HdrLog;
pub use hgrm::{HgrmUnit, write_hgrm};
pub use log_reader::{
    AccessLog, Entry, EntryRecorder, FieldTest, LogError, LogFormat, LogReader, Mapping,
    MergedReader, Replay, Replayed, SkipReason, Skipped, Span,
};
pub use request_log::{LogAction, LogTotals, Planned, RequestLog, RequestLogThread, Retention};
