//! What the process has allocated, at one moment.

use super::process_counters::{is_tracking, live_and_peak, sums};

/// What the process has allocated since it began, by all threads, those that have ended included.
///
/// What was counted since it began is exact but for what other threads do at this moment. What is live, and
/// the peak of it, is right to 128 KiB for each thread, however much comes and goes.
///
/// ```
/// use perf_resources::{AllocationTotals, TrackingAllocator};
///
/// #[global_allocator]
/// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
///
/// let held = vec![1_u8; 1 << 20];
/// let totals = AllocationTotals::read().expect("the allocator is the one above");
/// println!("{} bytes in {} blocks", totals.live_bytes, totals.live_blocks());
/// assert!(totals.live_bytes >= 1 << 20 && totals.peak_bytes >= totals.live_bytes);
/// # drop(held);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllocationTotals {
    /// Blocks allocated.
    pub allocations: u64,
    /// Blocks freed.
    pub deallocations: u64,
    /// Blocks that were made larger or smaller.
    pub reallocations: u64,
    /// Bytes of all allocations, and those by which blocks became larger.
    pub allocated_bytes: u64,
    /// Bytes of all blocks freed, and those by which blocks became smaller.
    pub freed_bytes: u64,
    /// Bytes allocated and not freed.
    pub live_bytes: u64,
    /// The most bytes that ever were live. It may be off by 64 KiB for each thread, and by 128 KiB where it
    /// was a reading: threads do not tell of every allocation.
    pub peak_bytes: u64,
}

impl AllocationTotals {
    /// Reads now, in 0.1 to 0.2 µs; `None` when no [`TrackingAllocator`](crate::TrackingAllocator) is the
    /// global allocator of this program.
    pub fn read() -> Option<Self> {
        if !is_tracking() {
            return None;
        }
        let [allocations, deallocations, reallocations, allocated_bytes, freed_bytes] = sums();
        let (live_bytes, peak_bytes) = live_and_peak();
        Some(AllocationTotals {
            allocations,
            deallocations,
            reallocations,
            allocated_bytes,
            freed_bytes,
            live_bytes,
            peak_bytes,
        })
    }

    /// Blocks allocated and not freed, with those that came and went during the reading.
    pub fn live_blocks(&self) -> u64 {
        self.allocations.saturating_sub(self.deallocations)
    }
}
