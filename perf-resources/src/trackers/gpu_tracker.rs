//! What a GPU does while pieces of work run, by label.

use super::byte_unit::ByteUnit;
use super::gpu_tracked::{GpuFigures, GpuSpan, GpuTracked};
use super::lock;
use super::running::{Running, UsageId};
use super::usage_statistics::{StatisticsByLabel, UsageStatistics};
use crate::gpu::{GpuReader, GpuSnapshot, GpuState, Watch};
use perf_core::{Profiler, TrackError};
use std::fmt;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant, SystemTime};

/// How long start and stop each wait for a reading of their own.
const DEFAULT_PATIENCE: Duration = Duration::from_millis(50);

/// Measures a GPU around pieces of work, by label: memory, utilization, power, energy. Cheap to clone.
///
/// The figures are of the whole GPU: what others do there is in them. They come from the readings that a
/// [`GpuSampler`](crate::GpuSampler) makes from start to stop, of which each measurement asks for one at
/// its start and one at its stop, and waits for it up to [`patience`](Self::patience). Where there is no
/// GPU, nothing waits and nothing fails: [`GpuTracked::state`] says so.
///
/// What is stopped is also written into the profiler, as far as it is known, as the gauges
/// `<metric>_bytes{label}`, `<metric>_peak_bytes{label}`, `<metric>_utilization_ratio{label}` (the mean)
/// and `<metric>_energy_joules{label}`.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use perf_core::Profiler;
/// use perf_resources::{ByteUnit, GpuConfig, GpuTracker, spawn_gpu_sampler};
///
/// let sampler = spawn_gpu_sampler(GpuConfig::new())?;
/// let tracker = GpuTracker::new(&Profiler::new(), "gpu_usage", ByteUnit::Gigabytes, sampler.reader());
///
/// let (answer, usage) = tracker.track("generate", || 6 * 7);  // a closure
/// println!("{}: peak {:?} {}, {:?} J", usage.state, usage.peak_memory(), usage.unit, usage.energy_joules());
///
/// let id = tracker.start("query");                            // by id
/// let usage = tracker.stop(id)?;
/// {
///     let _guard = tracker.guard("query");                    // until the end of the block
/// }
/// # assert_eq!((answer, usage.figures.is_some()), (42, usage.state == perf_resources::GpuState::Available));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct GpuTracker {
    profiler: Profiler,
    metric: Box<str>,
    unit: ByteUnit,
    device: u32,
    patience: Duration,
    timestamps: bool,
    reader: GpuReader,
    shared: Arc<Shared>,
}

struct Shared {
    running: Running<Started>,
    statistics: Mutex<StatisticsByLabel>,
}

struct Started {
    label: Box<str>,
    device: u32,
    start: Instant,
    figures: Option<GpuFigures>,
}

impl GpuTracker {
    /// A tracker of the GPU with the number 0, which writes into gauges of `profiler` whose names begin
    /// with `metric`, and tells memory in `unit`.
    pub fn new(profiler: &Profiler, metric: &str, unit: ByteUnit, reader: GpuReader) -> Self {
        let shared = Arc::new(Shared { running: Running::new(), statistics: Mutex::default() });
        let watcher = Arc::downgrade(&shared);
        reader.watch(watcher as Weak<dyn Watch>);
        GpuTracker {
            profiler: profiler.clone(),
            metric: metric.into(),
            unit,
            device: 0,
            patience: DEFAULT_PATIENCE,
            timestamps: true,
            reader,
            shared,
        }
    }

