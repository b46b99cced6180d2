//! Time as the engine counts it.

use perf_core::saturating_nanos;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// Counts the time between rounds by the clock of the profiler, which nobody sets: whatever becomes of the clock on the
/// wall, what has to last ten minutes lasts ten minutes. Only what passes between two processes is counted by the wall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EngineClock {
    /// What the clock on the wall said last, in ns since 1970.
    last: Option<u64>,
    /// What that of the profiler said last, in ns: nothing in the first round of a process.
    #[serde(skip)]
    tick: Option<u64>,
    /// In ns.
    elapsed: u64,
}

impl EngineClock {
    /// Goes on to `tick` of the profiler's clock, which is `wall` on the wall, and says how much time has passed since
    /// the first round, in ns. What is earlier than before stands still.
    pub(crate) fn advance(&mut self, tick: Duration, wall: SystemTime) -> u64 {
        let (tick, wall) = (saturating_nanos(tick), unix_nanos(wall));
        let passed = match (self.tick, self.last) {
            (Some(last), _) => tick.saturating_sub(last),
            (None, last) => last.map_or(0, |last| wall.saturating_sub(last)),
        };
        self.elapsed = self.elapsed.saturating_add(passed);
        (self.tick, self.last) = (Some(tick), Some(wall));
        self.elapsed
    }

    /// What the clock on the wall said in the last round, in ns since 1970.
    pub(crate) fn wall(&self) -> Option<u64> {
        self.last
    }

    /// The time since the first round until the last one, in ns.
    pub(crate) fn elapsed(&self) -> u64 {
        self.elapsed
    }
}

/// In ns since 1970; what is earlier is then.
pub(crate) fn unix_nanos(time: SystemTime) -> u64 {
    saturating_nanos(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

pub(crate) fn from_unix_nanos(nanos: u64) -> SystemTime {
    let since = Duration::from_nanos(nanos);
    SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What has passed after each of these, in s: of the profiler's clock, and of the one on the wall.
    fn passed<const N: usize>(clock: &mut EngineClock, at: [(u64, u64); N]) -> [u64; N] {
        at.map(|(tick, wall)| {
            let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(wall);
            clock.advance(Duration::from_secs(tick), wall) / 1_000_000_000
        })
    }

    #[test]
    fn time_passes_by_the_clock_that_nobody_sets() {
        let mut clock = EngineClock::default();
        let at = [(5, 100), (15, 110), (16, 50), (17, 1_000_000), (10, 1_000_001), (20, 1_000_002)];
        assert_eq!(passed(&mut clock, at), [0, 10, 11, 12, 12, 22]);
    }

    #[test]
    fn between_two_processes_it_passes_by_the_wall() {
        let mut clock = EngineClock::default();
        assert_eq!(passed(&mut clock, [(500, 100), (510, 110)]), [0, 10]);
        let saved = serde_json::to_string(&clock).unwrap();
        let mut next: EngineClock = serde_json::from_str(&saved).unwrap();
        assert_eq!(passed(&mut next, [(3, 170), (4, 171)]), [70, 71]);
        let mut set_back: EngineClock = serde_json::from_str(&saved).unwrap();
        assert_eq!(passed(&mut set_back, [(3, 40), (4, 41)]), [10, 11]);
    }
}
