//! What a template can say.

use super::Specifics;
use crate::alert::Labels;
use crate::facts::{BudgetFacts, Facts, words};
use crate::rules::Compiled;
use crate::state::{Firing, State};
use jiff::Timestamp;
use perf_sla::Severity;
use serde::Serialize;
use std::time::{Duration, SystemTime};

/// Everything in a [`View`], by the names that templates use.
pub(super) const NAMES: [&str; 21] = [
    "alertname",
    "severity",
    "status",
    "what",
    "headline",
    "observed",
    "limit",
    "since",
    "ended",
    "duration",
    "evidence",
    "budget",
    "worst",
    "sample",
    "runbook",
    "labels",
    "flapping",
    "changes",
    "escalated",
    "condition",
    "operation",
];

/// What a template can say of one alert.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    pub(super) alertname: &'a str,
    severity: &'static str,
    /// `firing` or `resolved`
    status: &'static str,
    what: &'a str,
    pub(super) headline: &'a str,
    observed: Option<&'a str>,
    limit: Option<&'a str>,
    /// RFC 3339
    since: String,
    ended: Option<String>,
    duration: String,
    evidence: &'a [String],
    budget: Option<&'a BudgetFacts>,
    worst: &'a [super::specifics::Worst],
    sample: Option<&'a super::specifics::SampleView>,
    runbook: Option<&'a str>,
    labels: &'a Labels,
    flapping: bool,
    changes: u32,
    escalated: bool,
    /// As it stands in the file; empty of what watches targets.
    condition: String,
    operation: Option<&'a str>,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        rule: &'a Compiled,
        labels: &'a Labels,
        facts: &'a Facts,
        firing: &Firing,
        specifics: &'a Specifics<'a>,
    ) -> Self {
        let started = crate::clock::from_unix_nanos(firing.started);
        View {
            alertname: &rule.alert.name,
            severity: firing.severity().as_str(),
            status: "firing",
            what: &facts.what,
            headline: &facts.headline,
            observed: facts.observed.as_deref(),
            limit: facts.limit.as_deref(),
            since: moment(started),
            ended: None,
            duration: String::new(),
            evidence: &facts.evidence,
            budget: facts.budget.as_ref(),
            worst: specifics.worst,
            sample: specifics.sample.as_ref(),
            runbook: rule.alert.runbook.as_deref(),
            labels,
            flapping: false,
            changes: 0,
            escalated: firing.is_escalated,
            condition: match &rule.alert.trigger {
                perf_sla::Trigger::When { condition, .. } => condition.to_string(),
                _ => String::new(),
            },
            operation: labels.get("operation").map(String::as_str),
        }
    }

    /// Of an alert that fires for so long.
    pub(crate) fn for_so_long(self, duration: Duration, state: &State) -> Self {
        let (flapping, changes) = (state.flap.is_flapping(), state.flap.changes());
        View { duration: words(duration), flapping, changes, ..self }
    }

    /// Of one that is over.
    pub(crate) fn over(self, ended: SystemTime, duration: Duration) -> Self {
        let ended = Some(moment(ended));
        View { status: "resolved", ended, duration: words(duration), escalated: false, ..self }
    }
}

/// RFC 3339 in UTC, to the second.
fn moment(time: SystemTime) -> String {
    let time = Timestamp::try_from(time).unwrap_or_default();
    let second = time.round(jiff::Unit::Second).unwrap_or(time);
    second.to_string()
}

/// Severities in words, for whoever counts them.
pub(crate) const SEVERITIES: [Severity; 3] =
    [Severity::Info, Severity::Warning, Severity::Critical];
