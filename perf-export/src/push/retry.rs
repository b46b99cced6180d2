//! When to try again.

use jiff::fmt::rfc2822::DateTimeParser;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

/// What a server may ask for at most.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// Pauses that double, each shortened by a random part of up to a half.
pub(super) struct Backoff {
    shortest: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) fn new((shortest, longest): (Duration, Duration)) -> Self {
        Backoff { shortest, longest, next: shortest }
    }

    /// How long to wait after one more failure.
    pub(super) fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.longest);
        // Its keys are random, and others each time.
        let random = RandomState::new().hash_one(()) >> 32;
        pause - pause.mul_f64(random as f64 / f64::from(u32::MAX) / 2.0)
    }

    /// Begins anew after a success.
    pub(super) fn reset(&mut self) {
        self.next = self.shortest;
    }
}

/// What a `Retry-After` asks for: seconds, or the time of a date of HTTP, which is behind `now` when the clocks
/// differ. `None` when it is neither.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let asked = match value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        // More digits than a number has are a long time.
        true => Duration::from_secs(value.parse().unwrap_or(u64::MAX)),
        false => {
            let date = SystemTime::from(DateTimeParser::new().parse_timestamp(value).ok()?);
            date.duration_since(now).unwrap_or_default()
        }
    };
    Some(asked.min(LONGEST_ASKED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_the_longest_and_lose_up_to_a_half() {
        let (shortest, longest) = (Duration::from_millis(100), Duration::from_millis(1_000));
        let mut backoff = Backoff::new((shortest, longest));
        for whole in [100, 200, 400, 800, 1_000, 1_000] {
            let (whole, pause) = (Duration::from_millis(whole), backoff.pause());
            assert!(pause <= whole && pause >= whole / 2, "{pause:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.pause() <= shortest);
        let mut firsts: Vec<_> =
            (0..50).map(|_| Backoff::new((longest, longest)).pause()).collect();
        firsts.sort();
        firsts.dedup();
        assert!(firsts.len() > 10, "a fleet would come back at once: {firsts:?}");
    }

    #[test]
    fn a_server_asks_for_seconds_or_a_date_and_gets_five_minutes_at_most() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        let seconds = |value| retry_after(value, now).map(|asked| asked.as_secs());
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds(" 17 "), Some(17));
        assert_eq!(seconds("86400"), Some(300));
        assert_eq!(seconds("99999999999999999999999"), Some(300));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(7));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:00 GMT"), Some(0));
        assert_eq!(seconds("Sun, 06 Nov 2094 08:49:37 GMT"), None, "that is a Saturday");
        assert_eq!(seconds("Sat, 06 Nov 2094 08:49:37 GMT"), Some(300));
        for nonsense in ["", "soon", "-1", "1.5", "inf"] {
            assert_eq!(seconds(nonsense), None, "{nonsense:?}");
        }
    }
}
