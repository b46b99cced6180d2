//! A named kind of work, resolved once and recorded for ever.

mod core;
mod failure_kinds;
mod kept;
mod limits;
mod recent_calls;
mod sampled;
mod snapshot;

pub(crate) use core::OperationCore;
pub use failure_kinds::OTHER_FAILURES;
pub(crate) use failure_kinds::{FailureKinds, KindCounts, MAX_KIND};
pub use kept::Sample;
pub(crate) use kept::{MAX_KEPT, Recent, Slowest};
pub(crate) use limits::{FROM_THE_START, Limits, NO_LIMITS};
pub use limits::{MAX_LIMITS, TooManyLimits};
pub(crate) use recent_calls::RecentRing;
pub use recent_calls::{RecentCall, RecentCalls};
pub use sampled::{SampledOperation, SampledTimer};
pub use snapshot::{OperationSnapshot, OverLimit};

use crate::call_tree::Scope;
use crate::metadata::Details;
use crate::sync::Relaxed;
use crate::timer::{LapTimer, OwnedTimer, Timer};
use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// A handle to one operation of a [`Profiler`](crate::Profiler): a named kind of work with its
/// latencies, successes and failures.
///
/// Get it once from [`Profiler::operation`](crate::Profiler::operation), keep it, clone it freely
/// (an `Arc`). Recording a success through it never waits, and allocates only when a thread first
/// touches the operation or a new octave of values; metadata and failure kinds allocate, and a sample
/// worth keeping tries a lock that only readers of samples hold.
///
/// ```
/// use perf_core::Profiler;
///
/// let profiler = Profiler::new();
/// let parsing = profiler.operation("parsing");
///
/// let sum = parsing.time(|| 1 + 1);                                  // a closure
/// let number = parsing.time_result(|| "12x".parse::<u32>());         // an `Err` is a failure
/// {
///     let _timer = parsing.timer();                                  // until the end of the block
/// }
///
/// let snapshot = profiler.snapshot();
/// let parsing = snapshot.operation("parsing").unwrap();
/// assert_eq!((parsing.count(), parsing.failures()), (3, 1));
/// # assert!(number.is_err() && sum == 2);
/// ```
#[derive(Clone)]
pub struct Operation(Arc<OperationCore>);

impl Operation {
    pub(crate) fn new(core: Arc<OperationCore>) -> Self {
        Operation(core)
    }

    pub(crate) fn core(&self) -> &OperationCore {
        &self.0
    }

