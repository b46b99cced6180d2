//! The thread that writes.

use super::day_file::DayFile;
use super::retention::Retention;
use super::{Counters, RequestLog, Stop, line};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use perf_core::RequestSummary;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant, SystemTime};

/// How long to wait for a line before looking whether to stop.
const IDLE: Duration = Duration::from_millis(50);
/// How long after a failure the file is tried again.
const RETRY: Duration = Duration::from_millis(250);
/// How often to look whether the file is still there.
const LOOK: Duration = Duration::from_secs(1);
/// How often to look for old files.
const TIDY: Duration = Duration::from_secs(3_600);

pub(super) struct Worker {
    folder: PathBuf,
    max_file_bytes: u64,
    sync_every: Option<Duration>,
    retention: Retention,
    receiver: Receiver<RequestSummary>,
    counters: Counters,
    stop: Arc<Stop>,
    /// `None` after a failure, until it is tried again.
    file: Option<DayFile>,
    retry_at: Instant,
    looked_at: Instant,
    synced_at: Instant,
    tidied_at: Option<Instant>,
    line: Vec<u8>,
}

impl Worker {
    /// Opens today's file, so that what is wrong from the start is told to whoever spawns.
    pub(super) fn new(
        log: &RequestLog,
        time: SystemTime,
        receiver: Receiver<RequestSummary>,
        counters: Counters,
        stop: Arc<Stop>,
    ) -> io::Result<Self> {
        let now = Instant::now();
        Ok(Worker {
            file: Some(DayFile::open(&log.folder, day(time))?),
            folder: log.folder.clone(),
            max_file_bytes: log.max_file_bytes,
            sync_every: log.sync_every,
            retention: log.retention,
            receiver,
            counters,
            stop,
            retry_at: now,
            looked_at: now,
            synced_at: now,
            tidied_at: None,
            line: Vec::new(),
        })
    }

    pub(super) fn run(mut self) {
        loop {
            match self.receiver.recv_timeout(IDLE) {
                Ok(request) => self.take(&request),
                Err(RecvTimeoutError::Timeout) if self.stop.said.load(Relaxed) => break,
                Err(RecvTimeoutError::Timeout) => self.look_after_files(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.is_past_deadline() {
                self.counters.drop_lines(self.receiver.try_iter().count() as u64);
                break;
            }
        }
        if let (Some(file), Some(_)) = (&self.file, self.sync_every)
            && file.sync().is_err()
        {
            self.counters.errors.increment();
        }
    }

    fn take(&mut self, request: &RequestSummary) {
        self.look_after_files();
        self.line.clear();
        line::write(&mut self.line, request);
        let ended = request.started_at().checked_add(request.total());
        if self.file.is_none() && Instant::now() < self.retry_at {
            // The disk is not asked again for every line.
            return self.counters.drop_lines(1);
        }
        match self.write(day(ended.unwrap_or_else(SystemTime::now))) {
            Ok(()) => self.counters.write_line(),
            Err(_) => {
                self.counters.drop_lines(1);
                self.failed();
            }
        }
    }

    /// Writes the line to the file of its day. One of the day before that comes after midnight goes to the
    /// new file.
    fn write(&mut self, day: Date) -> io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) if file.day() >= day => file,
            _ => DayFile::open(&self.folder, day)?,
        };
        if file.is_full(self.line.len(), self.max_file_bytes) {
            file = file.next_part(&self.folder)?;
        }
        file.write(&self.line)?;
        self.file = Some(file);
        Ok(())
    }

    fn failed(&mut self) {
        self.counters.errors.increment();
        self.retry_at = Instant::now() + RETRY;
        self.file = None;
    }

    fn look_after_files(&mut self) {
        let now = Instant::now();
        if now.duration_since(self.looked_at) >= LOOK {
            self.looked_at = now;
            if self.file.as_ref().is_some_and(|file| !file.is_still_there()) {
                // Somebody has moved or removed it; the next line begins a new one.
                self.file = None;
            }
        }
        if self.sync_every.is_some_and(|interval| now.duration_since(self.synced_at) >= interval) {
            self.synced_at = now;
            if self.file.as_ref().is_some_and(|file| file.sync().is_err()) {
                self.failed();
            }
        }
        if self.tidied_at.is_none_or(|tidied| now.duration_since(tidied) >= TIDY) {
            self.tidied_at = Some(now);
            if self.retention.apply(&self.folder, SystemTime::now()).is_err() {
                self.counters.errors.increment();
            }
        }
    }

    fn is_past_deadline(&self) -> bool {
        let deadline =
            || *self.stop.deadline.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.stop.said.load(Relaxed)
            && deadline().is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// The day of a time, in UTC.
pub(super) fn day(time: SystemTime) -> Date {
    Timestamp::try_from(time).unwrap_or_default().to_zoned(TimeZone::UTC).date()
}
