//! One tracker of any kind.

use super::gpu::Gpu;
#[cfg(feature = "gpu")]
use crate::trackers::GpuTracker;
use crate::trackers::{CpuTracker, MemoryTracker, TrackerSampling, UsageId};
use perf_core::{BatchId, LatencyTracker, ThroughputTracker, TrackError, TrackId};
use std::io;
use std::time::SystemTime;

/// A tracker that [`tracker`](crate::tracker()) made: what all have in common, and the tracker itself.
/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tracker {
    metric: Box<str>,
    timestamps: bool,
    gpu: Gpu,
    kind: TrackerKind,
}

/// The tracker itself, with all that its kind can do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TrackerKind {
    /// `latency`
    Latency(LatencyTracker),
    /// `throughput`
    Throughput(ThroughputTracker),
    /// `memory`
    Memory(MemoryTracker),
    /// `cpu`
    Cpu(CpuTracker),
    /// `gpu`
    #[cfg(feature = "gpu")]
    Gpu(GpuTracker),
}

/// A measurement of a [`Tracker`] by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "what is not stopped is not told"]
pub struct MeasurementId(Id);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Id {
    Latency(TrackId),
    Throughput(BatchId),
    Usage(UsageId),
}

/// A measurement that was stopped.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Measurement {
    /// The name of the metric of its tracker.
    pub metric: Box<str>,
    /// The label it was started with.
    pub label: Box<str>,
    /// What was measured, in `unit`: how long it took, its items per time, the memory of the process at
    /// its end, or the CPU of the process, or the memory of the GPU. `None` for a rate when no time went by,
    /// and for a GPU of which nothing is known.
    pub value: Option<f64>,
    /// The highest value meanwhile, of memory and CPU.
    pub peak: Option<f64>,
    /// The memory of the GPU at its end, where one is read.
    pub gpu: Option<f64>,
    /// The unit: of CPU it is `%` of one core.
    pub unit: String,
    /// When it was stopped; `None` where timestamps are not wanted.
    pub at: Option<SystemTime>,
}

impl Tracker {
    pub(super) fn new(metric: String, timestamps: bool, gpu: Gpu, kind: TrackerKind) -> Self {
        Tracker { metric: metric.into(), timestamps, gpu, kind }
    }

    /// The option `metric_name`.
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// The tracker itself.
    pub fn kind(&self) -> &TrackerKind {
        &self.kind
    }

    /// Starts a measurement that stops by its id; of throughput, a batch.
    pub fn start(&self, label: &str) -> MeasurementId {
        MeasurementId(match &self.kind {
            TrackerKind::Latency(tracker) => Id::Latency(tracker.start(label)),
            TrackerKind::Throughput(tracker) => Id::Throughput(tracker.start_batch(label)),
            TrackerKind::Memory(tracker) => Id::Usage(tracker.start(label)),
            TrackerKind::Cpu(tracker) => Id::Usage(tracker.start(label)),
            #[cfg(feature = "gpu")]
            TrackerKind::Gpu(tracker) => Id::Usage(tracker.start(label)),
        })
    }

    /// Adds items to a batch; nothing but throughput has any.
    ///
    /// # Errors
    ///
    /// [`TrackError`] when the batch is not running, or the tracker is not of throughput.
    pub fn record(&self, id: MeasurementId, items: u64) -> Result<(), TrackError> {
        match (&self.kind, id.0) {
            (TrackerKind::Throughput(tracker), Id::Throughput(id)) => {
                tracker.record_batch(id, items)
            }
            _ => Err(TrackError::OtherTracker),
        }
    }

    /// Stops the measurement and says what it was.
    ///
    /// # Errors
    ///
    /// [`TrackError`] when it is not running.
    pub fn stop(&self, id: MeasurementId) -> Result<Measurement, TrackError> {
        let mut gpu = None;
        let (label, value, peak, unit) = match (&self.kind, id.0) {
            (TrackerKind::Latency(tracker), Id::Latency(id)) => {
                let tracked = tracker.stop(id)?;
                (tracked.label, Some(tracked.value), None, tracked.unit.to_string())
            }
            (TrackerKind::Throughput(tracker), Id::Throughput(id)) => {
                let batch = tracker.stop_batch(id)?;
                let rate = batch.throughput();
                (batch.label, rate, None, batch.unit.to_string())
            }
            (TrackerKind::Memory(tracker), Id::Usage(id)) => {
                let tracked = tracker.stop(id)?;
                let (value, peak) = (tracked.value(), tracked.peak());
                gpu = tracked.gpu_bytes.map(|bytes| tracked.unit.of(bytes));
                (tracked.label, Some(value), peak, tracked.unit.to_string())
            }
            (TrackerKind::Cpu(tracker), Id::Usage(id)) => {
                let tracked = tracker.stop(id)?;
                let peak = tracked.peak_ratio.map(|ratio| ratio * 100.0);
                let value = tracked.percent();
                (tracked.label, value, peak, "%".to_owned())
            }
            #[cfg(feature = "gpu")]
            (TrackerKind::Gpu(tracker), Id::Usage(id)) => {
                let tracked = tracker.stop(id)?;
                let (value, peak) = (tracked.memory(), tracked.peak_memory());
                gpu = value;
                (tracked.label, value, peak, tracked.unit.to_string())
            }
            _ => return Err(TrackError::OtherTracker),
        };
        let at = self.timestamps.then(SystemTime::now);
        Ok(Measurement { metric: self.metric.clone(), label, value, peak, gpu, unit, at })
    }

    /// Starts the thread that looks at what runs at the option `sampling_interval`, and that which reads the
    /// GPU if one is wanted; `None` for latency and throughput, which need none.
    ///
    /// # Errors
    ///
    /// When the system gives no more threads; `AlreadyExists` while the GPU is read by an earlier one.
    pub fn spawn_sampling(&self) -> io::Result<Option<TrackerSampling>> {
        let sampling = match &self.kind {
            TrackerKind::Memory(tracker) => Some(tracker.spawn_sampling()?),
            TrackerKind::Cpu(tracker) => Some(tracker.spawn_sampling()?),
            _ => None,
        };
        self.gpu.spawn_beside(sampling)
    }
}
