//! No more than so many in a time.

use std::time::{Duration, Instant};

/// Holds as many tokens as a second brings, at least one: so much may go out at once.
pub(super) struct TokenBucket {
    rate: f64,
    tokens: f64,
    filled: Instant,
}

impl TokenBucket {
    /// Full, at a rate above 0.
    pub(super) fn new(rate: f64, now: Instant) -> Self {
        TokenBucket { rate, tokens: rate.max(1.0), filled: now }
    }

    /// Takes a token, or says when there will be one.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        let since = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + since * self.rate).min(self.rate.max(1.0));
        self.filled = self.filled.max(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        // A millisecond more, so that it is not asked for a token that is there but for the rounding.
        let seconds = ((1.0 - self.tokens) / self.rate).min(1e6);
        let wait = Duration::from_secs_f64(seconds) + Duration::from_millis(1);
        Err(self.filled + wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_minute_go_as_many_as_the_rate_allows() {
        for (rate, most) in [(1.0, 61), (0.1, 7), (10.0, 610)] {
            let start = Instant::now();
            let mut bucket = TokenBucket::new(rate, start);
            let mut now = start;
            let mut taken = 0;
            while now < start + Duration::from_secs(60) {
                match bucket.take(now) {
                    Ok(()) => taken += 1,
                    Err(next) => {
                        assert!(next > now);
                        now = next;
                    }
                }
            }
            assert!(taken <= most && taken + 10 >= most, "{rate}: {taken}");
        }
    }

    #[test]
    fn a_clock_that_stands_still_or_goes_back_brings_no_token() {
        let now = Instant::now() + Duration::from_secs(10);
        let mut bucket = TokenBucket::new(1.0, now);
        assert!(bucket.take(now).is_ok());
        assert!(bucket.take(now - Duration::from_secs(5)).is_err());
        assert!(bucket.take(now).is_err());
    }
}
