//! The CPU that pieces of work need, by label.

use super::cpu_tracked::{CpuReading, CpuTracked};
use super::running::{Running, UsageId};
use super::sampling::TrackerSampling;
use super::usage_statistics::{StatisticsByLabel, UsageStatistics};
use super::{DEFAULT_INTERVAL, lock};
use crate::capacity::capacity_cores;
use crate::cgroup::{Cgroup, Limit};
use crate::process::{CpuUsage, ProcessSample, ProcessSampler};
use crate::system::{SystemCpu, SystemReader};
use crate::ticker::Ticker;
use perf_core::{Profiler, TrackError};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// A peak is over no less: in shorter intervals every process is at 0 % or 100 %.
const MIN_PEAK_INTERVAL: Duration = Duration::from_millis(10);

/// Measures the CPU of the process around pieces of work, by label. Cheap to clone.
///
/// The figures are of the whole process: what runs beside a piece of work is in them. What is stopped is
/// also written into the profiler, as the gauges `<metric>_ratio{label}` and `<metric>_peak_ratio{label}`,
/// where 1 is one core.
///
/// A tracker starts no thread. [`sample`](Self::sample) and [`spawn_sampling`](Self::spawn_sampling)
/// divide what runs into the intervals that its peak is the highest of. The process is read exactly, from
/// the first interval on and however short it is; the machine wants the feature `system`.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # if cfg!(not(target_os = "linux")) { return Ok(()) }
/// use perf_core::Profiler;
/// use perf_resources::CpuTracker;
///
/// let tracker = CpuTracker::new(&Profiler::new(), "cpu_usage")?;
/// let (sum, usage) = tracker.track("sum", || (0..1_000_000_u64).sum::<u64>());
/// println!("{:?} %, saturated: {:?}", usage.percent(), usage.is_saturated());
/// assert!(usage.process.unwrap().ratio() > 0.0);
/// # assert_eq!(sum, 499_999_500_000);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CpuTracker {
    profiler: Profiler,
    metric: Box<str>,
    tracks_process: bool,
    tracks_system: bool,
    tracks_cores: bool,
    interval: Duration,
    timestamps: bool,
    shared: Arc<Shared>,
}

struct Shared {
    capacity: Option<f64>,
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
    /// The begin of the interval that may be its peak.
    previous: ProcessSample,
    peak_ratio: Option<f64>,
}

impl CpuTracker {
    /// A tracker that writes into gauges of `profiler` whose names begin with `metric`.
    ///
    /// # Errors
    ///
    /// When this process cannot be read. If it could once, a reading that fails later repeats the last.
    pub fn new(profiler: &Profiler, metric: &str) -> io::Result<Self> {
        let mut sampler = ProcessSampler::own()?;
        let last = sampler.sample()?;
        let system = SystemReader::new(true);
        // Not kept: it would hold a dozen files open for a number that hardly ever changes.
        let cgroup = Cgroup::find().ok().map(|mut cgroup| cgroup.sample());
        let quota = cgroup.and_then(|sample| sample.cpu).map(|cpu| cpu.quota);
        Ok(CpuTracker {
            profiler: profiler.clone(),
            metric: metric.into(),
            tracks_process: true,
            tracks_system: true,
            tracks_cores: true,
            interval: DEFAULT_INTERVAL / 2,
            timestamps: true,
            shared: Arc::new(Shared {
                capacity: capacity_cores(quota.unwrap_or(Limit::Unreadable)),
                reader: Mutex::new(Reader { sampler, system, last }),
                running: Running::new(),
                statistics: Mutex::default(),
            }),
        })
    }

