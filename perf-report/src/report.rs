//! The report: one model, four renderings.

use crate::annotations;
use crate::console::{self, Console};
use crate::error::ReportError;
use crate::model::Model;
use crate::templates;
use crate::view::View;
use perf_core::Snapshot;
use perf_sla::Verdict;
use std::fs;
use std::path::Path;

/// A snapshot, and what an SLA file says of it, ready to be shown.
#[derive(Clone, Debug)]
pub struct Report {
    model: Model,
}

impl Report {
    /// A report of `snapshot`, without a verdict.
    pub fn new(snapshot: &Snapshot) -> Self {
        Report { model: Model::new(snapshot) }
    }

    /// Adds what an SLA file says of the same snapshot. If the file names the operation that stands
    /// for the whole, so does the report.
    pub fn with_sla(mut self, verdict: &Verdict) -> Self {
        self.model.judge(verdict);
        self
    }

    /// What stands above it; "Performance report" if not set.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.model.title = title.into();
        self
    }

    /// The numbers.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The numbers as JSON: the format `perf-report` 1.0.
    ///
    /// # Errors
    ///
    /// [`ReportError::Render`].
    pub fn to_json(&self) -> Result<String, ReportError> {
        let json = serde_json::to_string_pretty(&self.model);
        json.map(|json| json + "\n").map_err(|error| ReportError::Render(error.into()))
    }

    /// Text for a terminal.
    pub fn to_console(&self, console: &Console) -> String {
        console::render(&View::new(&self.model), console)
    }

    /// What GitHub shows beside the lines of the SLA file: an error for each violated target, a warning
    /// for each inconclusive one. To be printed by a job of GitHub Actions; empty when all are met.
    pub fn to_github_annotations(&self) -> String {
        annotations::render(&self.model)
    }

    /// Markdown, with the verdict in the first line.
    ///
    /// # Errors
    ///
    /// [`ReportError::Render`].
    pub fn to_markdown(&self) -> Result<String, ReportError> {
        templates::render("report.md", &View::new(&self.model))
    }

    /// One HTML file that needs nothing else and no script.
    ///
    /// # Errors
    ///
    /// [`ReportError::Render`].
    pub fn to_html(&self) -> Result<String, ReportError> {
        templates::render("report.html", &View::new(&self.model))
    }

    /// Writes [`to_json`](Self::to_json) to a file.
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn write_json(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        write(path.as_ref(), &self.to_json()?)
    }

    /// Writes [`to_markdown`](Self::to_markdown) to a file.
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn write_markdown(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        write(path.as_ref(), &self.to_markdown()?)
    }

    /// Writes [`to_html`](Self::to_html) to a file.
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn write_html(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        write(path.as_ref(), &self.to_html()?)
    }
}

fn write(path: &Path, text: &str) -> Result<(), ReportError> {
    fs::write(path, text).map_err(|error| ReportError::Write(path.to_owned(), error))
}
