//! The memory that pieces of work need, by label.

use super::byte_unit::ByteUnit;
use super::memory_tracked::{MemoryReading, MemoryTracked, PeakSource};
use super::running::{Running, UsageId};
use super::sampling::TrackerSampling;
use super::usage_statistics::{StatisticsByLabel, UsageStatistics};
use super::{DEFAULT_INTERVAL, lock};
use crate::process::{ProcessSample, ProcessSampler};
use crate::system::SystemReader;
use crate::ticker::Ticker;
use perf_core::{Profiler, TrackError};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

/// Measures the memory of the process around pieces of work, by label, and tells it in one unit. Cheap
/// to clone.
///
/// A reading is of the whole process: what runs beside a piece of work is in it. What is stopped is also
/// written into the profiler, as the gauges `<metric>_bytes{label}` and `<metric>_peak_bytes{label}`.
///
/// A tracker starts no thread. The peak between start and stop is exact when it is the highest of the
/// process so far; else it is the highest of the readings, of which there are two, and more with
/// [`sample`](Self::sample) or [`spawn_sampling`](Self::spawn_sampling). Each reading takes about 10 µs
/// and a lock.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # if cfg!(not(target_os = "linux")) { return Ok(()) }
/// use perf_core::Profiler;
/// use perf_resources::{ByteUnit, MemoryTracker};
///
/// let profiler = Profiler::new();
/// let tracker = MemoryTracker::new(&profiler, "memory_usage", ByteUnit::Megabytes)?;
///
/// let (model, usage) = tracker.track("load_model", || vec![1_u8; 32 << 20]); // a closure
/// println!("peak {:.1} {}", usage.peak().unwrap(), usage.unit);
///
/// let id = tracker.start("query");                                           // by id
/// let usage = tracker.stop(id)?;
/// println!("{:.1} {} more", usage.change(), usage.unit);
/// {
///     let _guard = tracker.guard("query");                                   // until the end of the block
/// }
/// assert_eq!(tracker.statistics("query").unwrap().count, 2);
/// # assert_eq!(model.len(), 32 << 20);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MemoryTracker {
    profiler: Profiler,
    metric: Box<str>,
    unit: ByteUnit,
    tracks_peak: bool,
    interval: Duration,
    timestamps: bool,
    gpu: Option<GpuSource>,
    shared: Arc<Shared>,
}

type GpuSource = Arc<dyn Fn() -> Option<u64> + Send + Sync>;

struct Shared {
    reader: Mutex<Reader>,
    running: Running<Started>,
    statistics: Mutex<StatisticsByLabel>,
}

struct Reader {
    sampler: ProcessSampler,
    system: SystemReader,
    last: ProcessSample,
}

struct Started {
    label: Box<str>,
    start: ProcessSample,
    highest_bytes: u64,
    readings: u64,
}

impl MemoryTracker {
    /// A tracker that writes into gauges of `profiler` whose names begin with `metric`, and tells amounts
    /// in `unit`.
    ///
    /// # Errors
    ///
    /// When this process cannot be read. If it could once, a reading that fails later repeats the last.
    pub fn new(profiler: &Profiler, metric: &str, unit: ByteUnit) -> io::Result<Self> {
        let mut sampler = ProcessSampler::own()?;
        let last = sampler.sample()?;
        let reader = Reader { sampler, system: SystemReader::new(true), last };
        Ok(MemoryTracker {
            profiler: profiler.clone(),
            metric: metric.into(),
            unit,
            tracks_peak: true,
            interval: DEFAULT_INTERVAL,
            timestamps: true,
            gpu: None,
            shared: Arc::new(Shared {
                reader: Mutex::new(reader),
                running: Running::new(),
                statistics: Mutex::default(),
            }),
        })
    }

