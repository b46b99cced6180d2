//! A view of what the thread has read.

use super::gpu_config::GpuConfig;
use super::gpu_sampler::GpuSampler;
use super::gpu_snapshot::GpuSnapshot;
use super::gpu_state::GpuState;
use super::nvml::NvmlSource;
use super::shared::Shared;
use super::watch::Watch;
use std::fmt;
use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Tells what a [`GpuSampler`](crate::GpuSampler) has read last. Cheap to clone; when the sampler is
/// dropped it goes on telling that, with the state [`Stopped`](GpuState::Stopped).
#[derive(Clone)]
pub struct GpuReader {
    shared: Arc<Shared>,
}

impl GpuReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        GpuReader { shared }
    }

    /// A view of what nobody reads yet, for those who want one before the thread is to start; it tells
    /// [`NotStarted`](GpuState::NotStarted) until [`spawn_sampler`](Self::spawn_sampler).
    pub fn not_started(config: GpuConfig) -> Self {
        GpuReader::new(Arc::new(Shared::new(config)))
    }

    /// Starts the thread that this tells of; again, when it has ended.
    ///
    /// # Errors
    ///
    /// As [`spawn_gpu_sampler`](crate::spawn_gpu_sampler), and `AlreadyExists` when the thread runs.
    pub fn spawn_sampler(&self) -> io::Result<GpuSampler> {
        let source = NvmlSource::new(self.shared.config.library.clone());
        GpuSampler::spawn_for(source, Arc::clone(&self.shared))
    }

    /// How it stands, and the last reading, if there was any. Never waits for the driver; unless the state
    /// is [`Available`](GpuState::Available), the reading is of before.
    pub fn latest(&self) -> (GpuState, Option<Arc<GpuSnapshot>>) {
        self.shared.latest()
    }

    /// Asks for a reading beside those of the interval and waits for it, but not longer than `time`, and
    /// not at all while no GPU is [`Available`](GpuState::Available): then it is as
    /// [`latest`](Self::latest). Who asks at the same time gets the same reading.
    pub fn sample_within(&self, time: Duration) -> (GpuState, Option<Arc<GpuSnapshot>>) {
        self.shared.sample_within(time)
    }

    /// The memory in use of one GPU, in bytes, as a source for
    /// [`MemoryTracker::gpu`](crate::MemoryTracker::gpu); `None` while it is not known.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # if cfg!(not(target_os = "linux")) { return Ok(()) }
    /// use perf_core::Profiler;
    /// use perf_resources::{ByteUnit, GpuConfig, MemoryTracker, spawn_gpu_sampler};
    ///
    /// let sampler = spawn_gpu_sampler(GpuConfig::new())?;
    /// let reader = sampler.reader();
    /// let tracker = MemoryTracker::new(&Profiler::new(), "memory_usage", ByteUnit::Megabytes)?
    ///     .gpu(move || reader.used_bytes(0));
    /// println!("{:?}", tracker.sample().gpu_bytes);
    /// # Ok(())
    /// # }
    /// ```
    pub fn used_bytes(&self, device: u32) -> Option<u64> {
        let (state, snapshot) = self.latest();
        if state != GpuState::Available {
            return None;
        }
        snapshot?.gpu(device)?.memory.value().map(|memory| memory.used_bytes)
    }

    /// Shows `watcher` each reading, for as long as it is there.
    pub(crate) fn watch(&self, watcher: Weak<dyn Watch>) {
        self.shared.watch(watcher);
    }
}

impl fmt::Debug for GpuReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuReader").field("state", &self.latest().0).finish_non_exhaustive()
    }
}
