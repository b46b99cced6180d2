//! What the thread that calls the driver and everybody else have in common. Nobody calls the driver
//! while holding the lock, so nobody waits for it there.

use super::gpu_config::GpuConfig;
use super::gpu_snapshot::GpuSnapshot;
use super::gpu_state::GpuState;
use super::left_behind;
use super::watch::Watch;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long a drop waits for a call that is under way and not known to hang.
const GRACE: Duration = Duration::from_millis(100);
/// However short a call may take, who waits for it does not spin.
const SHORTEST_LOOK: Duration = Duration::from_millis(1);

pub(super) struct Shared {
    pub(super) config: GpuConfig,
    status: Mutex<Status>,
    /// Every change of the status.
    changed: Condvar,
    watchers: Mutex<Vec<Weak<dyn Watch>>>,
}

struct Status {
    state: GpuState,
    snapshot: Option<Arc<GpuSnapshot>>,
    /// Since when the thread is in the driver.
    busy_since: Option<Instant>,
    /// Rounds that have begun, and that have ended.
    begun: u64,
    ended: u64,
    /// Somebody waits for a round that begins from now on.
    is_asked: bool,
    is_told_to_stop: bool,
    is_done: bool,
    is_left_behind: bool,
}

impl Shared {
    pub(super) fn new(config: GpuConfig) -> Self {
        let status = Status {
            state: GpuState::NotStarted,
            snapshot: None,
            busy_since: None,
            begun: 0,
            ended: 0,
            is_asked: false,
            is_told_to_stop: false,
            is_done: true,
            is_left_behind: false,
        };
        Shared {
            config,
            status: Mutex::new(status),
            changed: Condvar::new(),
            watchers: Mutex::default(),
        }
    }

    /// A thread begins. There is one at a time; after its end there may be another.
    pub(super) fn start(&self) -> io::Result<()> {
        let mut status = lock(&self.status);
        if !status.is_done {
            let reason = "the thread that reads the GPUs runs already";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, reason));
        }
        status.state = GpuState::Starting;
        status.is_told_to_stop = false;
        status.is_done = false;
        status.is_left_behind = false;
        Ok(())
    }

    pub(super) fn latest(&self) -> (GpuState, Option<Arc<GpuSnapshot>>) {
        self.answer(&lock(&self.status))
    }

    /// The latest after a round that begins from now on, or after `time`: at once where no round is to be
    /// hoped for, and as soon as the one under way hangs.
    pub(super) fn sample_within(&self, time: Duration) -> (GpuState, Option<Arc<GpuSnapshot>>) {
        let start = Instant::now();
        let mut status = lock(&self.status);
        let wanted = status.begun + 1;
        loop {
            let answer = self.answer(&status);
            let is_hopeful = matches!(answer.0, GpuState::Available | GpuState::Starting);
            let left = time.saturating_sub(start.elapsed());
            if status.ended >= wanted || !is_hopeful || left.is_zero() {
                return answer;
            }
            if status.begun < wanted && !status.is_asked {
                status.is_asked = true;
                self.changed.notify_all();
            }
            // Nobody tells when a call begins to hang.
            let busy = status.busy_since.map_or(Duration::ZERO, |since| since.elapsed());
            let look = self.config.hanging_after.saturating_sub(busy).max(SHORTEST_LOOK);
            let waited = self.changed.wait_timeout(status, left.min(look));
            status = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn watch(&self, watcher: Weak<dyn Watch>) {
        lock(&self.watchers).push(watcher);
    }

    /// Waits until it is `due` or somebody asks; from when on the thread is in the driver, or `None` when
    /// it is to end. Who asks later is not served by this round, hence all of it under one lock.
    pub(super) fn next_round(&self, due: Instant) -> Option<Instant> {
        let status = lock(&self.status);
        let time = due.saturating_duration_since(Instant::now());
        let waits = |status: &mut Status| !status.is_told_to_stop && !status.is_asked;
        let waited = self.changed.wait_timeout_while(status, time, waits);
        let mut status = waited.unwrap_or_else(PoisonError::into_inner).0;
        let now = Instant::now();
        // To give the driver up is a call to it too.
        status.busy_since = Some(now);
        status.begun += 1;
        status.is_asked = false;
        (!status.is_told_to_stop).then_some(now)
    }

    /// The thread is back, with this.
    pub(super) fn end(&self, state: GpuState, snapshot: Option<GpuSnapshot>) {
        let snapshot = snapshot.map(Arc::new);
        if let Some(snapshot) = &snapshot {
            self.show(snapshot);
        }
        let mut status = lock(&self.status);
        status.busy_since = None;
        status.state = state;
        status.ended = status.begun;
        if snapshot.is_some() {
            status.snapshot = snapshot;
        }
        self.changed.notify_all();
    }

    /// The thread has ended, however it did.
    pub(super) fn done(&self) {
        let mut status = lock(&self.status);
        status.is_done = true;
        status.busy_since = None;
        status.state = GpuState::Stopped;
        if status.is_left_behind {
            left_behind::come_back(self.config.library.as_deref());
        }
        self.changed.notify_all();
    }

    /// Tells the thread to end, and leaves it behind if it does not.
    pub(super) fn stop(&self) {
        let mut status = lock(&self.status);
        status.is_told_to_stop = true;
        self.changed.notify_all();
        let grace = if self.is_hanging(&status) { Duration::ZERO } else { GRACE };
        let waited = self.changed.wait_timeout_while(status, grace, |status| !status.is_done);
        let mut status = waited.unwrap_or_else(PoisonError::into_inner).0;
        if !status.is_done {
            status.is_left_behind = true;
            left_behind::leave(self.config.library.as_deref());
        }
    }

    fn show(&self, snapshot: &GpuSnapshot) {
        let mut watchers = lock(&self.watchers);
        watchers.retain(|watcher| watcher.strong_count() > 0);
        let alive: Vec<_> = watchers.iter().filter_map(Weak::upgrade).collect();
        drop(watchers);
        alive.iter().for_each(|watcher| watcher.see(snapshot));
    }

    fn answer(&self, status: &Status) -> (GpuState, Option<Arc<GpuSnapshot>>) {
        (self.state(status), status.snapshot.clone())
    }

    fn state(&self, status: &Status) -> GpuState {
        match status.busy_since {
            _ if status.is_told_to_stop => GpuState::Stopped,
            Some(since) if self.is_hanging(status) => GpuState::Hanging(since),
            _ => status.state.clone(),
        }
    }

    fn is_hanging(&self, status: &Status) -> bool {
        status.busy_since.is_some_and(|since| since.elapsed() >= self.config.hanging_after)
    }
}

/// After a panic elsewhere too: no state is left half changed.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
