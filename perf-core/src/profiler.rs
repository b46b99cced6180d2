//! The registry of everything that is measured.

use crate::clock::Clock;
use crate::counter::{Counter, CounterCore};
use crate::gauge::{Gauge, GaugeCore};
use crate::kept::MAX_KEPT;
use crate::losses::LossCounters;
use crate::operation::{Operation, OperationCore};
use crate::operation_snapshot::OperationSnapshot;
use crate::series::Series;
use crate::snapshot::{Origin, Snapshot};
use crate::storage::{CallSite, Make, Operations, SeriesSet};
use crate::sync::{Mutex, Relaxed, lock};
use crate::timer::Timer;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A set of operations, counters and gauges that are measured and read together.
///
/// Cheap to clone (an `Arc`), `Send` and `Sync`; there is no global state to set up, and
/// [`global`] is there for those who want one. Look-ups by name cost about 5 ns; keep a handle
/// ([`operation`](Self::operation)) or use [`timer!`](crate::timer) where that matters.
///
/// # Memory
///
/// An operation is 0.9 KB, and 1.2 KB plus 0.5 KB for every octave of values for each thread that
/// records it: 4 to 7 KB for latencies as they occur. Threads give their place to the next when they
/// end, so that is bounded by `operations x (threads alive at a time) x 31 KB`, failures as much
/// again. Operations, counters and gauges are capped (2,000 of each by default): what is beyond is
/// recorded under [`OVERFLOW`](crate::OVERFLOW) and counted in [`Losses`](crate::Losses).
///
/// In a forked child process make a new profiler: the parent's may have been locked by a thread that
/// does not exist in the child. Recording from a signal handler is not supported.
#[derive(Clone)]
pub struct Profiler(Arc<ProfilerCore>);

struct ProfilerCore {
    settings: Settings,
    operations: Operations,
    counters: SeriesSet<CounterCore>,
    gauges: SeriesSet<GaugeCore>,
    losses: Arc<LossCounters>,
    started: u64,
    /// Held while a snapshot is taken: snapshots of one profiler are ordered.
    history: Mutex<History>,
}

struct Settings {
    clock: Clock,
    kept_samples: usize,
    overall_operation: Option<Arc<str>>,
}

#[derive(Default)]
struct History {
    snapshots: u64,
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

    /// Everything since the last [`reset`](Self::reset), or since the profiler was made.
    ///
    /// Stops nobody. [`Snapshot`] says what it holds of records made meanwhile.
    pub fn snapshot(&self) -> Snapshot {
        let mut history = lock(&self.0.history);
        let lifetime = self.0.read(&mut history);
        Self::since_baseline(lifetime, &history)
    }

    /// Everything since the profiler was made, whatever was reset: what exporters want, whose
    /// counters must never go back.
    pub fn lifetime(&self) -> Snapshot {
        self.0.read(&mut lock(&self.0.history))
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
        let lifetime = self.0.read(&mut history);
        self.0.operations.all().iter().for_each(|operation| operation.forget_slowest());
        let ended = Self::since_baseline(lifetime.clone(), &history);
        history.baseline = Some(lifetime);
        ended
    }

    fn since_baseline(lifetime: Snapshot, history: &History) -> Snapshot {
        let Some(baseline) = &history.baseline else { return lifetime };
        let mut snapshot = lifetime.since_unchecked(baseline);
        snapshot.origin.baseline = baseline.origin.number;
        snapshot
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
        let clock = &self.0.settings.clock;
        f.debug_struct("Profiler").field("operations", &operations).field("clock", clock).finish()
    }
}

