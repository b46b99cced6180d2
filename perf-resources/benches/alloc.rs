//! What does counting cost? A block of 64 bytes allocated and freed, by the system's allocator and counted,
//! on one thread and on two; and what a measurement of nothing costs.
#![allow(missing_docs, unsafe_code)]

use criterion::{Criterion, criterion_group, criterion_main};
use perf_resources::{AllocationTotals, TrackingAllocator, track_allocations};
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

const BLOCK: Layout = Layout::new::<[u64; 8]>();

fn pairs(allocator: &impl GlobalAlloc, count: u64) -> Duration {
    let start = Instant::now();
    for _ in 0..count {
        // SAFETY: the layout has a size, and the block is freed once, with the layout it came with.
        unsafe {
            let block = black_box(allocator.alloc(black_box(BLOCK)));
            allocator.dealloc(block, BLOCK);
        }
    }
    start.elapsed()
}

/// The time of the slower one: both are at it all the time.
fn pairs_on_two(allocator: &(impl GlobalAlloc + Sync), count: u64) -> Duration {
    let start = Barrier::new(2);
    let run = || {
        start.wait();
        pairs(allocator, count)
    };
    thread::scope(|scope| {
        let other = scope.spawn(run);
        let own = run();
        own.max(other.join().expect("no panic"))
    })
}

fn blocks(c: &mut Criterion) {
    let tracking = TrackingAllocator::new();
    for round in ["", ", again"] {
        let name = |what: &str| format!("alloc/64 B, {what}{round}");
        c.bench_function(&name("system, 1 thread"), |b| b.iter_custom(|n| pairs(&System, n)));
        c.bench_function(&name("tracked, 1 thread"), |b| b.iter_custom(|n| pairs(&tracking, n)));
        c.bench_function(&name("system, 2 threads"), |b| {
            b.iter_custom(|n| pairs_on_two(&System, n));
        });
        c.bench_function(&name("tracked, 2 threads"), |b| {
            b.iter_custom(|n| pairs_on_two(&tracking, n));
        });
    }
}

fn readings(c: &mut Criterion) {
    c.bench_function("alloc/track nothing", |b| b.iter(|| track_allocations(|| black_box(1))));
    c.bench_function("alloc/totals", |b| b.iter(|| black_box(AllocationTotals::read())));
}

criterion_group!(benches, blocks, readings);
criterion_main!(benches);
