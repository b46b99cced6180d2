//! A thread that looks at what a tracker measures.

use crate::ticker::Ticker;

/// The thread of [`MemoryTracker::spawn_sampling`](crate::MemoryTracker::spawn_sampling) or
/// [`CpuTracker::spawn_sampling`](crate::CpuTracker::spawn_sampling). Dropped, it stops at once.
#[must_use = "the thread stops when this is dropped"]
#[derive(Debug)]
pub struct TrackerSampling {
    _ticker: Ticker,
}

impl TrackerSampling {
    pub(super) fn new(ticker: Ticker) -> Self {
        TrackerSampling { _ticker: ticker }
    }
}
