//! Windows of time: what happened in the last second, minute, hour or month.

mod core;
mod coverage;
mod entry;
mod history;
mod long_window;
mod metrics;
mod operation_tally;
mod series_tally;
mod standing;
mod thread;
mod throughput;
mod tracks;
mod window;

pub(crate) use core::TimelineCore;
pub use coverage::Coverage;
pub use long_window::{LongWindow, OperationTotals};
pub(crate) use operation_tally::OperationCounts;
pub use series_tally::GaugeRange;
pub use thread::TimelineThread;
pub use throughput::Throughput;
pub use window::Window;

use crate::profiler::{Profiler, ProfilerCore};
use crate::sync::{MutexGuard, lock};
use std::fmt;
use std::time::Duration;

/// A slot, in ns. The timeline knows nothing shorter.
const SLOT: u64 = 1_000_000_000;

/// What a profiler has measured, by time: windows of the last so many seconds.
///
/// Somebody has to [`tick`](Self::tick) it, at best once a second; [`Profiler::spawn_timeline`] starts a
/// thread that does. A tick takes what was recorded since the last one as an interval. The last minute
/// is kept by the second, ten minutes by ten seconds, an hour by the minute, and counts for 30 days by
/// the hour. A window is made of the intervals that lie in it, never of parts of them; it says how much
/// of the time it [covers](Window::coverage).
///
/// ```
/// use perf_core::{Clock, Profiler};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let timeline = profiler.timeline();
/// for second in 1..=90 {
///     profiler.record("query", Duration::from_millis(second));
///     hand.advance(Duration::from_secs(1));
///     timeline.tick();
/// }
/// let minute = timeline.window(Duration::from_secs(60));
/// let query = minute.operation("query").unwrap();
/// assert_eq!((query.count(), query.throughput()), (60, Some(1.0)));
/// assert_eq!(query.max(), Some(Duration::from_millis(90)));
/// assert_eq!(minute.coverage().ratio(), 1.0);
/// ```
///
/// # Cost
///
/// Recording costs what it costs without; a thread takes the slow path for its first few calls after
/// each tick, because the slowest of each interval are kept. docs/performance.md has the figures of
/// ticks and windows, and of the memory: about 17 KB an operation at one call a second, 83 KB at 100, 164
/// KB at 10,000 (latencies that spread over six octaves), together no more than [the budget](crate::ProfilerBuilder::timeline_budget); and outside of it 1 KB
/// an octave of each operation for where it stood at the last tick. When the budget is used up, the
/// oldest fine intervals are merged before their time, which [`Losses::early_merges`] counts.
///
/// [`Profiler::spawn_timeline`]: crate::Profiler::spawn_timeline
/// [`Losses::early_merges`]: crate::Losses::early_merges
#[derive(Clone)]
pub struct Timeline(pub(crate) Profiler);

impl Timeline {
    /// Ends an interval now if a second of the profiler's clock has ended since the last call, and says
    /// whether it did. Any number of callers may tick as often as they like.
    ///
    /// An interval is as long as it was between two ticks: a late one makes a long interval. The first
    /// one begins when the profiler was made.
    pub fn tick(&self) -> bool {
        self.lock().tick(self.core())
    }

    /// How long until a second of the profiler's clock ends and [`tick`](Self::tick) has something to do: for
    /// threads and tasks that tick by themselves. At least a nanosecond, at most a second.
    ///
    /// ```
    /// use perf_core::{Clock, Profiler};
    /// use std::time::Duration;
    ///
    /// let (clock, hand) = Clock::manual();
    /// let timeline = Profiler::builder().clock(clock).build().timeline();
    /// hand.advance(Duration::from_millis(5_200));
    /// assert_eq!(timeline.until_tick(), Duration::from_millis(800));
    /// ```
    pub fn until_tick(&self) -> Duration {
        Duration::from_nanos(SLOT - self.core().clock().now() % SLOT)
    }

    /// The last `last`, rounded up to whole seconds, up to the last tick. At most about an hour back, see
    /// [`long_window`](Self::long_window).
    ///
    /// It has the intervals that began in those seconds of the clock. Ticks do not fall exactly on the
    /// second, so it may be longer than asked for by a part of one: [`Coverage`] has the exact span.
    pub fn window(&self, last: Duration) -> Window {
        self.lock().window(self.core(), last)
    }

    /// What came after `moment` of the profiler's clock, up to the last tick: of a reset, or of the start
    /// of a test ([`Snapshot::to`](crate::Snapshot::to)). A reset ends an interval; any other moment lies
    /// in one, which is then left out.
    pub fn window_since(&self, moment: Duration) -> Window {
        self.lock().window_since(self.core(), moment)
    }

    /// The last `last`, up to 30 days, as counts without distributions.
    pub fn long_window(&self, last: Duration) -> LongWindow {
        self.lock().long_window(self.core(), last)
    }

    /// A window that will be asked for often: each tick adds to it what is new and takes away what is
    /// old, so that to read it costs a tenth. It takes 1 KB an octave of each operation, until the last
    /// standing window of this length is dropped.
    pub fn standing_window(&self, last: Duration) -> StandingWindow {
        self.lock().stand(last);
        StandingWindow { timeline: self.clone(), last }
    }

    /// Bytes that the timeline takes in memory, about: all intervals, which are what the
    /// [budget](crate::ProfilerBuilder::timeline_budget) bounds, and where each metric stood at the last
    /// tick; without standing windows, and without what windows that are still held keep alive.
    pub fn memory(&self) -> usize {
        self.lock().size()
    }

    fn core(&self) -> &ProfilerCore {
        &self.0.0
    }

    fn lock(&self) -> MutexGuard<'_, TimelineCore> {
        lock(&self.core().timeline)
    }
}

impl fmt::Debug for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timeline").field(&self.0).finish()
    }
}

/// A window of fixed length that is kept up to date: made by [`Timeline::standing_window`].
pub struct StandingWindow {
    timeline: Timeline,
    last: Duration,
}

impl StandingWindow {
    /// As [`Timeline::window`], its operations already added up.
    pub fn window(&self) -> Window {
        self.timeline.lock().standing_window(self.timeline.core(), self.last)
    }
}

impl Drop for StandingWindow {
    fn drop(&mut self) {
        self.timeline.lock().leave(self.last);
    }
}

impl fmt::Debug for StandingWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StandingWindow").field("last", &self.last).finish_non_exhaustive()
    }
}
