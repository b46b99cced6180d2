//! What writes a report when it is due.

use super::totals::{ReportTotals, SharedTotals};
use super::{ReportEvent, Reports};
use perf_analysis::RequestWatch;
use perf_core::{Profiler, Snapshot};
use perf_report::Report;
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

/// Reports that wait for a disk that takes them: a day, hourly.
const MOST_WAITING: usize = 24;
/// The time of day may be set, and the machine may sleep: it is looked at so often.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Writes [`Reports`] when it is told the time: made by [`Reports::by_hand`].
///
/// ```
/// use perfkit::{Clock, Profiler, Reports};
/// use std::time::Duration;
///
/// # let folder = std::env::temp_dir().join(format!("perfkit-by-hand-{}", std::process::id()));
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let mut reports = Reports::daily(&folder).by_hand(&profiler)?;
/// hand.advance(Duration::from_secs(86_399));
/// assert!(!reports.tick());
/// hand.advance(Duration::from_secs(1));
/// assert!(reports.tick());
/// assert!(folder.join("report-1970-01-01.html").exists());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ReportWriter {
    reports: Reports,
    profiler: Profiler,
    /// With neither a reset nor an earlier report, all that is known of the profiler.
    before: Snapshot,
    requests: Option<RequestWatch>,
    /// When the report that is being measured began.
    begun: SystemTime,
    due: SystemTime,
    waiting: VecDeque<Waiting>,
    totals: SharedTotals,
}

/// A report that is to be written.
struct Waiting {
    stamp: String,
    report: Report,
}

impl ReportWriter {
    pub(super) fn new(reports: Reports, profiler: &Profiler) -> io::Result<Self> {
        if let Some(sla) = &reports.sla {
            // Beyond four limits an operation is judged by its buckets.
            let _ = sla.watch(profiler);
        }
        let before = profiler.lifetime();
        let begun = before.taken_at();
        Ok(ReportWriter {
            requests: reports.has_requests.then(|| RequestWatch::new(profiler)),
            profiler: profiler.clone(),
            before,
            begun,
            due: reports.schedule.due(begun),
            waiting: VecDeque::new(),
            totals: SharedTotals::default(),
            reports,
        })
    }

    /// Writes the report that is due by the profiler's clock, if one is, and those that could not be written
    /// before; says whether one was due. When several would have been due since the last call, because the
    /// machine slept, there is one of all that time.
    pub fn tick(&mut self) -> bool {
        let now = self.now();
        if now < self.due {
            // The time of day was set back: the next hour ends when it ends now.
            self.due = self.due.min(self.reports.schedule.due(now));
            return false;
        }
        self.take(now);
        self.write_waiting(now);
        true
    }

    /// Writes the report that has begun, however short it is, and those that could not be written before.
    pub fn finish(mut self) -> ReportTotals {
        let now = self.now();
        if now != self.begun {
            self.take(now);
        }
        self.write_waiting(now);
        self.totals.read()
    }

    /// What became of the reports until now.
    pub fn totals(&self) -> ReportTotals {
        self.totals.read()
    }

    /// How long there is nothing to do, at most a minute.
    pub fn wait(&self) -> Duration {
        self.due.duration_since(self.now()).unwrap_or_default().min(LONGEST_WAIT)
    }

    pub(super) fn shared_totals(&self) -> SharedTotals {
        self.totals.clone()
    }

    fn now(&self) -> SystemTime {
        self.profiler.snapshot().taken_at()
    }

    /// Makes the report of the time until now, and begins the next one.
    fn take(&mut self, now: SystemTime) {
        let stamp = self.reports.schedule.stamp(self.begun);
        let report = self.report();
        self.waiting.push_back(Waiting { stamp, report });
        self.begun = now;
        self.due = self.reports.schedule.due(now);
        while self.waiting.len() > MOST_WAITING {
            if let Some(oldest) = self.waiting.pop_front() {
                self.totals.add_given_up();
                let stem = self.reports.folder.stem(&oldest.stamp, 1);
                self.tell(&ReportEvent::GivenUp(stem));
            }
        }
    }

    fn report(&mut self) -> Report {
        let timeline = self.profiler.timeline();
        let snapshot = if self.reports.reset {
            self.profiler.reset()
        } else {
            timeline.tick();
            let lifetime = self.profiler.lifetime();
            // They are two of the same profiler, one after the other.
            let since = lifetime.since(&self.before).unwrap_or_else(|_| lifetime.clone());
            self.before = lifetime;
            since
        };
        let mut report = Report::new(&snapshot).with_templates(&self.reports.templates);
        if let Some(title) = &self.reports.title {
            report = report.titled(title);
        }
        for (label, value) in &self.reports.labels {
            report = report.labelled(label, value);
        }
        if let Some(requests) = &self.requests {
            report = report.with_requests(&requests.reset());
        }
        if self.reports.has_timeline {
            report = report.with_timeline(&timeline);
        }
        match &self.reports.sla {
            Some(sla) if self.reports.has_timeline => {
                report.with_sla(&sla.evaluate_run(&snapshot, &timeline))
            }
            Some(sla) => report.with_sla(&sla.evaluate(&snapshot)),
            None => report,
        }
    }

    /// The oldest first, until one cannot be written.
    fn write_waiting(&mut self, now: SystemTime) {
        while let Some(oldest) = self.waiting.front() {
            match self.reports.folder.write(&oldest.stamp, &oldest.report) {
                Ok(files) => {
                    self.waiting.pop_front();
                    self.totals.add_written();
                    self.tell(&ReportEvent::Written(files));
                }
                Err(error) => {
                    self.fail(error);
                    break;
                }
            }
        }
        for error in self.reports.folder.tidy(self.reports.schedule, now) {
            self.fail(error);
        }
    }

    fn fail(&mut self, error: String) {
        self.totals.add_failure(&error);
        self.tell(&ReportEvent::Failed(error));
    }

    fn tell(&mut self, event: &ReportEvent) {
        if let Some(listener) = &mut self.reports.listener {
            // It is somebody else's, and reports go on without it.
            let _ = catch_unwind(AssertUnwindSafe(|| listener(event)));
        }
    }
}

impl fmt::Debug for ReportWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("ReportWriter");
        text.field("reports", &self.reports).field("begun", &self.begun).field("due", &self.due);
        text.field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}
