//! What is said of alerts, and why.

use crate::alert::{Alert, Labels};
use perf_sla::Severity;
use std::time::SystemTime;

/// What is said at once: alerts that share the labels they are grouped by.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Notification {
    /// Why it is said now.
    pub reason: Reason,
    /// What its alerts have in common, if they are grouped.
    pub group: Labels,
    /// At least one, the most urgent first.
    pub alerts: Vec<Alert>,
    /// The handlers it is for, by name; all of them if none is named.
    pub handlers: Vec<String>,
    /// When it was made.
    pub at: SystemTime,
}

/// Why something is said of alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// At least one of them has begun to fire.
    Fired,
    /// They fire still, and it is time to say so again.
    Repeated,
    /// They have fired for so long that it is more urgent now.
    Escalated,
    /// One of them has become more urgent or less.
    SeverityChanged,
    /// One of them changes all the time: its end is told when it has settled.
    Flapping,
    /// All of them are over.
    Resolved,
    /// Somebody wants to see whether it arrives.
    Test,
}

impl Reason {
    /// In one word, as handlers write it: `fired`, `severity_changed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Fired => "fired",
            Reason::Repeated => "repeated",
            Reason::Escalated => "escalated",
            Reason::SeverityChanged => "severity_changed",
            Reason::Resolved => "resolved",
            Reason::Flapping => "flapping",
            Reason::Test => "test",
        }
    }
}

impl Notification {
    /// One for all handlers, not grouped.
    pub fn new(reason: Reason, alerts: Vec<Alert>, at: SystemTime) -> Self {
        Notification { reason, group: Labels::new(), alerts, handlers: Vec::new(), at }
    }

    /// The highest severity of its alerts.
    pub fn severity(&self) -> Severity {
        self.alerts.iter().map(|alert| alert.severity).max().unwrap_or(Severity::Info)
    }

    /// Whether any of its alerts still fires.
    pub fn is_firing(&self) -> bool {
        self.alerts.iter().any(Alert::is_firing)
    }
}
