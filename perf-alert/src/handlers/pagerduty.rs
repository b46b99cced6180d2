//! PagerDuty's Events API v2.

use super::http::Client;
use super::text::summary;
use super::web_service::WebService;
use super::wire;
use crate::alert::{Alert, Labels};
use crate::fingerprint::fingerprint;
use crate::handler::{Handler, HandlerError, Retry};
use crate::host;
use crate::notification::{Notification, Reason};
use crate::text::{cut, one_line};
use crate::time::rfc3339;
use perf_sla::Severity;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

/// Characters of what is wrong in one line.
const MAX_SUMMARY: usize = 1_024;
/// Characters of other fields that say in a word what it is about.
const MAX_FIELD: usize = 255;
/// Characters of a key, with room for a fingerprint.
const MAX_RULE: usize = 255 - 17;
/// Bytes of an event.
const MAX_EVENT: usize = 512_000;
/// Where it usually is.
pub(super) const PAGERDUTY_URL: &str = "https://events.pagerduty.com/v2/enqueue";

/// Opens an incident in PagerDuty for each alert and resolves it when the alert is over (Events API v2).
///
/// The key that tells incidents apart is made of the rule and the labels alone, so that an alert that becomes more
/// urgent or is repeated stays one incident. Of several alerts, those that were taken are not sent again when others
/// are. The limits of an event are kept: 1,024 characters of summary, 512,000
/// bytes in all, without the details if they would be more.
///
/// ```
/// use perf_alert::PagerDutyHandler;
///
/// # let key = "0123456789abcdef0123456789abcdef".to_owned();
/// // let key = std::env::var("PAGER_KEY")?;
/// let pager = PagerDutyHandler::at("http://127.0.0.1:8080/v2/enqueue".parse()?, &key).source("search-1");
/// assert!(!format!("{pager:?}").contains(&key));
/// # Ok::<(), perf_alert::InvalidWebService>(())
/// ```
pub struct PagerDutyHandler {
    client: Client,
    routing_key: String,
    source: String,
    begun: Option<Begun>,
}

/// How far a notification has come that could not be said in one go.
struct Begun {
    notification: Notification,
    /// Alert by alert, whether it was taken, or refused for good.
    settled: Vec<bool>,
    refused: Option<HandlerError>,
}

#[derive(Serialize)]
struct Event<'a> {
    routing_key: &'a str,
    event_action: &'static str,
    dedup_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Payload<'a>>,
}

#[derive(Serialize)]
struct Link<'a> {
    href: &'a str,
    text: &'static str,
}

#[derive(Serialize)]
struct Payload<'a> {
    summary: String,
    source: String,
    severity: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    group: String,
    class: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_details: Option<Details<'a>>,
}

#[derive(Serialize)]
struct Details<'a> {
    labels: &'a Labels,
    #[serde(flatten)]
    annotations: BTreeMap<&'static str, &'a str>,
}

impl PagerDutyHandler {
    /// With the integration key of a service: a secret.
    #[cfg(feature = "tls")]
    pub fn new(routing_key: &str) -> Self {
        Self::at(PAGERDUTY_URL.parse().expect("a URL of https"), routing_key)
    }

    /// At another URL than PagerDuty's usual one.
    pub fn at(service: WebService, routing_key: &str) -> Self {
        PagerDutyHandler {
            client: Client::new(service, Some(routing_key)),
            routing_key: routing_key.to_owned(),
            source: host::name().unwrap_or_else(|| "perfkit".to_owned()),
            begun: None,
        }
    }

    /// What the alerts come from; the name of this machine if this is not called.
    #[must_use]
    pub fn source(mut self, source: &str) -> Self {
        self.source = source.to_owned();
        self
    }

    /// Says what is not settled yet, until somebody asks for time.
    fn go_on(&self, begun: &mut Begun, deadline: Instant) -> Result<(), HandlerError> {
        let Begun { notification, settled, refused } = begun;
        let mut later = None;
        for (alert, settled) in notification.alerts.iter().zip(settled) {
            if *settled {
                continue;
            }
            match self.say(notification, alert, deadline) {
                Ok(()) => *settled = true,
                Err(error) => match error.retry() {
                    Retry::Never => {
                        *settled = true;
                        refused.get_or_insert(error);
                    }
                    Retry::Later => {
                        later.get_or_insert(error);
                    }
                    Retry::After(_) => return Err(error),
                },
            }
        }
        later.or_else(|| refused.take()).map_or(Ok(()), Err)
    }

    fn say(
        &self,
        notification: &Notification,
        alert: &Alert,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        let action = if alert.is_firing() { "trigger" } else { "resolve" };
        self.post(notification, alert, action, deadline)?;
        match notification.reason {
            Reason::Test => self.post(notification, alert, "resolve", deadline),
            _ => Ok(()),
        }
    }

    fn post(
        &self,
        notification: &Notification,
        alert: &Alert,
        action: &'static str,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        let mut event = self.event(notification, alert, action);
        // Texts and tables of texts: there is nothing that JSON could not hold.
        let mut body = serde_json::to_vec(&event).unwrap_or_default();
        if body.len() > MAX_EVENT {
            event.links.clear();
            if let Some(payload) = &mut event.payload {
                payload.custom_details = None;
            }
            body = serde_json::to_vec(&event).unwrap_or_default();
        }
        let posted = self.client.post_bytes(&body, deadline);
        posted.map_err(|refusal| refusal.error)
    }

    fn event<'a>(
        &'a self,
        notification: &Notification,
        alert: &'a Alert,
        action: &'static str,
    ) -> Event<'a> {
        let key = format!("{}/{:016x}", cut(&alert.rule, MAX_RULE), fingerprint(&alert.labels));
        let is_link = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
        let link = alert.runbook.as_deref().filter(is_link);
        let is_open = action == "trigger";
        let group: Vec<&str> = notification.group.values().map(String::as_str).collect();
        Event {
            routing_key: &self.routing_key,
            event_action: action,
            dedup_key: key,
            client: is_open.then_some("perfkit"),
            links: link
                .filter(|_| is_open)
                .map(|href| Link { href, text: "Runbook" })
                .into_iter()
                .collect(),
            payload: is_open.then(|| Payload {
                summary: cut(&one_line(summary(alert)), MAX_SUMMARY),
                source: cut(&self.source, MAX_FIELD),
                severity: match alert.severity {
                    Severity::Critical => "critical",
                    Severity::Warning => "warning",
                    Severity::Info => "info",
                },
                timestamp: rfc3339(alert.started),
                component: alert.labels.get("operation").map(|name| cut(name, MAX_FIELD)),
                group: cut(&group.join(" "), MAX_FIELD),
                class: cut(&alert.rule, MAX_FIELD),
                custom_details: Some(Details {
                    labels: &alert.labels,
                    annotations: wire::annotations(alert),
                }),
            }),
        }
    }
}

impl Handler for PagerDutyHandler {
    fn handle(
        &mut self,
        notification: &Notification,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        let again = self.begun.take().filter(|begun| begun.notification == *notification);
        let mut begun = again.unwrap_or_else(|| Begun {
            notification: notification.clone(),
            settled: vec![false; notification.alerts.len()],
            refused: None,
        });
        let said = self.go_on(&mut begun, deadline);
        self.begun = Some(begun).filter(|_| said.is_err());
        said
    }
}

impl fmt::Debug for PagerDutyHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagerDutyHandler")
            .field("service", self.client.service())
            .finish_non_exhaustive()
    }
}
