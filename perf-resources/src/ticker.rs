//! A thread that does something at an interval.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The thread. Dropped, it stops at once and waits for a tick that is under way.
#[derive(Debug)]
pub(crate) struct Ticker {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// Calls `tick` now and then at each `interval`, with the number of ticks that were left out because
    /// the thread came too late.
    pub(crate) fn spawn(
        name: &str,
        interval: Duration,
        mut tick: impl FnMut(u64) + Send + 'static,
    ) -> io::Result<Self> {
        if interval.is_zero() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the interval is zero"));
        }
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let run = move || {
            let mut schedule = Schedule { next: Instant::now(), interval };
            while !told.load(Relaxed) {
                match schedule.look(Instant::now()) {
                    Look::Due { missed } => tick(missed),
                    Look::Wait(time) => thread::park_timeout(time),
                }
            }
        };
        let thread = thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(Ticker { stop, thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // The unpark orders the store before the look that the thread then takes.
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic here would end the process while it unwinds.
            let _ = thread.join();
        }
    }
}

/// When the next tick is due: at multiples of the interval, so that lateness does not add up.
struct Schedule {
    next: Instant,
    interval: Duration,
}

#[derive(Debug, PartialEq, Eq)]
enum Look {
    Due { missed: u64 },
    Wait(Duration),
}

impl Schedule {
    fn look(&mut self, now: Instant) -> Look {
        let Some(late) = now.checked_duration_since(self.next) else {
            return Look::Wait(self.next - now);
        };
        let missed = late.as_nanos() / self.interval.as_nanos();
        let into_interval = late.as_nanos() % self.interval.as_nanos();
        let into_interval = Duration::from_nanos(u64::try_from(into_interval).unwrap_or(0));
        // An interval beyond what a clock can show never comes.
        self.next = (now - into_interval).checked_add(self.interval).unwrap_or(now);
        Look::Due { missed: u64::try_from(missed).unwrap_or(u64::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_late_tick_is_one_tick_and_the_next_is_on_the_old_grid() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut schedule = Schedule { next: start, interval: SECOND };
        assert_eq!(schedule.look(at(0)), Look::Due { missed: 0 });
        assert_eq!(schedule.look(at(0)), Look::Wait(SECOND));
        assert_eq!(schedule.look(at(1_200)), Look::Due { missed: 0 });
        assert_eq!(schedule.look(at(1_999)), Look::Wait(Duration::from_millis(1)));
        assert_eq!(schedule.look(at(4_999)), Look::Due { missed: 2 });
        assert_eq!(schedule.look(at(4_999)), Look::Wait(Duration::from_millis(1)));
    }

    #[test]
    fn it_ticks_at_once_and_stops_at_once() {
        let (sender, receiver) = mpsc::channel();
        let tick = move |missed| sender.send(missed).unwrap_or(());
        let ticker = Ticker::spawn("test", Duration::from_secs(3_600), tick).unwrap();
        assert_eq!(receiver.recv(), Ok(0));
        drop(ticker);
        assert!(receiver.recv().is_err(), "the thread is gone, an hour before its next tick");
    }

    #[test]
    fn an_interval_of_nothing_is_refused() {
        let error = Ticker::spawn("test", Duration::ZERO, |_| {}).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
