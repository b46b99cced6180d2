//! Threads that look at what a tracker measures.

use crate::ticker::Ticker;

/// The thread of [`MemoryTracker::spawn_sampling`](crate::MemoryTracker::spawn_sampling) or
/// [`CpuTracker::spawn_sampling`](crate::CpuTracker::spawn_sampling), and that of the GPU where
/// [`Tracker::spawn_sampling`](crate::Tracker::spawn_sampling) started one. Dropped, they stop at once.
#[must_use = "the thread stops when this is dropped"]
#[derive(Debug)]
pub struct TrackerSampling {
    _ticker: Option<Ticker>,
    #[cfg(feature = "gpu")]
    _gpu: Option<crate::gpu::GpuSampler>,
}

impl TrackerSampling {
    /// No thread at all.
    pub(crate) fn none() -> Self {
        TrackerSampling {
            _ticker: None,
            #[cfg(feature = "gpu")]
            _gpu: None,
        }
    }

    pub(super) fn new(ticker: Ticker) -> Self {
        let mut sampling = TrackerSampling::none();
        sampling._ticker = Some(ticker);
        sampling
    }

    #[cfg(feature = "gpu")]
    pub(crate) fn with_gpu(mut self, gpu: crate::gpu::GpuSampler) -> Self {
        self._gpu = Some(gpu);
        self
    }
}
