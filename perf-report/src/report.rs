//! The report: one model, four renderings.

use crate::annotations;
use crate::console::{self, Console};
use crate::error::{LoadError, ReportError};
use crate::json;
use crate::load;
use crate::merge;
use crate::model::{
    BaselineModel, CallNodeModel, FindingModel, MIN_SHARE, Model, ResourceFindingModel,
    SeriesModel, is_same_run,
};
use crate::page::Page;
use crate::templates::Templates;
use crate::view::View;
use perf_analysis::{RequestStatistics, call_bottlenecks};
use perf_core::{CallTree, Snapshot, Timeline};
use perf_sla::Verdict;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Rows of a list in a terminal: more would scroll the verdict away.
const CONSOLE_ROWS: usize = 50;

/// A snapshot, and what an SLA file says of it, ready to be shown; or a report that was written as JSON.
#[derive(Clone, Debug)]
pub struct Report {
    model: Model,
    /// Where the run starts on the profiler's clock.
    start: Duration,
    templates: Templates,
}

impl Report {
    /// A report of `snapshot`, without a verdict.
    pub fn new(snapshot: &Snapshot) -> Self {
        Report::of(Model::new(snapshot), snapshot.from())
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

    /// Adds the run by time, for the charts over time and what stands out of what the work cost: the intervals of the same profiler's timeline that lie
    /// in the run.
    pub fn with_timeline(mut self, timeline: &Timeline) -> Self {
        let window = timeline.window_since(self.start);
        self.model.series = SeriesModel::new(&window, self.start);
        self.model.resource_findings = ResourceFindingModel::all(&window);
        self
    }

    /// Adds what requests spend their time on, and the slowest of them.
    pub fn with_requests(mut self, statistics: &RequestStatistics) -> Self {
        self.model.watched(statistics);
        self
    }

    /// Adds who called what; and what of it takes most time, where nothing else says that.
    pub fn with_call_tree(mut self, tree: &CallTree) -> Self {
        self.model.call_tree = CallNodeModel::all(tree);
        if self.model.findings.is_empty() {
            self.model.findings = FindingModel::all(&call_bottlenecks(tree, MIN_SHARE));
        }
        self
    }

    /// Puts earlier runs beside it. Each row of the comparison says how sure it is: one run beside one is
    /// never enough to call a difference more than a difference.
    pub fn with_baseline<'a>(mut self, runs: impl IntoIterator<Item = &'a Report>) -> Self {
        let runs: Vec<&Model> = runs.into_iter().map(|report| &report.model).collect();
        self.model.baseline = BaselineModel::new(&self.model, &runs);
        self
    }

    /// Renders Markdown, HTML and JUnit XML with these.
    pub fn with_templates(mut self, templates: &Templates) -> Self {
        self.templates = templates.clone();
        self
    }

    /// Says something of the run, such as `service`, `version`, `commit` or `environment`.
    pub fn labelled(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.model.run.labels.insert(label.into(), value.into());
        self
    }

