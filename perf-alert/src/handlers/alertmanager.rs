//! One member of an Alertmanager, through its API v2.

use super::http::{Client, Refusal};
use super::web_service::WebService;
use super::wire;
use crate::alert::{Alert, Labels};
use crate::handler::{Handler, HandlerError};
use crate::notification::{Notification, Reason};
use crate::time::rfc3339;
use perf_sla::Severity;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant, SystemTime};

/// How long an end is told again and again.
const ENDED: Duration = Duration::from_secs(300);
/// What is not heard of for so many times is over: as Prometheus has it.
const MISSED: u32 = 4;
/// Alerts of one request.
const BATCH: usize = 200;
/// Alerts that are sent again; of more than these each is sent only when something becomes of it.
const MAX_KEPT: usize = 10_000;

/// Posts alerts to one Alertmanager (API v2) the way its contract wants it:
///
/// * the labels of an alert do not change; what does is an annotation. The severity is a label there, so of an
///   alert that becomes more urgent the old label set is resolved and the new one fires;
/// * what fires is sent again at an interval, by default a minute, with an end four of these ahead: if this process
///   dies, Alertmanager finds out by itself;
/// * an end is sent again for 5 minutes;
/// * when a request with several alerts is refused (400), which Alertmanager does also when it took some of them,
///   each is sent alone, and only what is refused alone is dropped.
///
/// Each member of a cluster is to be told: one handler each, with
/// [`members`](crate::DispatcherBuilder::members). A proxy that the environment names (`HTTP_PROXY`, `NO_PROXY`) is
/// used.
///
/// ```
/// use perf_alert::{AlertmanagerHandler, Dispatcher, HandlerOptions, WebService};
///
/// let members: [WebService; 2] = ["http://am-1:9093".parse()?, "http://am-2:9093".parse()?];
/// let members = members.map(AlertmanagerHandler::new);
/// let dispatcher = Dispatcher::builder().members("am", members, &HandlerOptions::new()).spawn()?;
/// assert_eq!(dispatcher.totals().handlers[1].name, "am#2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AlertmanagerHandler {
    client: Client,
    resend: Duration,
    /// By the labels of the alert, what was said of it with each severity.
    kept: BTreeMap<Labels, Vec<Kept>>,
    resend_at: Instant,
}

/// What was said of an alert with one severity: one alert to Alertmanager.
struct Kept {
    alert: Alert,
    ended: Option<SystemTime>,
}

/// Which of them.
type Key = (Labels, Severity);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Posted<'a> {
    labels: Labels,
    annotations: BTreeMap<&'static str, &'a str>,
    starts_at: String,
    ends_at: String,
}

impl AlertmanagerHandler {
    /// For the Alertmanager at this URL, to which `/api/v2/alerts` is added.
    pub fn new(service: WebService) -> Self {
        AlertmanagerHandler {
            client: Client::new(service.join("/api/v2/alerts"), None),
            resend: Duration::from_secs(60),
            kept: BTreeMap::new(),
            resend_at: Instant::now(),
        }
    }

    /// How often what fires is sent again: every second to once a day.
    #[must_use]
    pub fn resend(mut self, interval: Duration) -> Self {
        self.resend = interval.clamp(Duration::from_secs(1), Duration::from_secs(86_400));
        self
    }

    /// Remembers what is said of an alert; of one whose severity has changed, that the one before is over. These are
    /// to be sent.
    fn keep(&mut self, alert: &Alert, now: SystemTime) -> Vec<Key> {
        let said = self.kept.entry(alert.labels.clone()).or_default();
        said.retain(|kept| kept.alert.severity != alert.severity);
        for kept in said.iter_mut() {
            kept.ended.get_or_insert(now);
        }
        said.push(Kept { alert: alert.clone(), ended: end(alert, now) });
        said.iter().map(|kept| (alert.labels.clone(), kept.alert.severity)).collect()
    }

