//! Latencies by label, in one unit.

use super::latency_statistics::LatencyStatistics;
use super::running::{Id, Running, TrackError};
use super::time_unit::TimeUnit;
use crate::operation::{Operation, OperationCore, OperationSnapshot};
use crate::profiler::Profiler;
use crate::sync::{Mutex, Relaxed, lock};
use crate::timer::Timer;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Measures how long things take, by label, and tells it in one unit. Cheap to clone.
///
/// A label *is* the operation of that name: what a tracker measures, snapshots, windows, SLAs and
/// reports see too, and what others record under the name, a tracker tells. It adds the unit, the list
/// of labels it was used with, and measurements that start and stop by id, on any threads.
///
/// At most 10,000 run by id at a time; the oldest is given up for one more, is no call, and is counted
/// in [`Losses::abandoned_tracks`](crate::Losses::abandoned_tracks). A label beyond the cap of
/// operations is measured as [`OVERFLOW`](crate::OVERFLOW), and so it is told.
///
/// Each measurement takes a lock that all threads of the tracker share; one by id takes three, and
/// allocates. Where that matters, keep an [`Operation`]: it records into the same place.
///
/// ```
/// use perf_core::{LatencyTracker, Profiler, TimeUnit};
///
/// let profiler = Profiler::new();
/// let tracker = LatencyTracker::new(&profiler, TimeUnit::Milliseconds);
///
/// let id = tracker.start("retrieval");               // by id
/// let tracked = tracker.stop(id)?;
/// println!("retrieval took {} {}", tracked.value, tracked.unit);
/// let answer = tracker.time("generation", || 42);    // a closure
/// {
///     let _timer = tracker.track("retrieval");       // until the end of the block
/// }
///
/// let retrieval = tracker.statistics("retrieval").unwrap();
/// assert_eq!((retrieval.count, tracker.overall().count), (2, 3));
/// for statistics in tracker.statistics_by_label() {
///     println!("{}: p95 {:?} {}", statistics.label, statistics.p95, statistics.unit);
/// }
/// # assert_eq!(answer, 42);
/// # Ok::<(), perf_core::TrackError>(())
/// ```
#[derive(Clone)]
pub struct LatencyTracker {
    profiler: Profiler,
    unit: TimeUnit,
    shared: Arc<Shared>,
}

struct Shared {
    running: Running<Started>,
    /// Names of operations: as many as the profiler allows.
    labels: Mutex<BTreeSet<Arc<str>>>,
}

struct Started {
    operation: Operation,
    /// A reading of the clock.
    start: u64,
}

impl LatencyTracker {
    /// A tracker that records into `profiler` and tells latencies in `unit`.
    pub fn new(profiler: &Profiler, unit: TimeUnit) -> Self {
        let shared = Shared { running: Running::new(), labels: Mutex::default() };
        LatencyTracker { profiler: profiler.clone(), unit, shared: Arc::new(shared) }
    }

    /// What it tells latencies in.
    pub fn unit(&self) -> TimeUnit {
        self.unit
    }

    /// Starts a measurement that stops by its id, on whichever thread. It may overlap with any others.
    pub fn start(&self, label: &str) -> TrackId {
        let operation = self.profiler.operation(label);
        self.remember(operation.core());
        let clock = self.profiler.clock();
        let started = || Started { operation, start: clock.reading() };
        let (id, evicted) = self.shared.running.start(started);
        self.profiler.0.losses.abandoned_tracks.fetch_add(u64::from(evicted), Relaxed);
        TrackId(id)
    }

    /// Stops the measurement, records it as a success, and says what it was.
    ///
    /// # Errors
    ///
    /// [`TrackError`] when it is not running: then nothing is recorded.
    pub fn stop(&self, id: TrackId) -> Result<Tracked, TrackError> {
        self.end(id, |operation, duration| operation.record(duration))
    }

