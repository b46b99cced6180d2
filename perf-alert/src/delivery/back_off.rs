//! When what has failed is tried again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Before the second attempt.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// How long to wait after so many attempts: twice as long each time, of which a random part of up to a half
/// is left out, so that those who failed together do not come back together.
pub(super) fn back_off(attempts: u32, random: u64) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let share = random as f64 / u64::MAX as f64;
    whole.mul_f64(1.0 - share / 2.0)
}

/// A number that another thread does not have; nobody's secret hangs on it.
pub(super) fn random() -> u64 {
    RandomState::new().hash_one(std::thread::current().id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_half_a_minute() {
        let millis: Vec<u128> = (1..=9).map(|n| back_off(n, 0).as_millis()).collect();
        assert_eq!(millis, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(back_off(u32::MAX, 0), LONGEST);
        assert_eq!(back_off(0, 0), FIRST);
    }

    #[test]
    fn jitter_leaves_out_at_most_half() {
        for attempts in 1..20 {
            let whole = back_off(attempts, 0);
            for random in [0, 1, u64::MAX / 2, u64::MAX] {
                let wait = back_off(attempts, random);
                assert!(wait <= whole && wait >= whole / 2, "{attempts} {random}: {wait:?}");
            }
            assert_eq!(back_off(attempts, u64::MAX), whole / 2);
        }
    }

    #[test]
    fn random_numbers_differ() {
        assert_ne!((random(), random()), (random(), random()));
    }
}
