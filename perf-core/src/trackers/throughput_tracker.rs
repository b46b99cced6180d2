//! Items by label, and how many there are a second, minute or hour.

use super::rate_unit::RateUnit;
use super::running::{Id, Running, TrackError};
use super::throughput_figures::{BatchSummary, SlidingThroughput, ThroughputTotals};
use crate::metric::{Counter, OVERFLOW, OVERFLOW_LABEL};
use crate::operation::Operation;
use crate::profiler::Profiler;
use crate::sync::{Mutex, Relaxed, lock};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The label that tells the counters of one tracker apart.
const LABEL: &str = "label";

/// Counts items by label, in batches or one by one, and tells how many there are a second, minute or
/// hour. Cheap to clone.
///
/// The items of a label *are* the counter with the tracker's name and `label="…"`; a batch that is
/// stopped is a call of the operation called like the label. So snapshots, windows, SLAs and reports
/// see them too, and what others add there, the tracker tells.
///
/// At most 10,000 batches run at a time; the oldest is given up for one more, and counted in
/// [`Losses::abandoned_tracks`](crate::Losses::abandoned_tracks): its items stay counted, and it is no
/// call. A label beyond the cap of counters is counted in the one with `overflow="true"`, and told as
/// [`OVERFLOW`](crate::OVERFLOW).
///
/// Recording takes a lock that all threads of the tracker share. Where that matters, keep the
/// [`Counter`]: it counts in the same place.
///
/// ```
/// use perf_core::{Clock, Profiler, RateUnit, ThroughputTracker};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let tracker = ThroughputTracker::new(&profiler, "documents", RateUnit::PerMinute)
///     .window(Duration::from_secs(10));
///
/// tracker.record("indexing", 8);                       // items now
/// let id = tracker.start_batch("indexing");            // a batch, by id
/// tracker.record_batch(id, 10)?;
/// hand.advance(Duration::from_secs(2));
/// tracker.record_batch(id, 22)?;
/// let batch = tracker.stop_batch(id)?;
/// assert_eq!((batch.items, batch.throughput()), (32, Some(960.0)));
///
/// profiler.timeline().tick();                          // as `spawn_timeline` does
/// let now = tracker.throughput("indexing").unwrap();
/// assert_eq!((now.average, now.coverage.ratio()), (1_200.0, 0.2));
/// assert_eq!(tracker.totals()[0].items, 40);
/// # Ok::<(), perf_core::TrackError>(())
/// ```
#[derive(Clone)]
pub struct ThroughputTracker {
    profiler: Profiler,
    unit: RateUnit,
    window: Duration,
    shared: Arc<Shared>,
}

struct Shared {
    metric: Box<str>,
    running: Running<Batch>,
    /// By the label that is told: as many as the profiler allows.
    counters: Mutex<BTreeMap<Box<str>, Counter>>,
}

struct Batch {
    operation: Operation,
    counter: Counter,
    items: u64,
    batches: u64,
    /// A reading of the clock.
    start: u64,
}

impl ThroughputTracker {
    /// A tracker that counts in the counters of `profiler` called `metric` and tells rates in `unit`,
    /// over a window of 60 seconds.
    pub fn new(profiler: &Profiler, metric: &str, unit: RateUnit) -> Self {
        let (running, counters) = (Running::new(), Mutex::default());
        let shared = Arc::new(Shared { metric: metric.into(), running, counters });
        ThroughputTracker {
            profiler: profiler.clone(),
            unit,
            window: Duration::from_secs(60),
            shared,
        }
    }

    /// The same, over a window of the last `last`: in whole seconds, and up to an hour as
    /// [`Timeline::window`](crate::Timeline::window) says.
    #[must_use = "it is a tracker with this window; the counts are shared"]
    pub fn window(mut self, last: Duration) -> Self {
        self.window = last;
        self
    }

    /// What it tells rates in.
    pub fn unit(&self) -> RateUnit {
        self.unit
    }

    /// Counts `items`, done now.
    pub fn record(&self, label: &str, items: u64) {
        self.counter(label).add(items);
    }

    /// Starts a batch that goes on and stops by its id, on whichever threads.
    pub fn start_batch(&self, label: &str) -> BatchId {
        let (operation, counter) = (self.profiler.operation(label), self.counter(label));
        let clock = self.profiler.clock();
        let batch = || Batch { operation, counter, items: 0, batches: 0, start: clock.reading() };
        let (id, evicted) = self.shared.running.start(batch);
        self.profiler.0.losses.abandoned_tracks.fetch_add(u64::from(evicted), Relaxed);
        BatchId(id)
    }

