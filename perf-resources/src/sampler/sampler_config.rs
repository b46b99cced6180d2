//! What a sampler samples.

use std::path::PathBuf;
use std::time::Duration;

/// What [`spawn_sampler`](crate::spawn_sampler) samples, and how often.
///
/// The defaults are cheap enough to leave on: once a second the process, its peak, IO, container and
/// pressure, without what costs more in a larger process.
///
/// ```
/// use perf_resources::SamplerConfig;
/// use std::time::Duration;
///
/// let config = SamplerConfig::new().interval(Duration::from_secs(5)).proportional_memory(true);
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
#[must_use = "`spawn_sampler` takes it"]
pub struct SamplerConfig {
    interval: Duration,
    pub(super) proportional: bool,
    pub(super) pressure: bool,
    pub(super) system: bool,
    pub(super) cgroup_root: PathBuf,
    #[cfg(feature = "gpu")]
    pub(super) gpu: Option<crate::gpu::GpuReader>,
}

impl SamplerConfig {
    /// Once a second.
    pub fn new() -> Self {
        SamplerConfig {
            interval: Duration::from_secs(1),
            proportional: false,
            pressure: true,
            system: cfg!(feature = "system"),
            cgroup_root: "/".into(),
            #[cfg(feature = "gpu")]
            gpu: None,
        }
    }

    /// At this interval; not zero.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Whether to read the proportional share of shared memory (PSS), which takes milliseconds where
    /// there is much memory. Default: no.
    pub fn proportional_memory(mut self, wanted: bool) -> Self {
        self.proportional = wanted;
        self
    }

    /// Whether to read the pressure on CPU, memory and IO. Default: yes.
    pub fn pressure(mut self, wanted: bool) -> Self {
        self.pressure = wanted;
        self
    }

    /// Whether to read memory, swap, load and CPU of the machine, which takes the feature `system`.
    /// Default: yes where that is on.
    pub fn system(mut self, wanted: bool) -> Self {
        self.system = wanted;
        self
    }

    /// Where the control groups are looked for, as [`Cgroup::find_under`](crate::Cgroup::find_under)
    /// does. Default: `/`.
    pub fn cgroup_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.cgroup_root = root.into();
        self
    }

    /// Whether to write what a GPU sampler has read last, under the names of
    /// [`GpuGauges`](crate::GpuGauges). Default: no.
    #[cfg(feature = "gpu")]
    pub fn gpu(mut self, reader: crate::gpu::GpuReader) -> Self {
        self.gpu = Some(reader);
        self
    }

    pub(super) fn every(&self) -> Duration {
        self.interval
    }
}

impl Default for SamplerConfig {
    fn default() -> Self {
        SamplerConfig::new()
    }
}
