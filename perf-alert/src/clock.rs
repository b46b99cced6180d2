//! Time as the engine counts it.

use perf_core::saturating_nanos;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// Counts the time between rounds, so that a clock on the wall that is set back stands still for a round and
/// undoes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EngineClock {
    /// What the clock on the wall said last, in ns since 1970.
    last: Option<u64>,
    /// In ns.
    elapsed: u64,
}

impl EngineClock {
    /// Goes on to `now` and says how much time has passed since the first round, in ns.
    pub(crate) fn advance(&mut self, now: SystemTime) -> u64 {
        let now = unix_nanos(now);
        let passed = self.last.map_or(0, |last| now.saturating_sub(last));
        self.elapsed = self.elapsed.saturating_add(passed);
        self.last = Some(now);
        self.elapsed
    }
}

impl EngineClock {
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

    #[test]
    fn a_clock_that_is_set_back_stands_still_for_a_round() {
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let mut clock = EngineClock::default();
        let seconds = [100, 110, 50, 55, 200].map(|now| clock.advance(at(now)) / 1_000_000_000);
        assert_eq!(seconds, [0, 10, 10, 15, 160]);
        assert_eq!(
            clock.advance(SystemTime::UNIX_EPOCH - Duration::from_secs(9)) / 1_000_000_000,
            160
        );
    }
}
