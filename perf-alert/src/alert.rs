//! Something that is wrong, from its first firing to its end.

use perf_sla::Severity;
use std::collections::BTreeMap;
use std::time::SystemTime;

/// What tells one alert from another, sorted by name. `alertname` is the name of its rule, `operation` the
/// operation if it is about one. Nothing in it changes while the alert lives: values and severities do, and so
/// they stand elsewhere.
pub type Labels = BTreeMap<String, String>;

/// Something that is wrong, or was. It is one alert from its first firing until it is resolved, whatever becomes
/// of its severity meanwhile.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// The rule that found it.
    pub rule: String,
    /// The same from its first firing to its end.
    pub labels: Labels,
    /// How urgent it is now.
    pub severity: Severity,
    /// When it began to fire.
    pub started: SystemTime,
    /// When it was over; `None` while it fires.
    pub ended: Option<SystemTime>,
    /// What is wrong, in one line: `retrieval p95 is 125.6 ms, limit 100 ms`.
    pub summary: String,
    /// What a person needs to begin: since when, evidence, budget spent, worst operations, a slow sample.
    pub description: String,
    /// What was measured last, in the unit of the rule: `125.6 ms`; absent when nothing was.
    pub observed: Option<String>,
    /// What it is held against, with its comparison: `<= 100 ms`.
    pub limit: Option<String>,
    /// The highest severity that anybody was told of it, this time included; `None` if nobody was told, or if nobody
    /// keeps count. Whoever heard of it as of something urgent wants to hear of its end.
    pub told: Option<Severity>,
    /// Where to read what to do.
    pub runbook: Option<String>,
}

impl Alert {
    /// One that fires since `started`, with its rule as `alertname` and nothing else said of it: for handlers'
    /// tests, and for whoever finds something wrong in a way of their own.
    ///
    /// ```
    /// use perf_alert::{Alert, Severity};
    /// use std::time::SystemTime;
    ///
    /// let mut alert = Alert::new("slow retrieval", Severity::Warning, SystemTime::now());
    /// alert.labels.insert("operation".into(), "retrieval".into());
    /// alert.summary = "retrieval p95 is 125.6 ms, limit 100 ms".into();
    /// assert!(alert.is_firing());
    /// ```
    pub fn new(rule: &str, severity: Severity, started: SystemTime) -> Self {
        Alert {
            rule: rule.to_owned(),
            labels: Labels::from([("alertname".to_owned(), rule.to_owned())]),
            severity,
            started,
            ended: None,
            summary: String::new(),
            description: String::new(),
            observed: None,
            limit: None,
            told: None,
            runbook: None,
        }
    }

    /// Whether it still fires.
    pub fn is_firing(&self) -> bool {
        self.ended.is_none()
    }
}
