//! Where to send to.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::time::Duration;
use std::{env, fmt};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Uri};

const TIMEOUT: Duration = Duration::from_secs(10);
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
/// As long as for ever, and no clock overflows.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(86_400);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Headers that say what a body is, which only its writer knows.
const OURS: [&str; 7] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "transfer-encoding",
    "user-agent",
    "x-prometheus-remote-write-version",
];

/// A URL that is sent to, with headers, credentials and patience.
///
/// Its `Debug` shows the names of headers and never their values, and of the URL nothing after a `?`.
///
/// ```
/// use perf_export::push::Endpoint;
///
/// let endpoint = Endpoint::new("http://prometheus:9090/api/v1/write")?.bearer("s3cret")?;
/// assert!(!format!("{endpoint:?}").contains("s3cret"));
///
/// let wrong = Endpoint::new("prometheus:9090/api/v1/write").unwrap_err();
/// assert!(wrong.to_string().contains("http://"), "{wrong}");
/// # Ok::<(), perf_export::push::InvalidEndpoint>(())
/// ```
#[derive(Clone)]
pub struct Endpoint {
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) timeout: Duration,
    /// The shortest and the longest.
    pub(super) pauses: (Duration, Duration),
    /// Those of Mozilla, if there are none.
    #[cfg(feature = "push-tls")]
    pub(super) roots: Option<ureq::tls::RootCerts>,
}

/// Why nothing can be sent so. It says what is wrong and shows no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEndpoint(pub(super) String);

impl Endpoint {
    /// The endpoint with this URL: 10 s for an answer, pauses of 250 ms to 30 s between attempts.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] unless the URL is `http://host…`, or `https://host…` with the feature `push-tls`,
    /// without a user or a password in it.
    pub fn new(url: &str) -> Result<Self, InvalidEndpoint> {
        Ok(Endpoint {
            uri: checked(url)?,
            headers: HeaderMap::new(),
            timeout: TIMEOUT,
            pauses: (SHORTEST_PAUSE, LONGEST_PAUSE),
            #[cfg(feature = "push-tls")]
            roots: None,
        })
    }

    /// Sends this header, in the place of one with the same name.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when HTTP has no such name or value, or the header is one that says what the body
    /// is.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, InvalidEndpoint> {
        let known = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| InvalidEndpoint(format!("{name:?} is no name of a header")))?;
        if OURS.contains(&known.as_str()) {
            return Err(InvalidEndpoint(format!("the header {known} is set by what is sent")));
        }
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            InvalidEndpoint(format!(
                "the value of the header {known} has characters that HTTP cannot carry"
            ))
        })?;
        value.set_sensitive(true);
        self.headers.insert(known, value);
        Ok(self)
    }

    /// Says who is asking with a token: `Authorization: Bearer …`. Over plain HTTP everybody on the way can
    /// read it.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when the token is empty or no header can carry it.
    pub fn bearer(self, token: &str) -> Result<Self, InvalidEndpoint> {
        if token.is_empty() {
            return Err(InvalidEndpoint("the token is empty".to_owned()));
        }
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// [`bearer`](Self::bearer) with the token that this variable of the environment has now.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when there is no such variable, it is empty, or no header can carry it.
    pub fn bearer_from_env(self, variable: &str) -> Result<Self, InvalidEndpoint> {
        self.bearer(from_env(variable)?.trim())
    }

    /// Says who is asking with a name and a password: `Authorization: Basic …`. Over plain HTTP everybody
    /// on the way can read it.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when the name has a `:`, which would end it.
    pub fn basic(self, user: &str, password: &str) -> Result<Self, InvalidEndpoint> {
        if user.contains(':') {
            return Err(InvalidEndpoint("a user's name cannot have a colon".to_owned()));
        }
        let both = BASE64_STANDARD.encode(format!("{user}:{password}"));
        self.header("authorization", &format!("Basic {both}"))
    }

    /// [`basic`](Self::basic) with what these two variables of the environment have now.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when one of them is not there, or the name has a `:`.
    pub fn basic_from_env(self, user: &str, password: &str) -> Result<Self, InvalidEndpoint> {
        let (user, password) = (from_env(user)?, from_env(password)?);
        self.basic(&user, &password)
    }

    /// How long one attempt may take, from the look-up of the host to the end of the answer; a day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.clamp(Duration::from_millis(1), LONGEST_TIMEOUT);
        self
    }

    /// How long to wait after a first failure, and at most after many.
    pub fn backoff(mut self, shortest: Duration, longest: Duration) -> Self {
        let shortest = shortest.max(Duration::from_millis(1));
        self.pauses = (shortest, longest.max(shortest));
        self
    }
}

fn from_env(variable: &str) -> Result<String, InvalidEndpoint> {
    env::var(variable).map_err(|_| {
        InvalidEndpoint(format!("the variable {variable} is not in the environment, or is no text"))
    })
}

fn checked(url: &str) -> Result<Uri, InvalidEndpoint> {
    // What is wrong may stand before or after a secret.
    let why = |why: &str| Err(InvalidEndpoint(format!("the URL {why}")));
    let Some((scheme, _)) = url.split_once("://") else {
        return why("has no scheme; it begins with http:// or https://");
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => {}
        "https" if cfg!(feature = "push-tls") => {}
        "https" => return why("begins with https://, which needs the feature push-tls"),
        _ => return why("has a scheme that is neither http nor https"),
    }
    let Ok(uri) = url.parse::<Uri>() else {
        return why("cannot be read: a host, a port or a character in it is none");
    };
    let Some(authority) = uri.authority() else { return why("has no host") };
    if authority.as_str().contains('@') {
        return why("has a user in it; give Endpoint::basic the name and password");
    }
    if authority.host().is_empty() {
        return why("has no host");
    }
    let has_port = authority.as_str().len() > authority.host().len();
    if has_port && authority.port_u16().is_none_or(|port| port == 0) {
        return why("has a port that is none");
    }
    Ok(uri)
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, authority) = (self.uri.scheme_str(), self.uri.authority());
        let (scheme, host) = (scheme.unwrap_or(""), authority.map_or("", |host| host.as_str()));
        f.debug_struct("Endpoint")
            .field("url", &format_args!("{scheme}://{host}{}", self.uri.path()))
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("timeout", &self.timeout)
            .field("pauses", &self.pauses)
            .finish()
    }
}

impl fmt::Display for InvalidEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidEndpoint {}
