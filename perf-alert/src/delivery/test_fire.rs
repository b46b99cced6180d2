//! Does it arrive?

use super::{Dispatcher, Queued};
use crate::alert::Alert;
use crate::handler::{HandlerError, Retry};
use crate::notification::{Notification, Reason};
use crossbeam_channel::bounded;
use perf_sla::Severity;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How a test notification fared with one handler.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestFire {
    /// The handler.
    pub handler: String,
    /// How long it took until the handler had said it, with all attempts; or what went wrong last.
    pub result: Result<Duration, HandlerError>,
}

impl Dispatcher {
    /// Sends a notification of the reason [`Test`](Reason::Test) to every handler, whatever severities and labels
    /// it is for, and waits up to `patience` for all of them.
    ///
    /// It takes the way of every other, through queue, rate and attempts. Where a person is on the other side they
    /// are told that it is a test; with PagerDuty an incident is opened and resolved at once.
    pub fn test_fire(&self, patience: Duration) -> Vec<TestFire> {
        let deadline = Instant::now() + patience.min(Duration::from_secs(86_400));
        let notification = Arc::new(test_notification(SystemTime::now()));
        let stopped = self.stopped.read().unwrap_or_else(PoisonError::into_inner);
        let sent: Vec<_> = self
            .lines
            .iter()
            .map(|line| {
                let (reply, answer) = bounded(1);
                let notification = Arc::clone(&notification);
                let queued = Queued { notification, since: Instant::now(), reply: Some(reply) };
                line.send(queued, *stopped);
                (line.shared.name.clone(), answer)
            })
            .collect();
        drop(stopped);
        let answer = |(handler, answer): (String, crossbeam_channel::Receiver<_>)| {
            let result = answer.recv_deadline(deadline).unwrap_or_else(|_| {
                let message = format!("no answer within {patience:?}");
                Err(HandlerError::new(message, Retry::Never))
            });
            TestFire { handler, result }
        };
        sent.into_iter().map(answer).collect()
    }
}

/// One alert that is nobody's fault.
fn test_notification(now: SystemTime) -> Notification {
    let mut alert = Alert::new("perfkit_test", Severity::Info, now);
    alert.summary = "this is a test: nothing is wrong".to_owned();
    alert.description =
        "Somebody wants to see whether alerts arrive. There is nothing to do.".to_owned();
    Notification::new(Reason::Test, vec![alert], now)
}
