//! What does a timer cost around nothing, compared with the least that any timer can cost?
#![allow(missing_docs)]

mod workload;

use criterion::{Criterion, criterion_group, criterion_main};
use perf_core::{Clock, Profiler};
use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};
use workload::at_once;

fn run(iters: u64, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..iters {
        work();
    }
    start.elapsed()
}

/// A guard around nothing, which the optimiser may neither look into nor keep in registers.
macro_rules! spend {
    ($guard:expr) => {{
        let guard = $guard;
        black_box(&guard);
    }};
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn ticks() -> u64 {
    // SAFETY: RDTSC is part of x86-64 and touches no memory.
    unsafe { std::arch::x86_64::_rdtsc() }
}

fn one_thread(c: &mut Criterion) {
    let mut group = c.benchmark_group("timer");
    #[cfg(target_arch = "x86_64")]
    group.bench_function("floor: two counter reads and a bucket store", |b| {
        let mut buckets = vec![0u64; 64 * 128];
        b.iter_custom(|iters| {
            run(iters, || {
                let start = black_box(ticks());
                let ticks = ticks() - start;
                let shift = 56 - (ticks | 128).leading_zeros() as usize;
                buckets[(shift << 7) + (ticks >> shift) as usize] += 1;
            })
        });
        black_box(buckets);
    });
    group.bench_function("peer: two Instant reads", |b| {
        b.iter_custom(|iters| run(iters, || _ = black_box(Instant::now().elapsed())));
    });

    let profiler = Profiler::new();
    let operation = profiler.operation("timer");
    group.bench_function("handle", |b| {
        b.iter_custom(|iters| run(iters, || spend!(operation.timer())));
    });
    group.bench_function("by name", |b| {
        b.iter_custom(|iters| run(iters, || spend!(profiler.timer(black_box("timer")))));
    });
    group.bench_function("macro", |b| {
        b.iter_custom(|iters| run(iters, || spend!(perf_core::timer!(profiler, "timer"))));
    });
    group.bench_function("owned", |b| {
        b.iter_custom(|iters| run(iters, || spend!(operation.owned_timer())));
    });
    group.bench_function("with one metadata pair", |b| {
        b.iter_custom(|iters| {
            run(iters, || operation.timer().metadata("query_id", black_box(7_u64)))
        });
    });
    group.bench_function("failure with a kind", |b| {
        b.iter_custom(|iters| run(iters, || operation.timer().mark_failure_with("timeout")));
    });
    group.bench_function("lap", |b| {
        let mut laps = operation.laps();
        b.iter_custom(|iters| run(iters, || _ = black_box(laps.lap(&operation))));
    });
    group.bench_function("request with three stages", |b| {
        b.iter_custom(|iters| {
            run(iters, || {
                let request = profiler.request("query-456");
                for stage in ["retrieval", "reranking", "generation"] {
                    spend!(request.stage(stage));
                }
                _ = black_box(request.end());
            })
        });
    });
    let sampled = operation.sampled(NonZeroU32::new(64).expect("not zero"));
    group.bench_function("sampled, 1 in 64", |b| {
        b.iter_custom(|iters| run(iters, || spend!(sampled.timer())));
    });
    let instant = Profiler::builder().clock(Clock::instant()).build().operation("timer");
    group.bench_function("handle, Instant clock", |b| {
        b.iter_custom(|iters| run(iters, || spend!(instant.timer())));
    });
    group.finish();
}

fn scopes(c: &mut Criterion) {
    let off = Profiler::new().operation("scope");
    let on = Profiler::builder().call_tree(1_000).build();
    let [outer, middle, inner] = ["outer", "middle", "inner"].map(|name| on.operation(name));
    let mut group = c.benchmark_group("scope");
    group.bench_function("peer: a timer", |b| {
        b.iter_custom(|iters| run(iters, || spend!(off.timer())));
    });
    group.bench_function("call tree off", |b| {
        b.iter_custom(|iters| run(iters, || spend!(off.scope())));
    });
    group.bench_function("call tree on", |b| {
        b.iter_custom(|iters| run(iters, || spend!(outer.scope())));
    });
    group.bench_function("call tree on, 3 deep", |b| {
        b.iter_custom(|iters| {
            run(iters, || {
                let _outer = black_box(outer.scope());
                let _middle = black_box(middle.scope());
                spend!(inner.scope());
            })
        });
    });
    group.finish();
}

fn two_threads(c: &mut Criterion) {
    let operation = Profiler::new().operation("timer");
    c.bench_function("timer/handle, 2 threads", |b| {
        b.iter_custom(|iters| at_once(2, |_| run(iters, || spend!(operation.timer()))));
    });
}

criterion_group!(benches, one_thread, scopes, two_threads);
criterion_main!(benches);
