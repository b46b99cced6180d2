//! Time, from the cheapest source this machine can be trusted with.

mod tsc;

use crate::losses::Losses;
use crate::sync::{AtomicU64, Relaxed, shared};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

/// Where a profiler's time comes from.
///
/// [`Clock::system`] reads the processor's time-stamp counter (8 ns) where the processor says that
/// it is invariant *and* Linux itself uses it as its clock source; everywhere else it is
/// [`Clock::instant`] (20 ns). Time never goes backwards: a stop that seems earlier than its start
/// is 0 ns and counted in [`Losses::clock_backwards`](crate::Losses::clock_backwards).
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    Tsc,
    Instant,
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// The time-stamp counter where it can be trusted, [`std::time::Instant`] elsewhere.
    ///
    /// The first call of a process calibrates the counter, which takes at most 1 ms.
    pub fn system() -> Self {
        Clock(if tsc::is_trusted() { Source::Tsc } else { Source::Instant })
    }

    /// [`std::time::Instant`].
    pub fn instant() -> Self {
        Clock(Source::Instant)
    }

    /// A clock that stands still until it is moved, for tests.
    ///
    /// ```
    /// use perf_core::{Clock, Profiler};
    /// use std::time::Duration;
    ///
    /// let (clock, hand) = Clock::manual();
    /// let profiler = Profiler::builder().clock(clock).build();
    /// let timer = profiler.timer("work");
    /// hand.advance(Duration::from_millis(5));
    /// assert_eq!(timer.stop(), Duration::from_millis(5));
    /// ```
    pub fn manual() -> (Self, ManualClock) {
        let now = Arc::new(AtomicU64::new(0));
        (Clock(Source::Manual(Arc::clone(&now))), ManualClock(now))
    }

    /// A reading to hand to [`between`](Self::between): ticks or ns, whichever is cheaper.
    #[inline(always)]
    pub(crate) fn reading(&self) -> u64 {
        match &self.0 {
            Source::Tsc => tsc::ticks(),
            Source::Instant | Source::Manual(_) => self.now(),
        }
    }

    /// The nanoseconds since a reading, 0 if that seems to be a later one.
    #[inline(always)]
    pub(crate) fn elapsed(&self, start: u64) -> u64 {
        self.between(start, self.reading())
    }

    /// The nanoseconds between two readings, 0 if the second is the earlier one.
    #[inline(always)]
    pub(crate) fn between(&self, start: u64, end: u64) -> u64 {
        let difference = end.wrapping_sub(start);
        if difference.cast_signed() < 0 {
            return backwards();
        }
        match &self.0 {
            Source::Tsc => tsc::to_nanos(difference),
            Source::Instant | Source::Manual(_) => difference,
        }
    }

    /// The nanoseconds between two readings, one right after the other: the part of a timer that is the
    /// clock's, to be set beside other clocks.
    #[doc(hidden)]
    #[inline(always)]
    pub fn two_readings(&self) -> u64 {
        self.elapsed(self.reading())
    }

    /// Nanoseconds from a fixed moment.
    #[cold]
    #[inline(never)]
    pub(crate) fn now(&self) -> u64 {
        match &self.0 {
            Source::Tsc | Source::Instant => since_process_start(),
            Source::Manual(now) => now.load(Relaxed),
        }
    }

    /// The time of day; a manual clock starts at the Unix epoch.
    pub(crate) fn time_of_day(&self) -> SystemTime {
        match &self.0 {
            Source::Tsc | Source::Instant => SystemTime::now(),
            Source::Manual(_) => SystemTime::UNIX_EPOCH + Duration::from_nanos(self.now()),
        }
    }

    /// Compares the counter with the system's clock, if that was not done lately.
    pub(crate) fn check(&self) {
        if matches!(self.0, Source::Tsc) {
            tsc::check();
        }
    }

    /// Adds to `losses` what the clock has counted in this process.
    pub(crate) fn losses(&self, losses: Losses) -> Losses {
        Losses { clock_backwards: STEPS_BACK.load(Relaxed), clock_faults: tsc::faults(), ..losses }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Clock::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::Tsc => "Clock(time-stamp counter)",
            Source::Instant => "Clock(instant)",
            Source::Manual(_) => "Clock(manual)",
        })
    }
}

/// The hand of a [`Clock::manual`].
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// Moves the time on.
    pub fn advance(&self, by: Duration) {
        let by = saturating_nanos(by);
        let _ = self.0.fetch_update(Relaxed, Relaxed, |now| Some(now.saturating_add(by)));
    }

    /// Sets the time since the clock was made, also to an earlier one.
    pub fn set(&self, now: Duration) {
        self.0.store(saturating_nanos(now), Relaxed);
    }
}

shared! {
    static STEPS_BACK: AtomicU64 = AtomicU64::new(0);
}

#[cold]
#[inline(never)]
fn backwards() -> u64 {
    STEPS_BACK.fetch_add(1, Relaxed);
    0
}

fn since_process_start() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    elapsed.as_secs() * 1_000_000_000 + u64::from(elapsed.subsec_nanos())
}

/// A duration in ns, as values are kept; what is beyond 584 years is [`u64::MAX`].
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(perf_core::saturating_nanos(Duration::from_millis(2)), 2_000_000);
/// assert_eq!(perf_core::saturating_nanos(Duration::MAX), u64::MAX);
/// ```
pub fn saturating_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_before_its_start_is_zero_and_counted() {
        let (clock, _) = Clock::manual();
        let before = STEPS_BACK.load(Relaxed);
        assert_eq!(clock.between(10, 3), 0);
        assert_eq!(STEPS_BACK.load(Relaxed), before + 1);
    }

    #[test]
    fn the_system_clock_agrees_with_instant() {
        let clock = Clock::system();
        let (start, instant) = (clock.reading(), Instant::now());
        while instant.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        let (elapsed, truth) = (clock.elapsed(start), instant.elapsed());
        let error = elapsed as f64 / truth.as_nanos() as f64 - 1.0;
        assert!(error.abs() < 0.01, "{clock:?} is off by {error}");
    }
}
