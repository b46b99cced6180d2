//! A page of the user's own.

use super::error::ServerError;
use axum::http::HeaderValue;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// A page that is rendered anew for each request.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) path: String,
    pub(super) content_type: String,
    pub(super) render: Arc<Render>,
}

pub(super) type Rendered = Result<Vec<u8>, Box<dyn Error + Send + Sync>>;

type Render = dyn Fn() -> Rendered + Send + Sync;

impl Page {
    pub(super) fn new(
        path: &str,
        content_type: &str,
        render: impl Fn() -> Rendered + Send + Sync + 'static,
    ) -> Self {
        Page {
            path: path.to_owned(),
            content_type: content_type.to_owned(),
            render: Arc::new(render),
        }
    }

    /// Whether it can be served beside those at `taken`.
    pub(super) fn check(&self, taken: &[String]) -> Result<(), ServerError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
        let path = &self.path;
        let problem = if !path.starts_with('/') || !path.chars().all(fits) {
            "a path begins with / and is of letters, digits, -, ., _, ~ and /"
        } else if taken.contains(path) {
            "that path is taken"
        } else if HeaderValue::from_str(&self.content_type).is_err() {
            "its content type is none"
        } else {
            return Ok(());
        };
        Err(ServerError::Route(format!("route {path:?}: {problem}")))
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path, self.content_type)
    }
}
