//! Several logs as one, by time.

use super::{Entry, LogError, LogReader, Skipped};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// The entries of several logs in the order in which they ended, as one log of all of them would have them.
///
/// Each log is read in its own order. It holds one entry of each log, and opens a log when its first entry
/// is due: logs of days that follow each other are open one after the other.
///
/// ```
/// use perf_export::{LogFormat, LogReader, MergedReader};
///
/// # let folder = std::env::temp_dir().join(format!("perf-export-merged-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let (a, b) = (folder.join("a.jsonl"), folder.join("b.jsonl"));
/// let line = |second| format!("{{\"start_time\":{second}.0,\"total_time\":0.5}}\n");
/// std::fs::write(&a, line(1) + &line(3))?;
/// std::fs::write(&b, line(2) + &line(4))?;
/// let open = |path| LogReader::open(path, LogFormat::Requests);
/// let mut started = Vec::new();
/// MergedReader::new([open(a)?, open(b)?])?.read(&mut |entry| started.extend(entry.started))?;
/// assert!(started.iter().map(std::time::Duration::as_secs).eq(1..=4));
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MergedReader {
    logs: Vec<Log>,
    /// When the next entry of each log ended, and which log that is: the earliest first, and the first log
    /// of those that are equal.
    next: BinaryHeap<Reverse<(Duration, usize)>>,
}

struct Log {
    reader: LogReader,
    /// Its next entry; `None` until the log is opened.
    next: Option<Entry<'static>>,
}

impl MergedReader {
    /// Looks into each log for when it begins.
    ///
    /// # Errors
    ///
    /// As [`LogReader::read`].
    pub fn new(readers: impl IntoIterator<Item = LogReader>) -> Result<Self, LogError> {
        let (mut logs, mut next) = (Vec::new(), BinaryHeap::new());
        for mut reader in readers {
            // What can be read only once is open from now on.
            let (head, first) = match reader.again() {
                Some(mut copy) => (None, copy.next_owned()?),
                None => {
                    let first = reader.next_owned()?;
                    (first.clone(), first)
                }
            };
            // What has no entry is read too: its lines are counted as skipped.
            let due = first.and_then(|first| first.ended()).unwrap_or_default();
            next.push(Reverse((due, logs.len())));
            logs.push(Log { reader, next: head });
        }
        Ok(MergedReader { logs, next })
    }

    /// Hands every entry to `take`. An entry without a time comes with the one before it in its log.
    ///
    /// # Errors
    ///
    /// As [`LogReader::read`].
    pub fn read(&mut self, take: &mut dyn FnMut(&Entry<'_>)) -> Result<(), LogError> {
        while let Some(Reverse((due, index))) = self.next.pop() {
            let log = &mut self.logs[index];
            if let Some(entry) = log.next.take() {
                take(&entry);
            }
            log.next = log.reader.next_owned()?;
            if let Some(entry) = &log.next {
                self.next.push(Reverse((entry.ended().unwrap_or(due), index)));
            }
        }
        Ok(())
    }

    /// Entries read until now.
    pub fn entries(&self) -> u64 {
        self.logs.iter().map(|log| log.reader.entries()).sum()
    }

    /// Lines that were no entries, by log, in the order in which the logs were given.
    pub fn skipped(&self) -> impl Iterator<Item = &Skipped> {
        self.logs.iter().map(|log| log.reader.skipped())
    }
}
