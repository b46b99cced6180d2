//! From an SLA file to Prometheus and Grafana: the rules, the tests of those rules, and a dashboard.
//!
//! [`Generator`] writes all three, and nothing in them depends on when or where it runs. The services expose
//! their promises with [`Exposition::with_sla`](crate::prometheus::Exposition::with_sla); give the generator the prefix
//! and [`Naming`](crate::prometheus::Naming) of that exposition.
//!
//! ```
//! use perf_export::generate::Generator;
//! use perf_sla::SlaConfig;
//!
//! let sla = SlaConfig::from_toml(r#"
//!     [[objectives]]
//!     name = "fast answers"
//!     operation = "answer"
//!     good = "latency <= 300ms"
//!     target = "99.9%"
//! "#)?;
//! let generator = Generator::new(&sla).selector("job=\"api\"")?;
//! let rules = generator.rules();
//! assert!(rules.contains("record: \"perf_sla:error_ratio:increase1h\""));
//! assert!(rules.contains(">= 0.0144")); // a burn rate of 14.4, of 99.9 %
//! let tests = generator.tests("rules.yml");
//! assert!(tests.contains("alertname: \"SLA objectives.fast answers\""));
//! assert!(generator.dashboard().contains("\"${datasource}\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a promise becomes
//!
//! | in the file | in Prometheus |
//! |---|---|
//! | objective | share of bad events over each window of its burn rates and over its period, burn rates, budget left; an alert for each severity |
//! | percentile, maximum, success or error rate, ratio of counters | share of bad events over 5 minutes, and an alert when so many are beyond chance, as in the verdict |
//! | throughput, mean | an alert on the calls themselves |
//! | gauge, counter, resource | an alert on its value, the worst of all processes |
//! | `[[alerts]]` | the alerts of what it watches, with its name, `window`, `for`, `keep_firing_for`, severity, summary and runbook, in the place of ours |
//! | | an alert when no process is there |
//!
//! Apdex, and means and maxima of the user's own histograms, are judged in the process alone; the head of the
//! rules lists what was left out. Exclusions are not subtracted: silence the alerts.
//!
//! Rules need nothing newer than Prometheus 2.42.

mod dashboard;
mod families;
mod generator;
mod plan;
mod promql;
mod rules;
mod selector;
mod unit_tests;
mod yaml;

pub use generator::{Generator, InvalidGenerator};
