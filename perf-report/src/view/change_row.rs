//! A number beside that of earlier runs, as a row of a table.

use super::{MAX_NAME, counted};
use crate::model::{ChangeModel, Model};
use crate::wording::{change, duration, one_line, percent, rate};
use serde::Serialize;

#[derive(Clone, Serialize)]
pub(crate) struct ChangeRow {
    pub(crate) operation: String,
    pub(crate) indicator: String,
    pub(crate) before: String,
    /// `110.0 ms to 130.0 ms`, of several runs.
    pub(crate) range: String,
    pub(crate) now: String,
    pub(crate) change: String,
    /// `regressed`, `improved`, `unchanged` or `not enough evidence`.
    pub(crate) outcome: String,
    /// `violated` for what regressed, `met` for what improved; else empty.
    pub(crate) status: &'static str,
    /// Whether it is more than a tenth.
    pub(crate) is_large: bool,
}

/// What the baseline is, and why it is not comparable, if it is not.
pub(super) fn baseline(model: &Model) -> Vec<String> {
    let Some(baseline) = &model.baseline else { return Vec::new() };
    let ended_at = baseline.ended_at.get(..19).unwrap_or_default().replace('T', " ");
    let runs = counted(baseline.runs, "other run");
    let last = one_line(&format!("{runs}, the last one of {ended_at} UTC"), 2 * MAX_NAME);
    let differences = baseline.differences.iter();
    let told = |what: &String| one_line(&format!("not comparable as it is: {what}"), 4 * MAX_NAME);
    [last].into_iter().chain(differences.map(told)).collect()
}

pub(super) fn all(model: &Model) -> Vec<ChangeRow> {
    model.baseline.iter().flat_map(|baseline| &baseline.changes).map(ChangeRow::new).collect()
}

impl ChangeRow {
    fn new(row: &ChangeModel) -> Self {
        let word = |value: f64| match row.indicator.as_str() {
            "throughput" => format!("{}/s", rate(value)),
            "error rate" => percent(value.clamp(0.0, 1.0)),
            _ => duration(value.max(0.0) as u64),
        };
        ChangeRow {
            operation: one_line(&row.operation, MAX_NAME),
            indicator: one_line(&row.indicator, MAX_NAME),
            before: word(row.before),
            range: match row.before_min < row.before_max {
                true => format!("{} to {}", word(row.before_min), word(row.before_max)),
                false => String::new(),
            },
            now: word(row.now),
            change: row.change_ratio.map(change).unwrap_or_default(),
            outcome: one_line(&row.outcome, MAX_NAME),
            is_large: match row.change_ratio {
                Some(ratio) => ratio.abs() > 0.1,
                None => row.now != row.before,
            },
            status: match row.outcome.as_str() {
                "regressed" => "violated",
                "improved" => "met",
                _ => "",
            },
        }
    }
}
