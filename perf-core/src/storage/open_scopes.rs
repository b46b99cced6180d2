//! The scopes that one thread has open, and what the ones within them took.

use super::path_nodes::Slot;
use crate::sync::{AtomicU32, AtomicU64, Relaxed};

/// Names in the longest path; what is deeper is refused a node.
pub(crate) const MAX_DEPTH: usize = 64;

/// A stack that its thread alone uses. The cells are atomic because the next owner of the thread's
/// index goes on with them, and because nothing is locked: an allocator that opens scopes in the
/// midst of another's opening finds a stack like any other.
pub(crate) struct OpenScopes {
    /// The claim of the index under which the frames were pushed.
    owner: AtomicU64,
    depth: AtomicU32,
    /// Frames ever pushed: each has a number of its own.
    pushed: AtomicU64,
    /// One more than a path has names: for the scope that is refused a node for its depth.
    frames: [Frame; MAX_DEPTH + 1],
}

struct Frame {
    number: AtomicU64,
    slot: AtomicU32,
    /// What has ended directly within it.
    children_ns: AtomicU64,
}

/// Where an open scope is on its thread's stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    depth: u32,
    number: u64,
}

/// What is known of a scope when it ends.
pub(crate) struct Ended {
    pub(crate) slot: Slot,
    pub(crate) self_ns: u64,
    /// Scopes above it that had not ended.
    pub(crate) dropped: u64,
}

impl OpenScopes {
    pub(crate) fn new() -> Self {
        let frame = || Frame {
            number: AtomicU64::new(0),
            slot: AtomicU32::new(0),
            children_ns: AtomicU64::new(0),
        };
        OpenScopes {
            owner: AtomicU64::new(0),
            depth: AtomicU32::new(0),
            pushed: AtomicU64::new(0),
            frames: std::array::from_fn(|_| frame()),
        }
    }

    /// Makes the stack that of `claim`, and says how many frames an earlier owner had left on it.
    #[inline]
    pub(crate) fn take_over(&self, claim: u64) -> u64 {
        if self.owner.load(Relaxed) == claim {
            return 0;
        }
        self.owner.store(claim, Relaxed);
        self.cut_to(0)
    }

    /// Where the innermost open scope counts.
    #[inline]
    pub(crate) fn innermost(&self) -> Slot {
        let innermost = self.depth().checked_sub(1).and_then(|depth| self.frames.get(depth));
        innermost.map_or(Slot::ABOVE_ROOTS, |frame| Slot::from_bits(frame.slot.load(Relaxed)))
    }

    /// Whether one more scope would make a path longer than [`MAX_DEPTH`].
    #[inline]
    pub(crate) fn is_deep(&self) -> bool {
        self.depth() >= MAX_DEPTH
    }

    /// Opens a scope; `None` when even the frame for what is too deep is taken.
    #[inline]
    pub(crate) fn push(&self, slot: Slot) -> Option<Place> {
        let depth = self.depth();
        let frame = self.frames.get(depth)?;
        let number = self.pushed.load(Relaxed) + 1;
        self.pushed.store(number, Relaxed);
        frame.number.store(number, Relaxed);
        frame.slot.store(slot.to_bits(), Relaxed);
        frame.children_ns.store(0, Relaxed);
        let place = Place { depth: depth as u32, number };
        self.depth.store(place.depth + 1, Relaxed);
        Some(place)
    }

    /// Ends the scope at `place`, which took `elapsed`, and whatever is still open within it; `None`
    /// when it went with an outer one before.
    #[inline]
    pub(crate) fn pop(&self, place: Place, elapsed: u64) -> Option<Ended> {
        let depth = place.depth as usize;
        let frame = self.frames.get(depth)?;
        if depth >= self.depth() || frame.number.load(Relaxed) != place.number {
            return None;
        }
        let dropped = if depth + 1 == self.depth() { 0 } else { self.cut_to(depth + 1) };
        let children = frame.children_ns.load(Relaxed);
        self.depth.store(place.depth, Relaxed);
        // A clock that steps back can make the whole shorter than its parts: then they count.
        self.add_to_innermost(elapsed.max(children));
        let slot = Slot::from_bits(frame.slot.load(Relaxed));
        Some(Ended { slot, self_ns: elapsed.saturating_sub(children), dropped })
    }

    /// Drops the frames from `depth` on: of a scope that never ended, what ended within it is known.
    #[cold]
    fn cut_to(&self, depth: usize) -> u64 {
        let open = self.depth();
        for above in (depth..open).rev() {
            let ended_within = self.frames[above].children_ns.load(Relaxed);
            self.depth.store(above as u32, Relaxed);
            self.add_to_innermost(ended_within);
        }
        open.saturating_sub(depth) as u64
    }

    #[inline]
    fn add_to_innermost(&self, nanos: u64) {
        let innermost = self.depth().checked_sub(1).and_then(|depth| self.frames.get(depth));
        if let Some(frame) = innermost {
            let sum = frame.children_ns.load(Relaxed).saturating_add(nanos);
            frame.children_ns.store(sum, Relaxed);
        }
    }

    #[inline]
    fn depth(&self) -> usize {
        self.depth.load(Relaxed) as usize
    }
}
