//! What the work costs: CPU, memory, files and IO of a process, and what its container allows.
#![forbid(unsafe_code)]

mod capacity;
mod cgroup;
mod factory;
#[cfg(feature = "gpu")]
mod gpu;
mod process;
mod sampler;
mod system;
mod text_file;
mod ticker;
mod trackers;

pub use cgroup::{
    Cgroup, CgroupCpu, CgroupMemory, CgroupSample, Limit, Pressure, PressureScope, Pressures, Stall,
};
pub use factory::{
    Measurement, MeasurementId, OptionValue, Tracker, TrackerError, TrackerKind, tracker,
};
#[cfg(feature = "file")]
pub use factory::{trackers_from_file, trackers_from_toml};
#[cfg(feature = "gpu")]
pub use gpu::{
    EccErrors, GpuClocks, GpuConfig, GpuGauges, GpuMemory, GpuProcess, GpuReader, GpuSample,
    GpuSampler, GpuSnapshot, GpuState, GpuUtilization, MigInstance, MissingGpu, MissingReason,
    NvmlCode, Reading, ThrottleReason, ThrottleReasons, gpu_threads_left_behind, spawn_gpu_sampler,
};
pub use process::{
    ContextSwitches, CpuUsage, IoBytes, ProcessSample, ProcessSampler, ProcessTree, TreeSample,
};
pub use sampler::{ResourceGauges, Sampler, SamplerConfig, spawn_sampler};
#[cfg(feature = "system")]
pub use system::SystemSampler;
pub use system::{SystemCpu, SystemMemory, SystemSample};
pub use trackers::{
    ByteUnit, CpuGuard, CpuReading, CpuTracked, CpuTracker, MemoryGuard, MemoryReading,
    MemoryTracked, MemoryTracker, PeakSource, TrackerSampling, UnknownByteUnit, UsageId,
    UsageStatistics,
};
#[cfg(feature = "gpu")]
pub use trackers::{GpuFigures, GpuGuard, GpuSpan, GpuTracked, GpuTracker};
