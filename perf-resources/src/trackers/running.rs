//! What a tracker has started and not stopped, by id.

use super::lock;
use perf_core::TrackError;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many of one tracker may run at a time by id; the oldest is given up for one more, as in the
/// trackers of perf-core.
const MAX_RUNNING: usize = 10_000;

/// A measurement of one tracker by id. To another tracker it is an error, never another measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "what is not stopped is not told"]
pub struct UsageId {
    tracker: u64,
    number: u64,
}

/// At most 10,000 measurements under way.
#[derive(Debug)]
pub(super) struct Running<T> {
    tracker: u64,
    table: Mutex<Table<T>>,
}

#[derive(Debug)]
struct Table<T> {
    /// By number, and numbers ascend: the first is the oldest.
    running: BTreeMap<u64, T>,
    next: u64,
    /// No number below it is running: one of them, or more, was given up.
    forgotten: u64,
}

impl<T> Running<T> {
    pub(super) fn new() -> Self {
        static NEXT_TRACKER: AtomicU64 = AtomicU64::new(1);
        let table = Table { running: BTreeMap::new(), next: 0, forgotten: 0 };
        Running { tracker: NEXT_TRACKER.fetch_add(1, Relaxed), table: Mutex::new(table) }
    }

    pub(super) fn start(&self, started: T) -> UsageId {
        let mut table = lock(&self.table);
        let full = table.running.len() >= MAX_RUNNING;
        let oldest = if full { table.running.pop_first() } else { None };
        if let Some((oldest, _)) = oldest {
            table.forgotten = oldest + 1;
        }
        let number = table.next;
        table.next += 1;
        table.running.insert(number, started);
        UsageId { tracker: self.tracker, number }
    }

    /// Takes out what is running.
    pub(super) fn end(&self, id: UsageId) -> Result<T, TrackError> {
        if id.tracker != self.tracker {
            return Err(TrackError::OtherTracker);
        }
        let mut table = lock(&self.table);
        let forgotten = id.number < table.forgotten;
        let missing = if forgotten { TrackError::Forgotten } else { TrackError::AlreadyStopped };
        table.running.remove(&id.number).ok_or(missing)
    }

    /// Shows a reading to everything that runs.
    pub(super) fn each(&self, look: impl FnMut(&mut T)) {
        lock(&self.table).running.values_mut().for_each(look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_given_up_for_one_more_than_may_run() {
        let running = Running::new();
        let ids: Vec<UsageId> = (0..=MAX_RUNNING).map(|number| running.start(number)).collect();
        assert_eq!(running.end(ids[0]), Err(TrackError::Forgotten));
        assert_eq!(running.end(ids[1]), Ok(1));
        assert_eq!(running.end(ids[1]), Err(TrackError::AlreadyStopped));
        assert_eq!(Running::<usize>::new().end(ids[2]), Err(TrackError::OtherTracker));
        let mut seen = 0;
        running.each(|_| seen += 1);
        assert_eq!(seen, MAX_RUNNING - 1);
    }
}
