//! What code allocates: exactly, for each thread and for the process. Feature `alloc`.

mod allocation_totals;
mod allocation_usage;
mod process_counters;
mod thread_counters;
mod tracking_allocator;

pub use allocation_totals::AllocationTotals;
pub use allocation_usage::{AllocationGuard, AllocationUsage, track_allocations};
pub use tracking_allocator::TrackingAllocator;
