//! A build that reads no GPU: who asks for one is told.

use super::options::Options;
use super::tracker::TrackerKind;
use super::tracker_error::TrackerError;
use crate::trackers::{ByteUnit, MemoryTracker, TrackerSampling};
use perf_core::Profiler;
use std::io;
use std::time::Duration;

const NEEDS: &str = "the feature `gpu`";

#[derive(Clone, Debug)]
pub(super) struct Gpu;

impl Gpu {
    pub(super) fn none() -> Self {
        Gpu
    }

    pub(super) fn spawn_beside(
        &self,
        sampling: Option<TrackerSampling>,
    ) -> io::Result<Option<TrackerSampling>> {
        Ok(sampling)
    }
}

pub(super) fn beside(
    options: &mut Options,
    _interval: Option<Duration>,
    tracker: MemoryTracker,
) -> Result<(Gpu, MemoryTracker), TrackerError> {
    options.whole("gpu_device")?;
    options.text("gpu_library")?;
    match options.flag("track_gpu")? {
        Some(true) => Err(TrackerError::Unavailable { option: "track_gpu", needs: NEEDS }),
        _ => Ok((Gpu, tracker)),
    }
}

pub(super) fn tracker(
    _options: &mut Options,
    _profiler: &Profiler,
    _metric: &str,
    _unit: ByteUnit,
    _timestamps: bool,
) -> Result<(Gpu, TrackerKind), TrackerError> {
    Err(TrackerError::Unavailable { option: "the gpu tracker", needs: NEEDS })
}
