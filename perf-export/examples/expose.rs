//! What a small service exposes to Prometheus, on the standard output.
//!
//! ```text
//! expose [ACCEPT] | promtool check metrics
//! expose 'application/openmetrics-text'
//! ```

use perf_core::{Definition, Profiler};
use perf_export::prometheus::{Exposition, Format, SlaEvents};
use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

const LIMIT: Duration = Duration::from_millis(300);

fn main() -> Result<(), Box<dyn Error>> {
    let accept = std::env::args().nth(1).unwrap_or_default();
    let profiler = Profiler::new();
    let answer = profiler.operation("answer");
    // Counted from the first call on, so that the bucket of 0.3 s is exact.
    answer.limits(&[LIMIT])?;
    let tokens = profiler.define_histogram(
        Definition::new("generated_tokens")
            .description("Tokens that an answer has.")
            .labels(&["model"])
            .buckets(&[16, 64, 256, 1_024]),
    )?;
    let tokens = tokens.with(&[("model", "small")])?;
    for call in 1..=1_000_u64 {
        answer.record(Duration::from_micros(call * 400));
        tokens.record(call % 300);
    }
    answer.record_failure_with(Duration::from_secs(1), "time out");

    let exposition = Exposition::new().build_label("revision", "4f2a9c1").sla_events(|snapshot| {
        let Some(answer) = snapshot.operation("answer") else { return Vec::new() };
        let Some(over) = answer.over(LIMIT) else { return Vec::new() };
        let good = answer.successes() - over.successes;
        vec![SlaEvents { sla: "answers within 300 ms".to_owned(), good, total: answer.count() }]
    });
    let format = Format::negotiate(&accept);
    let mut body = Vec::new();
    exposition.encode(&profiler.lifetime(), format, &mut body);
    eprintln!("{}", format.content_type());
    Ok(io::stdout().write_all(&body)?)
}
