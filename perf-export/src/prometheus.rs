//! What was measured, as Prometheus and whatever speaks its formats scrape it.
//!
//! [`Exposition`] says what is exposed and under which names; [`Exposition::encode`] writes a
//! [`Snapshot`](perf_core::Snapshot) in one of the three [`Format`]s, of which [`Format::negotiate`] finds
//! the one that a scraper wants. With the feature `prometheus`, `ProfilerCollector` puts the same families
//! into a registry of the crate of that name.
//!
//! ```
//! use perf_core::Profiler;
//! use perf_export::prometheus::{Exposition, Format};
//! use std::time::Duration;
//!
//! let profiler = Profiler::new();
//! profiler.record("search", Duration::from_millis(20));
//! let exposition = Exposition::new();
//!
//! let format = Format::negotiate("text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
//! let mut body = Vec::new();
//! exposition.encode(&profiler.lifetime(), format, &mut body);
//! let body = String::from_utf8(body)?;
//! assert!(body.contains("perf_operation_duration_seconds_bucket{operation=\"search\",le=\"0.025\"} 1\n"));
//! assert!(body.contains("perf_operation_requests_total{operation=\"search\",status=\"success\"} 1\n"));
//! # Ok::<(), std::string::FromUtf8Error>(())
//! ```
//!
//! # Names
//!
//! All begin with a prefix, `perf_` by default. [`Naming`] has the alternatives for operations.
//!
//! | family | labels | what |
//! |---|---|---|
//! | `operation_duration_seconds` | `operation` | histogram of the successes that were timed |
//! | `operation_requests_total` | `operation`, `status` | all calls; `status` is `success` or `error` |
//! | `operation_failures_total` | `operation`, `kind` | failures of which a kind is known |
//! | `sla_good_total`, `sla_events_total` | `sla`, and of a file `operation`, `part` | counts [of your own](Exposition::sla_events), or of an SLA file (`Exposition::with_sla`, feature `sla`) |
//! | `sla_objective_ratio`, `sla_limit_seconds` | the same | of a file: the share that is to be good, the limit of a latency |
//! | `sla_value`, `sla_counted_total` | the same | of a file: gauges and counters that have a limit |
//! | `losses_total` | `reason` | [what could not be kept](perf_core::Losses) |
//! | `build_info` | `version`, and [your own](Exposition::build_label) | 1 |
//! | `export_skipped_families_total` | | families that were left out of a scrape |
//!
//! Counters, gauges and histograms of the user's own follow, with their descriptions as HELP. What is counted
//! in a [known unit](perf_core::Definition::unit) is exposed in the base unit, which the name ends with: a
//! histogram `wait` in `ms` is `perf_wait_seconds`, a gauge `used` in `%` is `perf_used_ratio`, exactly
//! computed. Counters get `_total`. Gauges whose names begin with `process_` keep them, without a prefix:
//! dashboards know them so; those that end with `_total` are counters.
//!
//! # What a bucket counts
//!
//! The edges are the 14 of OpenTelemetry for latencies, or [others](Exposition::buckets), and among them every
//! limit: those the operation [counts exactly](perf_core::OperationSnapshot::over_limits), as the targets of
//! an SLA do, and [given ones](Exposition::limits). At a limit that has been counted from the start, the
//! bucket is exact; at any other edge it has every value at or below the edge and none that is more than 1/128
//! above it.
//!
//! Native histograms have the finest of Prometheus' layouts that needs at most 160 buckets: schema 5 (buckets
//! 2.2 % wide) for latencies within nearly five octaves, 4 (4.4 %) within ten, 3 (9.1 %) within twenty. A
//! value within 1/256 of an edge may count on its other side.
//!
//! # What cannot be exposed as it is
//!
//! What no name can have becomes `_`; label values are any text, escaped. Of two metrics that would have one
//! name after that, the built-in one stays, or the one that is called so, or the first by name; the other
//! is left out of the scrape and counted, and so is a family whose series would be the same one. The scrape
//! never fails.

#[cfg(feature = "prometheus")]
mod collector;
mod custom;
pub(crate) mod edge;
mod gather;
mod labels;
pub(crate) mod names;
mod naming;
mod native;
mod negotiate;
mod never_back;
pub(crate) mod number;
mod operations;
mod options;
#[cfg(feature = "sla")]
mod promised;
mod protobuf;
pub(crate) mod sink;
mod sla;
pub(crate) mod text;
pub(crate) mod wire;

#[cfg(feature = "prometheus")]
pub use collector::ProfilerCollector;
pub use naming::{Naming, Part};
pub use negotiate::Format;
pub use options::{Exposition, InvalidExposition, SlaEvents};
