//! The report itself, inside its page.

use crate::error::ReportError;
use crate::model::Model;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Letters of data that a page carries; beyond, the run over time is left out of them.
const MOST: usize = 2 << 20;

/// The JSON in gzip and base64: letters that mean nothing to HTML; and whether all of it is there.
pub(super) fn embedded(model: &Model) -> Result<(String, bool), ReportError> {
    let whole = packed(model)?;
    if whole.len() <= MOST || model.series.is_none() {
        return Ok((whole, true));
    }
    Ok((packed(&Model { series: None, ..model.clone() })?, false))
}

fn packed(model: &Model) -> Result<String, ReportError> {
    let json = serde_json::to_vec(model).map_err(|error| ReportError::Render(error.into()))?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::new(6));
    let bytes = gzip.write_all(&json).and_then(|()| gzip.finish());
    bytes.map(|bytes| STANDARD.encode(bytes)).map_err(|error| ReportError::Render(error.into()))
}
