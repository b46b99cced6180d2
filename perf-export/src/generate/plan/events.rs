//! Shares of bad events over windows, of one promise.

use super::Recording;
use super::query::BASE;
use super::traffic::Series;
use crate::generate::generator::Generator;
use crate::generate::promql::{decimal, duration};
use perf_sla::Promise;
use std::collections::BTreeSet;
use std::time::Duration;

/// The labels that stay of a promise's events.
const KEPT: [&str; 3] = ["sla", "operation", "part"];

/// The recordings of one promise.
pub(super) struct Events<'a> {
    generator: &'a Generator,
    pub(super) path: String,
    pub(super) operation: Option<&'a str>,
    /// Matches what is recorded, and what the services expose.
    pub(super) matchers: String,
}

impl<'a> Events<'a> {
    pub(super) fn of(generator: &'a Generator, promise: &Promise<'a>) -> Self {
        let path = promise.path();
        let matchers = generator.matchers(&[("sla", &path)]);
        Events { generator, path, operation: promise.operation(), matchers }
    }

    /// The labels of everything about this promise.
    pub(super) fn labels(&self) -> Vec<(&'static str, String)> {
        let operation = self.operation.filter(|operation| !operation.is_empty());
        let operation = operation.map(|operation| ("operation", operation.to_owned()));
        [("sla", self.path.clone())].into_iter().chain(operation).collect()
    }

    pub(super) fn recording(&self, name: String, expression: String) -> Recording {
        Recording { name, expression, labels: self.labels() }
    }

    /// What is recorded, by its name.
    pub(super) fn recorded(&self, what: &str, window: Duration) -> String {
        format!("{}{}", self.generator.recorded(what, window), self.matchers)
    }

    /// Good and all events as the services count them.
    pub(super) fn counters(&self) -> [Series; 2] {
        ["sla_good_total", "sla_events_total"].map(|name| Series {
            name: self.generator.families().name(name),
            labels: self.labels(),
        })
    }

    /// Events and shares of bad ones over windows, the shorter ones first: the longer ones are made of them.
    pub(super) fn recordings(&self, windows: &BTreeSet<Duration>) -> Vec<Recording> {
        let mut recordings = Vec::new();
        let base = windows.iter().any(|window| self.generator.is_long(*window));
        let base = base.then(|| self.generator.window(BASE));
        if let Some(base) = base {
            let good = self.increase("sla_good_total", base);
            recordings.push(self.recording(self.generator.recorded("good", base), good));
        }
        let all: BTreeSet<Duration> = windows.iter().copied().chain(base).collect();
        for window in all {
            let name = self.generator.recorded("events", window);
            let events = match base {
                Some(base) if self.generator.is_long(window) => {
                    let part = self.generator.interval.as_secs_f64() / base.as_secs_f64();
                    format!("{} * {}", self.sum("events", base, window), decimal(part))
                }
                _ => self.increase("sla_events_total", window),
            };
            recordings.push(self.recording(name, events));
            if windows.contains(&window) {
                let name = self.generator.recorded("error_ratio", window);
                recordings.push(self.recording(name, self.error_ratio(window, base)));
            }
        }
        recordings
    }

    fn error_ratio(&self, window: Duration, base: Option<Duration>) -> String {
        let good_of_all = match base {
            Some(base) if self.generator.is_long(window) => {
                let [good, all] = ["good", "events"].map(|what| self.sum(what, base, window));
                format!("{good}\n/ ({all} > 0)")
            }
            _ => {
                let good = self.increase("sla_good_total", window);
                format!("{good}\n/ ({} > 0)", self.recorded("events", window))
            }
        };
        // Counts that are read a moment apart may be a hair apart.
        format!("clamp_min(1 - {good_of_all}, 0)")
    }

    fn increase(&self, counter: &str, window: Duration) -> String {
        let (by, matchers) = (self.generator.by(&KEPT), &self.matchers);
        let name = self.generator.families().name(counter);
        format!("sum {by} (increase({name}{matchers}[{}]))", duration(window))
    }

    fn sum(&self, what: &str, base: Duration, window: Duration) -> String {
        format!("sum_over_time({}[{}])", self.recorded(what, base), duration(window))
    }
}
