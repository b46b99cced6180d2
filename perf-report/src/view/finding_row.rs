//! Where time could be saved, as a row of a table.

use super::{MAX_NAME, MAX_TITLE};
use crate::model::{FindingModel, Model};
use crate::wording::{duration, one_line};
use serde::Serialize;

#[derive(Clone, Serialize)]
pub(crate) struct FindingRow {
    pub(crate) component: String,
    pub(crate) cause: String,
    pub(crate) share: String,
    /// The mean of a request.
    pub(crate) each: String,
    pub(crate) recommendation: String,
}

pub(super) fn all(model: &Model) -> Vec<FindingRow> {
    model.findings.iter().map(FindingRow::new).collect()
}

impl FindingRow {
    fn new(finding: &FindingModel) -> Self {
        FindingRow {
            component: one_line(&finding.component, MAX_NAME),
            cause: one_line(&finding.cause, MAX_NAME),
            share: format!("{:.0} %", finding.share_ratio * 100.0),
            each: duration(finding.per_request_ns),
            recommendation: one_line(&finding.recommendation, 4 * MAX_TITLE),
        }
    }
}
