//! What all threads together have allocated.

use std::sync::atomic::{
    AtomicI64, AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed},
};

/// How far a thread's memory grows or shrinks before the process is told: for blocks of 64 bytes that are
/// kept once in 1,024 allocations, for those that come and go never.
pub(super) const TOLD_FROM: u64 = 64 << 10;

/// More threads than that share.
const SLOTS: usize = 64;

/// How often a slot is read again, as others count in it meanwhile.
const ATTEMPTS: usize = 8;

static ALL: [Slot; SLOTS] = [const { Slot::new() }; SLOTS];
static TAKEN: AtomicUsize = AtomicUsize::new(0);
/// Bytes allocated and not freed, but for what the threads have not told.
///
/// It is no difference of sums over the slots: those are read one after the other, and all that comes and
/// goes meanwhile, however long that is, would seem to be there or to be gone.
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// The counters of a few threads, on cache lines of their own: one line for all was as fast on one thread,
/// but would go to and fro between cores at every allocation of the process. Unlike counters that belong
/// to a thread, they lose nothing when it ends.
///
/// What counts is relaxed: each is a sum, and nothing else is read because of it.
// Two lines, as the processor fetches them in pairs.
#[repr(align(128))]
pub(super) struct Slot {
    allocations: AtomicU64,
    deallocations: AtomicU64,
    reallocations: AtomicU64,
    allocated_bytes: AtomicU64,
    freed_bytes: AtomicU64,
    /// What [`LIVE`] has of this slot.
    told_bytes: AtomicI64,
}

impl Slot {
    const fn new() -> Self {
        Slot {
            allocations: AtomicU64::new(0),
            deallocations: AtomicU64::new(0),
            reallocations: AtomicU64::new(0),
            allocated_bytes: AtomicU64::new(0),
            freed_bytes: AtomicU64::new(0),
            told_bytes: AtomicI64::new(0),
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

    /// Brings [`LIVE`] up to date; false where another thread of this slot was in the way.
    #[cold]
    pub(super) fn tell(&self) -> bool {
        let told = self.told_bytes.load(Acquire);
        let Some(net) = self.net_bytes() else { return false };
        let is_told = self.told_bytes.compare_exchange(told, net, Relaxed, Relaxed).is_ok();
        if is_told {
            let change = net.wrapping_sub(told);
            raise_peak(LIVE.fetch_add(change, Relaxed).wrapping_add(change));
        }
        is_told
    }

    /// Bytes allocated less bytes freed, both of one moment; at once where no other thread counts here.
    fn net_bytes(&self) -> Option<i64> {
        // In this order: what is the same at the end was the same all the time, as it only grows.
        let read = || (self.freed_bytes.load(Acquire), self.allocated_bytes.load(Acquire));
        let mut before = read();
        for _ in 0..ATTEMPTS {
            let after = read();
            if before == after {
                return Some(after.1.wrapping_sub(after.0).cast_signed());
            }
            before = after;
        }
        None
    }

    /// What [`LIVE`] lacks of this slot. It is no more than a thread may keep to itself: a block that is
    /// just being told of is in `LIVE` by now, or will be.
    fn untold_bytes(&self) -> i64 {
        const MOST: i64 = TOLD_FROM.cast_signed();
        let told = self.told_bytes.load(Acquire);
        self.net_bytes().map_or(0, |net| net.wrapping_sub(told).clamp(-MOST, MOST))
    }
}

/// A slot for a thread that has none yet.
#[cold]
pub(super) fn own_slot() -> &'static Slot {
    let slot = &ALL[TAKEN.fetch_add(1, Relaxed) % SLOTS];
    // For a thread that has ended: else what many of them leave would add up.
    slot.tell();
    slot
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

/// Bytes allocated and not freed, and the most that ever were.
pub(super) fn live_and_peak() -> (u64, u64) {
    let live = LIVE.load(Acquire);
    let live = ALL.iter().fold(live, |live, slot| live.wrapping_add(slot.untold_bytes()));
    // Below zero for a moment, where a block was told to be freed before it was told of.
    let live = live.max(0);
    (live.unsigned_abs(), raise_peak(live))
}

/// Makes what is allocated now the peak, if it is more; answers the peak.
fn raise_peak(live: i64) -> u64 {
    // Most often it is not; the peak then stays in the caches of all cores.
    let peak = PEAK.load(Relaxed);
    let peak = if live > peak { PEAK.fetch_max(live, Relaxed).max(live) } else { peak };
    peak.unsigned_abs()
}
