//! Reading logs of requests: ours, whole folders of them, and those of others.

mod access_log;
mod csv_line;
mod entry;
mod entry_recorder;
mod error;
mod files;
mod json_line;
mod lines;
mod mapping;
mod merged;
mod replay;
mod request_line;
mod skipped;

pub use access_log::AccessLog;
pub use entry::{Entry, Span};
pub use entry_recorder::EntryRecorder;
pub use error::LogError;
pub use mapping::{FieldTest, Mapping};
pub use merged::MergedReader;
pub use replay::{Replay, Replayed};
pub use skipped::{SkipReason, Skipped};

use csv_line::CsvHeader;
use files::Files;
use lines::Lines;
use std::path::{Path, PathBuf};

/// How the lines of a log are written.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LogFormat {
    /// Those of [`RequestLog`](crate::RequestLog), or of anything else with `total_time` in s.
    Requests,
    /// Objects of JSON, one a line.
    Json(Mapping),
    /// Comma-separated values with a header.
    Csv(Mapping),
    /// Access logs of web servers.
    Access(AccessLog),
}

/// The lines of a log, one after the other, whatever files they are in. It takes memory for one line, and
/// for what decompressing needs.
///
/// ```
/// use perf_export::{LogFormat, LogReader};
///
/// # let folder = std::env::temp_dir().join(format!("perf-export-reader-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = &folder.join("log.jsonl");
/// std::fs::write(path, "{\"start_time\":1.0,\"total_time\":0.5}\n{\"torn\n")?;
/// let mut reader = LogReader::open(path, LogFormat::Requests)?;
/// let mut seconds = 0.0;
/// reader.read(&mut |entry| seconds += entry.total.as_secs_f64())?;
/// assert_eq!(seconds, 0.5);
/// assert_eq!(reader.skipped().total(), 1); // and where the first of them is
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LogReader {
    format: LogFormat,
    files: Files,
    skipped: Skipped,
    entries: u64,
    open: Option<OpenFile>,
}

/// The file that is being read.
struct OpenFile {
    path: PathBuf,
    lines: Lines,
    header: Option<CsvHeader>,
}

impl LogReader {
    /// A file, plain or compressed (`.gz`, and with the feature `zstd` `.zst`), or a folder of them in the
    /// order of their names. `-` is standard input.
    ///
    /// # Errors
    ///
    /// [`LogError`] when there is no such file, or no log in the folder.
    pub fn open(path: impl AsRef<Path>, format: LogFormat) -> Result<Self, LogError> {
        let files = Files::open(path.as_ref(), &format)?;
        Ok(LogReader { format, files, skipped: Skipped::default(), entries: 0, open: None })
    }

    /// Hands every entry to `take`, in the order of the lines. Lines that are no entries are skipped and
    /// [counted](Self::skipped).
    ///
    /// # Errors
    ///
    /// [`LogError`] when a file cannot be read to its end, is no log at all, or lacks a field that the
    /// mapping names.
    pub fn read(&mut self, take: &mut dyn FnMut(&Entry<'_>)) -> Result<(), LogError> {
        self.read_until(&mut |entry| {
            take(entry);
            true
        })
    }

    /// The next entry, as a copy; `None` at the end.
    fn next_owned(&mut self) -> Result<Option<Entry<'static>>, LogError> {
        let mut next = None;
        self.read_until(&mut |entry| {
            next = Some(entry.clone().into_owned());
            false
        })?;
        Ok(next)
    }

    /// The same log from its beginning; `None` of what can be read only once.
    fn again(&self) -> Option<Self> {
        let files = self.files.again()?;
        Some(LogReader {
            format: self.format.clone(),
            files,
            skipped: Skipped::default(),
            entries: 0,
            open: None,
        })
    }

    /// Until `take` says no, or the log ends; it can be gone on with.
    fn read_until(&mut self, take: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), LogError> {
        loop {
            let open = match &mut self.open {
                Some(open) => open,
                None => {
                    let Some((path, lines)) = self.files.next()? else { return Ok(()) };
                    self.open.insert(OpenFile { path, lines, header: None })
                }
            };
            let line = open.lines.next().map_err(|error| LogError::read(&open.path, &error))?;
            let Some(line) = line else {
                self.open = None;
                continue;
            };
            let number = line.number;
            let mut goes_on = true;
            let mut take = |entry: &Entry<'_>| {
                self.entries += 1;
                goes_on = take(entry);
            };
            let result = match (&self.format, line.bytes) {
                (_, None) => Err(SkipReason::TooLong),
                (_, Some(bytes)) if bytes.iter().all(u8::is_ascii_whitespace) => Ok(()),
                (LogFormat::Requests, Some(bytes)) => request_line::read(bytes, &mut take),
                (LogFormat::Json(mapping), Some(bytes)) => {
                    json_line::read(bytes, mapping, &mut take)
                }
                (LogFormat::Csv(mapping), Some(bytes)) => match &open.header {
                    None => {
                        open.header = Some(CsvHeader::read(bytes, mapping, &open.path)?);
                        Ok(())
                    }
                    Some(header) => csv_line::read(bytes, header, mapping, &mut take),
                },
                (LogFormat::Access(format), Some(bytes)) => format.read(bytes, &mut take),
            };
            if let Err(reason) = result {
                self.skipped.count(reason, &open.path, number);
            }
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Entries read until now.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Lines that were no entries.
    pub fn skipped(&self) -> &Skipped {
        &self.skipped
    }
}
