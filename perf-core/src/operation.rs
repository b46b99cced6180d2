//! A named kind of work, resolved once and recorded for ever.

use crate::clock::Clock;
use crate::failure_kinds::FailureKinds;
use crate::kept::{Sample, Slowest};
use crate::lap_timer::LapTimer;
use crate::limits::{Limits, TooManyLimits};
use crate::losses::LossCounters;
use crate::metadata::Details;
use crate::owned_timer::OwnedTimer;
use crate::sampled::SampledOperation;
use crate::storage::{Attempt, FailureShard, Shard, ShardTable, ThreadIndex};
use crate::sync::{AnyWriter, Relaxed, Writer, lock, try_lock};
use crate::timer::Timer;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// A handle to one operation of a [`Profiler`](crate::Profiler): a named kind of work with its
/// latencies, successes and failures.
///
/// Get it once from [`Profiler::operation`](crate::Profiler::operation), keep it, clone it freely
/// (an `Arc`). Recording through it takes no lock, makes no system call and allocates only when a
/// thread first touches the operation or a new octave of values.
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
        let kind = Some(kind.to_owned().into());
        let details = Box::new(Details { failure_kind: kind, ..Details::default() });
        self.0.record_failure(self.0.nanos(duration), Some(details));
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
        let untouched = self.0.shards.iter().next().is_none();
        let since = if untouched { 0 } else { self.0.clock.now() };
        self.0.limits.add(limits, since)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.0.name).finish()
    }
}

/// What handles, timers and the registry share of an operation.
pub(crate) struct OperationCore {
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) losses: Arc<LossCounters>,
    pub(crate) shards: ShardTable<Shard>,
    pub(crate) failure_kinds: FailureKinds,
    pub(crate) name: Arc<str>,
    pub(crate) kept_samples: usize,
}

impl OperationCore {
    pub(crate) fn new(
        name: &str,
        clock: Clock,
        losses: Arc<LossCounters>,
        kept_samples: usize,
    ) -> Arc<Self> {
        Arc::new(OperationCore {
            limits: Limits::new(),
            clock,
            losses,
            shards: ShardTable::new(),
            failure_kinds: FailureKinds::new(),
            name: name.into(),
            kept_samples,
        })
    }

    #[inline]
    pub(crate) fn nanos(&self, duration: Duration) -> u64 {
        let seconds = duration.as_secs().checked_mul(1_000_000_000);
        match seconds.and_then(|nanos| nanos.checked_add(u64::from(duration.subsec_nanos()))) {
            Some(nanos) => nanos,
            None => self.clamped(),
        }
    }

    #[cold]
    fn clamped(&self) -> u64 {
        self.losses.clamped_values.fetch_add(1, Relaxed);
        u64::MAX
    }

    #[inline(always)]
    pub(crate) fn record_success(&self, value: u64) {
        if let Some((thread, shard)) = self.shards.near() {
            match shard.successes.try_record(thread.writer(), value, &self.limits) {
                Attempt::Done => return,
                Attempt::AboveWatermark => {
                    return self.keep_slow(thread.writer(), shard, value, None);
                }
                Attempt::NotReady => {}
            }
        }
        self.record_success_with(value, None);
    }

    /// The first success of a thread or octave, one of a thread without an index, or with details.
    #[cold]
    #[inline(never)]
    pub(crate) fn record_success_with(&self, value: u64, details: Option<Box<Details>>) {
        match self.claim_shard() {
            Some((thread, shard)) => self.succeed(thread.writer(), shard, value, details),
            None => self.succeed(AnyWriter, self.shared_shard(), value, details),
        }
    }