impl ProfilerCore {
    fn read(&self, history: &mut History) -> Snapshot {
        let clock = &self.settings.clock;
        clock.check();
        history.snapshots += 1;
        let (from, to) = (self.started, clock.now());
        let interval = Duration::from_nanos(to.saturating_sub(from));
        let operations = self.operations.all().into_iter().map(|operation| {
            (Arc::clone(&operation.name), OperationSnapshot::read(&operation, from, interval))
        });
        let counters = self.counters.all().into_iter();
        let gauges = self.gauges.all().into_iter();
        Snapshot {
            origin: Origin {
                profiler: self.operations.profiler(),
                number: history.snapshots,
                baseline: 0,
            },
            from,
            to,
            taken_at: clock.time_of_day(),
            operations: operations.collect(),
            counters: counters.map(|core| (core.series.clone(), core.total())).collect(),
            gauges: gauges.map(|core| (core.series.clone(), core.value())).collect(),
            losses: clock.losses(self.losses.read()),
            overall_operation: self.settings.overall_operation.clone(),
        }
    }

    /// The counter or gauge with this name and these labels, or the one that takes the overflow.
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
        let (clock, losses) = (self.settings.clock.clone(), Arc::clone(&self.losses));
        OperationCore::new(name, clock, losses, self.settings.kept_samples)
    }

    fn refused(&self) {
        self.losses.refused_operations.fetch_add(1, Relaxed);
    }
}

/// The settings of a [`Profiler`].
#[derive(Clone, Debug)]
#[must_use = "`build` makes the profiler"]
pub struct ProfilerBuilder {
    clock: Option<Clock>,
    kept_samples: usize,
    max_operations: usize,
    max_series: usize,
    overall_operation: Option<Arc<str>>,
}

impl Default for ProfilerBuilder {
    fn default() -> Self {
        ProfilerBuilder {
            clock: None,
            kept_samples: 8,
            max_operations: 2_000,
            max_series: 2_000,
            overall_operation: None,
        }
    }
}

impl ProfilerBuilder {
    /// Where the time comes from; [`Clock::system`] if not set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// How many of the slowest and of the last failed samples an operation keeps with their
    /// metadata: 8 if not set, at most 64.
    pub fn kept_samples(mut self, count: usize) -> Self {
        self.kept_samples = count.min(MAX_KEPT);
        self
    }

    /// How many operations there may be: 2,000 if not set.
    pub fn max_operations(mut self, count: usize) -> Self {
        self.max_operations = count;
        self
    }

    /// How many counters, and how many gauges, there may be, each label set counted: 2,000 if not
    /// set.
    pub fn max_series(mut self, count: usize) -> Self {
        self.max_series = count;
        self
    }

    /// Which operation stands for the whole in [`Snapshot::overall`]; if not set, all together do.
    pub fn overall_operation(mut self, name: &str) -> Self {
        self.overall_operation = Some(name.into());
        self
    }

    /// Makes the profiler. The first one of a process may take 1 ms to calibrate the clock.
    pub fn build(self) -> Profiler {
        let clock = self.clock.unwrap_or_default();
        Profiler(Arc::new(ProfilerCore {
            started: clock.now(),
            operations: Operations::with_capacity(self.max_operations),
            counters: SeriesSet::with_capacity(self.max_series),
            gauges: SeriesSet::with_capacity(self.max_series),
            losses: Arc::default(),
            history: Mutex::default(),
            settings: Settings {
                clock,
                kept_samples: self.kept_samples,
                overall_operation: self.overall_operation,
            },
        }))
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

/// Starts a timer of the operation called `$name`, a constant, and remembers at this place in the
/// source where to find it: as quick as a handle, for the first profiler that comes by.
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::new();
/// {
///     let _timer = perf_core::timer!(profiler, "embedding");
/// }
/// assert_eq!(profiler.snapshot().operation("embedding").unwrap().count(), 1);
/// ```
#[macro_export]
macro_rules! timer {
    ($profiler:expr, $name:expr $(,)?) => {{
        const NAME: &str = $name;
        static SITE: $crate::CallSite = $crate::CallSite::new();
        $profiler.timer_at(&SITE, NAME)
    }};
}
