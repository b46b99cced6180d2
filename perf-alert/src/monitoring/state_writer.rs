//! The thread that writes the state, so that nobody else waits for a disk.

use crate::state_file::StateFile;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// Writes states to a file. Of those that come while it writes only the last is written.
pub(super) struct StateWriter {
    /// `None` after the stop.
    sender: Option<Sender<String>>,
    /// To take away what is not the newest any more.
    stale: Receiver<String>,
    /// Disconnected when the thread has ended.
    done: Receiver<Infallible>,
    thread: Option<JoinHandle<()>>,
    written: Arc<Mutex<Written>>,
}

/// What became of the states.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    pub(super) saved: u64,
    pub(super) failed: u64,
    pub(super) last_error: Option<String>,
    /// Whether the last one could not be written.
    is_failing: bool,
}

impl StateWriter {
    pub(super) fn spawn(file: StateFile) -> io::Result<Self> {
        let (sender, receiver) = bounded::<String>(1);
        let (ended, done) = bounded(0);
        let written = Arc::<Mutex<Written>>::default();
        let (stale, counts) = (receiver.clone(), Arc::clone(&written));
        let run = move || {
            let _ended = ended;
            for state in receiver {
                let result = file.write(&state);
                lock(&counts).count(result);
            }
        };
        let thread = thread::Builder::new().name("alert state".into()).spawn(run)?;
        Ok(StateWriter { sender: Some(sender), stale, done, thread: Some(thread), written })
    }

    /// Has it written as soon as may be, without waiting; after the stop, not at all.
    pub(super) fn write(&self, state: String) {
        let Some(sender) = &self.sender else { return };
        let mut newest = state;
        // Whoever writes comes one by one, so that nobody else fills the room that is made.
        while let Err(TrySendError::Full(refused)) = sender.try_send(newest) {
            let _ = self.stale.try_recv();
            newest = refused;
        }
    }

    pub(super) fn written(&self) -> Written {
        lock(&self.written).clone()
    }

    /// Whether the file is older than what was to be written.
    pub(super) fn is_failing(&self) -> bool {
        lock(&self.written).is_failing
    }

    /// Writes what waits, and leaves the thread behind if that takes longer.
    pub(super) fn stop(&mut self, deadline: Instant) {
        self.sender = None;
        let Some(thread) = self.thread.take() else { return };
        if self.done.recv_deadline(deadline) == Err(RecvTimeoutError::Disconnected) {
            // It has no panic of its own.
            let _ = thread.join();
        }
    }
}

impl Written {
    fn count(&mut self, result: io::Result<()>) {
        self.is_failing = result.is_err();
        match result {
            Ok(()) => self.saved += 1,
            Err(error) => {
                self.failed += 1;
                self.last_error = Some(error.to_string());
            }
        }
    }
}

fn lock(written: &Mutex<Written>) -> MutexGuard<'_, Written> {
    written.lock().unwrap_or_else(PoisonError::into_inner)
}
