//! The programs that run for handlers of this process, so that they can be ended before it ends.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A program that cannot be ended is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(1);

static PROGRAMS: Mutex<Programs> = Mutex::new(Programs { running: 0, are_over: false });
static ENDED: Condvar = Condvar::new();

struct Programs {
    running: usize,
    /// Those that run are to be ended, and no other is to begin.
    are_over: bool,
}

/// One that runs, or is about to.
pub(super) struct Running(());

impl Running {
    /// `None` when this process is about to end.
    pub(super) fn begin() -> Option<Self> {
        let mut programs = lock();
        if programs.are_over {
            return None;
        }
        programs.running += 1;
        Some(Running(()))
    }

    /// Whether it is to be ended.
    pub(super) fn is_over(&self) -> bool {
        lock().are_over
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        lock().running -= 1;
        ENDED.notify_all();
    }
}

/// Ends all of them, for good.
pub(super) fn end_all() {
    let mut programs = lock();
    programs.are_over = true;
    drop(ENDED.wait_timeout_while(programs, PATIENCE, |programs| programs.running > 0));
}

fn lock() -> MutexGuard<'static, Programs> {
    PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_end_none_begins_and_nobody_waits_for_those_that_would_have() {
        let running = Running::begin().unwrap();
        assert!(!running.is_over());
        drop(running);
        end_all();
        assert!(Running::begin().is_none());
        assert!(Running::begin().is_none(), "the first refusal has let go of the lock");
        end_all();
    }
}
