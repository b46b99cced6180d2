//! A stop-watch for stages that follow each other without a gap.

use crate::operation::{Operation, OperationCore};
use crate::timer::Timer;
use std::time::Duration;

/// Measures a whole and, lap by lap, its parts: one clock read a part instead of two.
///
/// Each [`lap`](Self::lap) is recorded as one call of the operation it names and starts the next
/// one. The whole, from the start to the drop, is recorded as one call of the operation that made
/// the stop-watch.
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::new();
/// let (request, parse, answer) =
///     (profiler.operation("request"), profiler.operation("parse"), profiler.operation("answer"));
///
/// let mut laps = request.laps();
/// let number: u32 = "42".parse().unwrap();
/// laps.lap(&parse);
/// let text = number.to_string();
/// laps.lap(&answer);
/// laps.stop();
///
/// let snapshot = profiler.snapshot();
/// let mean = |name| snapshot.operation(name).unwrap().mean().unwrap();
/// assert!(mean("parse") + mean("answer") <= mean("request"));
/// # assert_eq!(text, "42");
/// ```
#[must_use = "a stop-watch that is not kept measures nothing"]
#[derive(Debug)]
pub struct LapTimer<'a> {
    whole: Timer<'a>,
    lap_start: u64,
}

impl<'a> LapTimer<'a> {
    pub(crate) fn start(operation: &'a OperationCore) -> Self {
        let whole = Timer::start(operation);
        LapTimer { lap_start: whole.start_reading(), whole }
    }

    /// Ends the running lap as a success of `operation` and starts the next.
    #[inline]
    pub fn lap(&mut self, operation: &Operation) -> Duration {
        let elapsed = self.next_lap();
        operation.core().record_success(elapsed);
        Duration::from_nanos(elapsed)
    }

    /// Ends the running lap as a failure of `operation`, of this kind, and starts the next. The
    /// whole becomes a failure of the same kind.
    pub fn lap_failed(&mut self, operation: &Operation, kind: &'static str) -> Duration {
        let elapsed = Duration::from_nanos(self.next_lap());
        operation.record_failure_with(elapsed, kind);
        self.whole.mark_failure_with(kind);
        elapsed
    }

    /// The timer of the whole, to mark it as failed or give it metadata.
    pub fn whole(&mut self) -> &mut Timer<'a> {
        &mut self.whole
    }

    /// Ends the whole and says how long it took. What came after the last lap belongs to no part.
    pub fn stop(self) -> Duration {
        self.whole.stop()
    }

    #[inline]
    fn next_lap(&mut self) -> u64 {
        let start = self.lap_start;
        self.lap_start = self.whole.clock().reading();
        self.whole.clock().between(start, self.lap_start)
    }
}
