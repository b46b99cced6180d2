//! A web service that takes what Alertmanager sends.

use super::http::Client;
use super::web_service::WebService;
use super::wire;
use crate::alert::{Alert, Labels};
use crate::fingerprint::fingerprint;
use crate::handler::{Handler, HandlerError};
use crate::notification::Notification;
use crate::time::rfc3339;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::Instant;

/// When something ends that fires still, as Alertmanager writes it: the zero of its language.
const NOT_YET: &str = "0001-01-01T00:00:00Z";

/// Posts what Alertmanager posts to its webhooks (version "4"), so that whatever understands that understands
/// this. Redirects are not followed; 429 and 5xx are tried again.
///
/// ```
/// use perf_alert::WebhookHandler;
///
/// let hook = WebhookHandler::new("hook", "http://127.0.0.1:8080/alerts?key=hunter2".parse()?);
/// assert!(!format!("{hook:?}").contains("hunter2"));
/// # Ok::<(), perf_alert::InvalidWebService>(())
/// ```
pub struct WebhookHandler {
    client: Client,
    receiver: String,
}

impl WebhookHandler {
    /// `receiver` is told to the service, by custom the handler's name.
    pub fn new(receiver: &str, service: WebService) -> Self {
        WebhookHandler { client: Client::new(service, None), receiver: receiver.to_owned() }
    }
}

impl Handler for WebhookHandler {
    fn handle(
        &mut self,
        notification: &Notification,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        let payload = Payload::new(&self.receiver, notification);
        self.client.post(&payload, deadline).map_err(|refusal| refusal.error)
    }
}

impl fmt::Debug for WebhookHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookHandler")
            .field("service", self.client.service())
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    version: &'static str,
    group_key: String,
    truncated_alerts: u64,
    status: &'static str,
    receiver: &'a str,
    group_labels: Labels,
    common_labels: Labels,
    common_annotations: BTreeMap<&'static str, &'a str>,
    #[serde(rename = "externalURL")]
    external_url: &'static str,
    alerts: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    status: &'static str,
    labels: Labels,
    annotations: BTreeMap<&'static str, &'a str>,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL")]
    generator_url: &'static str,
    fingerprint: String,
}

impl<'a> Payload<'a> {
    fn new(receiver: &'a str, notification: &'a Notification) -> Self {
        let alerts: Vec<Entry<'_>> = notification.alerts.iter().map(Entry::new).collect();
        let group_labels = wire::valid(&notification.group);
        Payload {
            version: "4",
            group_key: group_key(&group_labels),
            truncated_alerts: 0,
            status: status(notification.is_firing()),
            receiver,
            group_labels,
            common_labels: common(alerts.iter().map(|alert| &alert.labels)),
            common_annotations: common(alerts.iter().map(|alert| &alert.annotations)),
            external_url: "",
            alerts,
        }
    }
}

impl<'a> Entry<'a> {
    fn new(alert: &'a Alert) -> Self {
        let labels = wire::labels(alert);
        Entry {
            status: status(alert.is_firing()),
            annotations: wire::annotations(alert),
            starts_at: rfc3339(alert.started),
            ends_at: alert.ended.map_or_else(|| NOT_YET.to_owned(), rfc3339),
            generator_url: "",
            fingerprint: format!("{:016x}", fingerprint(&labels)),
            labels,
        }
    }
}

fn status(is_firing: bool) -> &'static str {
    if is_firing { "firing" } else { "resolved" }
}

/// `{}:{alertname="X", service="y"}`.
fn group_key(group: &Labels) -> String {
    let mut key = "{}:{".to_owned();
    for (i, (name, value)) in group.iter().enumerate() {
        // Writing into a text cannot fail.
        let _ = write!(key, "{}{name}={value:?}", if i > 0 { ", " } else { "" });
    }
    key + "}"
}

/// What all of them have.
fn common<'a, K: Ord + Clone + 'a, V: PartialEq + Clone + 'a>(
    mut tables: impl Iterator<Item = &'a BTreeMap<K, V>>,
) -> BTreeMap<K, V> {
    let mut common = tables.next().cloned().unwrap_or_default();
    for table in tables {
        common.retain(|key, value| table.get(key) == Some(value));
    }
    common
}