    /// The same, of another GPU: its number in NVML, as
    /// [`GpuSample::index`](crate::GpuSample::index) has it. Default: 0.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn device(mut self, index: u32) -> Self {
        self.device = index;
        self
    }

    /// The same, with another limit to how long start and stop each wait for a reading of their own. With
    /// zero they wait for none, and what is shorter than the interval of the sampler may have no figures.
    /// Default: 50 ms.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn patience(mut self, time: Duration) -> Self {
        self.patience = time;
        self
    }

    /// The same, with the time of day in what it tells, or without. Default: with.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn include_timestamps(mut self, wanted: bool) -> Self {
        self.timestamps = wanted;
        self
    }

    /// What it tells memory in.
    pub fn unit(&self) -> ByteUnit {
        self.unit
    }

    /// Asks for a reading now, waits for it up to [`patience`](Self::patience), and shows it to everything
    /// that runs.
    pub fn sample(&self) -> (GpuState, Option<Arc<GpuSnapshot>>) {
        self.reader.sample_within(self.patience)
    }

    /// Starts a measurement that stops by its id, on whichever thread. It may overlap with any others; at
    /// most 10,000 run at a time, and the oldest is given up for one more.
    pub fn start(&self, label: &str) -> UsageId {
        let id = self.shared.running.start(self.started(label));
        self.sample();
        id
    }

    /// Stops the measurement, writes it into the profiler, and says what it was.
    ///
    /// # Errors
    ///
    /// [`TrackError`] when it is not running.
    pub fn stop(&self, id: UsageId) -> Result<GpuTracked, TrackError> {
        let state = self.sample().0;
        let tracked = self.tracked(self.shared.running.end(id)?, state);
        if let Some(memory) = tracked.memory() {
            lock(&self.shared.statistics).add(&tracked.label, memory, tracked.peak_memory());
        }
        self.write(&tracked);
        Ok(tracked)
    }

    /// Ends the measurement without telling it to anybody.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn discard(&self, id: UsageId) -> Result<(), TrackError> {
        self.shared.running.end(id).map(drop)
    }

    /// Starts a measurement that stops when what this returns is dropped.
    pub fn guard(&self, label: &str) -> GpuGuard<'_> {
        GpuGuard { tracker: self, id: self.start(label) }
    }

    /// Does `work` and says what the GPU did meanwhile beside its result. A panic in it is told to the
    /// profiler too.
    pub fn track<R>(&self, label: &str, work: impl FnOnce() -> R) -> (R, GpuTracked) {
        let start = Instant::now();
        let guard = self.guard(label);
        let result = work();
        let tracked = self.stop(guard.id).unwrap_or_else(|_| {
            // 10,000 others were started meanwhile, and its readings are gone.
            let state = self.reader.latest().0;
            self.tracked(Started { start, ..self.started(label) }, state)
        });
        (result, tracked)
    }

    /// The memory in use at the end of what was stopped under this label, in the unit; `None` when nothing
    /// was, and without a GPU that tells it.
    pub fn statistics(&self, label: &str) -> Option<UsageStatistics> {
        lock(&self.shared.statistics).get(label)
    }

    /// The same of each label, by label.
    pub fn statistics_by_label(&self) -> Vec<UsageStatistics> {
        lock(&self.shared.statistics).all()
    }

    fn started(&self, label: &str) -> Started {
        let device = self.device;
        Started { label: label.into(), device, start: Instant::now(), figures: None }
    }

    fn tracked(&self, started: Started, state: GpuState) -> GpuTracked {
        GpuTracked {
            label: started.label,
            device: started.device,
            unit: self.unit,
            state,
            figures: started.figures,
            elapsed: started.start.elapsed(),
            at: self.timestamps.then(SystemTime::now),
        }
    }

    fn write(&self, tracked: &GpuTracked) {
        let gauge = |what: &str, value: Option<f64>| {
            let Some(value) = value else { return };
            let name = format!("{}_{what}", self.metric);
            self.profiler.gauge_with(&name, &[("label", &tracked.label)]).set(value);
        };
        let memory = tracked.memory_span();
        gauge("bytes", memory.map(|span| span.end));
        gauge("peak_bytes", memory.map(|span| span.peak));
        let utilization = tracked.figures.as_ref().and_then(|figures| figures.utilization.value());
        gauge("utilization_ratio", utilization.map(|span: GpuSpan| span.mean));
        gauge("energy_joules", tracked.energy_joules());
    }
}

impl Watch for Shared {
    fn see(&self, snapshot: &GpuSnapshot) {
        self.running.each(|started| {
            // A reading that was under way at the start is of before.
            let gpu = snapshot.gpu(started.device).filter(|_| snapshot.at >= started.start);
            match (&mut started.figures, gpu) {
                (Some(figures), Some(gpu)) => figures.add(gpu),
                (figures @ None, Some(gpu)) => *figures = Some(GpuFigures::new(gpu)),
                (_, None) => {}
            }
        });
    }
}

impl fmt::Debug for GpuTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuTracker")
            .field("metric", &self.metric)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// A measurement of a [`GpuTracker`] that stops when it is dropped.
#[derive(Debug)]
#[must_use = "the measurement stops when this is dropped"]
pub struct GpuGuard<'t> {
    tracker: &'t GpuTracker,
    id: UsageId,
}

impl Drop for GpuGuard<'_> {
    fn drop(&mut self) {
        // Stopped before, or given up: there is nobody to tell.
        let _ = self.tracker.stop(self.id);
    }
}
