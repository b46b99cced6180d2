//! Threads that hang in the driver and that nobody waits for any more.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The libraries they hang in; `None` is the one of the system.
static LEFT: Mutex<Vec<Option<PathBuf>>> = Mutex::new(Vec::new());

/// How many threads of GPU samplers that were dropped are still in a call to the driver. No sampler is
/// started while there is one of the same library, so that a service that begins its monitoring anew time
/// and again leaves one behind and no more.
///
/// ```
/// assert_eq!(perf_resources::gpu_threads_left_behind(), 0);
/// ```
pub fn gpu_threads_left_behind() -> usize {
    left().len()
}

pub(super) fn is_left(library: Option<&Path>) -> bool {
    left().iter().any(|left| left.as_deref() == library)
}

pub(super) fn leave(library: Option<&Path>) {
    left().push(library.map(Path::to_owned));
}

pub(super) fn come_back(library: Option<&Path>) {
    let mut left = left();
    if let Some(at) = left.iter().position(|left| left.as_deref() == library) {
        left.swap_remove(at);
    }
}

fn left() -> MutexGuard<'static, Vec<Option<PathBuf>>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}
