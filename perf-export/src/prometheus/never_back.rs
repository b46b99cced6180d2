//! Pairs of counts that are read while they grow.
//!
//! A snapshot may hold a call over a limit and not yet its bucket. What it says is within the limit is then lower
//! by the calls under way, and may be lower than what the last scrape said: Prometheus would take that for a
//! restart, and count everything once more.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Calls that can be under way at a time, and by which a count can be too low. What is lower by more is of another
/// profiler.
const UNDER_WAY: u64 = 1_024;

/// The good ones of all events; not fewer than in the `last` pair unless there are fewer in all.
pub(super) fn never_back(last: &mut [u64; 2], [good, total]: [u64; 2]) -> [u64; 2] {
    let is_lower = good < last[0] && last[0] - good <= UNDER_WAY && total >= last[1];
    *last = [if is_lower { last[0].min(total) } else { good }, total];
    *last
}

/// The last pairs of the limits of operations.
#[derive(Default)]
pub(super) struct WithinLimits(Mutex<HashMap<String, BTreeMap<u64, [u64; 2]>>>);

impl WithinLimits {
    /// How many of `total` calls of an operation were within a limit.
    pub(super) fn read(&self, operation: &str, limit: u64, good: u64, total: u64) -> u64 {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(operation) {
            all.insert(operation.to_owned(), BTreeMap::new());
        }
        let Some(limits) = all.get_mut(operation) else { return good };
        never_back(limits.entry(limit).or_default(), [good, total])[0]
    }
}

#[cfg(test)]
mod tests {
    use super::never_back;

    #[test]
    fn good_events_go_back_only_with_all_events() {
        let mut last = [0, 0];
        let mut read = |good, total| never_back(&mut last, [good, total]);
        assert_eq!(read(90, 100), [90, 100]);
        assert_eq!(read(89, 100), [90, 100], "one was under way");
        assert_eq!(read(95, 104), [95, 104]);
        assert_eq!(read(3, 5), [3, 5], "counted anew");
        assert_eq!(read(10_000, 20_000), [10_000, 20_000]);
        assert_eq!(read(100, 20_000), [100, 20_000], "nobody has so many under way");
    }
}
