//! The thread that ticks.

use super::Timeline;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

/// The thread that [`Profiler::spawn_timeline`](crate::Profiler::spawn_timeline) started. Dropped, it
/// stops the thread at once and waits for a tick that is under way, about a millisecond. The thread keeps
/// its profiler alive.
#[must_use = "the thread stops when this is dropped"]
#[derive(Debug)]
pub struct TimelineThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl TimelineThread {
    pub(crate) fn spawn(timeline: Timeline) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let run = move || {
            while !told.load(Relaxed) {
                timeline.tick();
                // Woken early it ticks in vain, which costs nothing.
                thread::park_timeout(timeline.until_tick());
            }
        };
        let thread = thread::Builder::new().name("perfkit-timeline".into()).spawn(run)?;
        Ok(TimelineThread { stop, thread: Some(thread) })
    }
}

impl Drop for TimelineThread {
    fn drop(&mut self) {
        // The unpark orders the store before the look that the thread then takes.
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It has no panic of its own, and a panic here would end the process while it unwinds.
            let _ = thread.join();
        }
    }
}
