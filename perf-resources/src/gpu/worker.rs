//! The thread that calls the driver: what it does in each round, and when it tries again what failed.

use super::gpu_snapshot::{GpuSnapshot, MissingGpu, MissingReason};
use super::gpu_state::GpuState;
use super::shared::Shared;
use super::source::{Read, Source};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Runs until the sampler is dropped.
pub(super) fn run(source: impl Source, shared: Arc<Shared>) {
    // After a panic in the driver's wrapper too, nobody waits for the thread.
    let ended = Ended(Arc::clone(&shared));
    let interval = shared.config.interval;
    let mut worker = Worker::new(source, interval, shared.config.max_back_off);
    let mut due = Instant::now();
    while let Some(now) = shared.next_round(due) {
        // On the grid, so that lateness does not add up; who is too late begins a new grid.
        if now >= due {
            due = due.checked_add(interval).unwrap_or(now).max(now);
        }
        let (state, snapshot) = worker.round(now);
        shared.end(state, snapshot);
    }
    worker.close();
    drop(ended);
}

/// Says so when the thread ends.
struct Ended(Arc<Shared>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.done();
    }
}

struct Worker<S> {
    source: S,
    is_open: bool,
    was_available: bool,
    state: GpuState,
    /// When the driver is opened anew; `None` while all is well.
    retry_at: Option<Instant>,
    /// How long the next wait is.
    back_off: Duration,
    first_back_off: Duration,
    max_back_off: Duration,
}

impl<S: Source> Worker<S> {
    fn new(source: S, first_back_off: Duration, max_back_off: Duration) -> Self {
        Worker {
            source,
            is_open: false,
            was_available: false,
            state: GpuState::Starting,
            retry_at: None,
            back_off: first_back_off,
            first_back_off,
            max_back_off: max_back_off.max(first_back_off),
        }
    }

    /// Reads, unless it is too early to try again.
    fn round(&mut self, now: Instant) -> (GpuState, Option<GpuSnapshot>) {
        let is_due = self.retry_at.is_none_or(|at| now >= at);
        if self.retry_at.is_some() && is_due {
            self.close();
        }
        if !self.is_open && !is_due {
            return (self.state.clone(), None);
        }
        if is_due {
            self.retry_at = None;
        }
        let snapshot = match self.read() {
            Ok(read) => self.judge(read, now),
            Err(reason) => {
                self.close();
                self.fail(self.gone(reason), now);
                None
            }
        };
        (self.state.clone(), snapshot)
    }

    fn read(&mut self) -> Result<Read, String> {
        if !self.is_open {
            self.source.open()?;
            self.is_open = true;
        }
        self.source.read()
    }

    fn judge(&mut self, read: Read, at: Instant) -> Option<GpuSnapshot> {
        let is_lost = |gpu: &&MissingGpu| matches!(gpu.reason, MissingReason::Lost(_));
        let lost = read.missing.iter().find(is_lost).copied();
        let state = match (read.gpus.is_empty(), lost) {
            (false, _) => GpuState::Available,
            (true, Some(gpu)) => self.gone(format!("GPU {}: {:?}", gpu.index, gpu.reason)),
            (true, None) => GpuState::NoDevice,
        };
        self.was_available |= state == GpuState::Available;
        if state == GpuState::Available && lost.is_none() {
            self.back_off = self.first_back_off;
            self.state = state;
        } else {
            // Those that are left are read on until the driver is opened anew.
            self.fail(state, at);
        }
        let Read { driver, gpus, missing } = read;
        let any = !gpus.is_empty() || !missing.is_empty();
        any.then(|| GpuSnapshot { at, took: at.elapsed(), driver, gpus, missing })
    }

    fn gone(&self, reason: String) -> GpuState {
        if self.was_available { GpuState::Lost(reason) } else { GpuState::NoDriver(reason) }
    }

    /// Tries again later, and after each failure twice as late.
    fn fail(&mut self, state: GpuState, now: Instant) {
        self.state = state;
        if self.retry_at.is_none() {
            self.retry_at = now.checked_add(self.back_off);
            self.back_off = self.back_off.saturating_mul(2).min(self.max_back_off);
        }
    }

    fn close(&mut self) {
        if self.is_open {
            self.is_open = false;
            self.source.close();
        }
    }
}

#[cfg(test)]
mod tests;