    /// Counts `items`, done now, as part of the batch. They stay counted whatever becomes of it.
    ///
    /// # Errors
    ///
    /// [`TrackError`] when it is not running: then nothing is counted.
    pub fn record_batch(&self, id: BatchId, items: u64) -> Result<(), TrackError> {
        self.shared.running.update(id.0, |batch| {
            batch.counter.add(items);
            batch.items = batch.items.saturating_add(items);
            batch.batches += 1;
        })
    }

    /// Stops the batch, records its time as a success, and says what it was.
    ///
    /// # Errors
    ///
    /// [`TrackError`] when it is not running: then nothing is recorded.
    pub fn stop_batch(&self, id: BatchId) -> Result<BatchSummary, TrackError> {
        self.end(id, |operation, elapsed| operation.record(elapsed))
    }

    /// Stops the batch and records its time as a failure of this kind.
    ///
    /// # Errors
    ///
    /// As [`stop_batch`](Self::stop_batch).
    pub fn fail_batch(&self, id: BatchId, kind: &str) -> Result<BatchSummary, TrackError> {
        self.end(id, |operation, elapsed| operation.record_failure_with(elapsed, kind))
    }

    /// Ends the batch without a record of its time.
    ///
    /// # Errors
    ///
    /// As [`stop_batch`](Self::stop_batch).
    pub fn discard_batch(&self, id: BatchId) -> Result<(), TrackError> {
        self.shared.running.end(id.0).map(drop)
    }

    /// The items of this label in the sliding window: those of the profiler's timeline, up to its last
    /// tick. `None` when this tracker was never used with the label, when nobody has ticked since it
    /// first was, and when no interval fits into the window.
    ///
    /// A tracker starts no thread: [`Profiler::spawn_timeline`] starts one that ticks, or call
    /// [`Timeline::tick`](crate::Timeline::tick) once a second.
    pub fn throughput(&self, label: &str) -> Option<SlidingThroughput> {
        let counter = self.known(label)?;
        let window = self.profiler.timeline().window(self.window);
        let labels: Vec<_> = counter.series().labels().collect();
        let throughput = window.counter_throughput(counter.series().name(), &labels)?;
        Some(SlidingThroughput::of(throughput, window.coverage(), self.unit))
    }

    /// What each label that this tracker was used with has had since the last reset of the profiler, by
    /// label. Takes a [snapshot](Profiler::snapshot) of the whole profiler.
    pub fn totals(&self) -> Vec<ThroughputTotals> {
        // Before the snapshot, so that it has them all.
        let counters = lock(&self.shared.counters).clone();
        let snapshot = self.profiler.snapshot();
        let totals = counters.iter().map(|(label, counter)| {
            let items = snapshot.counters.get(counter.series()).copied().unwrap_or(0);
            ThroughputTotals {
                label: label.clone(),
                items,
                stopped_batches: snapshot.operation(label).map_or(0, |batches| batches.count()),
                average: self.unit.of(items, snapshot.interval()),
                unit: self.unit,
            }
        });
        totals.collect()
    }

    fn end(
        &self,
        id: BatchId,
        record: impl FnOnce(&Operation, Duration),
    ) -> Result<BatchSummary, TrackError> {
        let clock = self.profiler.clock();
        let end = clock.reading();
        let batch = self.shared.running.end(id.0)?;
        let elapsed = Duration::from_nanos(clock.between(batch.start, end));
        record(&batch.operation, elapsed);
        Ok(BatchSummary {
            label: told(&batch.counter).into(),
            items: batch.items,
            batches: batch.batches,
            elapsed,
            at: clock.time_of_day(),
            unit: self.unit,
        })
    }

    /// The counter of this label, or the one that takes the overflow.
    fn counter(&self, label: &str) -> Counter {
        self.known(label).unwrap_or_else(|| {
            let overflow = [(OVERFLOW_LABEL, "true")];
            let labels = if label == OVERFLOW { overflow } else { [(LABEL, label)] };
            let counter = self.profiler.counter_with(&self.shared.metric, &labels);
            lock(&self.shared.counters).entry(told(&counter).into()).or_insert(counter).clone()
        })
    }

    fn known(&self, label: &str) -> Option<Counter> {
        lock(&self.shared.counters).get(label).cloned()
    }
}

impl fmt::Debug for ThroughputTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThroughputTracker")
            .field("metric", &self.shared.metric)
            .field("unit", &self.unit)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

/// The label that this counter stands for.
fn told(counter: &Counter) -> &str {
    let label = counter.series().labels().find(|(key, _)| *key == LABEL);
    label.map_or(OVERFLOW, |(_, value)| value)
}

/// A batch of one [`ThroughputTracker`] by id. To another tracker it is an error, never another batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "a batch that is not stopped is not recorded"]
pub struct BatchId(Id);
