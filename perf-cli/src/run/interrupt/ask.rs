//! Signals of other processes: `kill`, `timeout`, a job that is cancelled, a container that stops. And of the
//! terminal: Ctrl-C, and that it closes.

use super::Shared;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithRawSiginfo;
use std::io;
use std::process::Child;
use std::sync::Arc;
use std::thread;

/// Who is asked, and what for.
#[derive(Default)]
pub(super) struct Asked {
    /// The command, while nobody has waited for it: its number can be nobody else's.
    running: Option<Pid>,
    /// The last of what it has to be told, which a command that only begins is told too.
    last: Option<Signal>,
}

/// Starts the thread that hears of them. The command is asked as often as we are.
pub(super) fn spawn_listener(shared: Arc<Shared>) -> io::Result<()> {
    let mut signals = SignalsInfo::<WithRawSiginfo>::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::Builder::new().name("perfkit-signals".into()).spawn(move || {
        for info in signals.forever() {
            let signal = match info.si_signo {
                SIGINT => Signal::INT,
                SIGHUP => Signal::HUP,
                _ => Signal::TERM,
            };
            // The terminal has told the command. Others than Linux say not who sent it.
            let is_sent = cfg!(target_os = "linux") && info.si_code <= 0;
            if signal != Signal::INT || is_sent {
                shared.pass_on(signal);
            }
            match signal {
                Signal::INT => shared.hear_ctrl_c(),
                signal => shared.end_with(128 + signal.as_raw() as u8),
            }
        }
    })?;
    Ok(())
}

/// Until it has ended, and nobody has waited for it yet.
pub(super) fn pass_on_until_the_end(shared: &Shared, child: &Child) {
    let Some(command) = Pid::from_raw(child.id().cast_signed()) else { return };
    let mut state = shared.lock();
    state.asked.running = Some(command);
    state.asked.tell();
    drop(state);
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(waitid(WaitId::Pid(command), ended), Err(Errno::INTR)) {}
    shared.lock().asked.running = None;
}

impl Shared {
    fn pass_on(&self, signal: Signal) {
        let mut state = self.lock();
        state.asked.last = Some(signal);
        state.asked.tell();
    }
}

impl Asked {
    fn tell(&self) {
        if let (Some(command), Some(signal)) = (self.running, self.last) {
            // It may have ended a moment ago.
            let _ = kill_process(command, signal);
        }
    }
}
