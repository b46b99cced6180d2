//! What does a scrape cost: 100 operations, 14 edges, and what was measured to be read first?
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use perf_core::Profiler;
use perf_export::prometheus::{Exposition, Format};
use std::hint::black_box;
use std::time::Duration;

/// 100 operations with 1,000 latencies each, over six octaves or so.
fn service(limits: &[Duration]) -> Profiler {
    let profiler = Profiler::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for number in 0..100 {
        let operation = profiler.operation(&format!("operation-{number}"));
        operation.limits(limits).expect("at most four");
        for _ in 0..1_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let share = (random >> 33) as f64 / f64::from(1_u32 << 31);
            operation.record(Duration::from_secs_f64(0.001 * (4.0 * share).exp()));
        }
    }
    profiler
}

fn scrape(c: &mut Criterion) {
    let exposition = Exposition::new();
    let plain = service(&[]);
    let promising = service(&[Duration::from_millis(30), Duration::from_millis(300)]);
    let mut group = c.benchmark_group("exposition");
    let mut out = Vec::new();
    for (name, profiler) in [("100 operations", &plain), ("with 2 limits each", &promising)] {
        let snapshot = profiler.lifetime();
        let formats = [
            ("text", Format::Text),
            ("OpenMetrics", Format::OpenMetrics),
            ("protobuf", Format::Protobuf),
        ];
        for (format_name, format) in formats {
            out.clear();
            exposition.encode(&snapshot, format, &mut out);
            println!("{format_name}, {name}: {} bytes", out.len());
            group.bench_function(format!("encode {format_name}, {name}"), |b| {
                b.iter(|| {
                    out.clear();
                    exposition.encode(black_box(&snapshot), format, &mut out);
                    black_box(&out);
                });
            });
        }
        group.bench_function(format!("snapshot and encode text, {name}"), |b| {
            b.iter(|| {
                out.clear();
                exposition.encode(&profiler.lifetime(), Format::Text, &mut out);
                black_box(&out);
            });
        });
    }
    group.finish();
}

/// What one request of remote write takes of the thread that makes it, and how long it is.
#[cfg(feature = "push")]
fn remote_write(c: &mut Criterion) {
    use perf_export::push::RemoteWrite;
    use std::time::SystemTime;

    let write = RemoteWrite::to("http://localhost/").expect("a URL");
    let write = write.label("job", "shop").and_then(|write| write.label("instance", "shop-1:80"));
    let write = write.expect("labels");
    let (profiler, now) = (service(&[]), SystemTime::now());
    let snapshot = profiler.lifetime();
    let bodies = write.bodies(&snapshot, now);
    println!("remote write: {:?} bytes", bodies.iter().map(Vec::len).collect::<Vec<_>>());
    c.bench_function("exposition/encode and compress remote write, 100 operations", |b| {
        b.iter(|| black_box(write.bodies(black_box(&snapshot), now)));
    });
}

#[cfg(not(feature = "push"))]
fn remote_write(_: &mut Criterion) {}

criterion_group!(benches, scrape, remote_write);
criterion_main!(benches);