    /// Stops the measurement and records it as a failure of this kind.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn fail(&self, id: TrackId, kind: &str) -> Result<Tracked, TrackError> {
        self.end(id, |operation, duration| operation.record_failure_with(duration, kind))
    }

    /// Ends the measurement without a record.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn discard(&self, id: TrackId) -> Result<(), TrackError> {
        self.shared.running.end(id.0).map(drop)
    }

    /// Starts a timer that records when it is dropped.
    pub fn track(&self, label: &str) -> Timer<'_> {
        let core = &*self.profiler.0;
        let operation = core.operations.get(label, core);
        self.remember(operation);
        Timer::start(operation)
    }

    /// Times `work`. A panic in it is recorded as a failure of kind `"panic"`.
    pub fn time<R>(&self, label: &str, work: impl FnOnce() -> R) -> R {
        let _timer = self.track(label);
        work()
    }

    /// The calls under this label since the last reset of the profiler, whoever recorded them; `None`
    /// when this tracker was never used with it.
    ///
    /// Takes a [snapshot](Profiler::snapshot) of the whole profiler, as all statistics do. Of a window:
    /// [`LatencyStatistics::of`].
    pub fn statistics(&self, label: &str) -> Option<LatencyStatistics> {
        lock(&self.shared.labels).get(label)?;
        Some(LatencyStatistics::of(self.profiler.snapshot().operation(label)?, self.unit))
    }

    /// The statistics of each label that this tracker was used with, by label.
    pub fn statistics_by_label(&self) -> Vec<LatencyStatistics> {
        // Before the snapshot, so that it has them all.
        let labels = self.labels();
        let snapshot = self.profiler.snapshot();
        let operations = labels.iter().filter_map(|label| snapshot.operation(label));
        operations.map(|operation| LatencyStatistics::of(operation, self.unit)).collect()
    }

    /// All labels that this tracker was used with together, under the label `overall`.
    pub fn overall(&self) -> LatencyStatistics {
        let labels = self.labels();
        let snapshot = self.profiler.snapshot();
        let operations = labels.iter().filter_map(|label| snapshot.operation(label));
        let nothing = || OperationSnapshot::empty(snapshot.from, snapshot.interval());
        let overall = OperationSnapshot::merge_all(operations).unwrap_or_else(nothing);
        LatencyStatistics::of(&overall.renamed("overall"), self.unit)
    }

    fn end(
        &self,
        id: TrackId,
        record: impl FnOnce(&Operation, Duration),
    ) -> Result<Tracked, TrackError> {
        let clock = self.profiler.clock();
        let end = clock.reading();
        let Started { operation, start } = self.shared.running.end(id.0)?;
        let duration = Duration::from_nanos(clock.between(start, end));
        record(&operation, duration);
        Ok(Tracked {
            label: operation.name().into(),
            value: self.unit.of(duration),
            unit: self.unit,
            duration,
            at: clock.time_of_day(),
        })
    }

    fn remember(&self, operation: &OperationCore) {
        let mut labels = lock(&self.shared.labels);
        if !labels.contains(&operation.name) {
            labels.insert(Arc::clone(&operation.name));
        }
    }

    fn labels(&self) -> BTreeSet<Arc<str>> {
        lock(&self.shared.labels).clone()
    }
}

impl fmt::Debug for LatencyTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels();
        f.debug_struct("LatencyTracker").field("unit", &self.unit).field("labels", &labels).finish()
    }
}

/// A measurement of one [`LatencyTracker`] by id. To another tracker it is an error, never another
/// measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "what is not stopped is not recorded"]
pub struct TrackId(Id);

/// A measurement that was stopped by its id.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Tracked {
    /// The operation it was recorded as: [`OVERFLOW`](crate::OVERFLOW) beyond the cap.
    pub label: Box<str>,
    /// How long it took, in `unit`.
    pub value: f64,
    /// The unit of the tracker.
    pub unit: TimeUnit,
    /// How long it took.
    pub duration: Duration,
    /// When it was stopped, by the clock on the wall.
    pub at: SystemTime,
}
