//! One process launch of perfkit beside its peers: every contender of a work runs on the same values,
//! in turns, and its cost is the time its thread was on a core.
//!
//! Prints a line for each: work, threads, contender, ns an operation, cores that its threads had,
//! separated by tabs. `cargo xtask bench --peers` launches it many times and makes a table. What memory the
//! contenders take is for a program of its own, `memory`: an allocator that counts would cost time here.

mod clocks;
mod contender;
mod counters;
mod many;
mod names;
mod quantiles;
mod record;
mod scrapes;
mod snapshots;
mod timers;

use benchmarks::{SIX_DECADES, latencies};
use contender::{Contender, Cost};

type Work = (&'static str, &'static [usize], usize, fn() -> Vec<Contender>);

/// What is measured, on how many threads, with how many operations a turn: enough that to fetch back
/// what the others have driven out of the caches does not count.
const WORKS: [Work; 11] = [
    ("record", &[1, 2, 8], 50_000, record::contenders),
    ("record to 256 in rotation", &[1], 2_048_000, many::in_rotation),
    ("record to 256 at random", &[1], 2_048_000, many::at_random),
    ("count", &[1, 2], 512_000, counters::contenders),
    ("two readings of the clock", &[1], 50_000, clocks::contenders),
    ("timer", &[1, 2], 20_000, timers::contenders),
    ("by name", &[1, 2], 50_000, names::contenders),
    ("snapshot, p50 p90 p95 p99, 1 shard", &[1], 40, snapshots::of_1),
    ("snapshot, p50 p90 p95 p99, 2 shards", &[1], 40, snapshots::of_2),
    ("snapshot, p50 p90 p95 p99, 64 shards", &[1], 40, snapshots::of_64),
    ("scrape, 100 operations, 14 edges", &[1], 40, scrapes::contenders),
];

fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let _hotpath = timers::start_hotpath();
    timers::start_autometrics();
    let values = latencies(SIX_DECADES, 1);
    for (work, threads, operations, contenders) in WORKS {
        if !work.contains(&filter) {
            continue;
        }
        for &threads in threads {
            let contenders = contenders();
            for Cost { name, nanos, cores } in
                contender::run(&contenders, threads, operations, &values)
            {
                println!("{work}\t{threads}\t{name}\t{nanos:.3}\t{cores:.2}");
            }
        }
    }
    // Not dropped, it prints no report.
    std::mem::forget(_hotpath);
}
