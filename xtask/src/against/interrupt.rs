//! Ctrl-C ends a comparison as a failure does, so that what was put on disk for it is removed.

use std::error::Error;
use std::fmt;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on Ctrl-C only makes the next [`check`] fail. The terminal sends it to the program that is
/// being waited for too, which ends.
pub(crate) fn watch() -> Result<(), Box<dyn Error>> {
    Ok(ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))?)
}

pub(crate) fn check() -> Result<(), Interrupted> {
    if INTERRUPTED.load(Ordering::Relaxed) { Err(Interrupted) } else { Ok(()) }
}

/// What a program's end means: its failure is none of its own after Ctrl-C.
pub(crate) fn check_status(status: ExitStatus, otherwise: String) -> Result<(), Box<dyn Error>> {
    check()?;
    if status.success() { Ok(()) } else { Err(otherwise.into()) }
}

/// Somebody pressed Ctrl-C.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl Interrupted {
    /// 128 and the number of the signal, as shells have it.
    pub(crate) const EXIT_CODE: u8 = 130;
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl Error for Interrupted {}
