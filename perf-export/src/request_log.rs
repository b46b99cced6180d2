//! A line of JSON for each finished request.

mod compress;
mod day_file;
mod line;
mod name;
mod retention;
mod worker;

pub(crate) use name::LogName;
pub use retention::{LogAction, Planned, Retention};

use crossbeam_channel::{Sender, TrySendError, bounded};
use perf_core::{Counter, Profiler, RequestSummary};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use worker::Worker;

/// What stands after the day in the names of the files.
const PREFIX: &str = "performance";
const QUEUE: usize = 10_000;
const MAX_FILE_BYTES: u64 = 256 << 20;
/// How long a log that is dropped may take to write what is queued.
const DRAIN: Duration = Duration::from_secs(5);

/// A log of finished requests: files `YYYYMMDD_performance.jsonl` in a folder, one line of JSON a request.
///
/// A line has `start_time` (in s since 1970), `total_time` (in s), `timestamp` (of the end, RFC 3339 in UTC),
/// `request_id`, `outcome` (`"ok"` or `"error"`), `error` (its kind), `stages` (by name: `duration` in s,
/// repeated ones summed, and `metadata`), `spans` (each stage by itself, with its `start` after that of the
/// request) and `metadata`. docs/logs.md has an example and queries.
///
/// # What outlives what
///
/// Each line is one `write`. A process that is killed loses what is still queued, and can leave one torn
/// line, at the end. When the disk is full, the folder is gone or a permission is lost, the program goes
/// on; lines that cannot be written are dropped and counted, and writing goes on by itself. What is
/// written, dropped or failed is in the counters `request_log_written_total`,
/// `request_log_dropped_total` and `request_log_errors_total` of the profiler.
#[derive(Clone, Debug)]
#[must_use = "it writes nothing until it is spawned"]
pub struct RequestLog {
    folder: PathBuf,
    max_file_bytes: u64,
    queue: usize,
    retention: Retention,
    sync_every: Option<Duration>,
}

/// The thread that writes a [`RequestLog`]. Dropped, it writes what is queued, for at most five seconds.
#[derive(Debug)]
pub struct RequestLogThread {
    worker: Option<JoinHandle<()>>,
    counters: Counters,
    stop: Arc<Stop>,
    sender: Sender<RequestSummary>,
}

/// What became of the lines of a log, over its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogTotals {
    /// Lines written.
    pub written: u64,
    /// Lines lost: the queue was full, they could not be written, or the deadline had passed.
    pub dropped: u64,
}

/// When to stop, and whether somebody has said so.
#[derive(Debug, Default)]
struct Stop {
    said: AtomicBool,
    deadline: std::sync::Mutex<Option<Instant>>,
}

#[derive(Clone, Debug)]
struct Counters {
    written: Counter,
    dropped: Counter,
    errors: Counter,
    totals: Arc<Totals>,
}

/// What this log has done; the profiler's counters go back to zero with a reset.
#[derive(Debug, Default)]
struct Totals {
    written: std::sync::atomic::AtomicU64,
    dropped: std::sync::atomic::AtomicU64,
}

impl RequestLog {
    /// A log in `folder`, which is made when it is not there: files of at most 256 MiB, a queue of 10,000
    /// lines, nothing compressed and nothing deleted.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        RequestLog {
            folder: folder.into(),
            max_file_bytes: MAX_FILE_BYTES,
            queue: QUEUE,
            retention: Retention::default(),
            sync_every: None,
        }
    }

    /// A file that would grow beyond this is left, and `YYYYMMDD_performance.001.jsonl` and so on begun.
    pub fn max_file_bytes(mut self, bytes: u64) -> Self {
        self.max_file_bytes = bytes.max(1);
        self
    }

    /// Lines that wait to be written; what comes while so many wait is dropped and counted.
    pub fn queue(mut self, lines: usize) -> Self {
        self.queue = lines.max(1);
        self
    }

    /// Files of days so long ago are compressed with gzip: 1 is all but today's.
    pub fn compress_after_days(mut self, days: u32) -> Self {
        self.retention = self.retention.compress_after_days(days);
        self
    }

    /// Files of days so long ago, compressed or not, are deleted.
    pub fn keep_days(mut self, days: u32) -> Self {
        self.retention = self.retention.keep_days(days);
        self
    }

    /// Has what is written forced to the disk so often, that it outlives the machine and not only the
    /// process. It takes the writing thread some milliseconds each time.
    pub fn sync_every(mut self, interval: Duration) -> Self {
        self.sync_every = Some(interval);
        self
    }

    /// Starts the thread that writes a line for every request of `profiler` that ends from now on.
    ///
    /// On the thread that ends a request it costs a copy of its summary; what is not written in time is
    /// dropped, and nobody waits.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made, today's file cannot be opened, or the thread cannot be started.
    pub fn spawn(self, profiler: &Profiler) -> io::Result<RequestLogThread> {
        let counters = Counters {
            written: profiler.counter("request_log_written_total"),
            dropped: profiler.counter("request_log_dropped_total"),
            errors: profiler.counter("request_log_errors_total"),
            totals: Arc::default(),
        };
        let (sender, receiver) = bounded(self.queue);
        let stop = Arc::new(Stop::default());
        let now = profiler.snapshot().taken_at();
        let worker = Worker::new(&self, now, receiver, counters.clone(), Arc::clone(&stop))?;
        let worker =
            thread::Builder::new().name("request-log".to_owned()).spawn(|| worker.run())?;
        let (observed, dropped, stopped) = (sender.clone(), counters.clone(), Arc::clone(&stop));
        profiler.observe_requests(move |request| {
            if stopped.said.load(Relaxed) {
                return;
            }
            if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
                observed.try_send(request.clone())
            {
                dropped.drop_lines(1);
            }
        });
        Ok(RequestLogThread { worker: Some(worker), counters, stop, sender })
    }
}

impl RequestLogThread {
    /// What became of the lines until now; those that wait are in neither.
    pub fn totals(&self) -> LogTotals {
        self.counters.totals()
    }

    /// Lines that wait to be written.
    pub fn queued(&self) -> usize {
        self.sender.len()
    }

    /// Writes what is queued, for at most five seconds, and ends.
    pub fn stop(self) -> LogTotals {
        self.stop_within(DRAIN)
    }

    /// Writes what is queued until the deadline has passed; what is left is dropped and counted.
    pub fn stop_within(mut self, deadline: Duration) -> LogTotals {
        self.end(deadline);
        self.counters.totals()
    }

    fn end(&mut self, within: Duration) {
        let Some(worker) = self.worker.take() else { return };
        let deadline = Instant::now().checked_add(within);
        *self.stop.deadline.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = deadline;
        self.stop.said.store(true, Relaxed);
        worker.thread().unpark();
        // It has no panic of its own, and a panic here would end the process while it unwinds.
        let _ = worker.join();
    }
}

impl Drop for RequestLogThread {
    fn drop(&mut self) {
        self.end(DRAIN);
    }
}

impl Counters {
    fn write_line(&self) {
        self.written.increment();
        self.totals.written.fetch_add(1, Relaxed);
    }

    fn drop_lines(&self, count: u64) {
        self.dropped.add(count);
        self.totals.dropped.fetch_add(count, Relaxed);
    }

    fn totals(&self) -> LogTotals {
        LogTotals {
            written: self.totals.written.load(Relaxed),
            dropped: self.totals.dropped.load(Relaxed),
        }
    }
}
