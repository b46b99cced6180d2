//! Ctrl-C, and on Unix what else asks a process to end. The programs of handlers do not hear of it: each is a process
//! group of its own.

use perfkit::alert::CommandHandler;
use std::error::Error;

/// From now on they are ended with this process.
#[cfg(unix)]
pub(super) fn end_programs_with_us() -> Result<(), Box<dyn Error>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("perfkit-signals".into()).spawn(move || {
        if let Some(number) = signals.forever().next() {
            end(128 + number);
        }
    })?;
    Ok(())
}

/// From now on they are ended with this process.
#[cfg(not(unix))]
pub(super) fn end_programs_with_us() -> Result<(), Box<dyn Error>> {
    Ok(ctrlc::set_handler(|| end(130))?)
}

/// With what shells make of a program that a signal ended.
fn end(code: i32) -> ! {
    CommandHandler::end_all();
    std::process::exit(code)
}
