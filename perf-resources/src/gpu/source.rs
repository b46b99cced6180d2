//! Where readings come from: NVML, or a record of what it said.

use super::gpu_sample::GpuSample;
use super::gpu_snapshot::MissingGpu;
use super::reading::Reading;

/// Everything that can hang. It is used by one thread alone.
pub(super) trait Source: Send + 'static {
    /// Finds the driver; why not, where that fails. Called only while it is closed.
    fn open(&mut self) -> Result<(), String>;

    /// Reads all GPUs; why the driver is gone, where it is. Called only while it is open.
    fn read(&mut self) -> Result<Read, String>;

    /// Gives the driver up. Called only while it is open.
    fn close(&mut self);
}

/// What all GPUs said.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) driver: Reading<String>,
    pub(super) gpus: Vec<GpuSample>,
    pub(super) missing: Vec<MissingGpu>,
}
