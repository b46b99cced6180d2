//! Workflow commands of GitHub Actions (docs.github.com, "Workflow commands for GitHub Actions").

use crate::model::{CheckModel, Model};
use crate::view::evidence;
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
        let place = match (&verdict.source, check.line) {
            (Some(file), Some(line)) => format!("file={},line={line},", property(file)),
            (Some(file), None) => format!("file={},", property(file)),
            (None, _) => String::new(),
        };
        let title = format!("SLA {}: {}", check.status, check.path);
        let _ =
            writeln!(out, "::{level} {place}title={}::{}", property(&title), message(&told(check)));
    }
    out
}

fn told(check: &CheckModel) -> String {
    match evidence(check).as_str() {
        "" => check.sentence.clone(),
        evidence => format!("{}; {evidence}", check.sentence),
    }
}

/// What would end the message or the command is written as its number.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
