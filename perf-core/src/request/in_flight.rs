//! Requests by id, for those that start, go on and end in different places; and who wants to know.

use crate::request::{RequestCore, RequestSummary};
use crate::sync::{Mutex, lock};
use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Ended ids that are remembered, to tell a second end from an id never heard of.
const REMEMBERED: usize = 1_024;

type Observer = dyn Fn(&RequestSummary) + Send + Sync;

/// The requests in flight of one profiler that go by id, and the observers of all that end.
pub(crate) struct Requests {
    by_id: Mutex<ById>,
    observers: Mutex<Vec<Arc<Observer>>>,
    capacity: usize,
}

#[derive(Default)]
struct ById {
    running: HashMap<Arc<str>, (u64, Arc<RequestCore>)>,
    /// Every start, in order; one whose number is not in `running` has ended since.
    starts: VecDeque<(u64, Arc<str>)>,
    next: u64,
    ended: VecDeque<Arc<str>>,
}

impl Requests {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Requests { by_id: Mutex::default(), observers: Mutex::default(), capacity: capacity.max(1) }
    }

    /// Takes a request in. True when the oldest had to go for it.
    pub(crate) fn start(&self, request: Arc<RequestCore>) -> Result<bool, RequestError> {
        let mut by_id = lock(&self.by_id);
        let id = Arc::clone(request.id());
        if by_id.running.contains_key(&id) {
            return Err(RequestError::AlreadyStarted(id.as_ref().into()));
        }
        let evicts = by_id.running.len() >= self.capacity;
        if evicts {
            by_id.evict_oldest();
        }
        let number = by_id.next;
        by_id.next += 1;
        by_id.starts.push_back((number, Arc::clone(&id)));
        by_id.running.insert(id, (number, request));
        by_id.forget_ended_starts();
        Ok(evicts)
    }

    pub(crate) fn get(&self, id: &str) -> Result<Arc<RequestCore>, RequestError> {
        let by_id = lock(&self.by_id);
        by_id
            .running
            .get(id)
            .map(|(_, request)| Arc::clone(request))
            .ok_or_else(|| by_id.missing(id))
    }

    pub(crate) fn end(&self, id: &str) -> Result<Arc<RequestCore>, RequestError> {
        let mut by_id = lock(&self.by_id);
        match by_id.running.remove(id) {
            Some((_, request)) => {
                if by_id.ended.len() == REMEMBERED {
                    by_id.ended.pop_front();
                }
                by_id.ended.push_back(Arc::clone(request.id()));
                Ok(request)
            }
            None => Err(by_id.missing(id)),
        }
    }

    pub(crate) fn observe(&self, observer: Arc<Observer>) {
        lock(&self.observers).push(observer);
    }

    /// Tells every observer, outside of any lock, and says how many panicked.
    pub(crate) fn tell(&self, summary: &RequestSummary) -> u64 {
        let observers = lock(&self.observers).clone();
        let told =
            observers.iter().map(|observer| catch_unwind(AssertUnwindSafe(|| observer(summary))));
        told.filter(Result::is_err).count() as u64
    }
}

impl ById {
    fn evict_oldest(&mut self) {
        while let Some((number, id)) = self.starts.pop_front() {
            if self.running.get(&id).is_some_and(|(running, _)| *running == number) {
                self.running.remove(&id);
                return;
            }
        }
    }

    /// Keeps the list of starts in proportion to what is running.
    fn forget_ended_starts(&mut self) {
        if self.starts.len() > 64 + 2 * self.running.len() {
            let running = &self.running;
            self.starts.retain(|(number, id)| running.get(id).is_some_and(|(n, _)| n == number));
        }
    }

    fn missing(&self, id: &str) -> RequestError {
        if self.ended.iter().any(|ended| **ended == *id) {
            RequestError::AlreadyEnded(id.into())
        } else {
            RequestError::Unknown(id.into())
        }
    }
}

/// Why something cannot be done to a request by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A request with this id is in flight.
    AlreadyStarted(Box<str>),
    /// The request with this id has ended.
    AlreadyEnded(Box<str>),
    /// No request with this id was started, it ended long ago, or it was given up because too many
    /// were in flight ([`Losses::abandoned_requests`](crate::Losses::abandoned_requests)).
    Unknown(Box<str>),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RequestError::AlreadyStarted(id) => write!(f, "request {id:?} is in flight already"),
            RequestError::AlreadyEnded(id) => write!(f, "request {id:?} has ended"),
            RequestError::Unknown(id) => write!(f, "no request {id:?} is in flight"),
        }
    }
}

impl Error for RequestError {}
