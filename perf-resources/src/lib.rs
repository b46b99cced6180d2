//! What the work costs: CPU, memory, files and IO of a process, what its container allows, and how the
//! machine does. Truthful in containers and from the first interval on; cheap enough to leave on.
//!
//! Read with:
//! * [`ProcessSampler`], this process or another: a [`ProcessSample`], and [`CpuUsage`] between two.
//! * [`ProcessTree`], a process with its children, those that come and go included.
//! * [`Cgroup`], limits, quota and throttling of the container, of either version; [`Pressures`].
//! * `SystemSampler`, memory, swap, load and cores of the machine: feature `system`.
//!
//! Measure with:
//! * [`spawn_sampler`], a thread that writes all that into a profiler, for SLA ceilings, the timeline,
//!   reports and exports; [`ResourceGauges`] is the same without a thread.
//! * [`MemoryTracker`] and [`CpuTracker`], what a piece of work costs, by label, with its peak.
//! * `TrackingAllocator`, exactly what a call or the process allocates: feature `alloc`.
//! * [`tracker()`], any tracker by its name and options; `trackers_from_file` with the feature `file`.
//!
//! ```
//! # fn main() -> std::io::Result<()> {
//! # if cfg!(not(target_os = "linux")) { return Ok(()) }
//! use perf_core::Profiler;
//! use perf_resources::{ByteUnit, MemoryTracker, SamplerConfig, spawn_sampler};
//!
//! let profiler = Profiler::new();
//! let _sampler = spawn_sampler(&profiler, SamplerConfig::new())?; // once a second
//! let tracker = MemoryTracker::new(&profiler, "memory_usage", ByteUnit::Megabytes)?;
//! let (words, usage) = tracker.track("words", || vec!["word"; 100_000]);
//! println!("{} words: {:+.1} {}", words.len(), usage.change(), usage.unit);
//! # Ok(())
//! # }
//! ```
//!
//! # What this crate does not do
//!
//! It judges nothing, and says of no figure what it does not know: a figure is a value, or absent. On
//! other systems than Linux, memory and CPU of this process are read, with the feature `system`; all else
//! answers `Unsupported`.
#![cfg_attr(not(feature = "alloc"), forbid(unsafe_code))]

#[cfg(feature = "alloc")]
mod alloc;
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

#[cfg(feature = "alloc")]
pub use alloc::{
    AllocationGuard, AllocationTotals, AllocationUsage, TrackingAllocator, track_allocations,
};
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