    /// The same, with the process or without. Default: with.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn track_process(mut self, wanted: bool) -> Self {
        self.tracks_process = wanted;
        self
    }

    /// The same, with the machine or without. Default: with, where the feature `system` is on.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn track_system(mut self, wanted: bool) -> Self {
        self.tracks_system = wanted;
        self
    }

    /// The same, with the cores of the machine or without. Default: with.
    #[must_use = "it is a tracker with this setting; the measurements are shared"]
    pub fn track_per_core(mut self, wanted: bool) -> Self {
        self.tracks_cores = wanted;
        self
    }

    /// The same, with another interval of [`spawn_sampling`](Self::spawn_sampling). Default: half a
    /// second.
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

    /// Reads now, and ends an interval of everything that runs.
    pub fn sample(&self) -> CpuReading {
        let mut reader = lock(&self.shared.reader);
        let before = reader.last;
        let sample = reader.sample();
        let system = self.system(&mut reader);
        drop(reader);
        self.shared.running.each(|started| started.see(&sample));
        let process = sample.cpu_since(&before).filter(|_| self.tracks_process);
        CpuReading { process, system, at: self.now() }
    }

    /// Starts a thread that reads at the interval, until what this returns is dropped. One thread serves
    /// all clones.
    ///
    /// # Errors
    ///
    /// When the interval is zero, and when the system gives no more threads.
    pub fn spawn_sampling(&self) -> io::Result<TrackerSampling> {
        let shared = Arc::clone(&self.shared);
        let tick = move |_| {
            let sample = lock(&shared.reader).sample();
            shared.running.each(|started| started.see(&sample));
        };
        Ticker::spawn("perfkit-cpu", self.interval, tick).map(TrackerSampling::new)
    }

    /// Starts a measurement that stops by its id, on whichever thread. It may overlap with any others; at
    /// most 10,000 run at a time, and the oldest is given up for one more.
    pub fn start(&self, label: &str) -> UsageId {
        let sample = lock(&self.shared.reader).sample();
        self.shared.running.start(Started::new(label, sample))
    }

    /// Stops the measurement, writes it into the profiler, and says what it was.
    ///
    /// # Errors
    ///
    /// [`TrackError`] when it is not running.
    pub fn stop(&self, id: UsageId) -> Result<CpuTracked, TrackError> {
        let started = self.shared.running.end(id)?;
        let tracked = self.tracked(started);
        if let Some(usage) = tracked.process {
            let peak = tracked.peak_ratio.map(|ratio| ratio * 100.0);
            lock(&self.shared.statistics).add(&tracked.label, usage.ratio() * 100.0, peak);
            self.write("ratio", &tracked.label, usage.ratio());
        }
        if let Some(peak) = tracked.peak_ratio {
            self.write("peak_ratio", &tracked.label, peak);
        }
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
    pub fn guard(&self, label: &str) -> CpuGuard<'_> {
        CpuGuard { tracker: self, id: self.start(label) }
    }

    /// Does `work` and says what it took beside its result. A panic in it is told to the profiler too.
    pub fn track<R>(&self, label: &str, work: impl FnOnce() -> R) -> (R, CpuTracked) {
        let guard = self.guard(label);
        let start = lock(&self.shared.reader).last;
        let result = work();
        // Given up when 10,000 others were started meanwhile: the start is known all the same.
        let given_up = |_| self.tracked(Started::new(label, start));
        let tracked = self.stop(guard.id).unwrap_or_else(given_up);
        (result, tracked)
    }

    /// What was stopped under this label, in percent of one core; `None` when nothing was.
    pub fn statistics(&self, label: &str) -> Option<UsageStatistics> {
        lock(&self.shared.statistics).get(label)
    }

    /// What was stopped under each label, in percent of one core, by label.
    pub fn statistics_by_label(&self) -> Vec<UsageStatistics> {
        lock(&self.shared.statistics).all()
    }

    fn tracked(&self, mut started: Started) -> CpuTracked {
        let mut reader = lock(&self.shared.reader);
        let end = reader.sample();
        let system = self.system(&mut reader);
        drop(reader);
        started.see(&end);
        let process = end.cpu_since(&started.start).filter(|_| self.tracks_process);
        let highest = |usage: CpuUsage| usage.ratio().max(started.peak_ratio.unwrap_or(0.0));
        CpuTracked {
            label: started.label,
            process,
            peak_ratio: process.map(highest),
            capacity: self.shared.capacity,
            system,
            at: self.now(),
        }
    }

    fn system(&self, reader: &mut Reader) -> Option<SystemCpu> {
        if !self.tracks_system {
            return None;
        }
        let mut cpu = reader.system.cpu()?;
        if !self.tracks_cores {
            cpu.cores = Box::default();
        }
        Some(cpu)
    }

    fn write(&self, what: &str, label: &str, ratio: f64) {
        let name = format!("{}_{what}", self.metric);
        self.profiler.gauge_with(&name, &[("label", label)]).set(ratio);
    }

    fn now(&self) -> Option<SystemTime> {
        self.timestamps.then(SystemTime::now)
    }
}

impl Reader {
    /// The last reading as it was, its time too, where there is no other: CPU that is not known is no 0 %.
    fn sample(&mut self) -> ProcessSample {
        self.last = self.sampler.sample().unwrap_or(self.last);
        self.last
    }
}

impl Started {
    fn new(label: &str, start: ProcessSample) -> Self {
        Started { label: label.into(), start, previous: start, peak_ratio: None }
    }

    fn see(&mut self, sample: &ProcessSample) {
        let interval = sample.cpu_since(&self.previous);
        if let Some(usage) = interval.filter(|usage| usage.interval() >= MIN_PEAK_INTERVAL) {
            self.peak_ratio = Some(usage.ratio().max(self.peak_ratio.unwrap_or(0.0)));
            self.previous = *sample;
        }
    }
}

impl fmt::Debug for CpuTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CpuTracker").field("metric", &self.metric).finish_non_exhaustive()
    }
}

/// A measurement of a [`CpuTracker`] that stops when it is dropped.
#[derive(Debug)]
#[must_use = "the measurement stops when this is dropped"]
pub struct CpuGuard<'t> {
    tracker: &'t CpuTracker,
    id: UsageId,
}

impl Drop for CpuGuard<'_> {
    fn drop(&mut self) {
        // Stopped before, or given up: there is nobody to tell.
        let _ = self.tracker.stop(self.id);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_reading_that_fails_is_unknown_and_no_idle_interval() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let mut sampler = ProcessSampler::of(child.id()).unwrap();
        let last = sampler.sample().unwrap();
        let mut reader = Reader { sampler, system: SystemReader::new(false), last };
        // Its input ends, and so does it.
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(reader.sampler.sample().is_err());
        assert!(reader.sample().cpu_since(&last).is_none());
    }
}
