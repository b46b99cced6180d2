//! The registry of everything that is measured.

mod builder;
mod definitions;
mod requests;
mod scopes;

pub use builder::ProfilerBuilder;

use crate::call_tree::{CallTree, Merged};
use crate::clock::Clock;
use crate::losses::{LossCounters, Losses};
use crate::metric::{
    Counter, CounterCore, Definitions, Gauge, GaugeCore, HistogramCore, Series, ValueHistogram,
};
use crate::operation::{Operation, OperationCore, OperationSnapshot};
use crate::request::Requests;
use crate::snapshot::{Origin, Snapshot};
use crate::storage::{CallPaths, Make, Operations, SeriesSet};
use crate::sync::{Mutex, Relaxed, lock};
use crate::timeline::{Timeline, TimelineCore, TimelineThread};
use crate::timer::{CallSite, Timer};
use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A set of operations, counters, gauges and histograms that are measured and read together.
///
/// Cheap to clone (an `Arc`), `Send` and `Sync`; there is no global state to set up, and
/// [`global`] is there for those who want one. Look-ups by name cost about 5 ns; keep a handle
/// ([`operation`](Self::operation)) or use [`timer!`](crate::timer) where that matters.
///
/// ```
/// use perf_core::Profiler;
///
/// let profiler = Profiler::builder().overall_operation("request").kept_samples(3).build();
/// let parsing = profiler.operation("parsing");
/// profiler.time("request", || parsing.time_result(|| "42".parse::<u32>()))?;
/// let ended = profiler.reset(); // the next snapshot starts from here
/// assert_eq!((ended.overall().count(), profiler.snapshot().overall().count()), (1, 0));
/// # Ok::<(), std::num::ParseIntError>(())
/// ```
///
/// # Memory
///
/// An operation is 1.7 KB, and 0.9 KB plus 0.5 KB for every octave of values for each thread that
/// records it: 4 to 7 KB for latencies as they occur, 31 KB if they covered all of `u64`. Failures
/// take as much again, from the first one on. Threads give their place to the next when they end, so
/// what counts is how many are alive at a time; above 64 of them an operation has up to 32 KB of
/// table more. A kept sample is 24 bytes, and at most 9 KB with all the metadata it can carry. A
/// counter is 0.9 KB and 64 bytes a thread, a histogram what an operation is. After a reset the state
/// at that moment is kept: 1 KB an octave and operation. A thread that looks names up has a table of
/// 3 KB.
///
/// Operations, counters, gauges and histograms are capped (2,000 of each by default), and so are
/// names, labels, kinds and metadata: what is beyond is recorded under [`OVERFLOW`](crate::OVERFLOW),
/// or shortened, and counted in [`Losses`](crate::Losses).
///
/// In a forked child process make a new profiler: the parent's may have been locked by a thread that
/// does not exist in the child. Recording from a signal handler is not supported.
#[derive(Clone)]
pub struct Profiler(pub(crate) Arc<ProfilerCore>);

pub(crate) struct ProfilerCore {
    pub(crate) settings: ProfilerBuilder,
    clock: Clock,
    pub(crate) operations: Operations,
    pub(crate) counters: SeriesSet<CounterCore>,
    pub(crate) gauges: SeriesSet<GaugeCore>,
    pub(crate) histograms: SeriesSet<HistogramCore>,
    pub(crate) definitions: Mutex<Definitions>,
    pub(crate) requests: Requests,
    pub(crate) call_paths: Option<Arc<CallPaths>>,
    pub(crate) losses: Arc<LossCounters>,
    /// What the clock, which all profilers share, had lost before.
    losses_before: Losses,
    started: u64,
    /// Held while a snapshot is taken: snapshots of one profiler are ordered.
    history: Mutex<History>,
    pub(crate) timeline: Mutex<TimelineCore>,
}

#[derive(Default)]
struct History {
    /// Snapshots and call trees taken.
    readings: u64,
    /// Lifetime values at the last reset.
    baseline: Option<Snapshot>,
}

impl Profiler {
    /// A profiler with the defaults of [`builder`](Self::builder).
    pub fn new() -> Self {
        Profiler::builder().build()
    }

    /// A profiler with settings of its own.
    pub fn builder() -> ProfilerBuilder {
        ProfilerBuilder::default()
    }

    pub(crate) fn with_settings(settings: ProfilerBuilder) -> Self {
        let clock = settings.clock.clone().unwrap_or_default();
        let losses_before = clock.losses(Losses::default());
        let started = clock.now();
        let losses = Arc::<LossCounters>::default();
        let call_paths = (settings.max_call_nodes > 0).then(|| {
            Arc::new(CallPaths::with_capacity(settings.max_call_nodes, Arc::clone(&losses)))
        });
        Profiler(Arc::new(ProfilerCore {
            started,
            clock,
            operations: Operations::with_capacity(settings.max_operations),
            counters: SeriesSet::with_capacity(settings.max_series),
            gauges: SeriesSet::with_capacity(settings.max_series),
            histograms: SeriesSet::with_capacity(settings.max_series),
            definitions: Mutex::default(),
            requests: Requests::with_capacity(settings.max_requests),
            call_paths,
            losses,
            losses_before,
            history: Mutex::default(),
            timeline: Mutex::new(TimelineCore::new(&settings, started)),
            settings,
        }))
    }

