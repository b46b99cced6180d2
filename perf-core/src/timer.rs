//! The guard that measures from its making to its end.

mod call_site;
mod lap;
mod owned;

pub use call_site::CallSite;
pub use lap::LapTimer;
pub use owned::OwnedTimer;

use crate::clock::Clock;
use crate::metadata::{Details, MetadataValue};
use crate::operation::OperationCore;
use std::borrow::Cow;
use std::fmt;
use std::mem::ManuallyDrop;
use std::thread;
use std::time::Duration;

/// Measures until it is dropped, and records that as one call of its operation.
///
/// It records on early return, on `?` and on panic (a panic that began after the timer did is a
/// failure of kind `"panic"`), on whichever thread it ends. It may be held across `.await`. It is
/// not recorded when it is [discarded](Self::discard), leaked by [`std::mem::forget`], or alive when
/// the process exits.
///
/// Two clock reads and one record: docs/performance.md has the figures. It borrows its operation;
/// [`Operation::owned_timer`](crate::Operation::owned_timer) makes one that does not.
///
/// ```
/// # use perf_core::Profiler;
/// # fn search(_: &str) -> Result<Vec<u32>, std::io::Error> { Ok(vec![]) }
/// # fn main() -> Result<(), std::io::Error> {
/// let profiler = Profiler::new();
/// let mut timer = profiler.timer("retrieval");
/// timer.metadata("query_id", 123);
/// let hits = search("borrow checker").inspect_err(|_| timer.mark_failure_with("index"))?;
/// timer.metadata("hits", hits.len());
/// let took = timer.stop();
/// # assert!(took.as_secs() < 60);
/// # Ok(())
/// # }
/// ```
#[must_use = "a timer that is not kept measures nothing: `let _timer = …`"]
pub struct Timer<'a> {
    operation: &'a OperationCore,
    measurement: Measurement,
}

impl<'a> Timer<'a> {
    #[inline(always)]
    pub(crate) fn start(operation: &'a OperationCore) -> Self {
        Timer { operation, measurement: Measurement::start(operation) }
    }

    /// Ends as a failure. A kind that was given before stays.
    pub fn mark_failure(&mut self) {
        self.measurement.mark_failure();
    }

    /// Ends as a failure of this kind, which is counted apart. Allocates.
    pub fn mark_failure_with(&mut self, kind: impl Into<Cow<'static, str>>) {
        self.measurement.mark_failure_with(kind.into());
    }

    /// Remembers a pair, to be seen if the call turns out to be one of the slowest, or fails.
    ///
    /// Allocates. At most 16 pairs, texts of at most 256 bytes; what is beyond is counted in
    /// [`Losses::dropped_metadata`](crate::Losses::dropped_metadata).
    pub fn metadata(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<MetadataValue>) {
        self.measurement.details().insert(key.into(), value.into());
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.measurement.elapsed(self.operation))
    }

    /// Ends now, records, and says what was recorded.
    #[inline]
    pub fn stop(self) -> Duration {
        // Not dropped: `end` is what the drop would do.
        let timer = &mut *ManuallyDrop::new(self);
        timer.measurement.stopped();
        Duration::from_nanos(timer.measurement.end(timer.operation))
    }

    /// Ends without recording anything.
    pub fn discard(mut self) {
        self.measurement.discard();
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.operation.clock
    }

    pub(crate) fn start_reading(&self) -> u64 {
        self.measurement.start
    }

    pub(crate) fn fail_unless_stopped(&mut self) {
        self.measurement.fail_unless_stopped();
    }
}

impl Drop for Timer<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.measurement.end(self.operation);
    }
}

impl fmt::Debug for Timer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.operation.name;
        f.debug_struct("Timer").field("operation", name).field("elapsed", &self.elapsed()).finish()
    }
}

/// A running measurement, for the guard that borrows its operation and the one that owns it.
pub(crate) struct Measurement {
    start: u64,
    /// Always taken by `end`, so that dropping the guard has nothing more to do.
    details: ManuallyDrop<Option<Box<Details>>>,
    ending: Ending,
    /// A guard made and dropped inside a destructor while its thread unwinds is no failure.
    already_panicking: bool,
    /// Nothing was said about this measurement: it is a success without details unless its thread
    /// panics. One byte to look at instead of three.
    plain: bool,
}

/// What the end of the guard will mean.
#[derive(Clone, Copy, PartialEq)]
enum Ending {
    Success,
    Failure,
    CancelledUnlessStopped,
    Discarded,
}

impl Measurement {
    #[inline(always)]
    pub(crate) fn start(operation: &OperationCore) -> Self {
        let already_panicking = thread::panicking();
        Measurement {
            already_panicking,
            plain: !already_panicking,
            details: ManuallyDrop::new(None),
            ending: Ending::Success,
            start: operation.clock.reading(),
        }
    }

    pub(crate) fn mark_failure(&mut self) {
        self.end_as(Ending::Failure);
    }

    pub(crate) fn mark_failure_with(&mut self, kind: Cow<'static, str>) {
        self.end_as(Ending::Failure);
        self.details().set_failure_kind(kind);
    }

    pub(crate) fn details(&mut self) -> &mut Details {
        self.plain = false;
        self.details.get_or_insert_default()
    }

    /// Whether it will end as a failure, or did.
    pub(crate) fn is_failure(&self) -> bool {
        self.ending == Ending::Failure
    }

    pub(crate) fn discard(&mut self) {
        self.end_as(Ending::Discarded);
    }

    /// From now on only `stop` is a success; to be dropped is to be cancelled.
    fn fail_unless_stopped(&mut self) {
        self.end_as(Ending::CancelledUnlessStopped);
    }

    fn end_as(&mut self, ending: Ending) {
        self.ending = ending;
        self.plain = false;
    }

    #[inline(always)]
    fn stopped(&mut self) {
        if self.ending == Ending::CancelledUnlessStopped {
            self.ending = Ending::Success;
        }
    }

    #[inline(always)]
    pub(crate) fn elapsed(&self, operation: &OperationCore) -> u64 {
        operation.clock.elapsed(self.start)
    }

    /// Records, and says how long it was. Called once, by the guard's drop.
    #[inline(always)]
    pub(crate) fn end(&mut self, operation: &OperationCore) -> u64 {
        let end = operation.clock.reading();
        if self.plain && !thread::panicking() {
            let elapsed = operation.clock.between(self.start, end);
            operation.record_success(elapsed);
            elapsed
        } else {
            self.end_with_details(operation, end)
        }
    }

    #[cold]
    #[inline(never)]
    fn end_with_details(&mut self, operation: &OperationCore, end: u64) -> u64 {
        if self.ending == Ending::Discarded {
            drop(self.details.take());
            return 0;
        }
        let elapsed = operation.clock.between(self.start, end);
        let panicked = !self.already_panicking && thread::panicking();
        let kind = match self.ending {
            Ending::Success | Ending::CancelledUnlessStopped if panicked => Some("panic"),
            Ending::CancelledUnlessStopped => Some("cancelled"),
            _ => None,
        };
        if let Some(kind) = kind {
            self.mark_failure_with(kind.into());
        }
        let details = self.details.take();
        match self.ending {
            Ending::Failure => operation.record_failure(elapsed, details),
            _ => operation.record_success_with(elapsed, details),
        }
        elapsed
    }
}