    /// The same, with peaks or without. Default: with.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn track_peak(mut self, wanted: bool) -> Self {
        self.tracks_peak = wanted;
        self
    }

    /// The same, with another interval of [`spawn_sampling`](Self::spawn_sampling). Default: a second.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn sampling_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// The same, with the time of day in what it tells, or without. Default: with.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn include_timestamps(mut self, wanted: bool) -> Self {
        self.timestamps = wanted;
        self
    }

    /// The same, which also tells the memory in use of a GPU: `used_bytes` is asked at each reading, and
    /// answers `None` when it does not know.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn gpu(mut self, used_bytes: impl Fn() -> Option<u64> + Send + Sync + 'static) -> Self {
        self.gpu = Some(Arc::new(used_bytes));
        self
    }

    /// What it tells amounts in.
    pub fn unit(&self) -> ByteUnit {
        self.unit
    }

    /// Reads now, and shows the reading to everything that runs, whose peak it may be.
    pub fn sample(&self) -> MemoryReading {
        let mut reader = lock(&self.shared.reader);
        let sample = reader.sample(self.tracks_peak);
        let system = reader.system.sample();
        drop(reader);
        self.shared.running.each(|started| started.see(&sample));
        MemoryReading {
            resident_bytes: sample.resident_bytes,
            virtual_bytes: sample.virtual_bytes,
            peak_resident_bytes: sample.peak_resident_bytes,
            gpu_bytes: self.gpu.as_ref().and_then(|used_bytes| used_bytes()),
            system,
            at: self.now(),
        }
    }

    /// Starts a thread that reads at the interval, until what this returns is dropped: so the peaks of
    /// what runs are known better. One thread serves all clones.
    ///
    /// # Errors
    ///
    /// When the interval is zero, and when the system gives no more threads.
    pub fn spawn_sampling(&self) -> io::Result<TrackerSampling> {
        let (shared, tracks_peak) = (Arc::clone(&self.shared), self.tracks_peak);
        let tick = move |_| {
            let sample = lock(&shared.reader).sample(tracks_peak);
            shared.running.each(|started| started.see(&sample));
        };
        Ticker::spawn("perfkit-memory", self.interval, tick).map(TrackerSampling::new)
    }

    /// Starts a measurement that stops by its id, on whichever thread. It may overlap with any others; at
    /// most 10,000 run at a time, and the oldest is given up for one more.
    pub fn start(&self, label: &str) -> UsageId {
        let start = lock(&self.shared.reader).sample(self.tracks_peak);
        let highest_bytes = start.resident_bytes;
        self.shared.running.start(Started {
            label: label.into(),
            start,
            highest_bytes,
            readings: 1,
        })
    }

    /// Stops the measurement, writes it into the profiler, and says what it was.
    ///
    /// # Errors
    ///
    /// [`TrackError`] when it is not running.
    pub fn stop(&self, id: UsageId) -> Result<MemoryTracked, TrackError> {
        // The reading after the measurement is known to run: an error costs none.
        let mut started = self.shared.running.end(id)?;
        let end = lock(&self.shared.reader).sample(self.tracks_peak);
        started.see(&end);
        let tracked = self.tracked(started, &end);
        let peak = tracked.peak();
        lock(&self.shared.statistics).add(&tracked.label, tracked.value(), peak);
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
    pub fn guard(&self, label: &str) -> MemoryGuard<'_> {
        MemoryGuard { tracker: self, id: self.start(label) }
    }

    /// Does `work` and says what it took beside its result. A panic in it is told to the profiler too.
    pub fn track<R>(&self, label: &str, work: impl FnOnce() -> R) -> (R, MemoryTracked) {
        let guard = self.guard(label);
        let start = lock(&self.shared.reader).last;
        let result = work();
        let tracked = self.stop(guard.id).unwrap_or_else(|_| {
            // 10,000 others were started meanwhile. The two readings are known all the same.
            let end = lock(&self.shared.reader).sample(self.tracks_peak);
            let highest_bytes = start.resident_bytes.max(end.resident_bytes);
            self.tracked(Started { label: label.into(), start, highest_bytes, readings: 2 }, &end)
        });
        (result, tracked)
    }

    /// What was stopped under this label; `None` when nothing was.
    pub fn statistics(&self, label: &str) -> Option<UsageStatistics> {
        lock(&self.shared.statistics).get(label)
    }

    /// What was stopped under each label, by label.
    pub fn statistics_by_label(&self) -> Vec<UsageStatistics> {
        lock(&self.shared.statistics).all()
    }

    fn tracked(&self, started: Started, end: &ProcessSample) -> MemoryTracked {
        let (peak_bytes, peak_source) = started.peak(end);
        MemoryTracked {
            unit: self.unit,
            start_bytes: started.start.resident_bytes,
            end_bytes: end.resident_bytes,
            peak_bytes: self.tracks_peak.then_some(peak_bytes),
            peak_source,
            elapsed: end.at.saturating_duration_since(started.start.at),
            gpu_bytes: self.gpu.as_ref().and_then(|used_bytes| used_bytes()),
            at: self.now(),
            label: started.label,
        }
    }

    fn write(&self, tracked: &MemoryTracked) {
        let gauge = |what: &str, bytes: u64| {
            let name = format!("{}_{what}", self.metric);
            self.profiler.gauge_with(&name, &[("label", &tracked.label)]).set(bytes as f64);
        };
        gauge("bytes", tracked.end_bytes);
        if let Some(peak) = tracked.peak_bytes {
            gauge("peak_bytes", peak);
        }
    }

    fn now(&self) -> Option<SystemTime> {
        self.timestamps.then(SystemTime::now)
    }
}

impl Reader {
    /// The peak is a file of its own, and half of the time that a reading takes.
    fn sample(&mut self, with_peak: bool) -> ProcessSample {
        self.sampler.set_peak(with_peak);
        match self.sampler.sample() {
            Ok(sample) => self.last = sample,
            Err(_) => self.last.at = Instant::now(),
        }
        self.last
    }
}

impl Started {
    fn see(&mut self, sample: &ProcessSample) {
        self.highest_bytes = self.highest_bytes.max(sample.resident_bytes);
        self.readings += 1;
    }

    fn peak(&self, end: &ProcessSample) -> (u64, PeakSource) {
        match (self.start.peak_resident_bytes, end.peak_resident_bytes) {
            (Some(before), Some(after)) if after > before => {
                (after.max(self.highest_bytes), PeakSource::HighWaterMark)
            }
            _ => (self.highest_bytes, PeakSource::Readings(self.readings)),
        }
    }
}

impl fmt::Debug for MemoryTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTracker")
            .field("metric", &self.metric)
            .field("unit", &self.unit)
            .field("tracks_peak", &self.tracks_peak)
            .finish_non_exhaustive()
    }
}

/// A measurement of a [`MemoryTracker`] that stops when it is dropped.
#[derive(Debug)]
#[must_use = "the measurement stops when this is dropped"]
pub struct MemoryGuard<'t> {
    tracker: &'t MemoryTracker,
    id: UsageId,
}

impl Drop for MemoryGuard<'_> {
    fn drop(&mut self) {
        // Stopped before, or given up: there is nobody to tell.
        let _ = self.tracker.stop(self.id);
    }
}
