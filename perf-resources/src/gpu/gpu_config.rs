//! What the GPU sampler does, and how often.

use std::path::PathBuf;
use std::time::Duration;

/// How [`spawn_gpu_sampler`](crate::spawn_gpu_sampler) samples.
///
/// ```
/// use perf_resources::GpuConfig;
/// use std::time::Duration;
///
/// let config = GpuConfig::new().interval(Duration::from_secs(5));
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
#[must_use = "`spawn_gpu_sampler` takes it"]
pub struct GpuConfig {
    pub(super) interval: Duration,
    pub(super) hanging_after: Duration,
    pub(super) max_back_off: Duration,
    pub(super) library: Option<PathBuf>,
}

impl GpuConfig {
    /// Once a second, with the NVML of the system.
    pub fn new() -> Self {
        GpuConfig {
            interval: Duration::from_secs(1),
            hanging_after: Duration::from_secs(5),
            max_back_off: Duration::from_secs(60),
            library: None,
        }
    }

    /// At this interval; not zero. The driver has new figures 1 to 6 times a second. Default: a second.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// How long finding the driver or one reading of all GPUs may take before the state is
    /// [`Hanging`](crate::GpuState::Hanging). Without persistence mode, a driver that nobody else uses
    /// takes some seconds to begin with. Default: 5 s.
    pub fn hanging_after(mut self, time: Duration) -> Self {
        self.hanging_after = time;
        self
    }

    /// How long it is at most until a driver that is not there is looked for again. The first wait is the
    /// interval, each further one is twice as long. Default: a minute.
    pub fn max_back_off(mut self, time: Duration) -> Self {
        self.max_back_off = time;
        self
    }

    /// Where NVML is. Default: `libnvidia-ml.so.1` (`nvml.dll` on Windows), wherever the system has it.
    pub fn library(mut self, path: impl Into<PathBuf>) -> Self {
        self.library = Some(path.into());
        self
    }
}

impl Default for GpuConfig {
    fn default() -> Self {
        GpuConfig::new()
    }
}
