//! Pairs of counts that are read while they grow.
//!
//! A snapshot reads how many calls were over a limit, and then the buckets. Calls between the two are in all and not
//! in those over the limit: what it says is within the limit is too high by them, as many as come while the scraper
//! has to wait for a core, and the next scrape says less. Prometheus would take that for a restart, and count
//! everything once more.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// The good ones of all events; not fewer than in the `last` pair unless there are fewer in all, which are then
/// counted anew.
pub(super) fn never_back(last: &mut [u64; 2], [good, total]: [u64; 2]) -> [u64; 2] {
    let least = if total >= last[1] { last[0] } else { 0 };
    *last = [good.max(least), total];
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
        assert_eq!(read(89, 100), [90, 100], "one was read between the two");
        assert_eq!(read(95, 104), [95, 104]);
        assert_eq!(read(60_000, 60_104), [60_000, 60_104], "a scraper waited");
        assert_eq!(read(95, 60_104), [60_000, 60_104]);
        assert_eq!(read(3, 5), [3, 5], "counted anew");
    }
}
