//! What one thread has allocated.

use super::process_counters::{Slot, TOLD_FROM, own_slot};
use std::cell::Cell;

thread_local! {
    /// Part of the thread itself: it is there before the first allocation of the thread and after the
    /// last destructor, as nothing of it is to be made or dropped.
    static COUNTERS: Counters = const { Counters::new() };
}

/// Nothing here panics, overflow included: that would be in the middle of an allocation.
struct Counters {
    counts: Cell<Counts>,
    /// The most that `net_bytes` has been since the innermost measurement began.
    peak_net_bytes: Cell<i64>,
    slot: Cell<Option<&'static Slot>>,
    /// What this thread has allocated less what it has freed since it last told the process.
    untold: Cell<i64>,
}

/// Since the thread began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub(super) allocations: u64,
    pub(super) deallocations: u64,
    pub(super) reallocations: u64,
    pub(super) allocated_bytes: u64,
    pub(super) freed_bytes: u64,
}

impl Counts {
    /// Below zero where a thread frees what others have allocated.
    pub(super) fn net_bytes(&self) -> i64 {
        self.allocated_bytes.wrapping_sub(self.freed_bytes).cast_signed()
    }
}

/// Counts a block of this thread's.
#[inline]
pub(super) fn allocated(bytes: usize) {
    // What cannot be told by thread, where thread-locals end, is still told of the process.
    let counted = COUNTERS.try_with(|counters| {
        counters.count(|counts| {
            counts.allocations = counts.allocations.wrapping_add(1);
            counts.allocated_bytes = counts.allocated_bytes.wrapping_add(bytes as u64);
        });
        let slot = counters.slot();
        slot.allocated(bytes);
        counters.change(slot, bytes as i64);
    });
    if counted.is_err() {
        own_slot().allocated(bytes);
    }
}

/// Counts the end of a block, whoever allocated it.
#[inline]
pub(super) fn deallocated(bytes: usize) {
    let counted = COUNTERS.try_with(|counters| {
        counters.count(|counts| {
            counts.deallocations = counts.deallocations.wrapping_add(1);
            counts.freed_bytes = counts.freed_bytes.wrapping_add(bytes as u64);
        });
        let slot = counters.slot();
        slot.deallocated(bytes);
        counters.change(slot, (bytes as i64).wrapping_neg());
    });
    if counted.is_err() {
        own_slot().deallocated(bytes);
    }
}

/// Counts a block that became larger or smaller: the difference.
pub(super) fn reallocated(from: usize, to: usize) {
    let (more, less) = (to.saturating_sub(from), from.saturating_sub(to));
    let counted = COUNTERS.try_with(|counters| {
        counters.count(|counts| {
            counts.reallocations = counts.reallocations.wrapping_add(1);
            counts.allocated_bytes = counts.allocated_bytes.wrapping_add(more as u64);
            counts.freed_bytes = counts.freed_bytes.wrapping_add(less as u64);
        });
        let slot = counters.slot();
        slot.reallocated(more, less);
        counters.change(slot, (to as i64).wrapping_sub(from as i64));
    });
    if counted.is_err() {
        own_slot().reallocated(more, less);
    }
}

/// What this thread has counted; `None` where its thread-locals have ended.
pub(super) fn counts() -> Option<Counts> {
    COUNTERS.try_with(|counters| counters.counts.get()).ok()
}

/// The most net bytes since the innermost measurement began.
pub(super) fn peak_net_bytes() -> i64 {
    COUNTERS.try_with(|counters| counters.peak_net_bytes.get()).unwrap_or(0)
}

/// Begins or ends a measurement of the peak; answers what it was.
pub(super) fn replace_peak(net_bytes: i64) -> i64 {
    COUNTERS.try_with(|counters| counters.peak_net_bytes.replace(net_bytes)).unwrap_or(0)
}

impl Counters {
    const fn new() -> Self {
        let none = Counts {
            allocations: 0,
            deallocations: 0,
            reallocations: 0,
            allocated_bytes: 0,
            freed_bytes: 0,
        };
        Counters {
            counts: Cell::new(none),
            peak_net_bytes: Cell::new(0),
            slot: Cell::new(None),
            untold: Cell::new(0),
        }
    }

    #[inline]
    fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        change(&mut counts);
        self.counts.set(counts);
        if counts.net_bytes() > self.peak_net_bytes.get() {
            self.peak_net_bytes.set(counts.net_bytes());
        }
    }

    #[inline]
    fn slot(&self) -> &'static Slot {
        self.slot.get().unwrap_or_else(|| {
            let slot = own_slot();
            self.slot.set(Some(slot));
            slot
        })
    }

    /// So the process knows of all but [`TOLD_FROM`] bytes of this thread.
    #[inline]
    fn change(&self, slot: &Slot, bytes: i64) {
        let untold = self.untold.get().wrapping_add(bytes);
        let is_told = untold.unsigned_abs() >= TOLD_FROM && slot.tell();
        self.untold.set(if is_told { 0 } else { untold });
    }
}
