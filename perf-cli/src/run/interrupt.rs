//! Ctrl-C, which the command hears of too: it belongs to the same group of processes.

use super::measured_run::exit_code;
use std::error::Error;
use std::process::ExitStatus;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What shells make of a program that Ctrl-C ended.
pub(super) const INTERRUPTED: u8 = 130;

/// How long after the command we may hear of it ourselves.
const GRACE: Duration = Duration::from_millis(100);

/// Whether Ctrl-C was pressed.
pub(super) struct Interrupt(Arc<(Mutex<bool>, Condvar)>);

/// Two that come together are one: `timeout` signals its child and then the group.
const TOGETHER: Duration = Duration::from_millis(500);

impl Interrupt {
    /// From now on. The second one does not wait for the command.
    pub(super) fn listen() -> Result<Self, Box<dyn Error>> {
        let state = Arc::new((Mutex::new(false), Condvar::new()));
        let shared = Arc::clone(&state);
        let mut first = None;
        ctrlc::set_handler(move || {
            let mut pressed = lock(&shared.0);
            let first = *first.get_or_insert_with(Instant::now);
            if *pressed && first.elapsed() > TOGETHER {
                std::process::exit(i32::from(INTERRUPTED));
            }
            *pressed = true;
            shared.1.notify_all();
        })?;
        Ok(Interrupt(state))
    }

    pub(super) fn was_pressed(&self) -> bool {
        *lock(&self.0.0)
    }

    /// The same, when the command has just ended like this. One that Ctrl-C has ended may be seen to have
    /// ended before the thread runs that hears of it here.
    pub(super) fn has_ended(&self, status: ExitStatus) -> bool {
        let (pressed, changed) = &*self.0;
        let mut pressed = lock(pressed);
        if exit_code(status) == INTERRUPTED {
            let waited = changed.wait_timeout_while(pressed, GRACE, |pressed| !*pressed);
            pressed = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *pressed
    }
}

/// Nothing panics while it is held.
fn lock(pressed: &Mutex<bool>) -> MutexGuard<'_, bool> {
    pressed.lock().unwrap_or_else(PoisonError::into_inner)
}
