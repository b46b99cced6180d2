//! Interval logs, as the tools of HdrHistogram read them.

mod histogram;
mod tag;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::{Serializer, V2DeflateSerializeError, V2DeflateSerializer};
use jiff::Timestamp;
use perf_core::{Distribution, Snapshot, Window};
use std::fmt::Write;
use std::io;
use std::time::{Duration, SystemTime};

/// Before the lines with histograms. The version is the one that has tags.
const HEADER: &str = "#[Histogram log format version 1.3]\n\
    #values in ns; Interval_Max in ms\n\
    \"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";

/// A log of latencies in the format of HdrHistogram (version 1.3, histograms compressed with V2): a line for each
/// interval and operation, with the operation as its tag.
///
/// The values are the latencies of the successes that were timed, in nanoseconds; an operation that has none in
/// an interval has no line for it. [`add`](Self::add) takes any other distribution.
///
/// # What a reader sees
///
/// The counts are exact. Minimum and maximum are those of the distribution; all other values stand at the middle
/// of their bucket, at most 1/256 from the truth. The file keeps three digits, and readers tell the upper end of
/// what those cannot tell apart, up to 1/1024 more. So what a reader tells of a line is at most 0.4 % below the
/// truth and 0.5 % above it. Where lines are added up, a value can change places with others of its bucket: 0.8 %
/// and 0.9 %. That holds too for the extremes of a window's intervals, which [`Window`] itself knows within 1/128.
///
/// Values above `i64::MAX` (292 years) become that, for the format has no larger ones.
///
/// A tag can hold no comma, white space or control character: those, and `%`, are written as `%2C` and so on, byte
/// by byte as in a URL. An operation whose name is empty has no tag. Times are those of the clock on the wall, in s
/// since 1970.
///
/// ```
/// # use perf_core::{Clock, Profiler};
/// # use std::time::Duration;
/// use perf_export::HdrLog;
///
/// # let (clock, time) = Clock::manual();
/// # let profiler = Profiler::builder().clock(clock).build();
/// let timeline = profiler.timeline();
/// # timeline.tick();
/// profiler.record("vector search", Duration::from_millis(2));
/// # time.advance(Duration::from_secs(1));
/// timeline.tick(); // TimelineThread does it once a second
///
/// let mut file = Vec::new();
/// let mut log = HdrLog::new(&mut file)?;
/// log.add_window(&timeline.window(Duration::from_secs(60)))?;
/// assert!(String::from_utf8_lossy(&file).contains("\nTag=vector%20search,"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct HdrLog<W: io::Write> {
    out: W,
    /// Whether the time of the first interval has been told.
    started: bool,
    serializer: V2DeflateSerializer,
    compressed: Vec<u8>,
    line: String,
}

impl<W: io::Write> HdrLog<W> {
    /// A log that is written to `out`, with its header.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(HEADER.as_bytes())?;
        Ok(HdrLog {
            out,
            started: false,
            serializer: V2DeflateSerializer::new(),
            compressed: Vec::new(),
            line: String::new(),
        })
    }

    /// Adds all of `snapshot` as one interval: a line for each operation.
    ///
    /// # Errors
    ///
    /// Those of [`add`](Self::add).
    pub fn add_snapshot(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        let length = snapshot.interval();
        let from = snapshot.taken_at().checked_sub(length).unwrap_or(SystemTime::UNIX_EPOCH);
        for operation in snapshot.operations().filter(|operation| !operation.latency().is_empty()) {
            self.add(operation.name(), from, length, operation.latency())?;
        }
        Ok(())
    }

    /// Adds each interval of `window`, oldest first: a line for each interval and operation.
    ///
    /// # Errors
    ///
    /// Those of [`add`](Self::add).
    pub fn add_window(&mut self, window: &Window) -> io::Result<()> {
        window.intervals().try_for_each(|interval| self.add_snapshot(&interval.snapshot()))
    }

    /// Adds one line: `values`, recorded from `from` for so long, under the tag `name`. Readers expect lines in
    /// the order of their beginnings.
    ///
    /// # Errors
    ///
    /// Those of the writer; [`io::ErrorKind::InvalidData`] when a bucket counts more than `i64::MAX`, which the
    /// format cannot hold. The line is one write.
    pub fn add(
        &mut self,
        name: &str,
        from: SystemTime,
        length: Duration,
        values: &Distribution,
    ) -> io::Result<()> {
        let histogram = histogram::of(values)?;
        self.compressed.clear();
        self.serializer.serialize(&histogram, &mut self.compressed).map_err(not_serialized)?;
        self.line.clear();
        let from = from.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        if !self.started {
            self.tell_start(from);
        }
        if !name.is_empty() {
            self.line.push_str("Tag=");
            tag::escape(name, &mut self.line);
            self.line.push(',');
        }
        let (from, length) = (Seconds(from), Seconds(length));
        let max = values.max().unwrap_or(0) as f64 / 1e6;
        // Writing to a String cannot fail.
        let _ = write!(self.line, "{from},{length},{max:.6},");
        STANDARD.encode_string(&self.compressed, &mut self.line);
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        self.started = true;
        Ok(())
    }

    /// Writes what the writer holds back.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn tell_start(&mut self, from: Duration) {
        let date = i64::try_from(from.as_secs()).ok().and_then(|s| Timestamp::from_second(s).ok());
        let date = date.map_or_else(String::new, |date| date.to_string());
        let _ =
            writeln!(self.line, "#[StartTime: {} (seconds since epoch), {date}]", Seconds(from));
    }
}

impl<W: io::Write> std::fmt::Debug for HdrLog<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HdrLog").field("started", &self.started).finish_non_exhaustive()
    }
}

/// In s, to the microsecond, rounded down.
struct Seconds(Duration);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:06}", self.0.as_secs(), self.0.subsec_micros())
    }
}

fn not_serialized(error: V2DeflateSerializeError) -> io::Error {
    match error {
        V2DeflateSerializeError::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}
