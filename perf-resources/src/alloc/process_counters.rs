//! What all threads together have allocated.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// How far a thread's memory grows before it looks for a new peak: for blocks of 64 bytes one look, of
/// some 100 ns, in 1,024 allocations.
pub(super) const LOOK_EVERY: usize = 64 << 10;

/// More threads than that share.
const SLOTS: usize = 64;

static ALL: [Slot; SLOTS] = [const { Slot::new() }; SLOTS];
static TAKEN: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// The counters of a few threads, on cache lines of their own: one line for all was as fast on one thread,
/// but would go to and fro between cores at every allocation of the process. Unlike counters that belong
/// to a thread, they lose nothing when it ends.
///
/// Relaxed throughout: each is a sum, and nothing else is read because of it.
// Two lines, as the processor fetches them in pairs.
#[repr(align(128))]
pub(super) struct Slot {
    allocations: AtomicU64,
    deallocations: AtomicU64,
    reallocations: AtomicU64,
    allocated_bytes: AtomicU64,
    freed_bytes: AtomicU64,
}

impl Slot {
    const fn new() -> Self {
        Slot {
            allocations: AtomicU64::new(0),
            deallocations: AtomicU64::new(0),
            reallocations: AtomicU64::new(0),
            allocated_bytes: AtomicU64::new(0),
            freed_bytes: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(super) fn allocated(&self, bytes: usize) {
        self.allocations.fetch_add(1, Relaxed);
        self.allocated_bytes.fetch_add(bytes as u64, Relaxed);
    }

    #[inline]
    pub(super) fn deallocated(&self, bytes: usize) {
        self.deallocations.fetch_add(1, Relaxed);
        self.freed_bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn reallocated(&self, more: usize, less: usize) {
        self.reallocations.fetch_add(1, Relaxed);
        self.allocated_bytes.fetch_add(more as u64, Relaxed);
        self.freed_bytes.fetch_add(less as u64, Relaxed);
    }
}

/// A slot for a thread that has none yet.
#[cold]
pub(super) fn own_slot() -> &'static Slot {
    &ALL[TAKEN.fetch_add(1, Relaxed) % SLOTS]
}

/// Whether anything was ever counted. Every program allocates before `main`, so that otherwise nobody
/// counts.
pub(super) fn is_tracking() -> bool {
    TAKEN.load(Relaxed) > 0
}

/// Allocations, deallocations, reallocations, allocated bytes, freed bytes.
pub(super) fn sums() -> [u64; 5] {
    let of = |counter: fn(&Slot) -> &AtomicU64| {
        ALL.iter().fold(0, |sum: u64, slot| sum.wrapping_add(counter(slot).load(Relaxed)))
    };
    // Ends before beginnings: a block that comes and goes meanwhile is not freed before it was allocated.
    let (deallocations, freed_bytes) =
        (of(|slot| &slot.deallocations), of(|slot| &slot.freed_bytes));
    [
        of(|slot| &slot.allocations),
        deallocations,
        of(|slot| &slot.reallocations),
        of(|slot| &slot.allocated_bytes),
        freed_bytes,
    ]
}

/// Makes what is allocated now the peak, if it is more; answers the peak.
pub(super) fn raise_peak(live_bytes: u64) -> u64 {
    let live = i64::try_from(live_bytes).unwrap_or(i64::MAX);
    PEAK.fetch_max(live, Relaxed).max(live).unsigned_abs()
}

#[cold]
pub(super) fn look_for_peak() {
    let live = ALL.iter().fold(0_u64, |sum, slot| {
        let freed = slot.freed_bytes.load(Relaxed);
        sum.wrapping_add(slot.allocated_bytes.load(Relaxed)).wrapping_sub(freed)
    });
    // Below zero for a moment, where a block went over from one slot to another that was read before.
    raise_peak(u64::try_from(live.cast_signed()).unwrap_or(0));
}
