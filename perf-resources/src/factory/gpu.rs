//! The GPU that a tracker by name reads.

use super::options::Options;
use super::tracker::TrackerKind;
use super::tracker_error::TrackerError;
use crate::gpu::{GpuConfig, GpuReader};
use crate::trackers::{ByteUnit, GpuTracker, MemoryTracker, TrackerSampling};
use perf_core::Profiler;
use std::io;
use std::time::Duration;

/// What the tracker reads of a GPU, if it does; by no thread, until there is a sampling.
#[derive(Clone, Debug)]
pub(super) struct Gpu(Option<GpuReader>);

impl Gpu {
    pub(super) fn none() -> Self {
        Gpu(None)
    }

    /// The thread that reads it, with that which looks at the rest.
    pub(super) fn spawn_beside(
        &self,
        sampling: Option<TrackerSampling>,
    ) -> io::Result<Option<TrackerSampling>> {
        let Some(reader) = &self.0 else { return Ok(sampling) };
        Ok(Some(sampling.unwrap_or_else(TrackerSampling::none).with_gpu(reader.spawn_sampler()?)))
    }
}

/// The tracker with the memory of a GPU, if `track_gpu` wants it.
pub(super) fn beside(
    options: &mut Options,
    interval: Option<Duration>,
    tracker: MemoryTracker,
) -> Result<(Gpu, MemoryTracker), TrackerError> {
    let device = options.whole("gpu_device")?.unwrap_or(0);
    let config = config(options, interval)?;
    if options.flag("track_gpu")? != Some(true) {
        return Ok((Gpu(None), tracker));
    }
    let reader = GpuReader::not_started(config);
    let gpu = Gpu(Some(reader.clone()));
    Ok((gpu, tracker.gpu(move || reader.used_bytes(device))))
}

/// The tracker of a GPU itself.
pub(super) fn tracker(
    options: &mut Options,
    profiler: &Profiler,
    metric: &str,
    unit: ByteUnit,
    timestamps: bool,
) -> Result<(Gpu, TrackerKind), TrackerError> {
    let device = options.whole("gpu_device")?.unwrap_or(0);
    let interval = options.seconds("sampling_interval")?;
    let reader = GpuReader::not_started(config(options, interval)?);
    let tracker = GpuTracker::new(profiler, metric, unit, reader.clone())
        .device(device)
        .include_timestamps(timestamps);
    Ok((Gpu(Some(reader)), TrackerKind::Gpu(tracker)))
}

fn config(options: &mut Options, interval: Option<Duration>) -> Result<GpuConfig, TrackerError> {
    let mut config = GpuConfig::new();
    if let Some(interval) = interval {
        config = config.interval(interval);
    }
    if let Some(path) = options.text("gpu_library")? {
        config = config.library(path);
    }
    Ok(config)
}
