//! One request: its stages, what no stage accounts for, and an observer that warns.
//!
//! ```text
//! cargo run -p perfkit --example requests
//! ```

use perfkit::{Profiler, RequestError};
use std::hint::black_box;
use std::thread;
use std::time::Instant;

/// Real work that takes some time.
fn work(rounds: u64) -> u64 {
    (0..rounds).fold(7, |sum, i| black_box(sum ^ (sum << 5) ^ i))
}

fn main() -> Result<(), RequestError> {
    let profiler = Profiler::builder().overall_operation("answer").build();
    profiler.observe_requests(|summary| {
        for (stage, share) in summary.bottlenecks(0.5) {
            println!("{}: {stage} took {:.0} % of the time", summary.id(), share * 100.0);
        }
    });

    // As guards, where one place sees the whole request.
    let request = profiler.request("query-1");
    {
        let mut stage = request.stage("retrieval");
        stage.metadata("documents", 50);
        work(300_000);
    }
    thread::scope(|scope| {
        scope.spawn(|| request.time("reranking", || work(200_000)));
        scope.spawn(|| request.time("expansion", || work(200_000)));
    });
    let summary = request.end();
    println!("{}: {:?}", summary.id(), summary.total());
    for stage in summary.stages() {
        let share = summary.share(stage.name()).unwrap_or(0.0) * 100.0;
        println!("  {:10} {:>12?} {share:5.1} %", stage.name(), stage.duration());
    }
    println!("  side by side {:?}, unattributed {:?}", summary.overlap(), summary.unattributed());

    // By id, where a request crosses threads or handlers.
    profiler.start_request("query-2")?;
    let handler = profiler.clone();
    let handled = thread::spawn(move || {
        let start = Instant::now();
        work(500_000);
        handler.log_stage("query-2", "retrieval", start.elapsed(), [("documents", 20)])
    });
    handled.join().expect("the handler does not panic")?;
    profiler.end_request("query-2")?;
    println!("a second end: {}", profiler.end_request("query-2").unwrap_err());
    Ok(())
}
