//! The report itself, inside its page.

use crate::error::ReportError;
use crate::model::Model;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io;

/// The JSON in gzip and base64: letters that mean nothing to HTML.
pub(super) fn embedded(model: &Model) -> Result<String, ReportError> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::new(6));
    let written = serde_json::to_writer(&mut gzip, model).map_err(io::Error::from);
    let bytes = written.and_then(|()| gzip.finish());
    bytes.map(|bytes| STANDARD.encode(bytes)).map_err(|error| ReportError::Render(error.into()))
}
