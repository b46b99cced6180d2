//! Requests between the thread that makes them and the one that sends them.

use super::answer::{Answer, said};
use super::encoder::WriteRequest;
use super::retry::Backoff;
use super::totals::RemoteWriteTotals;
use perf_core::{Counter, Profiler};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A bounded queue, and when to stop. Nobody waits to put something in: the oldest that is not just being sent
/// makes room.
pub(super) struct Outbox {
    state: Mutex<State>,
    changed: Condvar,
    capacity: usize,
    sent: Counter,
    dropped: Counter,
    retries: Counter,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<WriteRequest>>,
    /// Whether an attempt with the first one is under way.
    is_sending: bool,
    stage: Stage,
    deadline: Option<Instant>,
    ended: Ended,
    totals: RemoteWriteTotals,
}

/// Which of the two threads have.
#[derive(Default)]
struct Ended {
    collector: bool,
    sender: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    #[default]
    Running,
    /// The last snapshot is wanted.
    Stopping,
    /// Nothing more comes; what is there is sent until the deadline.
    Flushing,
    /// What was there is counted as lost.
    Over,
}

impl Outbox {
    pub(super) fn new(capacity: usize, profiler: &Profiler) -> Self {
        Outbox {
            state: Mutex::default(),
            changed: Condvar::new(),
            capacity,
            sent: profiler.counter("remote_write_sent_samples_total"),
            dropped: profiler.counter("remote_write_dropped_samples_total"),
            retries: profiler.counter("remote_write_retries_total"),
        }
    }

    pub(super) fn totals(&self) -> RemoteWriteTotals {
        let state = self.state();
        RemoteWriteTotals {
            queued_requests: state.queue.len(),
            queued_bytes: state.queue.iter().map(|request| request.body.len()).sum(),
            ..state.totals.clone()
        }
    }

    /// Waits until this time. False as soon as the last snapshot is wanted.
    pub(super) fn wait_for_tick(&self, until: Option<Instant>) -> bool {
        let state = self.wait(self.state(), until, |state| state.stage == Stage::Running);
        state.stage == Stage::Running
    }

    pub(super) fn put(&self, requests: Vec<WriteRequest>) {
        let mut state = self.state();
        for request in requests {
            if state.stage == Stage::Over {
                state.lose(&request, &self.dropped);
                continue;
            }
            while state.queue.len() - usize::from(state.is_sending) >= self.capacity {
                let oldest = usize::from(state.is_sending);
                let Some(lost) = state.queue.remove(oldest) else { break };
                state.totals.overflowed.add(lost.samples);
                self.dropped.add(lost.samples);
            }
            state.queue.push_back(Arc::new(request));
        }
        self.changed.notify_all();
    }

    /// The oldest request, of which an attempt begins now, and how long it may take. `None` when nothing more
    /// is to be sent.
    pub(super) fn next(&self) -> Option<(Arc<WriteRequest>, Duration)> {
        let is_idle = |state: &State| state.queue.is_empty() && state.stage < Stage::Flushing;
        let mut state = self.wait(self.state(), None, is_idle);
        let left = match state.deadline {
            Some(deadline) => deadline.saturating_duration_since(Instant::now()),
            None => Duration::MAX,
        };
        let first = Arc::clone(state.queue.front()?);
        if left.is_zero() {
            return None;
        }
        state.is_sending = true;
        Some((first, left))
    }

    /// What became of the attempt.
    pub(super) fn settle(&self, answer: &Answer) {
        let mut state = self.state();
        state.is_sending = false;
        if state.stage == Stage::Over {
            return;
        }
        if let Answer::Later { why, .. } = answer {
            state.totals.retries += 1;
            state.totals.last_error = Some(why.clone());
            return self.retries.increment();
        }
        let Some(request) = state.queue.pop_front() else { return };
        match answer {
            Answer::Refused { status, body } => {
                state.totals.refused.add(request.samples);
                state.totals.last_error = Some(said(*status, body));
                self.dropped.add(request.samples);
            }
            _ => {
                state.totals.sent_requests += 1;
                state.totals.sent_samples += request.samples;
                state.totals.sent_bytes += request.body.len() as u64;
                self.sent.add(request.samples);
            }
        }
    }

    /// Waits before the next attempt, for as long as the server asks or the backoff says. When nothing more
    /// comes, a pause of the latter ends at once, and the backoff begins anew. False when an attempt after the
    /// pause would be too late.
    pub(super) fn pause(&self, asked: Option<Duration>, backoff: &mut Backoff) -> bool {
        let until = Instant::now().checked_add(asked.unwrap_or_else(|| backoff.pause()));
        let state = self.state();
        let ends_early = asked.is_none() && state.stage < Stage::Flushing;
        let state = self.wait(state, until, |state| match ends_early {
            true => state.stage < Stage::Flushing,
            false => state.has_time(until),
        });
        if ends_early && state.stage >= Stage::Flushing {
            backoff.reset();
        }
        ends_early || state.has_time(until)
    }

    /// Asks for the last snapshot.
    pub(super) fn stop(&self) {
        self.state().stage = Stage::Stopping;
        self.changed.notify_all();
    }

    /// Waits until the last snapshot has been put in, or this time. Whether it has been.
    pub(super) fn wait_for_collector(&self, deadline: Option<Instant>) -> bool {
        self.wait(self.state(), deadline, |state| !state.ended.collector).ended.collector
    }

    pub(super) fn collector_ended(&self) {
        self.state().ended.collector = true;
        self.changed.notify_all();
    }

    pub(super) fn sender_ended(&self) {
        self.state().ended.sender = true;
        self.changed.notify_all();
    }

    /// Lets the sender send what is there until the deadline, and counts what is left then. Whether the
    /// sender has ended.
    pub(super) fn flush(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.state();
        state.stage = Stage::Flushing;
        state.deadline = deadline;
        self.changed.notify_all();
        let mut state = self.wait(state, deadline, |state| !state.ended.sender);
        state.stage = Stage::Over;
        while let Some(lost) = state.queue.pop_front() {
            state.lose(&lost, &self.dropped);
        }
        self.changed.notify_all();
        state.ended.sender
    }

    /// Waits for the condition to be false, or this time.
    fn wait<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        until: Option<Instant>,
        condition: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        while condition(&state) {
            state = match until {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        state
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts what is too late.
    fn lose(&mut self, request: &WriteRequest, dropped: &Counter) {
        self.totals.unsent.add(request.samples);
        dropped.add(request.samples);
    }

    /// Whether an attempt at this time would be one before the deadline.
    fn has_time(&self, at: Option<Instant>) -> bool {
        match self.stage {
            Stage::Running | Stage::Stopping => true,
            Stage::Flushing => {
                self.deadline.is_none_or(|deadline| at.is_some_and(|at| at < deadline))
            }
            Stage::Over => false,
        }
    }
}
