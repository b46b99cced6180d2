//! What do a tick and a window cost, and do they slow those who record?
#![allow(missing_docs)]

mod workload;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use perf_core::{Clock, ManualClock, Profiler, Timeline};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};
use workload::{LEN, at_once, each_on_cpu, latencies};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn ticking() -> (Profiler, Timeline, ManualClock) {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let timeline = profiler.timeline();
    (profiler, timeline, hand)
}

/// One operation that was recorded `rate` times in each of the last `seconds` seconds.
fn recorded(sigma: f64, rate: usize, seconds: usize) -> (Timeline, ManualClock) {
    let (profiler, timeline, hand) = ticking();
    let operation = profiler.operation("work");
    let values = latencies(sigma, 1);
    let mut values = values.iter().cycle();
    for _ in 0..seconds {
        values.by_ref().take(rate).for_each(|value| operation.record_nanos(*value));
        hand.advance(SECOND);
        timeline.tick();
    }
    (timeline, hand)
}

/// 100 operations, each of which eight live threads record 10,000 times a second together.
fn tick(c: &mut Criterion) {
    for (name, standing) in [("", false), (", a standing window", true)] {
        let (profiler, timeline, hand) = ticking();
        let _standing = standing.then(|| timeline.standing_window(MINUTE));
        let operations: Vec<_> = (0..100).map(|i| profiler.operation(&i.to_string())).collect();
        let values = latencies(0.6, 3);
        let round = std::sync::atomic::AtomicUsize::new(0);
        let record = |share: usize| {
            let start = round.fetch_add(1, Relaxed) * 7_919 % LEN;
            for operation in &operations {
                let values = values.iter().cycle().skip(start).take(share);
                values.for_each(|value| operation.record_nanos(*value));
            }
            Duration::ZERO
        };
        // Eight threads make the shards; one then goes on for all, since the machine may have few cores.
        at_once(8, |_| record(1_250));
        let mut group = c.benchmark_group("timeline");
        group.sample_size(60).warm_up_time(Duration::from_millis(200));
        group.bench_function(format!("tick, 100 operations of 8 shards{name}"), |b| {
            b.iter_batched(
                || {
                    record(10_000);
                    hand.advance(SECOND);
                },
                |()| assert!(timeline.tick()),
                BatchSize::PerIteration,
            );
        });
        group.bench_function(format!("tick, 100 idle operations{name}"), |b| {
            b.iter_batched(
                || hand.advance(SECOND),
                |()| assert!(timeline.tick()),
                BatchSize::PerIteration,
            );
        });
    }
}

fn window(c: &mut Criterion) {
    for (sigma_name, sigma) in [("sigma 0.6", 0.6), ("six decades", 2.3)] {
        for rate in [100, 10_000] {
            let (timeline, _hand) = recorded(sigma, rate, 60);
            let p99 = |window: perf_core::Window| window.operation("work").and_then(|o| o.p99());
            c.bench_function(&format!("timeline/60 s, {sigma_name}, {rate} a second"), |b| {
                b.iter(|| black_box(p99(timeline.window(MINUTE))));
            });
            let standing = timeline.standing_window(MINUTE);
            c.bench_function(
                &format!("timeline/standing 60 s, {sigma_name}, {rate} a second"),
                |b| {
                    b.iter(|| black_box(p99(standing.window())));
                },
            );
        }
    }
}

/// Eight threads record; one ticks (a second passes each time) and reads windows each millisecond.
fn recording_meanwhile(c: &mut Criterion) {
    for (name, read) in [("", false), (", windows read each millisecond", true)] {
        let (profiler, timeline, hand) = ticking();
        let operation = profiler.operation("work");
        let standing = timeline.standing_window(MINUTE);
        let values = latencies(0.6, 5);
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while read && !stop.load(Relaxed) {
                    let next = Instant::now() + Duration::from_millis(1);
                    hand.advance(SECOND);
                    timeline.tick();
                    black_box((standing.window().operation("work"), timeline.window(10 * SECOND)));
                    thread::sleep(next.saturating_duration_since(Instant::now()));
                }
            });
            c.bench_function(&format!("timeline/8 threads, time on a core{name}"), |b| {
                b.iter_custom(|iters| {
                    at_once(8, |_| {
                        each_on_cpu(&values, iters, |value| operation.record_nanos(value))
                    })
                });
            });
            stop.store(true, Relaxed);
        });
    }
}

criterion_group!(benches, tick, window, recording_meanwhile);
criterion_main!(benches);
