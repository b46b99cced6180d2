//! What one thread writes of one operation.

use super::{Cells, Published};
use crate::operation::{Recent, Slowest};
use crate::sync::{AtomicU64, Mutex};

/// The successes of one operation on one thread, and behind a pointer its failures.
///
/// Aligned to two cache lines, because processors fetch them in pairs: a neighbour's shard on the
/// second one would be dragged along.
#[repr(C, align(128))]
pub(crate) struct Shard {
    pub(crate) successes: Cells,
    /// Calls that were counted and not timed (sampled timing).
    pub(crate) untimed: AtomicU64,
    /// Calls until the next one is timed (sampled timing).
    pub(crate) untimed_left: AtomicU64,
    /// How often that was drawn (sampled timing).
    pub(crate) gaps_drawn: AtomicU64,
    pub(crate) slowest: Mutex<Slowest>,
    /// Made at the first failure, so that an operation that never fails does not pay for it.
    pub(crate) failures: Published<FailureShard>,
}

/// The failures of one operation on one thread.
#[repr(align(128))]
pub(crate) struct FailureShard {
    pub(crate) cells: Cells,
    /// Failures of calls that were not timed (sampled timing).
    pub(crate) untimed: AtomicU64,
    pub(crate) recent: Mutex<Recent>,
}

impl Shard {
    pub(crate) fn new(kept_samples: usize) -> Box<Self> {
        Box::new(Shard {
            successes: Cells::new(),
            untimed: AtomicU64::new(0),
            untimed_left: AtomicU64::new(0),
            gaps_drawn: AtomicU64::new(0),
            slowest: Mutex::new(Slowest::with_capacity(kept_samples)),
            failures: Published::empty(),
        })
    }
}

impl FailureShard {
    pub(crate) fn new(kept_samples: usize) -> Box<Self> {
        Box::new(FailureShard {
            cells: Cells::new(),
            untimed: AtomicU64::new(0),
            recent: Mutex::new(Recent::with_capacity(kept_samples)),
        })
    }
}
