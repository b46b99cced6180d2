//! Reports that a service writes about itself, hour by hour or day by day.

mod folder;
mod schedule;
mod thread;
mod totals;
mod writer;

pub use thread::ReportsThread;
pub use totals::ReportTotals;
pub use writer::ReportWriter;

use folder::Folder;
use perf_core::Profiler;
use perf_report::{Report, ReportError, Templates};
use perf_sla::SlaConfig;
use schedule::Schedule;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Reports about a profiler that are written regularly, into a folder, under the date of what they are about:
/// `report-2026-11-21T18.html` is the hour from 18:00 to 19:00 UTC.
///
/// Each report is of the time since the one before: with [`reset`](Self::reset) because the metrics are counted
/// from zero after each, else as the difference of two states of the profiler, which disturbs nobody who also
/// reads it. A file that is there is never overwritten: a process that starts anew in the same hour, and one of
/// several that share the folder, writes `report-2026-11-21T18-2.html`.
///
/// ```
/// use perfkit::sla::SlaConfig;
/// use perfkit::{Profiler, Reports};
///
/// # let folder = std::env::temp_dir().join(format!("perfkit-reports-{}", std::process::id()));
/// let profiler = Profiler::new();
/// let sla = SlaConfig::from_toml("[operations.query]\nmax_p95 = \"100ms\"")?;
/// let reports = Reports::hourly(&folder).sla(sla).reset(true).keep(168).spawn(&profiler)?;
///
/// profiler.time("query", || "what the service does all day");
///
/// // At the end: the hour that is not over yet.
/// let totals = reports.finish();
/// assert_eq!((totals.written, totals.failures), (1, 0));
/// assert_eq!(std::fs::read_dir(&folder)?.count(), 2); // HTML and JSON
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # When the disk is full
///
/// Nothing panics and the service goes on. A report that cannot be written is kept, up to 24 of them, and tried
/// again when the next one is due; [`ReportTotals`] counts it and has the last error, and
/// [`on_event`](Self::on_event) is told.
#[must_use = "it writes nothing until it is spawned"]
pub struct Reports {
    folder: Folder,
    schedule: Schedule,
    reset: bool,
    sla: Option<SlaConfig>,
    has_timeline: bool,
    has_requests: bool,
    title: Option<String>,
    labels: Vec<(String, String)>,
    templates: Templates,
    listener: Option<Listener>,
}

type Listener = Box<dyn FnMut(&ReportEvent) + Send>;

/// What a file of a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// A page that stands by itself: `.html`.
    Html,
    /// The numbers, to be read back, merged and followed: `.json`.
    Json,
    /// `.md`
    Markdown,
    /// The verdict as JUnit XML: `.junit.xml`.
    Junit,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportEvent {
    /// It was written: its files.
    Written(Vec<PathBuf>),
    /// A file could not be written or removed: why. What could not be written is tried again.
    Failed(String),
    /// So many reports could not be written that the oldest was given up: the name that its files would have had,
    /// without the ending.
    GivenUp(PathBuf),
}

impl Reports {
    /// A report when an hour of UTC ends.
    pub fn hourly(folder: impl Into<PathBuf>) -> Self {
        Reports::on(Schedule::Hourly, folder.into())
    }

    /// A report when a day of UTC ends.
    pub fn daily(folder: impl Into<PathBuf>) -> Self {
        Reports::on(Schedule::Daily, folder.into())
    }

    /// A report so often, counted from the start, under the time to the second at which it begins:
    /// `report-2026-11-21T18-05-30.html`. At least a second.
    pub fn every(period: Duration, folder: impl Into<PathBuf>) -> Self {
        Reports::on(Schedule::Every(period.max(Duration::from_secs(1))), folder.into())
    }