    /// The operation called `name`, made if it is new: a handle to keep.
    pub fn operation(&self, name: &str) -> Operation {
        Operation::new(self.0.operations.get_shared(name, &*self.0))
    }

    /// Starts a timer of the operation called `name`.
    #[inline]
    pub fn timer(&self, name: &str) -> Timer<'_> {
        Timer::start(self.0.operations.get(name, &*self.0))
    }

    /// Times `work` as a call of the operation called `name`.
    #[inline]
    pub fn time<R>(&self, name: &str, work: impl FnOnce() -> R) -> R {
        let _timer = self.timer(name);
        work()
    }

    /// Records a success of the operation called `name`.
    #[inline]
    pub fn record(&self, name: &str, duration: Duration) {
        let operation = self.0.operations.get(name, &*self.0);
        operation.record_success(operation.nanos(duration));
    }

    /// Times `work` as a call of the operation called `name`; an `Err` is a failure of kind
    /// `"error"`.
    #[inline]
    pub fn time_result<R, E>(
        &self,
        name: &str,
        work: impl FnOnce() -> Result<R, E>,
    ) -> Result<R, E> {
        let mut timer = self.timer(name);
        work().inspect_err(|_| timer.mark_failure_with("error"))
    }

    /// Records a failure of the operation called `name`, of no kind in particular.
    pub fn record_failure(&self, name: &str, duration: Duration) {
        let operation = self.0.operations.get(name, &*self.0);
        operation.record_failure(operation.nanos(duration), None);
    }

    #[doc(hidden)]
    #[inline]
    pub fn timer_at(&self, site: &CallSite, name: &'static str) -> Timer<'_> {
        Timer::start(self.0.operations.get_at(site, name, &*self.0))
    }

    /// The counter called `name`, without labels.
    pub fn counter(&self, name: &str) -> Counter {
        self.counter_with(name, &[])
    }

    /// The counter with this name and these labels, in any order. Beyond the cap, all new label sets
    /// of a counter go to one series with the label `overflow="true"`: the total stays exact.
    pub fn counter_with(&self, name: &str, labels: &[(&str, &str)]) -> Counter {
        Counter::new(self.0.series(&self.0.counters, name, labels, CounterCore::new))
    }

    /// The gauge called `name`, without labels.
    pub fn gauge(&self, name: &str) -> Gauge {
        self.gauge_with(name, &[])
    }

    /// The gauge with this name and these labels, in any order. The cap is as for counters.
    pub fn gauge_with(&self, name: &str, labels: &[(&str, &str)]) -> Gauge {
        let make = |series| GaugeCore::new(series, Arc::clone(&self.0.losses));
        Gauge::new(self.0.series(&self.0.gauges, name, labels, make))
    }

    /// The histogram called `name`, without labels.
    pub fn histogram(&self, name: &str) -> ValueHistogram {
        self.histogram_with(name, &[])
    }

    /// The histogram with this name and these labels, in any order. The cap is as for counters.
    pub fn histogram_with(&self, name: &str, labels: &[(&str, &str)]) -> ValueHistogram {
        let make = |series| HistogramCore::new(series, Arc::clone(&self.0.losses));
        ValueHistogram::new(self.0.series(&self.0.histograms, name, labels, make))
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What was measured by time: windows of the last so many seconds.
    pub fn timeline(&self) -> Timeline {
        lock(&self.0.timeline).in_use = true;
        Timeline(self.clone())
    }

    /// Starts a thread that [ticks](Timeline::tick) the timeline each second, until what this returns
    /// is dropped.
    ///
    /// # Errors
    ///
    /// When the system gives no more threads.
    pub fn spawn_timeline(&self) -> io::Result<TimelineThread> {
        TimelineThread::spawn(self.timeline())
    }

    /// Everything since the last [`reset`](Self::reset), or since the profiler was made.
    ///
    /// Stops nobody. [`Snapshot`] says what it holds of records made meanwhile.
    pub fn snapshot(&self) -> Snapshot {
        let mut history = lock(&self.0.history);
        let lifetime = self.0.read(&mut history, self.0.clock.now());
        Self::since_baseline(lifetime, &history)
    }

    /// Everything since the profiler was made, whatever was reset: what exporters want, whose
    /// counters must never go back.
    pub fn lifetime(&self) -> Snapshot {
        let mut history = lock(&self.0.history);
        self.0.read(&mut history, self.0.clock.now())
    }

    /// Ends the interval that [`snapshot`](Self::snapshot) shows, begins a new one, and returns the
    /// one that ended.
    ///
    /// Other threads may record meanwhile: each record lies on exactly one side, that on which its
    /// bucket was written; a timer belongs to the side on which it ends. The slowest samples are
    /// forgotten. Nothing is set to zero: the new interval is the difference to a remembered state,
    /// so maximum and minimum that lie in the same bucket as an older extreme are within 1/128.
    pub fn reset(&self) -> Snapshot {
        let mut history = lock(&self.0.history);
        let now = self.0.clock.now();
        // An interval with both sides in it would have a throughput that neither had.
        lock(&self.0.timeline).cut(&self.0, now);
        let lifetime = self.0.read(&mut history, now);
        self.0.operations.all().iter().for_each(|operation| operation.forget_slowest(lifetime.to));
        let ended = Self::since_baseline(lifetime.clone(), &history);
        history.baseline = Some(lifetime);
        ended
    }

    fn since_baseline(lifetime: Snapshot, history: &History) -> Snapshot {
        let Some(baseline) = &history.baseline else { return lifetime };
        lifetime.since_unchecked(baseline)
    }
}

impl Default for Profiler {
    fn default() -> Self {
        Profiler::new()
    }
}

impl fmt::Debug for Profiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.0.operations.all().len();
        let clock = &self.0.clock;
        f.debug_struct("Profiler").field("operations", &operations).field("clock", clock).finish()
    }
}

