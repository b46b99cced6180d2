//! Comma-separated values.

use super::{Convert, is_hostile, seconds};
use crate::Entry;
use std::io::{self, Write};

const HEADER: &str = "request_id,operation,stage,start_time,duration_s,outcome,error\n";

/// Comma-separated values (RFC 4180) in the long form: a row for each request, with an empty `stage`, and
/// one for each of its stages. So a log with new stages has no new columns, and a stage that is repeated
/// has its rows.
///
/// `start_time` is in s since 1970, `duration_s` in s, both to the nanosecond; `start_time` is empty in a
/// log without times. A row is one line: control characters are written as `\n` or `\u{1b}`. A text that
/// a spreadsheet would take for a formula (it begins with `=`, `+`, `-` or `@`) begins with `'`.
#[derive(Debug, Default)]
pub struct Csv {
    has_header: bool,
}

impl Csv {
    /// With a header.
    pub fn new() -> Self {
        Csv::default()
    }

    fn header(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if !self.has_header {
            self.has_header = true;
            out.write_all(HEADER.as_bytes())?;
        }
        Ok(())
    }
}

impl Convert for Csv {
    fn entry(&mut self, entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.header(out)?;
        let id = text(entry.id.as_deref().unwrap_or(""));
        let operation = text(entry.operation.as_deref().unwrap_or(""));
        let request = ("", entry.started, entry.total, &entry.failure);
        let stages = entry.spans.iter().map(|span| {
            let started = entry.started.map(|started| started.saturating_add(span.start));
            (span.stage.as_ref(), started, span.duration, &span.failure)
        });
        for (stage, started, duration, failure) in std::iter::once(request).chain(stages) {
            let outcome = if failure.is_none() { "ok" } else { "error" };
            writeln!(
                out,
                "{id},{operation},{},{},{},{outcome},{}",
                text(stage),
                started.map(seconds).unwrap_or_default(),
                seconds(duration),
                text(failure.as_deref().unwrap_or("")),
            )?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.header(out)
    }
}

fn text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    if text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        plain.push('\'');
    }
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => plain.extend(c.escape_default()),
            c if is_hostile(c) => plain.extend(c.escape_unicode()),
            c => plain.push(c),
        }
    }
    if plain.contains([',', '"', ';']) || plain.starts_with(' ') || plain.ends_with(' ') {
        format!("\"{}\"", plain.replace('"', "\"\""))
    } else {
        plain
    }
}
