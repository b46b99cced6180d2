//! What does a snapshot with four quantiles cost: quiet, while written, of many threads, of many
//! operations?
#![allow(missing_docs)]

mod workload;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use perf_core::{Profiler, Quantile, Snapshot};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use workload::{at_once, each, latencies};

const RECORDS: u64 = 1_000_000;

/// `threads` live threads have each recorded a share of a million values.
fn recorded(sigma: f64, threads: u32) -> Profiler {
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    at_once(threads, |thread| {
        let values = latencies(sigma, u64::from(thread));
        each(&values, RECORDS / u64::from(threads), |value| operation.record_nanos(value))
    });
    profiler
}

fn four_quantiles(snapshot: &Snapshot) -> [Option<u64>; 4] {
    let operation = snapshot.operations().next().expect("one operation");
    let quantiles = [Quantile::P50, Quantile::P90, Quantile::P95, Quantile::P99];
    operation.latency().quantiles(&quantiles)
}

fn one_operation(c: &mut Criterion) {
    let mut group = c.benchmark_group("snapshot");
    for (name, sigma) in [("sigma 0.6", 0.6), ("six decades", 2.3)] {
        for threads in [1, 2, 64] {
            let profiler = recorded(sigma, threads);
            group.bench_function(format!("{name}, {threads} shards"), |b| {
                b.iter(|| black_box(four_quantiles(&profiler.snapshot())));
            });
        }
    }
    let profiler = recorded(0.6, 2);
    profiler.reset();
    group.bench_function("sigma 0.6, 2 shards, after a reset", |b| {
        b.iter(|| black_box(four_quantiles(&profiler.snapshot())));
    });
    group.finish();
}

fn while_written(c: &mut Criterion) {
    for (name, sigma) in [("sigma 0.6", 0.6), ("six decades", 2.3)] {
        let profiler = recorded(sigma, 2);
        let operation = profiler.operation("work");
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let values = latencies(sigma, 1);
                while !stop.load(Ordering::Relaxed) {
                    each(&values, values.len() as u64, |value| operation.record_nanos(value));
                }
            });
            c.bench_function(&format!("snapshot/{name}, 2 shards, while written"), |b| {
                b.iter(|| black_box(four_quantiles(&profiler.snapshot())));
            });
            stop.store(true, Ordering::Relaxed);
        });
    }
}

fn many_operations(c: &mut Criterion) {
    let profiler = Profiler::new();
    let values = latencies(0.6, 3);
    at_once(8, |_| {
        let start = std::time::Instant::now();
        for i in 0..100 {
            let operation = profiler.operation(&format!("operation_{i}"));
            each(&values, 10_000, |value| operation.record_nanos(value));
        }
        start.elapsed()
    });
    c.bench_function("snapshot/100 operations of 8 shards", |b| {
        b.iter_batched(|| (), |()| profiler.snapshot(), BatchSize::PerIteration);
    });
}

criterion_group!(benches, one_operation, while_written, many_operations);
criterion_main!(benches);