impl ProfilerCore {
    /// The paths of scopes, if they are kept.
    pub(crate) fn read_call_tree(&self) -> CallTree {
        let mut history = lock(&self.history);
        let origin = self.origin(&mut history);
        self.call_paths.as_deref().map_or_else(Merged::new, Merged::read).into_tree(origin)
    }

    /// `to` is the present.
    fn read(&self, history: &mut History, to: u64) -> Snapshot {
        let clock = &self.clock;
        clock.check();
        let from = self.started;
        let interval = Duration::from_nanos(to.saturating_sub(from));
        let operations = self.operations.all().into_iter().map(|operation| {
            (Arc::clone(&operation.name), OperationSnapshot::read(&operation, from, interval))
        });
        let counters = self.counters.all().into_iter();
        let gauges = self.gauges.all().into_iter();
        let histograms = self.histograms.all().into_iter();
        Snapshot {
            origin: self.origin(history),
            from,
            to,
            taken_at: clock.time_of_day(),
            operations: operations.collect(),
            counters: counters.map(|core| (core.series.clone(), core.total())).collect(),
            gauges: gauges.map(|core| (core.series.clone(), core.value())).collect(),
            histograms: histograms.map(|core| (core.series.clone(), core.distribution())).collect(),
            // After the series: a metric is defined before it has any.
            definitions: lock(&self.definitions).clone(),
            losses: self.losses(),
            overall_operation: self.settings.overall_operation.clone(),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What was lost since the profiler was made.
    pub(crate) fn losses(&self) -> Losses {
        let lost = self.clock.losses(self.losses.read());
        lost.combine(&self.losses_before, u64::saturating_sub)
    }

    /// How many operations, counters, gauges and histograms there are.
    pub(crate) fn metric_counts(&self) -> [usize; 4] {
        let series = [self.counters.len(), self.gauges.len(), self.histograms.len()];
        [self.operations.len(), series[0], series[1], series[2]]
    }

    /// Where the next reading comes from.
    fn origin(&self, history: &mut History) -> Origin {
        history.readings += 1;
        Origin { profiler: self.operations.profiler(), number: history.readings, baseline: 0 }
    }

    /// The counter, gauge or histogram with this name and these labels, or the one that takes the overflow.
    fn series<T: Send + Sync>(
        &self,
        set: &SeriesSet<T>,
        name: &str,
        labels: &[(&str, &str)],
        make: impl Fn(Series) -> T,
    ) -> Arc<T> {
        set.get(&Series::new(name, labels), &make).unwrap_or_else(|| {
            self.losses.refused_series.fetch_add(1, Relaxed);
            set.overflow(name, &make)
        })
    }
}

impl Make for ProfilerCore {
    fn operation(&self, name: &str) -> Arc<OperationCore> {
        let (clock, losses) = (self.clock.clone(), Arc::clone(&self.losses));
        let call_paths = self.call_paths.clone();
        OperationCore::new(name, clock, losses, call_paths, self.settings.kept_samples)
    }

    fn refused(&self) {
        self.losses.refused_operations.fetch_add(1, Relaxed);
    }
}

/// One profiler for the whole process, made at the first call.
///
/// ```
/// {
///     let _timer = perf_core::global().timer("start-up");
/// }
/// assert!(perf_core::global().snapshot().operation("start-up").is_some());
/// ```
pub fn global() -> &'static Profiler {
    static GLOBAL: OnceLock<Profiler> = OnceLock::new();
    GLOBAL.get_or_init(Profiler::new)
}
