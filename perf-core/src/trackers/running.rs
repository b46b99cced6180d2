//! What a tracker has started and not stopped, by id.

use crate::sync::{AtomicU64, Mutex, Relaxed, lock, shared};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// How many of one tracker may run at a time by id; the oldest is given up for one more.
const MAX_RUNNING: usize = 10_000;

/// At most 10,000 measurements under way.
pub(super) struct Running<T> {
    tracker: u64,
    table: Mutex<Table<T>>,
}

struct Table<T> {
    /// By number, and numbers ascend: the first is the oldest.
    running: BTreeMap<u64, T>,
    next: u64,
    /// No number below it is running: one of them, or more, was given up.
    forgotten: u64,
}

/// The number of a measurement and of its tracker; neither is used again in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id {
    tracker: u64,
    number: u64,
}

impl<T> Running<T> {
    pub(super) fn new() -> Self {
        shared! { static NEXT_TRACKER: AtomicU64 = AtomicU64::new(1); }
        let table = Table { running: BTreeMap::new(), next: 0, forgotten: 0 };
        Running { tracker: NEXT_TRACKER.fetch_add(1, Relaxed), table: Mutex::new(table) }
    }

    /// Takes in what `make` makes, at the last moment. True when the oldest had to go for it.
    pub(super) fn start(&self, make: impl FnOnce() -> T) -> (Id, bool) {
        let mut table = lock(&self.table);
        let full = table.running.len() >= MAX_RUNNING;
        let oldest = if full { table.running.pop_first() } else { None };
        if let Some((number, _)) = &oldest {
            table.forgotten = number + 1;
        }
        let number = table.next;
        table.next += 1;
        table.running.insert(number, make());
        (Id { tracker: self.tracker, number }, full)
    }

    /// Does something to what is running.
    pub(super) fn update(&self, id: Id, change: impl FnOnce(&mut T)) -> Result<(), TrackError> {
        let mut table = lock(&self.table);
        match table.running.get_mut(&self.own(id)?) {
            Some(running) => {
                change(running);
                Ok(())
            }
            None => Err(table.missing(id)),
        }
    }

    /// Takes out what is running.
    pub(super) fn end(&self, id: Id) -> Result<T, TrackError> {
        let mut table = lock(&self.table);
        table.running.remove(&self.own(id)?).ok_or_else(|| table.missing(id))
    }

    fn own(&self, id: Id) -> Result<u64, TrackError> {
        if id.tracker == self.tracker { Ok(id.number) } else { Err(TrackError::OtherTracker) }
    }
}

impl<T> Table<T> {
    fn missing(&self, id: Id) -> TrackError {
        if id.number < self.forgotten { TrackError::Forgotten } else { TrackError::AlreadyStopped }
    }
}

/// Why nothing can be done to what a tracker has started, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrackError {
    /// The id is of another tracker.
    OtherTracker,
    /// It was stopped, failed or discarded before.
    AlreadyStopped,
    /// It was given up because too many were running
    /// ([`Losses::abandoned_tracks`](crate::Losses::abandoned_tracks)), or stopped before a later one
    /// was given up: nobody remembers which.
    Forgotten,
}

impl fmt::Display for TrackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrackError::OtherTracker => "the id is of another tracker",
            TrackError::AlreadyStopped => "what the id stands for has been stopped",
            TrackError::Forgotten => "the id is forgotten: too many later ones were not stopped",
        })
    }
}

impl Error for TrackError {}
