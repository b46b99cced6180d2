//! The guard that can outlive the scope of its operation's handle.

use crate::metadata::MetadataValue;
use crate::operation::OperationCore;
use crate::timer::Measurement;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A [`Timer`](crate::Timer) that borrows nothing: it can be moved into a spawned task or thread, or
/// stored in a struct.
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::new();
/// let timer = profiler.operation("download").owned_timer();
/// std::thread::spawn(move || drop(timer)).join().unwrap();
/// assert_eq!(profiler.snapshot().operation("download").unwrap().count(), 1);
/// ```
#[must_use = "a timer that is not kept measures nothing: `let _timer = …`"]
pub struct OwnedTimer {
    operation: Arc<OperationCore>,
    measurement: Measurement,
}

impl OwnedTimer {
    pub(crate) fn start(operation: Arc<OperationCore>) -> Self {
        let measurement = Measurement::start(&operation);
        OwnedTimer { operation, measurement }
    }

    /// As [`Timer::mark_failure`](crate::Timer::mark_failure).
    pub fn mark_failure(&mut self) {
        self.measurement.mark_failure();
    }

    /// As [`Timer::mark_failure_with`](crate::Timer::mark_failure_with).
    pub fn mark_failure_with(&mut self, kind: impl Into<Cow<'static, str>>) {
        self.measurement.mark_failure_with(kind.into());
    }

    /// As [`Timer::metadata`](crate::Timer::metadata).
    pub fn metadata(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<MetadataValue>) {
        self.measurement.details().insert(key.into(), value.into());
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.measurement.elapsed(&self.operation))
    }

    /// Ends now, records, and says what was recorded.
    pub fn stop(mut self) -> Duration {
        // The guard's own drop, which must release the operation, would record once more.
        let elapsed = self.measurement.end(&self.operation);
        self.measurement.discard();
        Duration::from_nanos(elapsed)
    }

    /// Ends without recording anything.
    pub fn discard(mut self) {
        self.measurement.discard();
    }
}

impl Drop for OwnedTimer {
    fn drop(&mut self) {
        self.measurement.end(&self.operation);
    }
}

impl fmt::Debug for OwnedTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, elapsed) = (&self.operation.name, self.elapsed());
        f.debug_struct("OwnedTimer").field("operation", name).field("elapsed", &elapsed).finish()
    }
}
