//! Timing nothing: what a timer costs around the work.

use crate::contender::Contender;
use autometrics::autometrics;
use autometrics::settings::AutometricsSettings;
use benchmarks::settings::{self, edges, edges_nanos, hdr, shards};
use fast_telemetry::SampledTimer;
use hotpath::{Format, HotpathGuard, HotpathGuardBuilder};
use perf_core::Profiler;
use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tracing_timing::Histogram as TimingHistogram;

pub fn start_hotpath() -> HotpathGuard {
    HotpathGuardBuilder::new("benchmarks").format(Format::None).build()
}

/// Once a process: where autometrics counts, and in which buckets.
pub fn start_autometrics() {
    let edges: Vec<f64> = edges().collect();
    AutometricsSettings::builder().histogram_buckets(edges).init();
}

/// A function, since autometrics measures nothing smaller.
#[autometrics]
#[inline(always)]
fn measured(value: &u64) {
    black_box(value);
}

pub fn contenders() -> Vec<Contender> {
    let operation = Profiler::new().operation("timer");
    let mutex = Arc::new(Mutex::new(hdr()));
    let atomic = Arc::new(settings::atomic());
    let quanta_atomic = Arc::clone(&atomic);
    // Every call, as all the others do.
    let fast = Arc::new(SampledTimer::new(&edges_nanos(), shards(), 1));
    let prometheus = settings::prometheus();
    vec![
        Contender::new("perfkit", move || {
            let operation = operation.clone();
            Box::new(move |values| {
                for value in values {
                    let _timer = operation.timer();
                    black_box(value);
                }
            })
        }),
        Contender::new("minstant + AtomicHistogram", move || {
            let atomic = Arc::clone(&atomic);
            Box::new(move |values| {
                for value in values {
                    let start = minstant::Instant::now();
                    black_box(value);
                    atomic.increment(start.elapsed().as_nanos() as u64).expect("in range");
                }
            })
        }),
        Contender::new("quanta + AtomicHistogram", move || {
            let atomic = Arc::clone(&quanta_atomic);
            let clock = quanta::Clock::new();
            Box::new(move |values| {
                for value in values {
                    let start = clock.raw();
                    black_box(value);
                    let nanos = clock.delta_as_nanos(start, clock.raw());
                    atomic.increment(nanos).expect("in range");
                }
            })
        }),
        Contender::new("Instant + Mutex<hdrhistogram>", move || {
            let mutex = Arc::clone(&mutex);
            Box::new(move |values| {
                for value in values {
                    let start = Instant::now();
                    black_box(value);
                    let nanos = start.elapsed().as_nanos() as u64;
                    mutex.lock().expect("no panic").saturating_record(nanos);
                }
            })
        }),
        Contender::new("hotpath (its worker's time not counted)", || {
            Box::new(|values| {
                for value in values {
                    hotpath::measure_block!("timer", black_box(value));
                }
            })
        }),
        Contender::new("fast-telemetry, SampledTimer of every call", move || {
            let timer = Arc::clone(&fast);
            Box::new(move |values| {
                for value in values {
                    let _timer = timer.start();
                    black_box(value);
                }
            })
        }),
        Contender::new("autometrics, a function", || {
            Box::new(|values| values.iter().for_each(measured))
        }),
        Contender::new("prometheus, start_timer", move || {
            let histogram = prometheus.clone();
            Box::new(move |values| {
                for value in values {
                    let _timer = histogram.start_timer();
                    black_box(value);
                }
            })
        }),
        Contender::new("fastrace, a local span", || {
            Box::new(|values| {
                for value in values {
                    let root =
                        fastrace::Span::root("root", fastrace::prelude::SpanContext::random());
                    let _guard = root.set_local_parent();
                    let _span = fastrace::local::LocalSpan::enter_with_local_parent("timer");
                    black_box(value);
                }
            })
        }),
        Contender::new("tracing-timing", || {
            let new = || TimingHistogram::new_with_max(1_000_000_000, 2).expect("valid bounds");
            let dispatch = tracing::Dispatch::new(tracing_timing::Builder::default().build(new));
            Box::new(move |values| {
                tracing::dispatcher::with_default(&dispatch, || {
                    for value in values {
                        tracing::trace_span!("timer").in_scope(|| {
                            black_box(value);
                            tracing::trace!("end");
                        });
                    }
                });
            })
        }),
    ]
}
