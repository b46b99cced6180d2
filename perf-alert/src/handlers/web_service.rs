//! Where a web service is and what lets us in, either of which may be a secret.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::fmt;
#[cfg(feature = "tls")]
use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

/// A web service at an `http` or `https` URL. `https` needs the feature `tls`; then the certificate of the service is
/// to come from an authority that Mozilla trusts, or from one of [`trust`](Self::trust).
///
/// A user and password in the URL, percent-encoded where they have signs of a URL, are sent as Basic authorization. It is printed without what may be secret: user,
/// password, path, query and token.
///
/// ```
/// use perf_alert::WebService;
///
/// let service: WebService = "http://user:hunter2@am-1:9093/services/T0/B0".parse()?;
/// assert_eq!(format!("{service} {service:?}"), "http://am-1:9093/… http://am-1:9093/…");
/// # Ok::<(), perf_alert::InvalidWebService>(())
/// ```
#[derive(Clone)]
pub struct WebService {
    /// Without user and password.
    url: String,
    /// Scheme, host and port.
    shown: String,
    authorization: Option<String>,
    /// User and password, as they stood in the URL and as they are.
    credentials: Vec<String>,
    /// Those of Mozilla, if there are none.
    #[cfg(feature = "tls")]
    roots: Option<RootCerts>,
}

/// Why there can be no such web service. It repeats nothing of what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidWebService {
    /// It is no URL with a scheme of `http` or `https` and a host.
    NoUrl,
    /// It is of `https`, and this program was made without the feature `tls`.
    NeedsTls,
    /// It is a token that is empty, or has characters that a header cannot carry.
    NoToken,
    /// It has no certificate in PEM, or one that cannot be read.
    NoCertificate,
    /// It is of `http`, where nobody shows a certificate.
    InTheClear,
}

impl std::str::FromStr for WebService {
    type Err = InvalidWebService;

    fn from_str(text: &str) -> Result<Self, InvalidWebService> {
        let uri: ureq::http::Uri = text.parse().map_err(|_| InvalidWebService::NoUrl)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(InvalidWebService::NoUrl)?;
        let scheme = match uri.scheme_str() {
            Some("https") if !cfg!(feature = "tls") => return Err(InvalidWebService::NeedsTls),
            Some(scheme @ ("http" | "https")) => scheme,
            _ => return Err(InvalidWebService::NoUrl),
        };
        let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{scheme}://{host}{port}");
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let Some((userinfo, _)) = authority.rsplit_once('@') else {
            return Ok(WebService::open(text.to_owned(), shown));
        };
        let service = WebService::open(text.replacen(&format!("{userinfo}@"), "", 1), shown);
        Ok(service.basic(userinfo))
    }
}

impl WebService {
    /// One that lets everybody in.
    fn open(url: String, shown: String) -> Self {
        WebService {
            url,
            shown,
            authorization: None,
            credentials: Vec::new(),
            #[cfg(feature = "tls")]
            roots: None,
        }
    }

    /// With `user:password` as a URL has it.
    fn basic(mut self, userinfo: &str) -> Self {
        let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
        let both = [percent_decoded(user), percent_decoded(password)];
        self.authorization = Some(format!("Basic {}", BASE64_STANDARD.encode(both.join(&b':'))));
        let plain = both.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        self.credentials = plain.chain([user.to_owned(), password.to_owned()]).collect();
        self
    }

    /// Says who is asking with a token: `Authorization: Bearer …`, in the place of a user and password in the URL.
    /// Over plain HTTP everybody on the way can read it.
    ///
    /// # Errors
    ///
    /// [`InvalidWebService::NoToken`].
    pub fn bearer_token(mut self, token: &str) -> Result<Self, InvalidWebService> {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidWebService::NoToken);
        }
        self.authorization = Some(format!("Bearer {token}"));
        Ok(self)
    }

    /// Trusts these authorities, certificates in PEM, in the place of those of Mozilla: for services inside a
    /// company. Needs the feature `tls`.
    ///
    /// # Errors
    ///
    /// [`InvalidWebService::NoCertificate`] when there is none, or one that cannot be read;
    /// [`InvalidWebService::InTheClear`] when the URL is of `http`.
    #[cfg(feature = "tls")]
    pub fn trust(mut self, authorities: &[u8]) -> Result<Self, InvalidWebService> {
        if !self.shown.starts_with("https:") {
            return Err(InvalidWebService::InTheClear);
        }
        self.roots = Some(RootCerts::from(certificates(authorities)?));
        Ok(self)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The same with a path behind it.
    pub(super) fn join(mut self, path: &str) -> WebService {
        self.url.truncate(self.url.trim_end_matches('/').len());
        self.url.push_str(path);
        self
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> &str {
        &self.shown
    }

    pub(super) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    #[cfg(feature = "tls")]
    pub(super) fn roots(&self) -> RootCerts {
        self.roots.clone().unwrap_or(RootCerts::WebPki)
    }

    /// Parts of it that an answer may repeat and nobody else is to know.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let after = self.url.split_once("://").map_or("", |(_, after)| after);
        let token = self.authorization.iter().flat_map(|both| both.split(' ')).skip(1);
        let credentials = self.credentials.iter().map(String::as_str);
        after.split(['/', '@', ':', '?', '&', '=']).skip(1).chain(token).chain(credentials)
    }
}

impl fmt::Display for WebService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/…", self.shown)
    }
}

impl fmt::Debug for WebService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for InvalidWebService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InvalidWebService::NoUrl => "is no URL of the kind http://host/path",
            InvalidWebService::NeedsTls => "is of https, which needs the feature `tls`",
            InvalidWebService::NoToken => "is no token that a header can carry",
            InvalidWebService::NoCertificate => "has no certificate in PEM",
            InvalidWebService::InTheClear => {
                "does nothing for http, where nobody shows a certificate"
            }
        })
    }
}

impl std::error::Error for InvalidWebService {}

/// `p%40ss` is `p@ss`; a sign `%` that begins nothing is itself.
fn percent_decoded(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let encoded = match after {
            [high, low, ..] if *first == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        // Two digits of hexadecimal are a byte.
        decoded.push(encoded.map_or(*first, |(high, low)| (high * 16 + low) as u8));
        rest = if encoded.is_some() { &after[2..] } else { after };
    }
    decoded
}

/// All certificates of a text in PEM, of which there is one at least.
#[cfg(feature = "tls")]
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, InvalidWebService> {
    let items = parse_pem(pem).map(|item| match item {
        Ok(PemItem::Certificate(one)) => Ok(Some(one)),
        Ok(_) => Ok(None),
        Err(_) => Err(InvalidWebService::NoCertificate),
    });
    let certificates: Vec<_> = items.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    if certificates.is_empty() { Err(InvalidWebService::NoCertificate) } else { Ok(certificates) }
}
