//! Calls that were kept, and why calls failed, as rows of tables.

use super::{MAX_NAME, MAX_VALUE};
use crate::model::{Model, OperationModel, SampleModel};
use crate::wording::{count, duration, one_line};
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Clone, Serialize)]
pub(crate) struct SampleRow {
    pub(crate) operation: String,
    /// Why it failed; empty if it did not.
    pub(crate) kind: String,
    pub(crate) duration: String,
    pub(crate) metadata: String,
}

#[derive(Clone, Serialize)]
pub(crate) struct FailureRow {
    pub(crate) operation: String,
    pub(crate) kind: String,
    pub(crate) count: String,
}

/// The longest five of the kept calls that say something about themselves.
pub(super) fn longest(
    model: &Model,
    kept: impl Fn(&OperationModel) -> &Vec<SampleModel>,
) -> Vec<SampleRow> {
    let mut samples: Vec<(&str, &SampleModel)> = model
        .operations
        .iter()
        .flat_map(|o| kept(o).iter().map(|sample| (o.name.as_str(), sample)))
        .filter(|(_, sample)| !sample.metadata.is_empty())
        .collect();
    samples.sort_by_key(|(_, sample)| std::cmp::Reverse(sample.duration_ns));
    samples.iter().take(5).map(|(name, sample)| SampleRow::new(name, sample)).collect()
}

impl SampleRow {
    pub(crate) fn new(operation: &str, sample: &SampleModel) -> Self {
        SampleRow {
            operation: one_line(operation, MAX_NAME),
            kind: one_line(sample.failure_kind.as_deref().unwrap_or(""), MAX_NAME),
            duration: duration(sample.duration_ns),
            metadata: metadata(&sample.metadata),
        }
    }
}

/// `query_id=123, text=why`
pub(crate) fn metadata(pairs: &Map<String, Value>) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{}={}", one_line(key, MAX_NAME), one_line(&text, MAX_VALUE))
        })
        .collect();
    pairs.join(", ")
}

pub(super) fn failures(model: &Model) -> Vec<FailureRow> {
    let rows = model.operations.iter().flat_map(|operation| {
        operation.failure_kinds.iter().map(|(kind, n)| FailureRow {
            operation: one_line(&operation.name, MAX_NAME),
            kind: one_line(kind, MAX_NAME),
            count: count(*n),
        })
    });
    rows.collect()
}
