//! What does it cost to record one value: alone, with limits, from two threads, by name, and with so
//! many operations that they no longer fit the first-level cache?
#![allow(missing_docs)]

mod workload;

use criterion::{Criterion, criterion_group, criterion_main};
use perf_core::{Operation, Profiler};
use std::hint::black_box;
use std::time::Duration;
use workload::{LEN, Random, at_once, each, latencies};

const WIDE: f64 = 2.3;

fn one_thread(c: &mut Criterion) {
    let values = latencies(WIDE, 1);
    let mut group = c.benchmark_group("record");
    group.bench_function("loop alone", |b| {
        b.iter_custom(|iters| each(&values, iters, |value| _ = black_box(value)));
    });
    for limits in [0_u64, 1, 2, 4] {
        let operation = Profiler::new().operation("record");
        let limit = |i: u64| Duration::from_micros(700 + 300 * i);
        operation.limits(&(0..limits).map(limit).collect::<Vec<_>>()).expect("at most four");
        group.bench_function(format!("{limits} limits"), |b| {
            b.iter_custom(|iters| each(&values, iters, |value| operation.record_nanos(value)));
        });
    }
    let operation = Profiler::new().operation("record");
    operation.keep_recent(1_000);
    group.bench_function("keeping the last 1,000", |b| {
        b.iter_custom(|iters| each(&values, iters, |value| operation.record_nanos(value)));
    });
    let operation = Profiler::new().operation("record");
    group.bench_function("a Duration", |b| {
        b.iter_custom(|iters| {
            each(&values, iters, |value| operation.record(Duration::from_nanos(value)))
        });
    });
    let mut plain = hdrhistogram::Histogram::<u64>::new_with_bounds(1, 60_000_000_000, 2)
        .expect("valid bounds");
    group.bench_function("peer: hdrhistogram, plain", |b| {
        b.iter_custom(|iters| each(&values, iters, |value| plain.saturating_record(value)));
    });
    group.finish();
}

/// Each value slower than all before: every one is kept, with its lock and its clock.
fn ramp(c: &mut Criterion) {
    let mut slowest = 0;
    let operation = Profiler::new().operation("record");
    c.bench_function("record/each slower than all before", |b| {
        b.iter_custom(|iters| {
            let start = std::time::Instant::now();
            for _ in 0..iters {
                slowest += 1_000;
                operation.record_nanos(black_box(slowest));
            }
            start.elapsed()
        });
    });
}

fn two_threads(c: &mut Criterion) {
    let values = [latencies(WIDE, 1), latencies(WIDE, 2)];
    let operation = Profiler::new().operation("record");
    let recent = Profiler::new().operation("record");
    recent.keep_recent(1_000);
    for (name, operation) in [("0 limits", operation), ("keeping the last 1,000", recent)] {
        c.bench_function(&format!("record/{name}, 2 threads"), |b| {
            b.iter_custom(|iters| {
                at_once(2, |thread| {
                    each(&values[thread as usize], iters, |value| operation.record_nanos(value))
                })
            });
        });
    }
}

fn by_name(c: &mut Criterion) {
    let values = latencies(WIDE, 1);
    let profiler = Profiler::new();
    let names: Vec<String> = (0..16).map(|i| format!("operation_{i:02}")).collect();
    let handles: Vec<Operation> = names.iter().map(|name| profiler.operation(name)).collect();
    c.bench_function("record/16 handles", |b| {
        b.iter_custom(|iters| {
            each(&values, iters, |value| handles[value as usize % 16].record_nanos(value))
        });
    });
    c.bench_function("record/16 names", |b| {
        b.iter_custom(|iters| {
            each(&values, iters, |value| {
                profiler.record(&names[value as usize % 16], Duration::from_nanos(value));
            })
        });
    });
}

fn many_operations(c: &mut Criterion) {
    let values = latencies(WIDE, 1);
    let profiler = Profiler::new();
    let handles: Vec<Operation> =
        (0..256).map(|i| profiler.operation(&format!("operation_{i}"))).collect();
    let mut random = Random(7);
    let order: Vec<u8> = (0..LEN).map(|_| random.next() as u8).collect();
    c.bench_function("record/256 operations in rotation", |b| {
        b.iter_custom(|iters| {
            let mut next = 0u8;
            each(&values, iters, |value| {
                handles[next as usize].record_nanos(value);
                next = next.wrapping_add(1);
            })
        });
    });
    c.bench_function("record/256 operations at random", |b| {
        b.iter_custom(|iters| {
            let mut order = order.iter().cycle();
            each(&values, iters, |value| {
                handles[usize::from(*order.next().expect("endless"))].record_nanos(value);
            })
        });
    });
}

fn counter(c: &mut Criterion) {
    let values = latencies(WIDE, 1);
    let counter = Profiler::new().counter("count");
    c.bench_function("counter/add, 1 thread", |b| {
        b.iter_custom(|iters| each(&values, iters, |value| counter.add(value)));
    });
    c.bench_function("counter/add, 2 threads", |b| {
        b.iter_custom(|iters| at_once(2, |_| each(&values, iters, |value| counter.add(value))));
    });
}

criterion_group!(benches, one_thread, ramp, two_threads, by_name, many_operations, counter);
criterion_main!(benches);
