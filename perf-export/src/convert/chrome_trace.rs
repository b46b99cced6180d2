//! The trace format of Chrome.

use super::lanes::Lanes;
use super::{Convert, json};
use crate::Entry;
use std::io::{self, Write};
use std::time::Duration;

const HOUR: u64 = 3_600;

/// The trace event format of Chrome, as Perfetto, speedscope and `chrome://tracing` read it: a complete
/// event (`"ph":"X"`) for each request and each of its stages, in µs.
///
/// Requests that overlap stand on rows (`tid`) of their own, up to 1,024 of them; so do stages that ran
/// side by side. Times count from a full hour before the first request, which is
/// `otherData.base_unix_s`, as a number in µs since 1970 would lose its nanoseconds. Requests of a
/// log without times stand one after the other.
#[derive(Debug, Default)]
pub struct ChromeTrace {
    base: Option<u64>,
    lanes: Lanes,
    /// Where the next request without a time stands.
    after: Duration,
    has_events: bool,
}

impl ChromeTrace {
    /// Without events.
    pub fn new() -> Self {
        ChromeTrace::default()
    }

    fn event(
        &mut self,
        out: &mut dyn Write,
        name: &str,
        category: &str,
        (start, duration, lane): (i128, i128, usize),
        arguments: &str,
    ) -> io::Result<()> {
        let before = if self.has_events { ",\n" } else { "{\"traceEvents\":[\n" };
        self.has_events = true;
        write!(
            out,
            "{before}{{\"name\":{},\"cat\":\"{category}\",\"ph\":\"X\",\"ts\":{},\"dur\":{},\
             \"pid\":1,\"tid\":{lane},\"args\":{{{arguments}}}}}",
            json::text(name),
            micros(start),
            micros(duration),
        )
    }
}

impl Convert for ChromeTrace {
    fn entry(&mut self, entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
        let started = entry.started.unwrap_or(self.after);
        let base =
            *self.base.get_or_insert_with(|| (started.as_secs() / HOUR).saturating_sub(1) * HOUR);
        let start = started.as_nanos() as i128 - i128::from(base) * 1_000_000_000;
        let total = entry.total.as_nanos() as i128;
        self.after = started.saturating_add(entry.total);
        let lane = self.lanes.take(start, start + total);
        let mut arguments = vec![outcome(entry.failure.as_deref())];
        if let Some(id) = &entry.id {
            arguments.push(format!("\"request_id\":{}", json::text(id)));
        }
        if let Some(metadata) = &entry.metadata {
            arguments.push(format!("\"metadata\":{}", json::value(metadata)));
        }
        let name = entry.operation.as_deref().unwrap_or("request");
        self.event(out, name, "request", (start, total, lane), &arguments.join(","))?;
        // The longest first of those that start together, so that one can hold the other.
        let mut spans: Vec<_> = entry.spans.iter().collect();
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.duration)));
        let mut around = vec![start + total];
        for span in spans {
            let from = start + span.start.as_nanos() as i128;
            let duration = span.duration.as_nanos() as i128;
            while around.len() > 1 && around.last().is_some_and(|end| *end <= from) {
                around.pop();
            }
            let fits = around.last().is_some_and(|end| from + duration <= *end);
            let lane = match fits {
                true => {
                    around.push(from + duration);
                    lane
                }
                false => self.lanes.take(from, from + duration),
            };
            let arguments = outcome(span.failure.as_deref());
            self.event(out, &span.stage, "stage", (from, duration, lane), &arguments)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let before = if self.has_events { "" } else { "{\"traceEvents\":[" };
        let base = self.base.unwrap_or(0);
        writeln!(
            out,
            "{before}\n],\"displayTimeUnit\":\"ms\",\"otherData\":{{\"base_unix_s\":\"{base}\"}}}}"
        )
    }
}

fn outcome(failure: Option<&str>) -> String {
    match failure {
        None => "\"outcome\":\"ok\"".to_owned(),
        Some(kind) => format!("\"outcome\":\"error\",\"error\":{}", json::text(kind)),
    }
}

/// Nanoseconds as µs, all of their digits.
fn micros(nanos: i128) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", nanos.unsigned_abs() / 1_000, nanos.unsigned_abs() % 1_000)
}
