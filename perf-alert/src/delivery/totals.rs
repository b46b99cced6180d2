//! What became of the notifications.

use crate::handler::HandlerError;
use perf_core::{Distribution, Operation};
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    /// Too many waited for their turn, as the rate is limited or the handler waits to try again.
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

/// The live counts behind [`HandlerTotals`], which agree with each other whenever they are read.
pub(super) struct Counters {
    latency: Operation,
    counts: Mutex<Counts>,
}

#[derive(Clone, Default)]
struct Counts {
    sent: u64,
    failed: u64,
    retried: u64,
    joined: u64,
    dropped: [u64; 5],
    panics: u64,
    lost_letters: u64,
    /// Taken in and not settled. Whoever takes one from it says what became of it, so that one that is left
    /// behind at the stop is not counted again when its handler comes back.
    waiting: u64,
    last_error: Option<HandlerError>,
    last_latency: Option<Duration>,
}

impl Counters {
    pub(super) fn new(latency: Operation) -> Self {
        Counters { latency, counts: Mutex::default() }
    }

    pub(super) fn take_in(&self) {
        self.counts().waiting += 1;
    }

    /// It is said, after so long.
    pub(super) fn settle_sent(&self, latency: Duration) {
        let mut counts = self.counts();
        if counts.settle() {
            counts.sent += 1;
            counts.last_latency = Some(latency);
            self.latency.record(latency);
        }
    }

    pub(super) fn settle_joined(&self) {
        let mut counts = self.counts();
        counts.joined += u64::from(counts.settle());
    }

    /// Whether it was this call that settled it.
    pub(super) fn settle_dropped(&self, reason: Reason) -> bool {
        let mut counts = self.counts();
        let settled = counts.settle();
        counts.dropped[reason as usize] += u64::from(settled);
        settled
    }

    /// All that waits is left.
    pub(super) fn leave(&self) {
        let mut counts = self.counts();
        counts.dropped[Reason::Left as usize] += std::mem::take(&mut counts.waiting);
    }

    pub(super) fn fail(&self, error: HandlerError) {
        let mut counts = self.counts();
        counts.failed += 1;
        counts.last_error = Some(error);
    }

    pub(super) fn retry(&self) {
        self.counts().retried += 1;
    }

    pub(super) fn panic(&self) {
        self.counts().panics += 1;
    }

    pub(super) fn lose_letter(&self) {
        self.counts().lost_letters += 1;
    }

    /// All but the latencies.
    pub(super) fn read(&self, name: &str) -> HandlerTotals {
        let counts = self.counts().clone();
        let [queue_full, rate, deadline, given_up, left] = counts.dropped;
        HandlerTotals {
            name: name.to_owned(),
            sent: counts.sent,
            failed: counts.failed,
            retried: counts.retried,
            joined: counts.joined,
            dropped: Dropped { queue_full, rate, deadline, given_up, left },
            panics: counts.panics,
            lost_letters: counts.lost_letters,
            waiting: counts.waiting,
            last_error: counts.last_error,
            last_latency: counts.last_latency,
            latency: Distribution::from_values([]),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn settle(&mut self) -> bool {
        let is_known = self.waiting > 0;
        self.waiting -= u64::from(is_known);
        is_known
    }
}