    /// The name it was asked for by, or [`OVERFLOW`](crate::OVERFLOW) beyond the cap.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Starts a timer that records when it is dropped, on whichever thread that happens.
    #[inline]
    pub fn timer(&self) -> Timer<'_> {
        Timer::start(&self.0)
    }

    /// Starts a timer that borrows nothing, to be moved into a task or thread.
    ///
    /// It counts one more reference to the operation; two threads that start such timers of one
    /// operation slow each other down to about 100 ns. [`timer`](Self::timer) does not.
    pub fn owned_timer(&self) -> OwnedTimer {
        OwnedTimer::start(Arc::clone(&self.0))
    }

    /// Times `work`. A panic in it is recorded as a failure of kind `"panic"`.
    #[inline]
    pub fn time<R>(&self, work: impl FnOnce() -> R) -> R {
        let _timer = self.timer();
        work()
    }

    /// Times `work`; an `Err` is recorded as a failure of kind `"error"`.
    #[inline]
    pub fn time_result<R, E>(&self, work: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        let mut timer = self.timer();
        let result = work();
        if result.is_err() {
            timer.mark_failure_with("error");
        }
        result
    }

    /// Times `work`; an `Err` is recorded as a failure of the kind that `kind` makes of it.
    ///
    /// ```
    /// # use perf_core::Profiler;
    /// # let profiler = Profiler::new();
    /// let parsing = profiler.operation("parsing");
    /// let parsed = parsing.time_result_by(|| "300".parse::<u8>(), |error| error.to_string());
    /// assert!(parsed.is_err());
    /// let snapshot = profiler.snapshot();
    /// let (kind, count) = snapshot.operation("parsing").unwrap().failure_kinds().next().unwrap();
    /// assert_eq!((kind, count), ("number too large to fit in target type", 1));
    /// ```
    pub fn time_result_by<R, E, K: Into<Cow<'static, str>>>(
        &self,
        work: impl FnOnce() -> Result<R, E>,
        kind: impl FnOnce(&E) -> K,
    ) -> Result<R, E> {
        let mut timer = self.timer();
        work().inspect_err(|error| timer.mark_failure_with(kind(error)))
    }

    /// Times `future` from its first poll to its end. When it is dropped before its end, that is
    /// recorded as a failure of kind `"cancelled"`.
    ///
    /// ```
    /// # use perf_core::Profiler;
    /// # let profiler = Profiler::new();
    /// # let query = profiler.operation("query");
    /// # async fn ask() -> u32 { 42 }
    /// # async fn run(query: perf_core::Operation) {
    /// let answer = query.time_async(ask()).await;
    /// # assert_eq!(answer, 42); }
    /// ```
    pub async fn time_async<F: Future>(&self, future: F) -> F::Output {
        let mut timer = self.timer();
        timer.fail_unless_stopped();
        let output = future.await;
        timer.stop();
        output
    }

    /// As [`time_async`](Self::time_async); an `Err` is recorded as a failure of kind `"error"`.
    pub async fn time_result_async<R, E>(
        &self,
        future: impl Future<Output = Result<R, E>>,
    ) -> Result<R, E> {
        let mut timer = self.timer();
        timer.fail_unless_stopped();
        let result = future.await;
        if result.is_err() {
            timer.mark_failure_with("error");
        }
        timer.stop();
        result
    }

    /// Starts a scope: a timer that also counts in the call tree, under the scopes that enclose it.
    #[inline]
    pub fn scope(&self) -> Scope<'_> {
        Scope::start(&self.0)
    }

    /// Runs `work` as a [`scope`](Self::scope).
    #[inline]
    pub fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        let _scope = self.scope();
        work()
    }

    /// Starts a stop-watch whose laps are recorded as operations of their own: one clock read a lap.
    pub fn laps(&self) -> LapTimer<'_> {
        LapTimer::start(&self.0)
    }

    /// The lightweight mode: counts every call and times one in `n`.
    ///
    /// See [`SampledOperation`] for what that costs and what it loses.
    pub fn sampled(&self, n: NonZeroU32) -> SampledOperation {
        SampledOperation::new(Arc::clone(&self.0), n)
    }

    /// Records a success that took `duration`.
    ///
    /// Durations above `u64::MAX` ns are recorded as that and counted in
    /// [`Losses::clamped_values`](crate::Losses::clamped_values); zero is a value like any other.
    #[inline]
    pub fn record(&self, duration: Duration) {
        self.0.record_success(self.0.nanos(duration));
    }

    /// Records a success that took `nanos` nanoseconds: the cheapest form.
    #[inline]
    pub fn record_nanos(&self, nanos: u64) {
        self.0.record_success(nanos);
    }

    /// Records a success that took `seconds`. NaN, infinities and negative numbers are not
    /// recorded but counted in [`Losses::invalid_values`](crate::Losses::invalid_values).
    pub fn record_secs_f64(&self, seconds: f64) {
        match Duration::try_from_secs_f64(seconds) {
            Ok(duration) => self.record(duration),
            Err(_) if seconds >= 0.0 && seconds.is_finite() => self.record(Duration::MAX),
            Err(_) => {
                self.0.losses.invalid_values.fetch_add(1, Relaxed);
            }
        }
    }

    /// Records a failure that took `duration`, of no kind in particular.
    pub fn record_failure(&self, duration: Duration) {
        self.0.record_failure(self.0.nanos(duration), None);
    }

    /// Records a failure that took `duration`. The first 16 kinds of an operation are counted
    /// apart, the rest as [`OTHER_FAILURES`](crate::OTHER_FAILURES).
    pub fn record_failure_with(&self, duration: Duration, kind: &str) {
        let mut details = Box::new(Details::default());
        details.set_failure_kind(kind.to_owned().into());
        self.0.record_failure(self.0.nanos(duration), Some(details));
    }

    /// Remembers the last `count` calls exactly, from now on: 1 to 65,536, and as many as the first
    /// caller says. They are in [`OperationSnapshot::recent`](crate::OperationSnapshot::recent).
    ///
    /// Off by default, since the threads that record then share one counter: docs/performance.md has the
    /// cost. It takes 8 bytes a call.
    pub fn keep_recent(&self, count: usize) {
        self.0.recent.get_or_publish(|| RecentRing::with_capacity(count));
    }

    /// Counts, from now on and exactly, how many values are above each of `limits`.
    ///
    /// Limits that are already there stay; up to four different ones cost 0.2 to 0.4 ns a record
    /// each. What was recorded before is only known to within its bucket;
    /// [`OverLimit::exact`](crate::OverLimit) says whether that matters.
    ///
    /// # Errors
    ///
    /// [`TooManyLimits`] when this would be more than [`MAX_LIMITS`](crate::MAX_LIMITS); then none
    /// is added.
    pub fn limits(&self, limits: &[Duration]) -> Result<(), TooManyLimits> {
        self.0.add_limits(limits)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.0.name).finish()
    }
}
