//! Measure a running service from the inside, judge it against one SLA file, and tell people and
//! machines.
//!
//! This crate is the front door: everything of [`perf_core`](https://docs.rs/perf-core) at the top,
//! and a module for each crate above it, behind the feature of the same name.
//!
//! | feature | module | what it adds | crates it pulls |
//! |---|---|---|---|
//! | (none) | | record and snapshot: [`Profiler`], [`Operation`], [`Timer`], [`Request`], [`Snapshot`] | none but ours |
//! | `analysis` | `analysis` | what measured numbers say: intervals, comparisons, trends, bottlenecks | none but ours |
//! | `sla` | `sla` | judge what was measured against an SLA file | toml, jiff |
//! | `yaml` | | SLA files in YAML and JSON | saphyr-parser |
//! | `report` | `report` | console, JSON, Markdown, HTML, and [`Reports`] on a schedule; turns `sla` and `analysis` on | serde, serde_json, tera, jiff |
//! | `export` | `export` | request logs, CSV, percentile files | serde_json, jiff, flate2, crossbeam-channel |
//! | `generate` | | Prometheus' rules and a Grafana dashboard from an SLA file; turns `export` and `sla` on | none but ours |
//! | `hdr` | | interval logs of HdrHistogram; turns `export` on | hdrhistogram, base64 |
//! | `zstd` | | request logs compressed with zstd; turns `export` on | ruzstd |
//! | `prometheus` | | a collector for a registry of the crate `prometheus`; turns `export` on | prometheus |
//! | `push` | | remote write and Pushgateway; turns `export` on | ureq, snap, base64 |
//! | `resources` | `resources` | what the work costs: CPU, memory, files, cgroups | rustix (Linux), toml |
//! | `system` | | memory and CPU of the whole system; turns `resources` on | sysinfo |
//! | `gpu` | | GPUs of NVIDIA, not in `full`; turns `resources` on | nvml-wrapper |
//! | `alloc` | | exactly what a call allocates; turns `resources` on | none |
//! | `alert` | `alert` | rules over the same windows as the SLA, and handlers: files, commands, closures; turns `sla` on | serde_json, tera, jiff, crossbeam-channel, rustix |
//! | `alert-http` | | handlers for webhooks, Alertmanager, Slack and PagerDuty; turns `alert` on | ureq |
//! | `alert-log` | | a handler for the crate `log`; turns `alert` on | log |
//! | `alert-email`, `alert-tracing` | | handlers that send mail and emit events, not in `full`; turn `alert` on | lettre; tracing |
//! | `alert-tls` | | what is encrypted, not in `full`; turns `alert-http` on | rustls, ring |
//! | `push-tls` | | `push` over HTTPS too, not in `full`; turns `push` on | rustls, ring |
//! | `server` | `export::server` | a [`Server`] for scrapes, the SLA status and the report, not in `full`; turns `export` and `sla` on | axum, hyper, tokio |
//! | `server-tls` | | the same over TLS, not in `full` | rustls, ring |
//! | `full` | | all of them but those that say so | |
//!
//! ```
//! use perfkit::Profiler;
//!
//! let profiler = Profiler::new();
//! let embedding = profiler.operation("embedding"); // resolve once, record for ever
//! let vector = embedding.time(|| vec![0.5_f32; 256]);
//! let snapshot = profiler.snapshot();
//! println!("{:?}", snapshot.operation("embedding").and_then(|embedding| embedding.p95()));
//! # assert_eq!(vector.len(), 256);
//! ```
#![forbid(unsafe_code)]

#[cfg(feature = "report")]
mod reports;
#[cfg(feature = "server")]
mod server;

#[cfg(feature = "alert")]
#[doc(inline)]
pub use perf_alert as alert;
#[cfg(feature = "analysis")]
#[doc(inline)]
pub use perf_analysis as analysis;
#[doc(inline)]
pub use perf_core::*;
#[cfg(feature = "export")]
#[doc(inline)]
pub use perf_export as export;
#[cfg(feature = "report")]
#[doc(inline)]
pub use perf_report as report;
#[cfg(feature = "resources")]
#[doc(inline)]
pub use perf_resources as resources;
#[cfg(feature = "sla")]
#[doc(inline)]
pub use perf_sla as sla;
#[cfg(feature = "report")]
pub use reports::{ReportEvent, ReportFormat, ReportTotals, ReportWriter, Reports, ReportsThread};
#[cfg(feature = "server")]
pub use server::Server;

/// The examples of the README, run as tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../../README.md")]
struct ReadmeExamples;

/// The examples of the page about SLA files, run as tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../../docs/sla.md")]
struct SlaExamples;

/// The examples of the page about request logs, run as tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../../docs/logs.md")]
struct LogExamples;

/// The examples of the page about reports, run as tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../../docs/report.md")]
struct ReportExamples;

/// The example of the page about CSV and HdrHistogram, run as a test.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../../docs/export.md")]
struct ExportExamples;

/// The examples of the page about alerts, run as tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../../docs/alerts.md")]
struct AlertExamples;

/// The examples of the page about resources, run as tests.
#[cfg(all(doctest, feature = "full", target_os = "linux"))]
#[doc = include_str!("../../docs/resources.md")]
struct ResourceExamples;

/// The examples of the guide, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide.md")]
struct GuideExamples;
