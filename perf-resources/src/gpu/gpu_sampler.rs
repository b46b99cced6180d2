//! The thread that samples the GPUs.

use super::gpu_config::GpuConfig;
use super::gpu_reader::GpuReader;
use super::gpu_snapshot::GpuSnapshot;
use super::gpu_state::GpuState;
use super::left_behind;
use super::nvml::NvmlSource;
use super::shared::Shared;
use super::source::Source;
use super::worker;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;

/// Starts the thread that reads the GPUs of the machine, now and at an interval, until what this returns
/// is dropped.
///
/// ```
/// use perf_resources::{GpuConfig, GpuState, spawn_gpu_sampler};
/// use std::time::Duration;
///
/// let sampler = spawn_gpu_sampler(GpuConfig::new())?;
/// let (state, snapshot) = sampler.reader().sample_within(Duration::from_secs(5));
/// println!("{state}"); // on a machine without one: no driver: ...
/// for gpu in snapshot.iter().flat_map(|snapshot| &snapshot.gpus) {
///     println!("{} {}: {} W, {} °C", gpu.index, gpu.name, gpu.power_watts, gpu.temperature_celsius);
/// }
/// # assert_eq!(matches!(state, GpuState::Available), snapshot.is_some_and(|s| !s.gpus.is_empty()));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When the interval is zero; when the system gives no more threads; `ResourceBusy` while the thread of
/// an earlier sampler of the same library hangs in it. That there is no driver or no GPU is none.
pub fn spawn_gpu_sampler(config: GpuConfig) -> io::Result<GpuSampler> {
    GpuSampler::spawn(NvmlSource::new(config.library.clone()), config)
}

/// The thread that [`spawn_gpu_sampler`] started.
///
/// Dropped, it stops the thread at once. It waits 100 ms for a call to the driver that is under way, and
/// not at all for one that hangs: that thread is left behind, ends when its call comes back, and is
/// counted in [`gpu_threads_left_behind`](crate::gpu_threads_left_behind).
#[must_use = "the thread stops when this is dropped"]
pub struct GpuSampler {
    shared: Arc<Shared>,
}

impl GpuSampler {
    pub(super) fn spawn(source: impl Source, config: GpuConfig) -> io::Result<Self> {
        Self::spawn_for(source, Arc::new(Shared::new(config)))
    }

    pub(super) fn spawn_for(source: impl Source, shared: Arc<Shared>) -> io::Result<Self> {
        if shared.config.interval.is_zero() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the interval is zero"));
        }
        if left_behind::is_left(shared.config.library.as_deref()) {
            let reason = "the thread of an earlier GPU sampler still hangs in the driver";
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, reason));
        }
        shared.start()?;
        let told = Arc::clone(&shared);
        let run = move || worker::run(source, told);
        if let Err(error) = thread::Builder::new().name("perfkit-gpu".into()).spawn(run) {
            shared.done();
            return Err(error);
        }
        Ok(GpuSampler { shared })
    }

    /// How it stands, and the last reading, if there was any. Never waits for the driver; unless the state
    /// is [`Available`](GpuState::Available), the reading is of before.
    pub fn latest(&self) -> (GpuState, Option<Arc<GpuSnapshot>>) {
        self.shared.latest()
    }

    /// A view of the readings for others. It does not keep the thread alive.
    pub fn reader(&self) -> GpuReader {
        GpuReader::new(Arc::clone(&self.shared))
    }
}

impl Drop for GpuSampler {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

impl fmt::Debug for GpuSampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuSampler").field("state", &self.latest().0).finish_non_exhaustive()
    }
}
