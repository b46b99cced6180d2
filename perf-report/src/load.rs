//! Reports that were written as JSON, read back.

mod contradictions;

use crate::error::LoadError;
use crate::model::{Model, SCHEMA, SCHEMA_VERSION};
use contradictions::check;
use serde::Deserialize;

/// What every version says of itself.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Header {
    schema: String,
    schema_version: String,
}

/// The report in `text`, checked: a file of a newer minor version is read as far as it is known.
pub(crate) fn parse(text: &str) -> Result<Model, LoadError> {
    let header: Header = serde_json::from_str(text).map_err(LoadError::syntax)?;
    if header.schema != SCHEMA {
        return Err(LoadError::NotAReport { schema: header.schema });
    }
    if major(&header.schema_version) != major(SCHEMA_VERSION) {
        return Err(LoadError::Version { found: header.schema_version });
    }
    let mut model: Model = serde_json::from_str(text).map_err(LoadError::syntax)?;
    check(&model)?;
    model.derive_anew();
    if let Some(series) = &mut model.series {
        series.even_out();
    }
    Ok(model)
}

fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.parse().ok()
}
