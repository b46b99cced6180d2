//! Posts JSON to a web service, and says what its answer means.

use super::secrets::Secrets;
use super::web_service::WebService;
use crate::handler::{HandlerError, Retry};
use crate::text::one_line;
use jiff::fmt::rfc2822;
use serde::Serialize;
use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant, SystemTime};
use ureq::Agent;
use ureq::http::HeaderMap;
use ureq::http::StatusCode;
#[cfg(feature = "tls")]
use ureq::tls::TlsConfig;

/// No web service has longer for one attempt, so that there is time for another.
const ATTEMPT: Duration = Duration::from_secs(10);
/// More of an answer is not read.
const ANSWER: u64 = 4_096;

pub(super) struct Client {
    agent: Agent,
    service: WebService,
    secrets: Secrets,
}

/// A post that did not succeed.
pub(super) struct Refusal {
    /// The answer's status, if there was an answer.
    pub(super) status: Option<u16>,
    pub(super) error: HandlerError,
}

impl Client {
    /// `secret` is what the service is told in confidence beside what its address holds.
    pub(super) fn new(service: WebService, secret: Option<&str>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Where it leads nobody has said that the secret may go.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Alerts are rare; a connection kept is one that is closed when it is needed.
            .max_idle_connections(0)
            .user_agent(concat!("perfkit/", env!("CARGO_PKG_VERSION")));
        #[cfg(feature = "tls")]
        let config = config.tls_config(TlsConfig::builder().root_certs(service.roots()).build());
        let secrets = Secrets::new(service.secrets().chain(secret));
        Client { agent: config.build().new_agent(), service, secrets }
    }

    pub(super) fn service(&self) -> &WebService {
        &self.service
    }

    pub(super) fn post(&self, body: &impl Serialize, deadline: Instant) -> Result<(), Refusal> {
        // Texts and tables of texts: there is nothing that JSON could not hold.
        let body = serde_json::to_vec(body).unwrap_or_default();
        self.post_bytes(&body, deadline)
    }

    pub(super) fn post_bytes(&self, body: &[u8], deadline: Instant) -> Result<(), Refusal> {
        let origin = self.service.origin();
        let rest = deadline.saturating_duration_since(Instant::now()).min(ATTEMPT);
        let failed = |what: &str, retry| Refusal {
            status: None,
            error: HandlerError::new(format!("{origin}: {what}"), retry),
        };
        if rest.is_zero() {
            return Err(failed("no time is left", Retry::Later));
        }
        let request = self.agent.post(self.service.url()).config().timeout_global(Some(rest));
        let mut request = request.build().header("content-type", "application/json");
        if let Some(authorization) = self.service.authorization() {
            request = request.header("authorization", authorization);
        }
        let mut response = match request.send(body) {
            Ok(response) => response,
            Err(error) => {
                let (what, retry) = describe(&error);
                return Err(failed(&what, retry));
            }
        };
        let status = response.status();
        let now = SystemTime::now();
        let Some(retry) = retry(status, retry_after(response.headers(), now)) else {
            return Ok(());
        };
        let mut answer = Vec::new();
        // What it says is a help, no more.
        let _ = response.body_mut().as_reader().take(ANSWER).read_to_end(&mut answer);
        let answer = self.secrets.hide(&String::from_utf8_lossy(&answer));
        let what = format!("{origin} answered {status}");
        let message = if answer.is_empty() { what } else { format!("{what}: {answer}") };
        let error = HandlerError::new(message, retry);
        Err(Refusal { status: Some(status.as_u16()), error })
    }
}

/// Whether to try again; `None` when there is no need to.
fn retry(status: StatusCode, after: Option<Duration>) -> Option<Retry> {
    let later = after.map_or(Retry::Later, Retry::After);
    match status.as_u16() {
        200..=299 => None,
        429 | 500..=599 => Some(later),
        _ => Some(Retry::Never),
    }
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(SystemTime::from(at).duration_since(now).unwrap_or_default())
}

/// In our words: those of the library may hold the whole URL.
fn describe(error: &ureq::Error) -> (String, Retry) {
    let text = match error {
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "the host is not found".to_owned(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        // What TLS says of a certificate; it knows no URL.
        ureq::Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
            format!("no connection: {}", one_line(&error.to_string()))
        }
        ureq::Error::Io(error) => format!("no connection: {}", error.kind()),
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => "the answer is no HTTP".to_owned(),
        ureq::Error::BadUri(_) => return ("the URL cannot be used".to_owned(), Retry::Never),
        ureq::Error::TlsRequired => {
            return ("https needs the feature `tls`".to_owned(), Retry::Never);
        }
        _ => "the request failed".to_owned(),
    };
    (text, Retry::Later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_429_and_5xx_are_tried_again() {
        let told = |status, after| retry(StatusCode::from_u16(status).unwrap(), after);
        let minute = Some(Duration::from_secs(60));
        for status in [200, 202, 204] {
            assert_eq!(told(status, minute), None);
        }
        for status in [429, 500, 502, 503, 599] {
            assert_eq!(told(status, None), Some(Retry::Later));
            assert_eq!(told(status, minute), Some(Retry::After(Duration::from_secs(60))));
        }
        for status in [301, 302, 307, 400, 401, 403, 404, 408, 410, 413, 422] {
            assert_eq!(told(status, minute), Some(Retry::Never), "{status}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 60);
        for (text, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", text.parse().unwrap());
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
