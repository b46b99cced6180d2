//! Work to count the instructions of: `instructions WORK TIMES`.
//!
//! ```text
//! cargo xtask bench --instructions
//! ```
//!
//! What is done before the first time is done always, so the difference of two counts is the cost.

use perf_core::{Clock, Profiler, Quantile};
use std::hint::black_box;
use std::time::Duration;

/// Values of six octaves in a fixed order.
const VALUES: [u64; 6] = [700_000, 1_500_000, 3_000_000, 6_000_000, 350_000, 180_000];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let work = arguments.next().unwrap_or_default();
    let times: u64 = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(0);
    // Which clock a valgrind may trust is its own affair.
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).kept_samples(0).build();
    let operation = profiler.operation("work");
    for name in ["work", "limited"] {
        VALUES.iter().for_each(|value| profiler.record(name, Duration::from_nanos(*value)));
    }
    let limited = profiler.operation("limited");
    limited.limits(&[Duration::from_millis(1)]).expect("one limit");
    let counter = profiler.counter("count");
    counter.increment();
    operation.timer().stop();
    profiler.snapshot();
    profiler.timeline().tick();

    let values = (0..times).map(|i| VALUES[i as usize % VALUES.len()]);
    match work.as_str() {
        "record" => values.for_each(|value| operation.record_nanos(black_box(value))),
        "record, one limit" => values.for_each(|value| limited.record_nanos(black_box(value))),
        "record by name" => {
            values
                .for_each(|value| profiler.record(black_box("work"), Duration::from_nanos(value)));
        }
        "counter" => (0..times).for_each(|_| counter.increment()),
        "timer, manual clock" => (0..times).for_each(|_| drop(operation.timer())),
        "snapshot with four quantiles" => (0..times).for_each(|_| {
            let snapshot = profiler.snapshot();
            let quantiles = [Quantile::P50, Quantile::P90, Quantile::P95, Quantile::P99];
            let work = snapshot.operation("work").expect("it is there");
            black_box(work.latency().quantiles(&quantiles));
        }),
        "tick of one operation" => values.for_each(|value| {
            operation.record_nanos(value);
            hand.advance(Duration::from_secs(1));
            profiler.timeline().tick();
        }),
        _ => {
            eprintln!("unknown work {work:?}");
            std::process::exit(3);
        }
    }
}
