//! The thread that looks, and its handle.

use super::pace::Pace;
use super::rounds::Rounds;
use super::totals::MonitoringTotals;
use crate::delivery::TestFire;
use crate::history::{AlertSummary, ToldAlert};
use crate::notification::Notification;
use crate::silence::{Silence, SilenceId};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

/// It looks a little after a second has ended: the clocks of the profiler and of the system need not agree to the
/// microsecond.
const AFTER: Duration = Duration::from_millis(1);

/// After the stop's deadline the last state has so long to be written.
const GRACE: Duration = Duration::from_millis(200);

/// The monitoring that [`Monitoring::spawn_monitoring`](crate::Monitoring::spawn_monitoring) started. Dropping it is
/// to [`stop`](Self::stop) it. It may be shared, and asked for all of this from any thread, also after the stop.
#[must_use = "it stops when this is dropped"]
pub struct MonitoringThread {
    rounds: Arc<Rounds>,
    drain: Duration,
    running: Mutex<Option<Running>>,
}

/// The thread, and what keeps it going.
struct Running {
    /// Dropped to stop it.
    signal: Sender<Infallible>,
    thread: JoinHandle<()>,
}

impl MonitoringThread {
    pub(super) fn spawn(rounds: Rounds, interval: Duration) -> io::Result<Self> {
        let (signal, stop) = bounded(0);
        let (drain, rounds) = (rounds.dispatcher.drain(), Arc::new(rounds));
        let shared = Arc::clone(&rounds);
        let run = move || look(&shared, interval, &stop);
        let thread = thread::Builder::new().name("alert monitoring".into()).spawn(run)?;
        Ok(MonitoringThread {
            rounds,
            drain,
            running: Mutex::new(Some(Running { signal, thread })),
        })
    }

    /// A round by hand, now: what it told. It sees what was measured until the last second ended.
    pub fn evaluate_now(&self) -> Vec<Arc<Notification>> {
        self.evaluate(SystemTime::now())
    }

    /// A round by hand at another time of day, for tests of silences, exclusions and periods. All that lasts counts by the
    /// profiler's clock, which a test [moves by hand](perf_core::Clock::manual).
    pub fn evaluate(&self, now: SystemTime) -> Vec<Arc<Notification>> {
        self.rounds.round(now)
    }

    /// Silences alerts until it is over or [`unsilence`](Self::unsilence)d, also over a restart if there is a state
    /// file.
    ///
    /// ```
    /// use perf_alert::{Monitoring, Rules, Silence};
    /// use perf_core::Profiler;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let monitoring = Monitoring::new(&Profiler::new(), Rules::new([])?).spawn_monitoring()?;
    /// let hour = SystemTime::now() + Duration::from_secs(3_600);
    /// let silence = monitoring.silence(Silence::until(hour, [r#"operation="search""#.parse()?]));
    /// assert!(monitoring.unsilence(silence));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn silence(&self, silence: Silence) -> SilenceId {
        self.rounds.change(|engine| engine.silence(silence))
    }

    /// Ends a silence; `false` if it was over.
    pub fn unsilence(&self, id: SilenceId) -> bool {
        self.rounds.change(|engine| engine.unsilence(id))
    }

    /// The silences that were not over in the last round, or were made since.
    pub fn silences(&self) -> Vec<(SilenceId, Silence)> {
        self.rounds.read(|engine| engine.silences().map(|(id, of)| (id, of.clone())).collect())
    }

    /// How often somebody was told that something began to fire, and what fires now.
    pub fn alert_summary(&self) -> AlertSummary {
        self.rounds.read(|engine| engine.alert_summary())
    }

    /// What was told last, oldest first: at most 1,000 alerts, of this process.
    pub fn history(&self) -> Vec<ToldAlert> {
        self.rounds.read(|engine| engine.history().cloned().collect())
    }

    /// Sends a test to every handler and waits up to `patience` for all of them, as
    /// [`Dispatcher::test_fire`](crate::Dispatcher::test_fire).
    pub fn test_fire(&self, patience: Duration) -> Vec<TestFire> {
        self.rounds.dispatcher.test_fire(patience)
    }

    /// How it went until now.
    pub fn totals(&self) -> MonitoringTotals {
        self.rounds.totals()
    }

    /// Stops within the time that [`Monitoring::drain`](crate::Monitoring::drain) gave.
    pub fn stop(&self) -> MonitoringTotals {
        self.stop_within(self.drain)
    }

    /// Ends the thread at once, without another round; lets the handlers say what waits and has the state written, and
    /// returns when that is done or this time is over. What is left then is counted, and the thread of a handler that
    /// hangs is left behind. After the first stop another only returns the totals.
    pub fn stop_within(&self, patience: Duration) -> MonitoringTotals {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { signal, thread }) = running {
            drop(signal);
            // It catches the panics of its rounds and has none of its own.
            let _ = thread.join();
            let deadline = Instant::now() + patience.min(Duration::from_secs(86_400)) + GRACE;
            self.rounds.save_last();
            self.rounds.dispatcher.stop_within(patience);
            self.rounds.stop_saving(deadline);
        }
        self.totals()
    }
}

impl Drop for MonitoringThread {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for MonitoringThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MonitoringThread")
            .field("dispatcher", &self.rounds.dispatcher)
            .finish_non_exhaustive()
    }
}

/// Ticks each second, and looks every so many of them, until it is told to stop.
fn look(rounds: &Rounds, interval: Duration, stop: &Receiver<Infallible>) {
    let timeline = &rounds.source.timeline;
    let mut pace = Pace::new(interval, Instant::now() + timeline.until_tick());
    while stop.recv_timeout(timeline.until_tick() + AFTER) == Err(RecvTimeoutError::Timeout) {
        timeline.tick();
        if let Some(missed) = pace.due(Instant::now()) {
            rounds.add_missed(missed);
            rounds.round(SystemTime::now());
        }
    }
}
