//! Ctrl-C, which the command hears of too: it belongs to the same group of processes. On Unix also what
//! another process asks of us, of which the command hears from us.

#[cfg(unix)]
mod ask;

use super::measured_run::exit_code;
use std::error::Error;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What shells make of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// How long after the command we may hear of it ourselves.
const GRACE: Duration = Duration::from_millis(100);

/// Two that come together are one: `timeout` signals its child and then the group.
const TOGETHER: Duration = Duration::from_millis(500);

/// Whether somebody wants it to end.
pub(super) struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What to end with.
    code: Option<u8>,
    first_ctrl_c: Option<Instant>,
    #[cfg(unix)]
    asked: ask::Asked,
}

impl Interrupt {
    /// From now on. The second Ctrl-C does not wait for the command.
    pub(super) fn listen() -> Result<Self, Box<dyn Error>> {
        let shared = Arc::new(Shared::default());
        let told = Arc::clone(&shared);
        #[cfg(unix)]
        ask::spawn_listener(told)?;
        #[cfg(not(unix))]
        ctrlc::set_handler(move || told.hear_ctrl_c())?;
        Ok(Interrupt(shared))
    }

    /// What to end with, if somebody wants it to end.
    pub(super) fn code(&self) -> Option<u8> {
        self.0.lock().code
    }

    /// The same, when the command has just ended like this. One that a signal has ended may be seen to have
    /// ended before the thread runs that hears of it here.
    pub(super) fn has_ended(&self, status: ExitStatus) -> bool {
        let mut state = self.0.lock();
        if exit_code(status) > 128 {
            let waits = |state: &mut State| state.code.is_none();
            let waited = self.0.changed.wait_timeout_while(state, GRACE, waits);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.code.is_some()
    }

    /// Until it has ended, the command is told what we are asked for. Nobody has waited for it then.
    pub(super) fn pass_on_until_the_end(&self, child: &Child) {
        #[cfg(unix)]
        ask::pass_on_until_the_end(&self.0, child);
        #[cfg(not(unix))]
        let _ = child;
    }
}

impl Shared {
    fn hear_ctrl_c(&self) {
        let first = *self.lock().first_ctrl_c.get_or_insert_with(Instant::now);
        if first.elapsed() > TOGETHER {
            std::process::exit(i32::from(INTERRUPTED));
        }
        self.end_with(INTERRUPTED);
    }

    fn end_with(&self, code: u8) {
        self.lock().code.get_or_insert(code);
        self.changed.notify_all();
    }

    /// Nothing panics while it is held.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
