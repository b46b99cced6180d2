//! What a piece of work has allocated on its thread.

use super::process_counters::is_tracking;
use super::thread_counters::{Counts, counts, peak_net_bytes, replace_peak};
use std::marker::PhantomData;

/// What this thread allocated and freed from the beginning to the end of a piece of work: exact.
///
/// Bytes are those that were asked for. What other threads did for the work is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllocationUsage {
    /// Blocks allocated.
    pub allocations: u64,
    /// Blocks freed, whoever had allocated them.
    pub deallocations: u64,
    /// Blocks that were made larger or smaller, such as a vector that grows. They are in neither of the
    /// above.
    pub reallocations: u64,
    /// Bytes of all allocations, and those by which blocks became larger.
    pub allocated_bytes: u64,
    /// Bytes of all blocks freed, and those by which blocks became smaller.
    pub freed_bytes: u64,
    /// The most that was held beyond what was held at the start: what the work needs.
    pub peak_bytes: u64,
    /// What is held at the end beyond what was held at the start: allocated less freed. Below zero when
    /// more was freed, such as by a thread that drops what others have allocated.
    pub net_bytes: i64,
}

/// Runs `work`, and says what it allocated on this thread; `None` when no
/// [`TrackingAllocator`](crate::TrackingAllocator) is the global allocator of this program.
///
/// Measurements nest: what an inner one counts is in the outer one too. After a panic in `work`, which goes
/// on to the caller, outer measurements are right.
///
/// ```
/// use perf_resources::{TrackingAllocator, track_allocations};
///
/// #[global_allocator]
/// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
///
/// let (sum, usage) = track_allocations(|| vec![1_u64; 1_000].iter().sum::<u64>());
/// let usage = usage.expect("the allocator is the one above");
/// assert_eq!((usage.allocations, usage.deallocations), (1, 1));
/// assert_eq!((usage.peak_bytes, usage.net_bytes), (8_000, 0));
/// # assert_eq!(sum, 1_000);
/// ```
pub fn track_allocations<R>(work: impl FnOnce() -> R) -> (R, Option<AllocationUsage>) {
    let guard = AllocationGuard::start();
    let result = work();
    (result, guard.map(AllocationGuard::stop))
}

/// A measurement that has begun on this thread, and ends when it is stopped or dropped.
///
/// Guards nest: of two, the younger one ends first. Otherwise counts are right, but the peak of the older
/// one lacks what was before the younger one began.
///
/// ```
/// use perf_resources::{AllocationGuard, TrackingAllocator};
///
/// #[global_allocator]
/// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
///
/// let guard = AllocationGuard::start().expect("the allocator is the one above");
/// let text = String::from("allocated");
/// assert_eq!(guard.usage().net_bytes, 9);
/// drop(text);
/// assert_eq!(guard.stop().net_bytes, 0);
/// ```
#[derive(Debug)]
#[must_use = "the measurement ends when this is dropped"]
pub struct AllocationGuard {
    before: Counts,
    outer_peak: i64,
    /// Another thread has other counters.
    _stays_on_its_thread: PhantomData<*const ()>,
}

impl AllocationGuard {
    /// Begins now; `None` when no [`TrackingAllocator`](crate::TrackingAllocator) is the global allocator
    /// of this program.
    pub fn start() -> Option<Self> {
        let before = counts().filter(|_| is_tracking())?;
        let outer_peak = replace_peak(before.net_bytes());
        Some(AllocationGuard { before, outer_peak, _stays_on_its_thread: PhantomData })
    }

    /// What was allocated so far.
    pub fn usage(&self) -> AllocationUsage {
        let (before, now) = (&self.before, counts().unwrap_or(self.before));
        let since = |figure: fn(&Counts) -> u64| figure(&now).wrapping_sub(figure(before));
        let peak_bytes = peak_net_bytes().saturating_sub(before.net_bytes());
        AllocationUsage {
            allocations: since(|counts| counts.allocations),
            deallocations: since(|counts| counts.deallocations),
            reallocations: since(|counts| counts.reallocations),
            allocated_bytes: since(|counts| counts.allocated_bytes),
            freed_bytes: since(|counts| counts.freed_bytes),
            peak_bytes: u64::try_from(peak_bytes).unwrap_or(0),
            net_bytes: now.net_bytes().saturating_sub(before.net_bytes()),
        }
    }

    /// Ends it.
    pub fn stop(self) -> AllocationUsage {
        self.usage()
    }
}

impl Drop for AllocationGuard {
    fn drop(&mut self) {
        replace_peak(peak_net_bytes().max(self.outer_peak));
    }
}
