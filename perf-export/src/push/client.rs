//! One attempt to send something, and several until a deadline.

use super::answer::{Answer, PushError, said};
use super::endpoint::Endpoint;
use super::retry::{Backoff, retry_after};
use std::io::Read;
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use ureq::http::{Method, Request, Response, Uri};
use ureq::{Agent, Body};

/// What is shown of an answer, in bytes.
const SHOWN: u64 = 512;

/// Keeps its connection between requests.
pub(super) struct Client {
    agent: Agent,
    endpoint: Endpoint,
}

/// What is sent.
pub(super) struct Message<'a> {
    pub(super) method: Method,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a [(&'static str, &'static str)],
    pub(super) body: &'a [u8],
}

impl Client {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("perfkit/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections(1);
        #[cfg(feature = "push-tls")]
        let config = config.tls_config(endpoint.tls());
        Client { agent: config.build().new_agent(), endpoint: endpoint.clone() }
    }

    /// Tries once, for at most `within` and the endpoint's timeout.
    pub(super) fn send(&self, message: &Message<'_>, within: Duration) -> Answer {
        let mut request = Request::builder().method(message.method.clone()).uri(message.uri);
        for (name, value) in message.headers {
            request = request.header(*name, *value);
        }
        for (name, value) in &self.endpoint.headers {
            request = request.header(name, value);
        }
        let timeout = self.endpoint.timeout.min(within).max(Duration::from_millis(1));
        let sent = request.body(message.body).map_err(ureq::Error::from).and_then(|request| {
            let configured = self.agent.configure_request(request).timeout_global(Some(timeout));
            self.agent.run(configured.build())
        });
        match sent {
            Ok(response) => judge(response),
            Err(error) => Answer::Later { why: error.to_string(), after: None },
        }
    }

    /// Tries until the server takes or refuses it, or there is no more time.
    pub(super) fn deliver(
        &self,
        message: &Message<'_>,
        deadline: Option<Instant>,
    ) -> Result<(), PushError> {
        let left = || match deadline {
            Some(deadline) => deadline.saturating_duration_since(Instant::now()),
            None => Duration::MAX,
        };
        let mut backoff = Backoff::new(self.endpoint.pauses);
        let mut attempts = 0;
        loop {
            attempts += 1;
            let (why, after) = match self.send(message, left()) {
                Answer::Taken => return Ok(()),
                Answer::Refused { status, body } => {
                    return Err(PushError::Refused { status, body });
                }
                Answer::Later { why, after } => (why, after),
            };
            let pause = after.unwrap_or_else(|| backoff.pause());
            if pause >= left() {
                return Err(PushError::OutOfTime { attempts, last: why });
            }
            thread::sleep(pause);
        }
    }
}

fn judge(mut response: Response<Body>) -> Answer {
    let status = response.status();
    let mut body = Vec::new();
    // What cannot be read changes nothing; what can is read, so that the connection is of use again.
    let _ = response.body_mut().as_reader().take(SHOWN).read_to_end(&mut body);
    if status.is_success() {
        return Answer::Taken;
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    if status.is_server_error() || status.as_u16() == 429 {
        let asked = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let after = asked.and_then(|value| retry_after(value, SystemTime::now()));
        return Answer::Later { why: said(status.as_u16(), &body), after };
    }
    Answer::Refused { status: status.as_u16(), body }
}
