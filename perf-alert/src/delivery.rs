//! From whoever has something to say to the handlers: each with a queue and a thread of its own.

mod back_off;
mod builder;
mod dead_letters;
mod filter;
mod options;
mod origin;
mod shared;
mod stop;
mod test_fire;
mod token_bucket;
mod totals;
mod waiting;
mod worker;

pub use builder::{DispatchError, DispatcherBuilder};
pub use options::HandlerOptions;
pub use test_fire::TestFire;
pub use totals::{DispatchTotals, Dropped, HandlerTotals};

use crate::notification::Notification;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError};
use filter::Filter;
use perf_core::Profiler;
use shared::Shared;
use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use stop::Stopper;
use totals::Reason;
use waiting::Queued;

/// After the stop's deadline a thread has so long to write down what it did not say.
const GRACE: Duration = Duration::from_millis(200);

/// How often room is made for one that is sent, where others take the room at once.
const MAKE_ROOM: usize = 4;

/// Takes notifications to handlers, and never makes anybody wait who sends one.
///
/// Each handler has a thread, a bounded queue, a deadline, attempts, and counts of its own, so that one that
/// hangs, panics or is refused costs the others nothing. Dropping it is to [`stop`](Self::stop) it.
///
/// Memory: for each handler at most twice its [queue](HandlerOptions::queue) of notifications wait; those that
/// wait for several handlers are shared. Of what is dropped the labels of up to 10,000 ends are remembered until the
/// queue is empty.
///
/// ```
/// use perf_alert::{Dispatcher, HandlerOptions, Notification};
///
/// let dispatcher = Dispatcher::builder()
///     .handler("print", |told: &Notification| println!("{told:?}"), HandlerOptions::new())
///     .spawn()?;
/// // The engine sends; here, somebody wants to see whether anything arrives.
/// for fired in dispatcher.test_fire(std::time::Duration::from_secs(10)) {
///     println!("{}: {:?}", fired.handler, fired.result);
/// }
/// let totals = dispatcher.stop();
/// assert_eq!(totals.handlers[0].sent, 1);
/// # Ok::<(), perf_alert::DispatchError>(())
/// ```
pub struct Dispatcher {
    lines: Vec<Line>,
    stopper: Stopper,
    drain: Duration,
    /// Whether the stop was said; held while something is sent, so that all that is sent is counted.
    stopped: RwLock<bool>,
    profiler: Profiler,
    unknown_names: AtomicU64,
    for_nobody: AtomicU64,
}

/// A handler, seen from whoever sends.
struct Line {
    /// The name it is told under; several members of a cluster have one.
    route: String,
    filter: Filter,
    shared: Arc<Shared>,
    sender: Sender<Queued>,
    /// To make room, and to find out what is left when its thread hangs.
    left: Receiver<Queued>,
    /// Disconnected when its thread has ended.
    done: Receiver<Infallible>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Dispatcher {
    /// Makes one, handler by handler.
    pub fn builder() -> DispatcherBuilder {
        DispatcherBuilder::default()
    }

    /// Gives a notification to every handler that it is for. It never waits and never panics: where a handler
    /// has no room the oldest that waits is dropped and counted, and so is everything after the
    /// [stop](Self::stop).
    pub fn send(&self, notification: impl Into<Arc<Notification>>) {
        let notification = notification.into();
        let named = &notification.handlers;
        let is_unknown = |name: &&String| !self.has(name);
        let unknown = named.iter().filter(is_unknown).count();
        self.unknown_names.fetch_add(unknown as u64, Relaxed);
        let stopped = self.stopped.read().unwrap_or_else(PoisonError::into_inner);
        let mut is_for_somebody = false;
        for line in &self.lines {
            if !named.is_empty() && !named.contains(&line.route) {
                continue;
            }
            if let Some(notification) = line.filter.apply(&notification) {
                is_for_somebody = true;
                let queued = Queued { notification, since: Instant::now(), reply: None };
                line.send(queued, *stopped);
            }
        }
        if !is_for_somebody {
            self.for_nobody.fetch_add(1, Relaxed);
        }
    }

    /// Whether there is a handler of this name.
    pub fn has(&self, name: &str) -> bool {
        self.lines.iter().any(|line| line.route == name)
    }

    /// What became of everything so far.
    pub fn totals(&self) -> DispatchTotals {
        let read = |line: &Line| line.shared.counters.read(&line.shared.name);
        let mut handlers: Vec<HandlerTotals> = self.lines.iter().map(read).collect();
        // Read last: of every one that is sent there is a latency.
        let snapshot = self.profiler.snapshot();
        for totals in &mut handlers {
            if let Some(operation) = snapshot.operation(&totals.name) {
                totals.latency = operation.latency().clone();
            }
        }
        DispatchTotals {
            handlers,
            unknown_names: self.unknown_names.load(Relaxed),
            for_nobody: self.for_nobody.load(Relaxed),
        }
    }

    pub(crate) fn drain(&self) -> Duration {
        self.drain
    }

    /// Stops within the time that the [builder](DispatcherBuilder::drain) gave.
    pub fn stop(&self) -> DispatchTotals {
        self.stop_within(self.drain)
    }

    /// Takes no more notifications, lets the handlers say what waits, and returns when all have or when this time
    /// is over. What is left then is counted and goes to the dead letters; the thread of a handler that hangs is
    /// left behind. After the first stop another only returns the totals.
    pub fn stop_within(&self, patience: Duration) -> DispatchTotals {
        *self.stopped.write().unwrap_or_else(PoisonError::into_inner) = true;
        let deadline = Instant::now() + patience.min(Duration::from_secs(86_400));
        self.stopper.say(deadline);
        for line in &self.lines {
            line.end(deadline + GRACE);
        }
        self.totals()
    }
}

impl Drop for Dispatcher {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.lines.iter().map(|line| &line.shared.name);
        f.debug_struct("Dispatcher").field("handlers", &names.collect::<Vec<_>>()).finish()
    }
}

impl Line {
    fn send(&self, queued: Queued, stopped: bool) {
        self.shared.counters.take_in();
        if stopped {
            return self.shared.refuse(&queued, Reason::Left);
        }
        let mut newest = queued;
        for _ in 0..MAKE_ROOM {
            match self.sender.try_send(newest) {
                Ok(()) => return,
                Err(TrySendError::Full(queued) | TrySendError::Disconnected(queued)) => {
                    newest = queued;
                }
            }
            // What is newest counts most: it may be the end of what the oldest tells of.
            if let Ok(oldest) = self.left.try_recv() {
                self.refuse(&oldest);
            }
        }
        self.refuse(&newest);
    }

    /// Not written down: whoever sends does not wait for a disk.
    fn refuse(&self, queued: &Queued) {
        self.shared.miss_ends(&queued.notification);
        let throttled = self.shared.throttled.load(Relaxed);
        self.shared.refuse(queued, if throttled { Reason::Rate } else { Reason::QueueFull });
    }

    /// Waits for the thread, or leaves it behind with what it holds.
    fn end(&self, deadline: Instant) {
        let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        if self.done.recv_deadline(deadline) == Err(RecvTimeoutError::Disconnected) {
            // It catches the panics of its handler and has none of its own.
            let _ = thread.join();
        }
        while let Ok(queued) = self.left.try_recv() {
            self.shared.give_up(&queued, Reason::Left, None, 0);
        }
        self.shared.counters.leave();
    }
}
