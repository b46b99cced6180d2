//! Ctrl-C, and on Unix what else asks a process to end. The programs of handlers do not hear of it: each is a process
//! group of its own.

use perfkit::alert::CommandHandler;
use std::error::Error;
use std::sync::{Arc, OnceLock};

/// Whether somebody wants it to end.
pub(super) struct Interrupt(Arc<OnceLock<u8>>);

impl Interrupt {
    /// From now on programs are ended with this process.
    pub(super) fn listen() -> Result<Self, Box<dyn Error>> {
        let code = Arc::new(OnceLock::new());
        spawn_listener(Arc::clone(&code))?;
        Ok(Interrupt(code))
    }

    /// What to end with, if somebody wants it to end: what is over by that is no result.
    pub(super) fn code(&self) -> Option<u8> {
        self.0.get().copied()
    }
}

#[cfg(unix)]
fn spawn_listener(code: Arc<OnceLock<u8>>) -> Result<(), Box<dyn Error>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("perfkit-signals".into()).spawn(move || {
        if let Some(number) = signals.forever().next() {
            end(&code, 128 + number as u8);
        }
    })?;
    Ok(())
}

#[cfg(not(unix))]
fn spawn_listener(code: Arc<OnceLock<u8>>) -> Result<(), Box<dyn Error>> {
    Ok(ctrlc::set_handler(move || end(&code, 130))?)
}

/// With what shells make of a program that a signal ended.
fn end(told: &OnceLock<u8>, code: u8) -> ! {
    let code = *told.get_or_init(|| code);
    CommandHandler::end_all();
    std::process::exit(i32::from(code))
}
