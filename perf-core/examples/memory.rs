//! What an operation, its shards and a counter take of the heap.
//!
//! ```text
//! cargo run --release -p perf-core --example memory
//! ```

#[allow(dead_code)] // what is resident is of no interest here
#[path = "stress/memory.rs"]
mod heap;

use heap::live_bytes;
use perf_core::{Clock, Profiler};
use std::time::Duration;

/// Prints what `work` has left on the heap, and keeps it there.
fn measure<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let before = live_bytes();
    let kept = work();
    println!("| {name} | {} |", live_bytes() - before);
    kept
}

/// Lognormal with median 1 ms: the inverse of the distribution function, by Newton's method, at a
/// thousand equal steps, so that no generator is needed.
fn latencies(sigma: f64) -> impl Iterator<Item = u64> {
    (1..1_000).map(move |step| {
        let p = f64::from(step) / 1_000.0;
        // Tukey's lambda with 0.14 is the normal distribution to two digits.
        let normal = (p.powf(0.14) - (1.0 - p).powf(0.14)) / 0.1975;
        (1e6 * (sigma * normal).exp()).clamp(1e3, 1e9) as u64
    })
}

fn main() {
    println!("| what | bytes |\n|---|---:|");
    let profiler = measure("a profiler", Profiler::new);
    let operation = measure("an operation", || profiler.operation("sigma 0.6"));
    measure("a thread that records sigma 0.6", || {
        latencies(0.6).for_each(|ns| operation.record_nanos(ns))
    });
    let wide = profiler.operation("six decades");
    measure("a thread that records six decades", || {
        latencies(2.3).chain([1_000, 1_000_000_000]).for_each(|ns| wide.record_nanos(ns));
    });
    measure("its failures, sigma 0.6", || {
        latencies(0.6).for_each(|ns| operation.record_failure(Duration::from_nanos(ns)));
    });
    let counter = measure("a counter", || profiler.counter("count"));
    measure("a thread that counts", || counter.increment());
    drop(measure("a snapshot of the two operations", || profiler.snapshot()));

    for (rate, name) in [(1, "1 call"), (100, "100 calls"), (10_000, "10,000 calls")] {
        let alone = an_hour(1, rate);
        println!("| an hour's timeline of operations with {name} a second: the first | {alone} |");
        println!("| each further one | {} |", (an_hour(11, rate) - alone) / 10);
    }
}

/// Bytes that a timeline of 70 minutes leaves on the heap: sigma 0.6, `rate` calls a second.
fn an_hour(operations: usize, rate: u64) -> i64 {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let names = (0..operations).map(|name| profiler.operation(&name.to_string()));
    let names: Vec<_> = names.collect();
    let values: Vec<_> = latencies(0.6).collect();
    names.iter().for_each(|operation| values.iter().for_each(|ns| operation.record_nanos(*ns)));
    let (timeline, mut next) = (profiler.timeline(), 0);
    let before = live_bytes();
    for _ in 0..4_200 {
        for i in 0..rate * operations as u64 {
            names[i as usize % operations].record_nanos(values[next]);
            // A prime, so that each second has values from everywhere.
            next = (next + 601) % values.len();
        }
        hand.advance(Duration::from_secs(1));
        timeline.tick();
    }
    live_bytes() - before
}
