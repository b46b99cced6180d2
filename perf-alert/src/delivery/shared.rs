//! What the thread of a handler shares with whoever sends to it.

use super::dead_letters::DeadLetters;
use super::origin::Origin;
use super::totals::{Counters, Reason};
use super::waiting::Queued;
use crate::alert::Alert;
use crate::handler::{HandlerError, Retry};
use crate::notification::Notification;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// As many alerts as there can be.
pub(super) const MAX_MISSED: usize = 10_000;

pub(super) struct Shared {
    pub(super) name: String,
    pub(super) counters: Counters,
    /// Whether what waits does so because of a rate or a Retry-After, and not because the handler is busy.
    pub(super) throttled: AtomicBool,
    pub(super) dead_letters: Option<DeadLetters>,
    pub(super) origin: Arc<Origin>,
    /// Alerts whose end was dropped, which the handler is to hear of before it says again that they fire.
    pub(super) missed_ends: Mutex<Vec<Alert>>,
}

impl Shared {
    pub(super) fn give_up(
        &self,
        queued: &Queued,
        reason: Reason,
        error: Option<HandlerError>,
        attempts: u32,
    ) {
        if !self.counters.settle_dropped(reason) {
            return;
        }
        let told = error.as_ref().map(HandlerError::to_string);
        if let Some(letters) = &self.dead_letters {
            let name = &self.name;
            let told = told.as_deref();
            let mut notification = Arc::clone(&queued.notification);
            self.origin.label(&mut notification);
            if letters.write(name, reason.as_str(), told, attempts, &notification).is_err() {
                self.counters.lose_letter();
            }
        }
        reply(queued, reason, error);
    }

    /// The same without a dead letter.
    pub(super) fn refuse(&self, queued: &Queued, reason: Reason) {
        if self.counters.settle_dropped(reason) {
            reply(queued, reason, None);
        }
    }

    /// Remembers of what is dropped what is over by it.
    pub(super) fn miss_ends(&self, notification: &Notification) {
        let is_over = |alert: &&Alert| !alert.is_firing();
        let mut over = notification.alerts.iter().filter(is_over).peekable();
        if over.peek().is_some() {
            let mut missed = self.missed_ends();
            let room = MAX_MISSED.saturating_sub(missed.len());
            missed.extend(over.take(room).map(|alert| self.end(alert)));
        }
    }

    /// The alert without its texts.
    fn end(&self, alert: &Alert) -> Alert {
        let mut end = Alert::new(&alert.rule, alert.severity, alert.started);
        end.labels.clone_from(&alert.labels);
        end.ended = alert.ended;
        self.origin.label_alert(&mut end);
        end
    }

    pub(super) fn missed_ends(&self) -> MutexGuard<'_, Vec<Alert>> {
        self.missed_ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A panic is an error like others.
    pub(super) fn isolate(
        &self,
        call: impl FnOnce() -> Result<(), HandlerError>,
    ) -> Result<(), HandlerError> {
        let payload = match catch_unwind(AssertUnwindSafe(call)) {
            Ok(result) => return result,
            Err(payload) => payload,
        };
        self.counters.panic();
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        // What somebody panics with may panic once more when it is dropped.
        if catch_unwind(AssertUnwindSafe(|| drop(payload))).is_err() {
            self.counters.panic();
        }
        let message =
            format!("the handler panicked: {}", text.as_deref().unwrap_or("without a text"));
        Err(HandlerError::new(message, Retry::Never))
    }
}

fn reply(queued: &Queued, reason: Reason, error: Option<HandlerError>) {
    if let Some(reply) = &queued.reply {
        let message = || HandlerError::new(reason.as_str(), Retry::Never);
        // Whoever asked may have stopped waiting.
        let _ = reply.try_send(Err(error.unwrap_or_else(message)));
    }
}
