//! Monitoring with its threads, seen from outside. A test's name is the claim.

mod lifetime;
mod restart;
mod running;

use perf_alert::{HandlerOptions, Monitoring, MonitoringThread, Notification, Reason, Rule, Rules};
use perf_core::Profiler;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes on a machine that is merely busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// So often that a test does not take long.
const SECOND: Duration = Duration::from_secs(1);

/// An interval in which a test is over, so that all its rounds are by hand.
const AGES: Duration = Duration::from_secs(86_400);

/// Slow searches, looked at over the longest stretch there is, so that what was recorded stays.
fn rules() -> Rules {
    let slow = Rule::new("slow", "p95 > 100ms".parse().unwrap())
        .operation("search")
        .window(Duration::from_secs(3_600));
    Rules::new([slow]).unwrap()
}

fn record_slow(profiler: &Profiler) {
    (0..100).for_each(|_| profiler.record("search", Duration::from_millis(150)));
}

/// Monitoring that hands all it tells to the receiver.
fn told(monitoring: Monitoring) -> (Monitoring, Receiver<Notification>) {
    let (sender, receiver) = channel();
    let tell = move |told: &Notification| {
        let _ = sender.send(told.clone());
    };
    (monitoring.handler("test", tell, HandlerOptions::new()), receiver)
}

/// Has a round again and again, until it tells something: why.
fn until_told(monitoring: &MonitoringThread) -> Reason {
    until("something told", || monitoring.evaluate_now().first().map(|told| told.reason))
}

/// Waits for something.
fn until<T>(what: &str, mut is_there: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = is_there() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::yield_now();
    }
}
