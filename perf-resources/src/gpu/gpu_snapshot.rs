//! What all GPUs of the machine say, at one moment.

use super::gpu_sample::GpuSample;
use super::reading::{NvmlCode, Reading};
use std::time::{Duration, Instant};

/// One reading of all GPUs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GpuSnapshot {
    /// When the reading began.
    pub at: Instant,
    /// How long it took, which is what the sampler costs its thread.
    pub took: Duration,
    /// The version of the driver.
    pub driver: Reading<String>,
    /// Those that could be read, by index.
    pub gpus: Vec<GpuSample>,
    /// Those that could not be, by index.
    pub missing: Vec<MissingGpu>,
}

impl GpuSnapshot {
    /// How old it is.
    pub fn age(&self) -> Duration {
        self.at.elapsed()
    }

    /// The GPU with this number.
    pub fn gpu(&self, index: u32) -> Option<&GpuSample> {
        self.gpus.iter().find(|gpu| gpu.index == index)
    }
}

/// A GPU that NVML counts and that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingGpu {
    /// Its number.
    pub index: u32,
    /// Why.
    pub reason: MissingReason,
}

/// Why a GPU cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingReason {
    /// It fell off the bus, wants a reset, or answers nothing.
    Lost(NvmlCode),
    /// This user or this container may not use it.
    NoPermission,
    /// The driver gives no access to it.
    Failed(NvmlCode),
}
