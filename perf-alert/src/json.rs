//! A notification as JSON: what files, commands and dead letters hold.

use crate::alert::{Alert, Labels};
use crate::notification::Notification;
use crate::time::rfc3339;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct NotificationJson<'a> {
    reason: &'static str,
    at: String,
    severity: &'static str,
    group: &'a Labels,
    alerts: Vec<AlertJson<'a>>,
}

#[derive(Serialize)]
struct AlertJson<'a> {
    rule: &'a str,
    status: &'static str,
    severity: &'static str,
    labels: &'a Labels,
    started: String,
    ended: Option<String>,
    summary: &'a str,
    description: &'a str,
    observed: Option<&'a str>,
    limit: Option<&'a str>,
    runbook: Option<&'a str>,
}

impl<'a> NotificationJson<'a> {
    pub(crate) fn new(notification: &'a Notification) -> Self {
        NotificationJson {
            reason: notification.reason.as_str(),
            at: rfc3339(notification.at),
            severity: notification.severity().as_str(),
            group: &notification.group,
            alerts: notification.alerts.iter().map(AlertJson::new).collect(),
        }
    }

    /// One line, with its end.
    pub(crate) fn line(notification: &Notification) -> Vec<u8> {
        // Texts, numbers and tables of texts: there is nothing that JSON could not hold.
        let mut line = serde_json::to_vec(&NotificationJson::new(notification)).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

impl<'a> AlertJson<'a> {
    fn new(alert: &'a Alert) -> Self {
        AlertJson {
            rule: &alert.rule,
            status: if alert.is_firing() { "firing" } else { "resolved" },
            severity: alert.severity.as_str(),
            labels: &alert.labels,
            started: rfc3339(alert.started),
            ended: alert.ended.map(rfc3339),
            summary: &alert.summary,
            description: &alert.description,
            observed: alert.observed.as_deref(),
            limit: alert.limit.as_deref(),
            runbook: alert.runbook.as_deref(),
        }
    }
}
