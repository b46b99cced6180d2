//! Trackers: what a piece of work costs, by label, with what starts and stops by id.

mod byte_unit;
mod cpu_tracked;
mod cpu_tracker;
mod memory_tracked;
mod memory_tracker;
mod running;
mod sampling;
mod usage_statistics;

pub use byte_unit::{ByteUnit, UnknownByteUnit};
pub use cpu_tracked::{CpuReading, CpuTracked};
pub use cpu_tracker::{CpuGuard, CpuTracker};
pub use memory_tracked::{MemoryReading, MemoryTracked, PeakSource};
pub use memory_tracker::{MemoryGuard, MemoryTracker};
pub use running::UsageId;
pub use sampling::TrackerSampling;
pub use usage_statistics::UsageStatistics;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often what runs is looked at, where somebody looks: the seed's default.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(1);

/// After a panic elsewhere too: no state behind these locks is left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
