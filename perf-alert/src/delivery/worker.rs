//! The thread of one handler.

use super::HandlerOptions;
use super::back_off::{back_off, random};
use super::shared::{MAX_MISSED, Shared};
use super::stop::Stop;
use super::token_bucket::TokenBucket;
use super::totals::Reason;
use super::waiting::{Queued, Waiting};
use crate::alert::Alert;
use crate::handler::{Handler, HandlerError, Retry};
use crate::notification::Notification;
use crossbeam_channel::{Receiver, never, select};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// Longer than this nobody is waited for, whatever they say: a wrong header does not end the alerts.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// Between two times that a handler looks after what it has said.
const PAUSE: Duration = Duration::from_millis(10);
/// While nothing has to be looked after.
const IDLE: Duration = Duration::from_secs(3_600);

pub(super) struct Worker {
    shared: Arc<Shared>,
    handler: Box<dyn Handler>,
    receiver: Receiver<Queued>,
    stop: Stop,
    waiting: Waiting,
    bucket: Option<TokenBucket>,
    /// Whoever the handler talks to wants nothing before.
    not_before: Instant,
    looked_after: Instant,
    deadline: Duration,
    attempts: u32,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        handler: Box<dyn Handler>,
        options: &HandlerOptions,
        receiver: Receiver<Queued>,
        stop: Stop,
    ) -> Self {
        let now = Instant::now();
        let rate = options.rate.or_else(|| handler.rate()).filter(|rate| *rate > 0.0);
        Worker {
            shared,
            handler,
            receiver,
            stop,
            waiting: Waiting::new(options.queue),
            bucket: rate.map(|rate| TokenBucket::new(rate, now)),
            not_before: now,
            looked_after: now,
            deadline: options.deadline,
            attempts: options.attempts,
        }
    }

    /// Has the handler go on with what fires.
    pub(super) fn resume(&mut self, firing: &[Alert]) {
        let handler = &mut self.handler;
        if !firing.is_empty() {
            // A panic is counted, and no reason to say nothing else.
            let _ = self.shared.isolate(|| {
                handler.resume(firing);
                Ok(())
            });
        }
    }

    pub(super) fn run(mut self) {
        loop {
            self.take_in();
            self.look_after();
            if self.waiting.is_empty() {
                if !self.idle() {
                    break;
                }
            } else if !self.wait_for_turn() {
                break;
            } else if let Some(queued) = self.waiting.pop() {
                self.deliver(queued);
            }
        }
        self.leave();
    }

    /// Moves what was sent to where it may be joined, if the rate is limited.
    fn take_in(&mut self) {
        while !self.waiting.is_full()
            && let Ok(queued) = self.receiver.try_recv()
        {
            self.push(queued, self.bucket.is_some());
        }
    }

    fn push(&mut self, queued: Queued, joins: bool) {
        if self.waiting.push(queued, joins) {
            self.shared.counters.settle_joined();
        }
    }

    /// Waits for something to do; false when there will be nothing.
    fn idle(&mut self) -> bool {
        let rest =
            self.look_after_at().map_or(IDLE, |at| at.saturating_duration_since(Instant::now()));
        let first = select! {
            recv(self.receiver) -> queued => queued.ok(),
            recv(self.stop.said) -> _ => match self.receiver.try_recv() {
                Ok(queued) => Some(queued),
                Err(_) => return false,
            },
            default(rest) => None,
        };
        if let Some(queued) = first {
            self.push(queued, false);
        }
        true
    }

    /// False when the stop's deadline comes first.
    fn wait_for_turn(&mut self) -> bool {
        loop {
            let now = Instant::now();
            let next = match &mut self.bucket {
                _ if now < self.not_before => self.not_before,
                Some(bucket) => match bucket.take(now) {
                    Ok(()) => return !self.stop.is_past(now),
                    Err(next) => next,
                },
                None => return !self.stop.is_past(now),
            };
            if !self.wait_until(next) {
                return false;
            }
        }
    }

    /// Takes in meanwhile what is sent, and joins it: what is said late is better said once. False when the
    /// stop's deadline comes first.
    fn wait_until(&mut self, at: Instant) -> bool {
        self.shared.throttled.store(true, Relaxed);
        let reached = loop {
            let now = Instant::now();
            if self.stop.deadline().is_some_and(|deadline| at > deadline) {
                break false;
            }
            if now >= at {
                break true;
            }
            let nothing = never();
            let receiver = if self.waiting.is_full() { nothing } else { self.receiver.clone() };
            if self.stop.deadline().is_some() {
                // Nothing is sent any more, and the signal would wake it again and again.
                std::thread::sleep(at - now);
                continue;
            }
            select! {
                recv(receiver) -> queued => {
                    if let Ok(queued) = queued {
                        self.push(queued, true);
                    }
                }
                recv(self.stop.said) -> _ => {}
                default(at - now) => {}
            }
        };
        self.shared.throttled.store(false, Relaxed);
        reached
    }

    fn deliver(&mut self, mut queued: Queued) {
        self.shared.origin.label(&mut queued.notification);
        let deadline = Instant::now() + self.deadline;
        let mut attempts = 0;
        let (reason, error) = loop {
            attempts += 1;
            let error = match self.attempt(&queued.notification, deadline) {
                Ok(()) => return self.succeed(&queued),
                Err(error) => error,
            };
            self.shared.counters.fail(error.clone());
            let now = Instant::now();
            let wait = back_off(attempts, random());
            let wait = match error.retry() {
                Retry::Never => break (Reason::GivenUp, error),
                Retry::Later => wait,
                Retry::After(at_least) => {
                    let at_least = at_least.min(LONGEST_WAIT);
                    self.not_before = now + at_least;
                    at_least.max(wait)
                }
            };
            if attempts >= self.attempts {
                break (Reason::GivenUp, error);
            }
            if now + wait >= deadline {
                break (Reason::Deadline, error);
            }
            if !self.wait_until(now + wait) || !self.wait_for_turn() {
                break (Reason::Left, error);
            }
            self.shared.counters.retry();
        };
        self.shared.give_up(&queued, reason, Some(error), attempts);
    }

    fn attempt(
        &mut self,
        notification: &Notification,
        deadline: Instant,
    ) -> Result<(), HandlerError> {
        // Nobody waits longer at the stop than the stop does.
        let deadline = self.stop.deadline().map_or(deadline, |stop| stop.min(deadline));
        let handler = &mut self.handler;
        self.shared.isolate(|| handler.handle(notification, deadline))
    }

    fn succeed(&self, queued: &Queued) {
        let latency = queued.since.elapsed();
        self.shared.counters.settle_sent(latency);
        if let Some(reply) = &queued.reply {
            // Whoever asked may have stopped waiting.
            let _ = reply.try_send(Ok(latency));
        }
    }

    /// What has to be said again and again.
    fn look_after(&mut self) {
        let now = Instant::now();
        let is_due = self.look_after_at().is_some_and(|at| now >= at);
        self.tell_missed_ends(is_due);
        if !is_due || self.stop.deadline().is_some() {
            return;
        }
        let handler = &mut self.handler;
        let result = self.shared.isolate(|| handler.look_after(now + self.deadline));
        let now = Instant::now();
        self.looked_after = now;
        if let Err(error) = result {
            if let Retry::After(wait) = error.retry() {
                self.not_before = now + wait.min(LONGEST_WAIT);
            }
            self.shared.counters.fail(error);
        }
    }

    /// That an alert fires may wait still while its end is dropped, so ends are told again until nothing waits.
    fn tell_missed_ends(&mut self, is_due: bool) {
        // First the ends, then what waits: what fires was queued before its end was dropped.
        let mut missed = std::mem::take(&mut *self.shared.missed_ends());
        let nothing_waits = self.waiting.is_empty() && self.receiver.is_empty();
        if is_due || nothing_waits {
            for alert in &missed {
                let handler = &mut self.handler;
                let _ = self.shared.isolate(|| {
                    handler.missed_end(alert);
                    Ok(())
                });
            }
        }
        if !nothing_waits && !missed.is_empty() {
            let mut since = self.shared.missed_ends();
            missed.append(&mut since);
            missed.truncate(MAX_MISSED);
            *since = missed;
        }
    }

    /// When the handler wants that; not before whoever refused something wants to hear more, and not without a
    /// pause, whatever the handler says.
    fn look_after_at(&self) -> Option<Instant> {
        let mut at = None;
        let _ = self.shared.isolate(|| {
            at = self.handler.look_after_at();
            Ok(())
        });
        Some(at?.max(self.not_before).max(self.looked_after + PAUSE))
    }

    /// The stop's deadline is over, or nothing is left.
    fn leave(mut self) {
        while let Some(queued) = self.waiting.pop() {
            self.shared.give_up(&queued, Reason::Left, None, 0);
        }
        while let Ok(queued) = self.receiver.try_recv() {
            self.shared.give_up(&queued, Reason::Left, None, 0);
        }
        // A handler may panic when it is dropped, too.
        let handler = self.handler;
        let _ = self.shared.isolate(|| {
            drop(handler);
            Ok(())
        });
    }
}
