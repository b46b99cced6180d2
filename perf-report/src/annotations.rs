//! Workflow commands of GitHub Actions (docs.github.com, "Workflow commands for GitHub Actions").

use crate::model::{CheckModel, Model};
use crate::view::{MAX_TITLE, evidence};
use crate::wording::one_line;
use perf_sla::Status;
use std::fmt::Write;

/// A line for each target that is not met.
pub(crate) fn render(model: &Model) -> String {
    let mut out = String::new();
    let Some(verdict) = &model.verdict else { return out };
    for check in &verdict.checks {
        let level = if check.has_status(Status::Violated) {
            "error"
        } else if check.has_status(Status::Inconclusive) {
            "warning"
        } else {
            continue;
        };
        let source = verdict.source.as_ref().map(|file| one_line(file, usize::MAX));
        let place = match (&source, check.line) {
            (Some(file), Some(line)) => format!("file={},line={line},", property(file)),
            (Some(file), None) => format!("file={},", property(file)),
            (None, _) => String::new(),
        };
        let title = one_line(&format!("SLA {}: {}", check.status, check.path), 2 * MAX_TITLE);
        let _ =
            writeln!(out, "::{level} {place}title={}::{}", property(&title), message(&told(check)));
    }
    out
}

fn told(check: &CheckModel) -> String {
    let sentence = one_line(&check.sentence, 4 * MAX_TITLE);
    match evidence(check).as_str() {
        "" => sentence,
        evidence => format!("{sentence}; {evidence}"),
    }
}

/// What would end the message or the command is written as its number.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
