//! Names that are resolved once, where they stand in the source.

use crate::operation::OperationCore;
use crate::storage::Published;
use crate::sync::{AtomicPtr, const_fn};
use std::fmt;

/// Starts a timer of the operation called `$name`, a constant, and remembers at this place in the
/// source where to find it: as quick as a handle, for the first profiler that comes by.
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::new();
/// {
///     let _timer = perf_core::timer!(profiler, "embedding");
/// }
/// assert_eq!(profiler.snapshot().operation("embedding").unwrap().count(), 1);
/// ```
#[macro_export]
macro_rules! timer {
    ($profiler:expr, $name:expr $(,)?) => {{
        const NAME: &str = $name;
        static SITE: $crate::CallSite = $crate::CallSite::new();
        $profiler.timer_at(&SITE, NAME)
    }};
}

/// What [`timer!`](crate::timer) remembers at one place in the source.
///
/// The number of the first profiler that came by, and its operation.
#[doc(hidden)]
pub struct CallSite(pub(crate) Published<(u64, AtomicPtr<OperationCore>)>);

impl CallSite {
    const_fn! {
        #[doc(hidden)]
        pub fn new() -> Self {
            CallSite(Published::empty())
        }
    }
}

impl Default for CallSite {
    fn default() -> Self {
        CallSite::new()
    }
}

impl fmt::Debug for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallSite").field(&self.0.get()).finish()
    }
}
