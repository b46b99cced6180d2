//! Calls that were kept, and why calls failed, as rows of tables.

use super::{MAX_NAME, MAX_VALUE};
use crate::model::{Model, OperationModel, SampleModel};
use crate::wording::{count, duration, one_line};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct SampleRow {
    pub(crate) operation: String,
    /// Why it failed; empty if it did not.
    pub(crate) kind: String,
    pub(crate) duration: String,
    pub(crate) metadata: String,
}

#[derive(Serialize)]
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
    let row = |(name, sample): &(&str, &SampleModel)| SampleRow {
        operation: one_line(name, MAX_NAME),
        kind: one_line(sample.failure_kind.as_deref().unwrap_or(""), MAX_NAME),
        duration: duration(sample.duration_ns),
        metadata: metadata(sample),
    };
    samples.iter().take(5).map(row).collect()
}

fn metadata(sample: &SampleModel) -> String {
    let pairs: Vec<String> = sample
        .metadata
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
