//! The address of a web service, which may be a secret.

use std::fmt;

/// The `http` or `https` URL of a web service.
///
/// It is printed without what may be secret: user, password, path and query. `https` needs the feature `tls`.
///
/// ```
/// use perf_alert::WebUrl;
///
/// let url: WebUrl = "http://user:hunter2@am-1:9093/services/T0/B0".parse()?;
/// assert_eq!(format!("{url} {url:?}"), "http://am-1:9093/… http://am-1:9093/…");
/// # Ok::<(), perf_alert::InvalidUrl>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WebUrl {
    url: String,
    /// Scheme, host and port.
    shown: String,
}

/// Why a text is no URL of a web service. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidUrl {
    /// It is no URL with a scheme of `http` or `https` and a host.
    NoUrl,
    /// It is of `https`, and this program was made without the feature `tls`.
    NeedsTls,
}

impl std::str::FromStr for WebUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let uri: ureq::http::Uri = text.parse().map_err(|_| InvalidUrl::NoUrl)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(InvalidUrl::NoUrl)?;
        let scheme = match uri.scheme_str() {
            Some("https") if !cfg!(feature = "tls") => return Err(InvalidUrl::NeedsTls),
            Some(scheme @ ("http" | "https")) => scheme,
            _ => return Err(InvalidUrl::NoUrl),
        };
        let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(WebUrl { url: text.to_owned(), shown: format!("{scheme}://{host}{port}") })
    }
}

impl WebUrl {
    pub(super) fn as_str(&self) -> &str {
        &self.url
    }

    /// The same with a path behind it.
    pub(super) fn join(&self, path: &str) -> WebUrl {
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        WebUrl { url, shown: self.shown.clone() }
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> &str {
        &self.shown
    }

    /// Parts of it that an answer may repeat and nobody else is to know.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let after = self.url.split_once("://").map_or("", |(_, after)| after);
        after.split(['/', '@', ':', '?', '&', '=']).skip(1)
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/…", self.shown)
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InvalidUrl::NoUrl => "is no URL of the kind http://host/path",
            InvalidUrl::NeedsTls => "is of https, which needs the feature `tls`",
        })
    }
}

impl std::error::Error for InvalidUrl {}
