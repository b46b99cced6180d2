//! A log of requests in the formats of other tools: entry by entry, in memory that does not grow with
//! the log.
//!
//! * [`Csv`], a row for each stage, for spreadsheets and data frames.
//! * [`Prometheus`], histograms of requests and stages in the text format.
//! * [`ChromeTrace`], what Perfetto, speedscope and `chrome://tracing` show.
//! * [`OtlpJson`], traces as the file exporter of OpenTelemetry writes them.
//! * [`Folded`], summed stacks for flame graphs.
//!
//! ```
//! use perf_export::convert::{Convert, Folded};
//! use perf_export::{Entry, Span};
//! use std::time::Duration;
//!
//! let mut entry = Entry::default();
//! entry.total = Duration::from_millis(50);
//! let mut span = Span::default();
//! (span.stage, span.duration) = ("search".into(), Duration::from_millis(20));
//! entry.spans.push(span);
//!
//! let (mut folded, mut out) = (Folded::new("request"), Vec::new());
//! folded.entry(&entry, &mut out)?;
//! folded.finish(&mut out)?;
//! assert_eq!(out, b"request 30000\nrequest;search 20000\n");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Names and texts of the log are inert in every format: none ends its field, its line or its string, and
//! none holds a control character that a terminal obeys.

mod chrome_trace;
mod csv;
mod folded;
mod json;
mod lanes;
mod otlp;
mod prometheus;
mod series;

pub use chrome_trace::ChromeTrace;
pub use csv::Csv;
pub use folded::Folded;
pub use otlp::OtlpJson;
pub use prometheus::{InvalidPrometheus, Prometheus};

use crate::Entry;
use std::io::{self, Write};

/// A format that a log is converted to. Each entry is handed to it once, and then it is finished.
pub trait Convert {
    /// Takes an entry; writes what can be written already.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn entry(&mut self, entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what is left.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()>;
}

/// What hides in a text or moves a terminal's cursor.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Seconds to the nanosecond.
fn seconds(time: std::time::Duration) -> String {
    format!("{}.{:09}", time.as_secs(), time.subsec_nanos())
}
