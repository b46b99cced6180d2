//! Ends requests as fast as it can until it is killed, and says after each how many lines were written:
//! what the fault tests kill.
//!
//! ```text
//! log_forever FOLDER
//! ```

use perf_core::Profiler;
use perf_export::RequestLog;
use std::io::{self, Write};
use std::time::Duration;

fn main() -> io::Result<()> {
    let folder =
        std::env::args().nth(1).ok_or_else(|| io::Error::other("usage: log_forever FOLDER"))?;
    let profiler = Profiler::new();
    let log = RequestLog::in_folder(folder).queue(1_000).spawn(&profiler)?;
    let mut stdout = io::stdout().lock();
    for id in 0_u64.. {
        let id = id.to_string();
        let request = profiler.request(&id);
        request.log_stage("retrieval", Duration::from_micros(1), [("k", 50)]);
        request.log_stage("generation", Duration::from_micros(2), [("text", "x".repeat(200))]);
        drop(request);
        while log.queued() > 900 {
            std::thread::yield_now();
        }
        // Whoever reads this knows that so many lines have been handed to the system.
        writeln!(stdout, "{}", log.totals().written)?;
    }
    Ok(())
}
