//! GPUs of NVIDIA, by NVML, whose calls can hang for ever and so are made on a thread of their own.
//!
//! [`spawn_gpu_sampler`] starts that thread. Everything else, a [`GpuReader`], [`GpuGauges`] or a
//! [`GpuTracker`](crate::GpuTracker), takes what the thread has read last, and waits for the driver at
//! most as long as it says. A machine without a driver or without a GPU is a [`GpuState`], not an error.

mod gpu_config;
mod gpu_gauges;
mod gpu_reader;
mod gpu_sample;
mod gpu_sampler;
mod gpu_series;
mod gpu_snapshot;
mod gpu_state;
mod left_behind;
mod nvml;
mod nvml_device;
mod reading;
mod shared;
mod source;
mod throttle;
mod watch;
mod worker;

pub use gpu_config::GpuConfig;
pub use gpu_gauges::GpuGauges;
pub use gpu_reader::GpuReader;
pub use gpu_sample::{
    EccErrors, GpuClocks, GpuMemory, GpuProcess, GpuSample, GpuUtilization, MigInstance,
};
pub use gpu_sampler::{GpuSampler, spawn_gpu_sampler};
pub use gpu_snapshot::{GpuSnapshot, MissingGpu, MissingReason};
pub use gpu_state::GpuState;
pub use left_behind::gpu_threads_left_behind;
pub use reading::{NvmlCode, Reading};
pub use throttle::{ThrottleReason, ThrottleReasons};
pub(crate) use watch::Watch;
