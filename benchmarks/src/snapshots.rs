//! Reading four quantiles of what some threads have recorded a million times, in all.

use crate::contender::{Contender, Turn};
use crate::quantiles::{QUANTILES, of_cumulative};
use benchmarks::settings::{self, hdr, seconds, shards};
use benchmarks::{NARROW, at_once, each, latencies};
use fast_telemetry::Distribution;
use hdrhistogram::sync::SyncHistogram;
use histogram::{AtomicHistogram, Histogram};
use metrics_exporter_prometheus::PrometheusBuilder;
use perf_core::{Profiler, Quantile};
use prometheus::core::Metric;
use std::hint::black_box;
use std::sync::{Arc, Mutex};

const RECORDS: u64 = 1_000_000;

/// On each of `threads` threads at once: what `start` gives for that thread records its values. They all
/// live until the last is done, so each has a shard of its own where there are such.
fn recorded<R: FnMut(u64)>(threads: u32, start: impl Fn(u32) -> R + Sync) {
    at_once(threads, |thread| {
        let values = latencies(NARROW, u64::from(thread));
        each(&values, RECORDS / u64::from(threads), start(thread))
    });
}

fn reads(mut read: impl FnMut() + 'static) -> Turn {
    Box::new(move |values| values.iter().for_each(|_| read()))
}

pub fn of_1() -> Vec<Contender> {
    contenders(1)
}

pub fn of_2() -> Vec<Contender> {
    contenders(2)
}

pub fn of_64() -> Vec<Contender> {
    contenders(64)
}

fn contenders(threads: u32) -> Vec<Contender> {
    let profiler = Profiler::new();
    let operation = profiler.operation("read");
    recorded(threads, |_| |value| operation.record_nanos(value));
    let perfkit = Contender::new("perfkit", move || {
        let profiler = profiler.clone();
        let quantiles = [Quantile::P50, Quantile::P90, Quantile::P95, Quantile::P99];
        reads(move || {
            let snapshot = profiler.snapshot();
            let operation = snapshot.operation("read").expect("it is there");
            black_box(operation.latency().quantiles(&quantiles));
        })
    });
    let mut all = vec![perfkit];
    all.extend(histograms(threads));
    all.extend(hdr_histograms(threads));
    all.extend(exporters(threads));
    all
}

/// One that all threads share, and one of each thread's own.
fn histograms(threads: u32) -> [Contender; 2] {
    let shared = Arc::new(settings::atomic());
    let own: Arc<[AtomicHistogram]> = (0..threads).map(|_| settings::atomic()).collect();
    recorded(threads, |thread| {
        let (shared, own) = (&shared, &own[thread as usize]);
        move |value| {
            shared.increment(value).expect("in range");
            own.increment(value).expect("in range");
        }
    });
    let shared = Contender::new("histogram, one AtomicHistogram", move || {
        let shared = Arc::clone(&shared);
        reads(move || drop(black_box(shared.load().quantiles(&QUANTILES))))
    });
    let own = Contender::new("histogram, an AtomicHistogram a thread", move || {
        let own = Arc::clone(&own);
        let empty = Histogram::new(7, 64).expect("valid powers");
        let mut one = empty.clone();
        reads(move || {
            let mut sum = empty.clone();
            for histogram in &*own {
                histogram.load_into(&mut one).expect("the same powers");
                sum.checked_add_assign(&one).expect("no overflow");
            }
            drop(black_box(sum.quantiles(&QUANTILES)));
        })
    });
    [shared, own]
}

fn hdr_histograms(threads: u32) -> [Contender; 2] {
    let mut sync = SyncHistogram::from(hdr());
    recorded(threads, |_| {
        // A recorder that is dropped hands its values over at the next refresh.
        let mut recorder = sync.recorder();
        move |value| recorder.saturating_record(value)
    });
    sync.refresh();
    assert_eq!(sync.len(), RECORDS / u64::from(threads) * u64::from(threads));
    let sync = Arc::new(Mutex::new(sync));
    let own: Arc<[Mutex<_>]> = (0..threads).map(|_| Mutex::new(hdr())).collect();
    recorded(threads, |thread| {
        let own = &own[thread as usize];
        move |value| own.lock().expect("no panic").saturating_record(value)
    });
    let sync = Contender::new("hdrhistogram, a clone of what was merged", move || {
        let sync = Arc::clone(&sync);
        reads(move || {
            let copy = sync.lock().expect("no panic").clone();
            black_box(QUANTILES.map(|quantile| copy.value_at_quantile(quantile)));
        })
    });
    let own = Contender::new("hdrhistogram, one a thread, merged", move || {
        let own = Arc::clone(&own);
        reads(move || {
            let mut sum = hdr();
            for histogram in &*own {
                sum.add(&*histogram.lock().expect("no panic")).expect("the same bounds");
            }
            black_box(QUANTILES.map(|quantile| sum.value_at_quantile(quantile)));
        })
    });
    [sync, own]
}

/// Those whose quantiles are coarse, or made to be sent elsewhere.
fn exporters(threads: u32) -> [Contender; 3] {
    let distribution = Arc::new(Distribution::new(shards()));
    recorded(threads, |_| |value| distribution.record(value));
    let prometheus = settings::prometheus();
    recorded(threads, |_| |value| prometheus.observe(seconds(value)));
    let exporter = PrometheusBuilder::new().set_quantiles(&QUANTILES).expect("valid quantiles");
    let exporter = exporter.build_recorder();
    let summary = metrics::with_local_recorder(&exporter, || metrics::histogram!("read"));
    recorded(threads, |_| |value| summary.record(seconds(value)));
    let summary = exporter.handle();
    summary.run_upkeep();
    [
        Contender::new("fast-telemetry, Distribution, 64 buckets", move || {
            let distribution = Arc::clone(&distribution);
            reads(move || {
                let buckets = distribution.buckets_snapshot();
                let mut up_to = 0;
                let cumulative = buckets.positive.iter().enumerate().map(|(power, count)| {
                    up_to += count;
                    (2f64.powi(power as i32 + 1), up_to)
                });
                black_box(of_cumulative(cumulative, buckets.count));
            })
        }),
        Contender::new("prometheus, 13 buckets", move || {
            let histogram = prometheus.clone();
            reads(move || {
                let metric = histogram.metric();
                let histogram = metric.get_histogram();
                let buckets = histogram.get_bucket().iter();
                let buckets =
                    buckets.map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()));
                black_box(of_cumulative(buckets, histogram.get_sample_count()));
            })
        }),
        Contender::new("metrics, Prometheus exporter, as text", move || {
            let summary = summary.clone();
            reads(move || drop(black_box(summary.render())))
        }),
    ]
}
