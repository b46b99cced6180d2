//! When the next round is.

use std::time::{Duration, Instant};

/// How often the timeline is ticked, and so how often there is something new to look at.
const SECOND: Duration = Duration::from_secs(1);

/// Rounds at the ends of seconds, every so many of them, and how many came too late to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    interval: Duration,
    next: Instant,
}

impl Pace {
    /// The first round is an interval, in whole seconds, after the beginning of the second that ends at
    /// `second_ends`.
    pub(super) fn new(interval: Duration, second_ends: Instant) -> Self {
        let up = u64::from(interval.subsec_nanos() > 0);
        // Longer than anybody waits, and short enough for the clocks of all systems.
        let seconds = interval.as_secs().saturating_add(up).clamp(1, 86_400 * 365);
        let interval = Duration::from_secs(seconds);
        Pace { interval, next: second_ends + (interval - SECOND) }
    }

    /// Whether a round is due now, and if so how many there should have been since the last one beside it.
    pub(super) fn due(&mut self, now: Instant) -> Option<u64> {
        // Half a second early or late is the same end of a second.
        let late = (now + SECOND / 2).checked_duration_since(self.next)?;
        let missed = late.as_secs() / self.interval.as_secs();
        let rounds = u32::try_from(missed + 1).unwrap_or(u32::MAX);
        self.next += self.interval * rounds;
        Some(missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is due at these moments, in ms after the end of the first second.
    fn due(interval: u64, at: &[u64]) -> Vec<Option<u64>> {
        let start = Instant::now();
        let mut pace = Pace::new(Duration::from_millis(interval), start);
        at.iter().map(|at| pace.due(start + Duration::from_millis(*at))).collect()
    }

    #[test]
    fn a_round_is_at_the_end_of_every_so_many_seconds_a_little_late_or_early() {
        let round = Some(0);
        assert_eq!(due(1_000, &[1, 1_000, 2_300, 2_999]), [round; 4]);
        assert_eq!(due(0, &[1, 1_001]), [round; 2]);
        let at = [1, 1_001, 2_001, 3_001, 4_001, 4_999];
        assert_eq!(due(2_500, &at), [None, None, round, None, None, round]);
    }

    #[test]
    fn rounds_that_could_not_be_are_counted_and_not_made_up_for() {
        assert_eq!(due(1_000, &[1, 3_001, 4_001]), [Some(0), Some(2), Some(0)]);
        assert_eq!(due(2_000, &[1_001, 8_001, 9_001]), [Some(0), Some(2), Some(0)]);
    }

    #[test]
    fn an_interval_of_ages_is_waited_for() {
        let mut pace = Pace::new(Duration::MAX, Instant::now());
        assert_eq!(pace.due(Instant::now()), None);
    }
}