    /// What stands before the date in the names of the files, `report` if not set: letters, digits, `-`, `_`
    /// and `.`.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.folder.name = name.into();
        self
    }

    /// What is written; HTML and JSON if not set.
    pub fn formats(mut self, formats: impl IntoIterator<Item = ReportFormat>) -> Self {
        self.folder.formats = formats.into_iter().collect();
        self
    }

    /// Whether the profiler is reset after each report, as by [`Profiler::reset`]; not if not set. With it, each
    /// report also has the slowest calls of its own time; the first has everything since the last reset before.
    /// Without it, the first begins when this is spawned.
    pub fn reset(mut self, reset: bool) -> Self {
        self.reset = reset;
        self
    }

    /// Judges each report by this file, whose limits are counted exactly from the start
    /// ([`SlaConfig::watch`]).
    pub fn sla(mut self, sla: SlaConfig) -> Self {
        self.sla = Some(sla);
        self
    }

    /// Adds each report's time as charts, and judges windows and objectives by it, as far as the profiler's
    /// timeline goes back in detail, about an hour. Somebody has to tick it:
    /// [`Profiler::spawn_timeline`].
    pub fn with_timeline(mut self) -> Self {
        self.has_timeline = true;
        self
    }

    /// Adds what requests spend their time on, and the slowest of each report's time: at the cost of a
    /// [`RequestWatch`](perf_analysis::RequestWatch).
    pub fn with_requests(mut self) -> Self {
        self.has_requests = true;
        self
    }

    /// What stands above each report.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Says something of all of them, such as `service`, `version` or `commit`.
    pub fn labelled(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((label.into(), value.into()));
        self
    }

    /// Renders with these.
    pub fn with_templates(mut self, templates: &Templates) -> Self {
        self.templates = templates.clone();
        self
    }

    /// Keeps so many reports, at least one, and removes the oldest beyond. Only files whose whole name is one
    /// that this writes are ever removed.
    pub fn keep(mut self, count: usize) -> Self {
        self.folder.keep = Some(count.max(1));
        self
    }

    /// Removes reports that begin so long ago, by the dates in their names.
    pub fn keep_for(mut self, age: Duration) -> Self {
        self.folder.keep_for = Some(age);
        self
    }

    /// Is told what becomes of each report, on the thread that writes. A panic in it is caught.
    pub fn on_event(mut self, told: impl FnMut(&ReportEvent) + Send + 'static) -> Self {
        self.listener = Some(Box::new(told));
        self
    }

    /// Starts the thread that writes them.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made, the name is none for a file, no format is asked for, or the system gives
    /// no more threads.
    pub fn spawn(self, profiler: &Profiler) -> io::Result<ReportsThread> {
        ReportsThread::spawn(self.by_hand(profiler)?)
    }

    /// Without a thread: for those who call [`ReportWriter::tick`] themselves, such as a task of an async
    /// runtime.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn).
    pub fn by_hand(self, profiler: &Profiler) -> io::Result<ReportWriter> {
        self.folder.check()?;
        ReportWriter::new(self, profiler)
    }

    fn on(schedule: Schedule, folder: PathBuf) -> Self {
        Reports {
            folder: Folder::new(folder),
            schedule,
            reset: false,
            sla: None,
            has_timeline: false,
            has_requests: false,
            title: None,
            labels: Vec::new(),
            templates: Templates::default(),
            listener: None,
        }
    }
}

impl ReportFormat {
    fn ending(self) -> &'static str {
        match self {
            ReportFormat::Html => "html",
            ReportFormat::Json => "json",
            ReportFormat::Markdown => "md",
            ReportFormat::Junit => "junit.xml",
        }
    }

    fn render(self, report: &Report) -> Result<String, ReportError> {
        match self {
            ReportFormat::Html => report.to_html(),
            ReportFormat::Json => report.to_json(),
            ReportFormat::Markdown => report.to_markdown(),
            ReportFormat::Junit => report.to_junit(),
        }
    }
}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Reports");
        text.field("folder", &self.folder).field("schedule", &self.schedule);
        text.field("reset", &self.reset).finish_non_exhaustive()
    }
}
