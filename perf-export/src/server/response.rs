//! An answer: rendered, compressed, and whole even if rendering panics.

use super::page::Rendered;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Below this an answer fits into one packet, compressed or not.
const WORTH_COMPRESSING: usize = 1_024;

const PLAIN: &str = "text/plain; charset=utf-8";

/// Renders here and now.
pub(super) fn answer(
    gzip: bool,
    content_type: &str,
    render: impl FnOnce() -> Rendered,
) -> Response<Body> {
    answer_with_status(gzip, content_type, || Ok((StatusCode::OK, render()?)))
}

pub(super) fn answer_with_status(
    gzip: bool,
    content_type: &str,
    render: impl FnOnce() -> Result<(StatusCode, Vec<u8>), Box<dyn std::error::Error + Send + Sync>>,
) -> Response<Body> {
    // Rendering changes nothing that outlives it but counters.
    match catch_unwind(AssertUnwindSafe(render)) {
        Ok(Ok((status, bytes))) => whole(status, content_type, gzip, bytes),
        Ok(Err(error)) => failure(&format!("This cannot be rendered: {error}\n")),
        Err(_) => failure("This cannot be rendered: it panicked.\n"),
    }
}

pub(super) fn text(status: StatusCode, text: impl Into<Vec<u8>>) -> Response<Body> {
    whole(status, PLAIN, false, text.into())
}

/// Whether `Accept-Encoding` has gzip, with another weight than 0.
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let weight = |coding: &str| -> f64 {
        let parameters = coding.split(';').skip(1).filter_map(|part| part.split_once('='));
        let q = parameters.filter(|(key, _)| key.trim().eq_ignore_ascii_case("q")).last();
        q.map_or(1.0, |(_, weight)| weight.trim().parse().unwrap_or(0.0))
    };
    codings.flat_map(|list| list.split(',')).any(|coding| {
        let name = coding.split(';').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case("gzip") && weight(coding) > 0.0
    })
}

pub(super) fn failure(sentence: &str) -> Response<Body> {
    text(StatusCode::INTERNAL_SERVER_ERROR, sentence)
}

fn whole(status: StatusCode, content_type: &str, gzip: bool, bytes: Vec<u8>) -> Response<Body> {
    let compressed = (gzip && bytes.len() >= WORTH_COMPRESSING).then(|| compress(&bytes)).flatten();
    let mut headers = HeaderMap::new();
    let mut say = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    say(CONTENT_TYPE, content_type);
    say(CACHE_CONTROL, "no-store");
    say(X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(VARY, "Accept, Accept-Encoding");
    if compressed.is_some() {
        say(CONTENT_ENCODING, "gzip");
    }
    (status, headers, compressed.unwrap_or(bytes)).into_response()
}

fn compress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 8), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_only_for_those_who_accept_it() {
        let accepts = |value: &str| {
            let value = HeaderValue::from_str(value).unwrap();
            accepts_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, value)]))
        };
        for yes in ["gzip", "deflate, GZIP;q=0.5", "gzip ; q=1.0, *;q=0", "br,gzip"] {
            assert!(accepts(yes), "{yes}");
        }
        for no in ["", "identity", "gzip;q=0", "gzip; q=0.000", "gzip;q=x", "xgzip"] {
            assert!(!accepts(no), "{no}");
        }
    }
}
