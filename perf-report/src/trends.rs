//! Many reports beside each other: how each operation went from run to run, and where it changed.

mod chart;
mod console;
mod history;
mod indicator;
mod json;
mod link;
mod page;
mod run;

use crate::error::ReportError;
use crate::report::Report;
use crate::templates::Templates;
use crate::{Console, json as format};
use history::History;
use run::Run;
use std::sync::OnceLock;

/// The runs of many reports, by when they ended, and where their operations changed.
///
/// Of each operation it has the median, 95th and 99th percentile of every run with the interval in which the
/// true one lies at 95 % ([`quantile_interval`](perf_analysis::quantile_interval)), calls a second and the
/// error rate. A change is told where the level of a percentile or of the throughput jumps by more than 10 %,
/// and a latency by more than 10 µs ([`change_points`](perf_analysis::change_points) at 95 %): it takes 8
/// runs at least. A run is called by its label `commit` (ten characters), else `version`, else by when it
/// ended, which is also added where several have the same label. Runs on another machine than the newest are marked, and not left out.
///
/// ```
/// use perf_core::Profiler;
/// use perf_report::{Console, Report, Trends};
/// use std::time::Duration;
///
/// // Twenty nightly runs; retrieval takes half as long again since the eleventh.
/// let night = |n: u64| {
///     let profiler = Profiler::new();
///     (0..100).for_each(|i| {
///         let ms = 20 + i % 3 + if n < 10 { 0 } else { 10 };
///         profiler.record("retrieval", Duration::from_millis(ms))
///     });
///     let report = Report::new(&profiler.snapshot()).labelled("commit", format!("c0ffee{n:02}"));
///     (format!("night-{n:02}.json"), report)
/// };
/// let text = Trends::of((0..20).map(night)).to_console(&Console::plain(80));
/// assert!(text.contains("changed at c0ffee10: 21.0 ms -> 31.0 ms (+47.4 %"), "{text}");
/// ```
#[derive(Clone, Debug)]
pub struct Trends {
    /// By when they ended.
    runs: Vec<Run>,
    /// Only these operations; all where it is empty.
    only: Vec<String>,
    /// It takes a while to find out.
    histories: OnceLock<Vec<History>>,
    templates: Templates,
}

impl Trends {
    /// The reports, each with the name of its file, in any order. A file is linked to from the page
    /// ([`to_html`](Self::to_html)) when its name has no folder in it. Only numbers are kept, so reports can be
    /// read one after the other.
    pub fn of(reports: impl IntoIterator<Item = (String, Report)>) -> Self {
        let reports = reports.into_iter();
        let mut runs: Vec<Run> =
            reports.map(|(file, report)| Run::new(file, report.model())).collect();
        runs.sort_by(Run::by_end);
        Run::tell_apart(&mut runs);
        Trends {
            runs,
            only: Vec::new(),
            histories: OnceLock::new(),
            templates: Templates::default(),
        }
    }

    /// Leaves out all but the `count` newest runs.
    pub fn last(mut self, count: usize) -> Self {
        self.runs.drain(..self.runs.len().saturating_sub(count));
        self.histories = OnceLock::new();
        self
    }

    /// Leaves out all operations but these.
    pub fn only<T: Into<String>>(mut self, operations: impl IntoIterator<Item = T>) -> Self {
        self.only = operations.into_iter().map(Into::into).collect();
        self.histories = OnceLock::new();
        self
    }

    /// Renders HTML with these: the template `trends.html`.
    pub fn with_templates(mut self, templates: &Templates) -> Self {
        self.templates = templates.clone();
        self
    }

    /// How many runs there are.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The operations: those of the newest run first, then those that it no longer has, the ones that took most
    /// time in their last run first.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.histories().iter().map(History::name)
    }

    /// Text for a terminal.
    pub fn to_console(&self, console: &Console) -> String {
        console::render(self, console)
    }

    /// One HTML file that needs nothing else, and no script: where operations changed, and a chart and a table for
    /// each of the first 50 operations.
    ///
    /// # Errors
    ///
    /// [`ReportError::Render`], [`ReportError::Template`].
    pub fn to_html(&self) -> Result<String, ReportError> {
        self.templates.html("trends.html", &page::Page::new(self))
    }

    /// The numbers as JSON: the format `perf-trends` 1.0, with a value a run in each list, `null` where a run has
    /// none.
    ///
    /// # Errors
    ///
    /// [`ReportError::Render`].
    pub fn to_json(&self) -> Result<String, ReportError> {
        format::render(&json::Document::new(self))
    }
}

impl Trends {
    fn histories(&self) -> &[History] {
        self.histories.get_or_init(|| {
            let is_wanted =
                |name: &str| self.only.is_empty() || self.only.iter().any(|n| n == name);
            History::all(&self.runs, is_wanted)
        })
    }

    /// The runs that were on another machine than the newest.
    fn elsewhere(&self) -> impl Iterator<Item = &Run> {
        let newest = self.runs.last();
        self.runs.iter().filter(move |run| newest.is_some_and(|newest| run.is_elsewhere(newest)))
    }
}
