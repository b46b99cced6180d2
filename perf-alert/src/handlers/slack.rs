//! An incoming webhook of Slack.

use super::http::Client;
use super::text::{headline, summary};
use super::web_service::WebService;
use crate::alert::Alert;
use crate::handler::{Handler, HandlerError};
use crate::notification::Notification;
use crate::text::one_line;
use serde_json::{Value, json};
use std::fmt;
use std::time::Instant;

/// Slack takes no more blocks in one message.
const MAX_BLOCKS: usize = 50;
/// Nor a section with more characters.
const MAX_SECTION: usize = 3_000;
/// Of the line that stands in notifications.
const MAX_TEXT: usize = 1_000;

/// Writes to a channel of Slack: the headline, then a section for each alert. One message a second at most, as Slack
/// asks; what waits meanwhile is joined.
///
/// The limits of a message are kept: 50 blocks, 3,000 characters a section. What was measured cannot mention
/// anybody, as `&`, `<` and `>` are escaped.
///
/// ```
/// use perf_alert::SlackHandler;
///
/// # let secret = "http://127.0.0.1:8080/services/T0/B0/hunter2".to_owned();
/// // let secret = std::env::var("SLACK_URL")?;
/// let slack = SlackHandler::new(secret.parse()?);
/// assert!(!format!("{slack:?}").contains("hunter2"));
/// # Ok::<(), perf_alert::InvalidWebService>(())
/// ```
pub struct SlackHandler {
    client: Client,
}

impl SlackHandler {
    /// The URL of the service is all that is needed to write to the channel: a secret.
    pub fn new(service: WebService) -> Self {
        SlackHandler { client: Client::new(service, None) }
    }
}

impl Handler for SlackHandler {
    fn handle(
        &mut self,
        notification: &Notification,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        let message = message(notification);
        self.client.post(&message, deadline).map_err(|refusal| refusal.error)
    }

    fn rate(&self) -> Option<f64> {
        Some(1.0)
    }
}

impl fmt::Debug for SlackHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlackHandler")
            .field("service", self.client.service())
            .finish_non_exhaustive()
    }
}

fn message(notification: &Notification) -> Value {
    let text = escaped(&headline(notification), MAX_TEXT);
    let mut blocks = vec![section(format!("*{text}*"))];
    // The headline, and what says how many there are beside.
    let shown = notification.alerts.len().min(MAX_BLOCKS - 2);
    blocks.extend(notification.alerts[..shown].iter().map(|alert| section(describe(alert))));
    let more = notification.alerts.len() - shown;
    if more > 0 {
        blocks.push(section(format!("and {more} more")));
    }
    json!({ "text": text, "blocks": blocks })
}

fn section(text: String) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

/// What is wrong, what was measured, and where to read what to do.
fn describe(alert: &Alert) -> String {
    let status = if alert.is_firing() { alert.severity.as_str() } else { "resolved" };
    let mut text = format!("*{status}* {}", escaped(&one_line(summary(alert)), MAX_TEXT));
    let measured = [("observed", &alert.observed), ("limit", &alert.limit)];
    for (what, value) in measured {
        if let Some(value) = value {
            text += &format!("\n{what} {}", escaped(&one_line(value), 200));
        }
    }
    let link = alert
        .runbook
        .as_deref()
        .filter(|url| is_link(url))
        .map(|url| format!("\n<{}|Runbook>", escaped(url, MAX_SECTION)));
    let link = link.filter(|link| link.chars().count() <= MAX_TEXT).unwrap_or_default();
    let rest = MAX_SECTION - text.chars().count() - link.chars().count() - 1;
    if !alert.description.is_empty() {
        text += &format!("\n{}", escaped(&alert.description, rest));
    }
    text + &link
}

/// Whether Slack can take it for an address, and for nothing but that.
fn is_link(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '|' | '<' | '>'))
}

/// At most so many characters as Slack wants them, none of them half.
fn escaped(text: &str, most: usize) -> String {
    let mut escaped = String::new();
    let mut length = 0;
    for letter in text.chars() {
        let mut own = [0; 4];
        let piece = match letter {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            letter => letter.encode_utf8(&mut own),
        };
        length += piece.chars().count();
        // One is left for the mark that something is missing.
        if length >= most {
            return escaped + "…";
        }
        escaped += piece;
    }
    escaped
}
