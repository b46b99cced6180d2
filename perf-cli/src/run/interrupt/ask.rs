//! Signals that ask a process to end: `kill`, `timeout`, a container that stops, a terminal that closes.

use super::{INTERRUPTED, Shared};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;
use std::process::Child;
use std::sync::Arc;
use std::thread;

/// Starts the thread that hears of them. The command is asked as often as we are.
pub(super) fn spawn_listener(shared: Arc<Shared>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP])?;
    thread::Builder::new().name("perfkit-signals".into()).spawn(move || {
        for number in signals.forever() {
            shared.end_with(128 + number as u8);
            if let Some(command) = shared.lock().running {
                ask(command, number);
            }
        }
    })?;
    Ok(())
}

/// Until it has ended, and nobody has waited for it yet.
pub(super) fn pass_on_until_the_end(shared: &Shared, child: &Child) {
    let Some(command) = Pid::from_raw(child.id().cast_signed()) else { return };
    let mut state = shared.lock();
    state.running = Some(command);
    let asked_before = state.code.filter(|code| *code != INTERRUPTED);
    drop(state);
    if let Some(code) = asked_before {
        ask(command, i32::from(code) - 128);
    }
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(waitid(WaitId::Pid(command), ended), Err(Errno::INTR)) {}
    shared.lock().running = None;
}

fn ask(command: Pid, number: i32) {
    let signal = if number == SIGHUP { Signal::HUP } else { Signal::TERM };
    // It may have ended a moment ago.
    let _ = kill_process(command, signal);
}
