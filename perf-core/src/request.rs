//! One unit of work from start to end, with its stages.

mod core;
mod in_flight;
mod summary;

pub(crate) use core::RequestCore;
pub use in_flight::RequestError;
pub(crate) use in_flight::Requests;
pub use summary::{RequestSummary, StageSummary};

use crate::metadata::{Details, MetadataValue};
use crate::profiler::Profiler;
use std::borrow::Cow;
use std::fmt;
use std::thread;
use std::time::Duration;

/// A request while it runs: a guard that ends it when dropped.
///
/// Each stage is recorded under its own name, and the whole under the operation that stands for the
/// whole ([`ProfilerBuilder::overall_operation`](crate::ProfilerBuilder::overall_operation)), or
/// else `request`. Stages may overlap, on any number of threads. A request allocates and takes a lock
/// of its own for every stage, about 400 ns with three of them: it is for what takes many microseconds.
///
/// A panic that unwinds through the guard, and [`mark_failure_with`](Self::mark_failure_with), make
/// it a failure. Requests that start and end far apart go by id:
/// [`Profiler::start_request`](crate::Profiler::start_request).
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::builder().overall_operation("answer").build();
/// let request = profiler.request("query-456");
/// {
///     let mut stage = request.stage("retrieval");
///     stage.metadata("documents", 50);
/// }
/// let text = request.time("generation", || "an answer".to_owned());
/// let summary = request.end();
///
/// assert_eq!(summary.stages().len(), 2);
/// assert!(summary.unattributed() <= summary.total());
/// assert_eq!(profiler.snapshot().operation("answer").unwrap().count(), 1);
/// # assert_eq!(text, "an answer");
/// ```
#[must_use = "a request that is not kept ends at once: `let request = …`"]
pub struct Request {
    profiler: Profiler,
    core: RequestCore,
    already_panicking: bool,
    over: bool,
}

impl Request {
    pub(crate) fn start(profiler: Profiler, id: &str) -> Self {
        let core = RequestCore::start(&profiler, id);
        Request { profiler, core, already_panicking: thread::panicking(), over: false }
    }

    /// What it was called at the start.
    pub fn id(&self) -> &str {
        self.core.id()
    }

    /// Starts a stage; it ends when the guard is dropped.
    pub fn stage(&self, name: impl Into<Cow<'static, str>>) -> Stage<'_> {
        Stage {
            request: self,
            name: name.into(),
            start: self.profiler.clock().reading(),
            already_panicking: thread::panicking(),
            details: Details::default(),
            failed: false,
        }
    }

    /// Times `work` as a stage.
    pub fn time<R>(&self, name: impl Into<Cow<'static, str>>, work: impl FnOnce() -> R) -> R {
        let _stage = self.stage(name);
        work()
    }

    /// Ends the running lap as a stage and starts the next. The first lap began with the request.
    pub fn lap(&self, name: impl Into<Cow<'static, str>>) -> Duration {
        let (offset, nanos) = self.core.lap(&self.profiler);
        let details = Details::default();
        let stage = StageSummary { name: name.into(), offset, nanos, details, failed: false };
        self.core.add(&self.profiler, stage);
        Duration::from_nanos(nanos)
    }

    /// Adds a stage that was measured elsewhere and ends now.
    pub fn log_stage<K, V>(
        &self,
        name: impl Into<Cow<'static, str>>,
        duration: Duration,
        metadata: impl IntoIterator<Item = (K, V)>,
    ) where
        K: Into<Cow<'static, str>>,
        V: Into<MetadataValue>,
    {
        self.core.log_stage(&self.profiler, name.into(), duration, metadata);
    }

    /// Ends as a failure of this kind.
    pub fn mark_failure_with(&self, kind: impl Into<Cow<'static, str>>) {
        self.core.mark_failure_with(kind.into());
    }

    /// Remembers a pair, to be seen in the summary.
    pub fn metadata(&self, key: impl Into<Cow<'static, str>>, value: impl Into<MetadataValue>) {
        self.core.metadata(key.into(), value.into());
    }

    /// What is known of it until now.
    pub fn summary(&self) -> RequestSummary {
        self.core.summary(&self.profiler)
    }

    /// Ends it: records it, tells the observers, and says what it was.
    pub fn end(mut self) -> RequestSummary {
        self.finish()
    }

    /// Ends it without a record of the whole; its stages are recorded already.
    pub fn discard(mut self) {
        self.over = true;
    }

    fn finish(&mut self) -> RequestSummary {
        self.over = true;
        if thread::panicking() && !self.already_panicking && !self.core.is_failed() {
            self.core.mark_failure_with("panic".into());
        }
        let summary = self.core.summary(&self.profiler);
        self.profiler.record_request(&summary);
        summary
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if !self.over {
            self.finish();
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("id", self.core.id()).finish_non_exhaustive()
    }
}

/// A stage while it runs: a guard that ends it when dropped.
#[must_use = "a stage that is not kept ends at once: `let _stage = …`"]
pub struct Stage<'a> {
    request: &'a Request,
    name: Cow<'static, str>,
    start: u64,
    already_panicking: bool,
    details: Details,
    failed: bool,
}

impl Stage<'_> {
    /// Remembers a pair, to be seen in the summary.
    pub fn metadata(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<MetadataValue>) {
        self.details.insert(key.into(), value.into());
    }

    /// Ends as a failure of this kind. The request fails only if it is told so too.
    pub fn mark_failure_with(&mut self, kind: impl Into<Cow<'static, str>>) {
        self.failed = true;
        self.details.set_failure_kind(kind.into());
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        let Request { profiler, core, .. } = self.request;
        let nanos = profiler.clock().elapsed(self.start);
        if thread::panicking() && !self.already_panicking && !self.failed {
            self.mark_failure_with("panic");
        }
        let stage = StageSummary {
            name: std::mem::take(&mut self.name),
            offset: core.offset(profiler, self.start),
            nanos,
            details: std::mem::take(&mut self.details),
            failed: self.failed,
        };
        core.add(profiler, stage);
    }
}

impl fmt::Debug for Stage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (request, name) = (self.request.id(), &self.name);
        f.debug_struct("Stage").field("request", &request).field("name", name).finish()
    }
}