    fn succeed(
        &self,
        writer: impl Writer,
        shard: &Shard,
        value: u64,
        details: Option<Box<Details>>,
    ) {
        let attempt = shard.successes.record(writer, value, &self.limits, &self.losses);
        if attempt == Attempt::AboveWatermark {
            self.keep_slow(writer, shard, value, details);
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn record_failure(&self, value: u64, details: Option<Box<Details>>) {
        match self.claim_shard() {
            Some((thread, shard)) => self.fail(thread.writer(), shard, value, details),
            None => self.fail(AnyWriter, self.shared_shard(), value, details),
        }
    }

    fn fail(&self, writer: impl Writer, shard: &Shard, value: u64, details: Option<Box<Details>>) {
        let failures = self.failure_shard(shard);
        let attempt = failures.cells.record(writer, value, &self.limits, &self.losses);
        if attempt == Attempt::AboveWatermark {
            failures.cells.raise_max(writer, value);
            failures.cells.raise_watermark_to_max(writer);
        }
        if let Some(kind) = details.as_ref().and_then(|details| details.failure_kind.as_deref()) {
            self.failure_kinds.count(kind);
        }
        let sample = self.sample(value, details);
        let evicted = match try_lock(&failures.recent) {
            Some(mut recent) => recent.push(sample),
            None => self.unkept(sample),
        };
        // Freed here, after the lock: an allocator that records must not find it held.
        drop(evicted);
    }

    /// Takes a value above the watermark: a new maximum, or one of the slowest.
    #[cold]
    #[inline(never)]
    fn keep_slow(
        &self,
        writer: impl Writer,
        shard: &Shard,
        value: u64,
        details: Option<Box<Details>>,
    ) {
        shard.successes.raise_max(writer, value);
        let sample = self.sample(value, details);
        let evicted = match try_lock(&shard.slowest) {
            Some(mut slowest) => {
                let evicted = slowest.offer(sample);
                shard.successes.set_watermark(slowest.threshold(value));
                evicted
            }
            None => self.unkept(sample),
        };
        drop(evicted);
    }

    fn sample(&self, value: u64, details: Option<Box<Details>>) -> Sample {
        if let Some(details) = &details {
            self.losses.dropped_metadata.fetch_add(details.dropped, Relaxed);
        }
        Sample { value, at: self.clock.now(), details: details.map(Arc::from) }
    }

    fn unkept(&self, sample: Sample) -> Option<Sample> {
        self.losses.unkept_samples.fetch_add(1, Relaxed);
        Some(sample)
    }

    /// Counts a call that was not timed.
    #[inline]
    pub(crate) fn count_untimed(&self, failed: bool, kind: Option<&str>) {
        match self.claim_shard() {
            Some((thread, shard)) => self.add_untimed(thread.writer(), shard, failed, kind),
            None => self.add_untimed(AnyWriter, self.shared_shard(), failed, kind),
        }
    }

    #[inline]
    fn add_untimed(&self, writer: impl Writer, shard: &Shard, failed: bool, kind: Option<&str>) {
        if !failed {
            return writer.add(&shard.untimed, 1);
        }
        writer.add(&self.failure_shard(shard).untimed, 1);
        if let Some(kind) = kind {
            self.failure_kinds.count(kind);
        }
    }

    /// This thread's shard, made if need be; `None` when the thread has no index.
    #[inline]
    pub(crate) fn claim_shard(&self) -> Option<(ThreadIndex, &Shard)> {
        self.shards.near().or_else(|| {
            let thread = ThreadIndex::claim()?;
            let shard = self.shards.get_or_publish(&thread, || Shard::new(self.kept_samples));
            Some((thread, shard))
        })
    }

    pub(crate) fn shared_shard(&self) -> &Shard {
        self.shards.shared(|| Shard::new(self.kept_samples))
    }

    fn failure_shard<'a>(&self, shard: &'a Shard) -> &'a FailureShard {
        match shard.failures.get() {
            Some(failures) => failures,
            None => shard.failures.get_or_publish(|| FailureShard::new(self.kept_samples)),
        }
    }

    /// Forgets the slowest samples, so that the next interval can keep its own.
    pub(crate) fn forget_slowest(&self) {
        for shard in self.shards.iter() {
            let empty = Slowest::with_capacity(self.kept_samples);
            let mut slowest = lock(&shard.slowest);
            let forgotten = slowest.swap(empty);
            shard.successes.set_watermark(0);
            drop(slowest);
            drop(forgotten);
        }
    }
}
