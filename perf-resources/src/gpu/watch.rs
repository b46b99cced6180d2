//! Who is shown each reading.

use super::gpu_snapshot::GpuSnapshot;

/// Shown each reading by the thread that made it, before anybody who waits for the reading goes on.
pub(crate) trait Watch: Send + Sync {
    fn see(&self, snapshot: &GpuSnapshot);
}
