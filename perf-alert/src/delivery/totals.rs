//! What became of the notifications.

use crate::handler::HandlerError;
use perf_core::{Distribution, Operation};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What became of everything that a [`Dispatcher`](crate::Dispatcher) was sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DispatchTotals {
    /// Each handler, in the order they were given.
    pub handlers: Vec<HandlerTotals>,
    /// Names in notifications that no handler has.
    pub unknown_names: u64,
    /// Notifications that were for no handler: wrong names, too low a severity, other labels.
    pub for_nobody: u64,
}

/// What became of the notifications for one handler. Each that was for it is sent, joined, dropped, or waits
/// still.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HandlerTotals {
    /// Its name; of several members under one name `name#1`, `name#2`.
    pub name: String,
    /// Notifications it has said.
    pub sent: u64,
    /// Attempts that failed, panics among them.
    pub failed: u64,
    /// Attempts after a first one.
    pub retried: u64,
    /// Notifications that were joined with a newer one while they waited.
    pub joined: u64,
    /// Notifications that were dropped, and why.
    pub dropped: Dropped,
    /// Calls that panicked.
    pub panics: u64,
    /// What was to be written to the dead-letter file and could not be.
    pub lost_letters: u64,
    /// Notifications that wait or are being said.
    pub waiting: u64,
    /// What went wrong last.
    pub last_error: Option<HandlerError>,
    /// How long the last that was said took, from [`send`](crate::Dispatcher::send) to the end.
    pub last_latency: Option<Duration>,
    /// All these latencies, in nanoseconds.
    pub latency: Distribution,
}

/// Notifications that nobody was told, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// Too many waited for a handler that was busy.
    pub queue_full: u64,
    /// Too many waited for their turn, as the rate is limited or the handler was told to wait.
    pub rate: u64,
    /// The next attempt would have been after the deadline.
    pub deadline: u64,
    /// It was refused for good, failed too often, or the handler panicked.
    pub given_up: u64,
    /// They were left at the stop, or came after it.
    pub left: u64,
}

impl Dropped {
    /// For whatever reason.
    pub fn total(&self) -> u64 {
        self.queue_full + self.rate + self.deadline + self.given_up + self.left
    }
}

/// Why one was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    QueueFull,
    Rate,
    Deadline,
    GivenUp,
    Left,
}

impl Reason {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Reason::QueueFull => "queue full",
            Reason::Rate => "rate",
            Reason::Deadline => "deadline",
            Reason::GivenUp => "given up",
            Reason::Left => "left at the stop",
        }
    }
}

/// The live counts behind [`HandlerTotals`].
pub(super) struct Counters {
    latency: Operation,
    sent: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) retried: AtomicU64,
    joined: AtomicU64,
    dropped: [AtomicU64; 5],
    pub(super) panics: AtomicU64,
    pub(super) lost_letters: AtomicU64,
    /// Taken in and not settled. Whoever takes one from it says what became of it, so that one that is left
    /// behind at the stop is not counted again when its handler comes back.
    waiting: AtomicU64,
    last: Mutex<Last>,
}

#[derive(Clone, Default)]
struct Last {
    error: Option<HandlerError>,
    latency: Option<Duration>,
}

impl Counters {
    pub(super) fn new(latency: Operation) -> Self {
        Counters {
            latency,
            sent: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            retried: AtomicU64::new(0),
            joined: AtomicU64::new(0),
            dropped: Default::default(),
            panics: AtomicU64::new(0),
            lost_letters: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            last: Mutex::default(),
        }
    }

    pub(super) fn take_in(&self) {
        self.waiting.fetch_add(1, AcqRel);
    }

    /// It is said, after so long.
    pub(super) fn settle_sent(&self, latency: Duration) {
        if self.settle() {
            self.sent.fetch_add(1, Relaxed);
            self.latency.record(latency);
            self.last().latency = Some(latency);
        }
    }

    pub(super) fn settle_joined(&self) {
        if self.settle() {
            self.joined.fetch_add(1, Relaxed);
        }
    }

    /// Whether it was this call that settled it.
    pub(super) fn settle_dropped(&self, reason: Reason) -> bool {
        let settled = self.settle();
        if settled {
            self.dropped[reason as usize].fetch_add(1, Relaxed);
        }
        settled
    }

    /// All that waits is left.
    pub(super) fn leave(&self) {
        let left = self.waiting.swap(0, AcqRel);
        self.dropped[Reason::Left as usize].fetch_add(left, Relaxed);
    }

    pub(super) fn fail(&self, error: HandlerError) {
        self.failed.fetch_add(1, Relaxed);
        self.last().error = Some(error);
    }

    pub(super) fn read(&self, name: &str, latency: Distribution) -> HandlerTotals {
        let last = self.last().clone();
        let [queue_full, rate, deadline, given_up, left] =
            std::array::from_fn(|i| self.dropped[i].load(Relaxed));
        HandlerTotals {
            name: name.to_owned(),
            sent: self.sent.load(Relaxed),
            failed: self.failed.load(Relaxed),
            retried: self.retried.load(Relaxed),
            joined: self.joined.load(Relaxed),
            dropped: Dropped { queue_full, rate, deadline, given_up, left },
            panics: self.panics.load(Relaxed),
            lost_letters: self.lost_letters.load(Relaxed),
            waiting: self.waiting.load(Acquire),
            last_error: last.error,
            last_latency: last.latency,
            latency,
        }
    }

    fn settle(&self) -> bool {
        self.waiting.fetch_update(AcqRel, Acquire, |waiting| waiting.checked_sub(1)).is_ok()
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
