//! Writes the pages that a browser looks at beside the demo's report: `cargo xtask browser`.
//!
//! ```text
//! cargo run -p perf-report --example pages -- FOLDER
//! ```

#[path = "../tests/fixture/full.rs"]
mod full;

use perf_report::{Report, Trends};
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// What somebody could call an operation, a label or a request to do harm; short
/// enough for names to differ before they are cut.
const HOSTILE: &str = "</script><script>alert(1)</script>\"<!--\u{202e}";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    fs::create_dir_all(&folder)?;
    everything("").write_html(folder.join("everything.html"))?;
    everything(HOSTILE).write_html(folder.join("hostile.html"))?;
    fs::write(folder.join("trends.html"), trends().to_html()?)?;
    Ok(())
}

/// A report with a call tree and a baseline.
fn everything(prefix: &str) -> Report {
    let run = |extra| run(prefix, extra);
    run(20).with_baseline([&run(5), &run(6)])
}

fn run(prefix: &str, extra_ms: u64) -> Report {
    full::full(prefix, Duration::from_millis(extra_ms)).2
}

/// Twelve runs, of which the last four are slower.
fn trends() -> Trends {
    let night = |n: u64| {
        let report = run("", if n < 8 { 4 + n % 2 } else { 20 + n % 2 });
        (format!("night-{n:02}.json"), report.labelled("commit", format!("{n:02}ffee")))
    };
    Trends::of((0..12).map(night))
}
