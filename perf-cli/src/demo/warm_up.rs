//! What is measured before it counts.

use perfkit::Profiler;
use perfkit::analysis::RequestWatch;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// The start of the run, which the SLA file leaves out.
pub(super) struct WarmUp {
    profiler: Profiler,
    requests: RequestWatch,
    ends: Option<Instant>,
    is_over: AtomicBool,
}

impl WarmUp {
    pub(super) fn new(
        profiler: &Profiler,
        requests: &RequestWatch,
        length: Option<Duration>,
    ) -> Self {
        let ends = length.and_then(|length| Instant::now().checked_add(length));
        let is_over = AtomicBool::new(ends.is_none());
        WarmUp { profiler: profiler.clone(), requests: requests.clone(), ends, is_over }
    }

    /// At its end everything is counted from zero.
    pub(super) fn look(&self) {
        let ended = || self.ends.is_some_and(|ends| Instant::now() >= ends);
        if !self.is_over.load(Relaxed) && ended() && !self.is_over.swap(true, Relaxed) {
            self.profiler.reset();
            self.requests.reset();
        }
    }
}
