//! Reports that were written as JSON, read back.

use crate::error::LoadError;
use crate::model::{Model, SCHEMA, SCHEMA_VERSION};
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
    if let Some(series) = &mut model.series {
        series.even_out();
    }
    Ok(model)
}

fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.parse().ok()
}

/// What would be taken for something else if it were read as it is.
fn check(model: &Model) -> Result<(), LoadError> {
    let contradiction = |key: String, what: String| Err(LoadError::Contradiction { key, what });
    for operation in &model.operations {
        let name = &operation.name;
        for (key, side, untimed, count) in [
            ("latency", &operation.latency, operation.untimed_successes, operation.successes),
            (
                "failure_latency",
                &operation.failure_latency,
                operation.untimed_failures,
                operation.failures,
            ),
        ] {
            let timed = match side {
                Some(distribution) => distribution
                    .restore()
                    .map_err(|error| LoadError::Contradiction {
                        key: format!("operations[{name:?}].{key}.buckets"),
                        what: error.to_string(),
                    })?
                    .count(),
                None => 0,
            };
            if timed.saturating_add(untimed) != count {
                return contradiction(
                    format!("operations[{name:?}].{key}"),
                    format!(
                        "{timed} values in the buckets and {untimed} untimed are not {count} calls"
                    ),
                );
            }
        }
    }
    if let Some(Err(error)) = model.requests.as_ref().map(|requests| requests.restore()) {
        return contradiction("requests.totals".to_owned(), error.to_string());
    }
    let Some(series) = &model.series else { return Ok(()) };
    if !series.ends_ns.is_sorted() {
        return contradiction("series.ends_ns".to_owned(), "the ends go backwards".to_owned());
    }
    for (name, operation) in &series.operations {
        for (interval, latency) in operation.latencies.iter().enumerate() {
            if let Some(Err(error)) = latency.as_ref().map(|latency| latency.restore()) {
                let key = format!("series.operations[{name:?}].latencies[{interval}].buckets");
                return contradiction(key, error.to_string());
            }
        }
    }
    Ok(())
}