    /// Reads a report that was written as JSON.
    ///
    /// # Errors
    ///
    /// [`ReportError::Read`], [`ReportError::Load`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ReportError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|e| ReportError::Read(path.to_owned(), e))?;
        Report::from_json(&text).map_err(|error| ReportError::Load(path.to_owned(), error))
    }

    /// The report in a text of JSON, of this major version of the format.
    ///
    /// ```
    /// use perf_core::Profiler;
    /// use perf_report::Report;
    /// use std::time::Duration;
    ///
    /// let profiler = Profiler::new();
    /// profiler.record("retrieval", Duration::from_millis(42));
    /// let json = Report::new(&profiler.snapshot()).to_json()?;
    /// let snapshot = Report::from_json(&json)?.snapshot();
    /// assert_eq!(snapshot.operation("retrieval").unwrap().p95(), Some(Duration::from_millis(42)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoadError`].
    pub fn from_json(text: &str) -> Result<Self, LoadError> {
        Ok(Report::of(load::parse(text)?, Duration::ZERO))
    }

    /// The snapshot that it is of: every count, bucket, limit and kept sample. It is no profiler's any more, so
    /// it has no interval since another one.
    pub fn snapshot(&self) -> Snapshot {
        self.model.snapshot()
    }

    /// This and the report of another process as one. Distributions add up bucket by bucket, so that every
    /// percentile is that of all calls together; rates are over the time that at least one of them covers.
    /// Of each gauge the smallest and the largest value stay, with the labels `merged="min"` and
    /// `merged="max"`, so that a limit is judged by the worst process. What stands for the whole is left out
    /// where the two differ in it. The verdicts are left out: judge [`snapshot`](Self::snapshot) anew.
    ///
    /// ```
    /// use perf_core::Profiler;
    /// use perf_report::Report;
    ///
    /// let reports = [5.0, 9.0, 7.0].map(|depth| {
    ///     let profiler = Profiler::new();
    ///     profiler.gauge("depth").set(depth);
    ///     Report::new(&profiler.snapshot())
    /// });
    /// let snapshot = reports[0].merge(&reports[1]).merge(&reports[2]).snapshot();
    /// assert_eq!(snapshot.gauge("depth", &[("merged", "min")]), Some(5.0));
    /// assert_eq!(snapshot.gauge("depth", &[("merged", "max")]), Some(9.0));
    /// ```
    #[must_use]
    pub fn merge(&self, other: &Report) -> Report {
        Report::of(merge::merge(&self.model, &other.model), Duration::ZERO)
    }

    /// Whether both are of one and the same run, such as copies of a file, whatever was said of it since. Merged,
    /// its calls would count twice.
    pub fn is_same_run(&self, other: &Report) -> bool {
        is_same_run(&self.model, &other.model)
    }

    /// Leaves out what an SLA file said.
    pub fn without_verdict(mut self) -> Self {
        self.model.verdict = None;
        self
    }

    /// The numbers.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The numbers as JSON: the format `perf-report` 1.1.
    ///
    /// # Errors
    ///
    /// [`ReportError::Render`].
    pub fn to_json(&self) -> Result<String, ReportError> {
        json::render(&self.model)
    }

    /// Text for a terminal: of each list at most 50 rows, of the operations those nearest their limits, and how many
    /// there are besides.
    pub fn to_console(&self, console: &Console) -> String {
        console::render(&View::new(&self.model).shortened(CONSOLE_ROWS), console)
    }

    /// What GitHub shows beside the lines of the SLA file: an error for each violated target, a warning
    /// for each inconclusive one. To be printed by a job of GitHub Actions; empty when all are met.
    pub fn to_github_annotations(&self) -> String {
        annotations::render(&self.model)
    }

    /// Markdown, with the verdict in the first line, of at most 1 MiB: what GitHub takes as the summary of a
    /// job.
    ///
    /// # Errors
    ///
    /// [`ReportError::Render`], [`ReportError::Template`].
    pub fn to_markdown(&self) -> Result<String, ReportError> {
        self.to_markdown_within(1 << 20)
    }

    /// Markdown of at most so many bytes: 65,536 for a comment on GitHub. Every table and list is shortened until it
    /// fits, and it says how much was left out. Where not even the verdict with empty tables fits, it ends after as
    /// many whole lines as do.
    ///
    /// # Errors
    ///
    /// As [`to_markdown`](Self::to_markdown).
    pub fn to_markdown_within(&self, bytes: usize) -> Result<String, ReportError> {
        let view = View::new(&self.model);
        let mut text = self.templates.render("report.md", &view)?;
        for rows in [300, 100, 30, 10, 3, 1, 0] {
            if text.len() <= bytes {
                return Ok(text);
            }
            text = self.templates.render("report.md", &view.shortened(rows))?;
        }
        if text.len() > bytes {
            let end = text.as_bytes()[..bytes].iter().rposition(|byte| *byte == b'\n');
            text.truncate(end.map_or(0, |end| end + 1));
        }
        Ok(text)
    }

    /// One HTML file that needs nothing else and no script.
    ///
    /// # Errors
    ///
    /// As [`to_markdown`](Self::to_markdown).
    pub fn to_html(&self) -> Result<String, ReportError> {
        self.templates.html("report.html", &Page::new(&self.model)?)
    }

    /// JUnit XML, for what shows the results of tests: a case for each target, which has failed when the
    /// target is violated and was skipped when that is inconclusive.
    ///
    /// # Errors
    ///
    /// As [`to_markdown`](Self::to_markdown).
    pub fn to_junit(&self) -> Result<String, ReportError> {
        self.templates.render("report.junit.xml", &View::new(&self.model))
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

    /// Writes [`to_junit`](Self::to_junit) to a file.
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn write_junit(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        write(path.as_ref(), &self.to_junit()?)
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

impl Report {
    fn of(model: Model, start: Duration) -> Self {
        Report { model, start, templates: Templates::default() }
    }
}

fn write(path: &Path, text: &str) -> Result<(), ReportError> {
    fs::write(path, text).map_err(|error| ReportError::Write(path.to_owned(), error))
}