    fn forget(&mut self, (labels, severity): &Key) {
        if let Some(said) = self.kept.get_mut(labels) {
            said.retain(|kept| kept.alert.severity != *severity);
            if said.is_empty() {
                self.kept.remove(labels);
            }
        }
    }

    /// Sends these, and says what went wrong first.
    fn post(&mut self, keys: &[Key], deadline: Instant) -> Result<(), HandlerError> {
        let mut result = Ok(());
        for batch in keys.chunks(BATCH) {
            let Err(refusal) = self.post_batch(batch, deadline) else { continue };
            if refusal.status != Some(400) {
                return Err(refusal.error);
            }
            if let [only] = batch {
                self.forget(only);
                result = result.and(Err(refusal.error));
                continue;
            }
            // Some of them may have been taken; which, it does not say.
            for key in batch {
                let alone = self.post(std::slice::from_ref(key), deadline);
                result = result.and(alone);
            }
        }
        result
    }

    fn post_batch(&self, keys: &[Key], deadline: Instant) -> Result<(), Refusal> {
        let ahead = SystemTime::now() + self.resend * MISSED;
        let kept = keys.iter().filter_map(|(labels, severity)| {
            self.kept.get(labels)?.iter().find(|kept| kept.alert.severity == *severity)
        });
        let posted: Vec<Posted<'_>> = kept
            .map(|kept| Posted {
                labels: wire::labels(&kept.alert),
                annotations: wire::annotations(&kept.alert),
                starts_at: rfc3339(kept.alert.started),
                ends_at: rfc3339(kept.ended.unwrap_or(ahead).max(kept.alert.started)),
            })
            .collect();
        self.client.post(&posted, deadline)
    }
}

impl Handler for AlertmanagerHandler {
    fn handle(
        &mut self,
        notification: &Notification,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        let now = SystemTime::now();
        if self.kept.is_empty() {
            self.resend_at = Instant::now() + self.resend;
        }
        let alerts = notification.alerts.iter();
        let keys: Vec<Key> = alerts.flat_map(|alert| self.keep(alert, now)).collect();
        let result = self.post(&keys, deadline);
        for key in &keys {
            // A test ends by itself.
            if notification.reason == Reason::Test || self.kept.len() > MAX_KEPT {
                self.forget(key);
            }
        }
        result
    }

    fn resume(&mut self, firing: &[Alert]) {
        let now = SystemTime::now();
        for alert in firing.iter().take(MAX_KEPT) {
            self.keep(alert, now);
        }
        self.resend_at = Instant::now();
    }

    fn look_after_at(&self) -> Option<Instant> {
        (!self.kept.is_empty()).then_some(self.resend_at)
    }

    fn look_after(&mut self, deadline: Instant) -> Result<(), HandlerError> {
        self.resend_at = Instant::now() + self.resend;
        let now = SystemTime::now();
        let is_told =
            |ended: SystemTime| now.duration_since(ended).is_ok_and(|since| since > ENDED);
        self.kept.retain(|_, said| {
            said.retain(|kept| !kept.ended.is_some_and(is_told));
            !said.is_empty()
        });
        let said = self.kept.values().flatten().map(|kept| &kept.alert);
        let keys: Vec<Key> = said.map(|alert| (alert.labels.clone(), alert.severity)).collect();
        self.post(&keys, deadline)
    }

    fn missed_end(&mut self, alert: &Alert) {
        let now = SystemTime::now();
        for kept in self.kept.get_mut(&alert.labels).into_iter().flatten() {
            if kept.alert.started == alert.started {
                kept.ended = kept.ended.or_else(|| end(alert, now));
            }
        }
    }
}

/// When it ended; one that lies ahead would be no end.
fn end(alert: &Alert, now: SystemTime) -> Option<SystemTime> {
    alert.ended.map(|ended| ended.min(now).max(alert.started))
}

impl fmt::Debug for AlertmanagerHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlertmanagerHandler")
            .field("service", self.client.service())
            .finish_non_exhaustive()
    }
}
