//! How the threads are told to stop, and by when.

use crossbeam_channel::{Receiver, Sender, bounded};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The side of a thread.
#[derive(Clone)]
pub(super) struct Stop {
    /// Is disconnected when it is time to stop.
    pub(super) said: Receiver<Infallible>,
    deadline: Arc<Mutex<Option<Instant>>>,
}

/// The side of whoever stops them.
pub(super) struct Stopper {
    signal: Mutex<Option<Sender<Infallible>>>,
    deadline: Arc<Mutex<Option<Instant>>>,
}

pub(super) fn stop() -> (Stopper, Stop) {
    let (signal, said) = bounded(0);
    let deadline = Arc::new(Mutex::new(None));
    let stopper = Stopper { signal: Mutex::new(Some(signal)), deadline: Arc::clone(&deadline) };
    (stopper, Stop { said, deadline })
}

impl Stopper {
    /// Only the first time it is said makes a difference.
    pub(super) fn say(&self, deadline: Instant) {
        self.deadline.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(deadline);
        self.signal.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Stop {
    /// Until when what waits may still be said; `None` while there is no stop.
    pub(super) fn deadline(&self) -> Option<Instant> {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_past(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| now >= deadline)
    }
}
