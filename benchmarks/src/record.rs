//! Recording one value: a latency in ns, in seconds for those who count in seconds.

use crate::contender::Contender;
use benchmarks::settings::{self, edges, edges_nanos, hdr, seconds, shards};
use fast_telemetry::{Distribution, Histogram as FastHistogram};
use hdrhistogram::sync::SyncHistogram;
use histogram::Histogram;
use measured::metric::histogram::Thresholds;
use metrics_exporter_prometheus::PrometheusBuilder;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};
use perf_core::Profiler;
use std::hint::black_box;
use std::sync::{Arc, Mutex};

pub fn contenders() -> Vec<Contender> {
    let operation = Profiler::new().operation("record");
    let limited = Profiler::new().operation("record");
    limited.limits(&[std::time::Duration::from_millis(1)]).expect("one limit");
    let mutex = Arc::new(Mutex::new(hdr()));
    let sync = Arc::new(Mutex::new(SyncHistogram::from(hdr())));
    let atomic = Arc::new(settings::atomic());
    let fast = Arc::new(FastHistogram::new(&edges_nanos(), shards()));
    let distribution = Arc::new(Distribution::new(shards()));
    let prometheus = settings::prometheus();
    let client = prometheus_client::metrics::histogram::Histogram::new(edges());
    let exporter = PrometheusBuilder::new().build_recorder();
    let (upkeep, exporter) = (exporter.handle(), Arc::new(exporter));
    let provider = SdkMeterProvider::builder().with_reader(ManualReader::default()).build();
    let meter = provider.meter("benchmarks");
    let otel = meter.f64_histogram("record").with_boundaries(edges().collect()).build();
    let thresholds =
        Thresholds::<13>::with_buckets(std::array::from_fn(|i| 1e-6 * 4f64.powi(i as i32)));
    let measured = Arc::new(measured::Histogram::with_metadata(thresholds));
    vec![
        Contender::new("perfkit", move || {
            let operation = operation.clone();
            Box::new(move |values| {
                values.iter().for_each(|v| operation.record_nanos(black_box(*v)))
            })
        }),
        Contender::new("perfkit, one exact limit", move || {
            let operation = limited.clone();
            Box::new(move |values| {
                values.iter().for_each(|v| operation.record_nanos(black_box(*v)))
            })
        }),
        Contender::alone("histogram, plain", || {
            let mut plain = Histogram::new(7, 64).expect("valid powers");
            Box::new(move |values| {
                values.iter().for_each(|v| plain.increment(black_box(*v)).expect("in range"));
            })
        }),
        Contender::alone("hdrhistogram, plain", || {
            let mut plain = hdr();
            Box::new(move |values| {
                values.iter().for_each(|v| plain.saturating_record(black_box(*v)))
            })
        }),
        Contender::new("hdrhistogram, sync Recorder", move || {
            let mut recorder = sync.lock().expect("no panic").recorder();
            Box::new(move |values| {
                values.iter().for_each(|v| recorder.saturating_record(black_box(*v)));
            })
        }),
        Contender::new("hdrhistogram, Mutex", move || {
            let mutex = Arc::clone(&mutex);
            Box::new(move |values| {
                let record =
                    |v: &u64| mutex.lock().expect("no panic").saturating_record(black_box(*v));
                values.iter().for_each(record);
            })
        }),
        Contender::new("histogram, AtomicHistogram", move || {
            let atomic = Arc::clone(&atomic);
            Box::new(move |values| {
                values.iter().for_each(|v| atomic.increment(black_box(*v)).expect("in range"));
            })
        }),
        Contender::new("fast-telemetry, Distribution", move || {
            let distribution = Arc::clone(&distribution);
            Box::new(move |values| values.iter().for_each(|v| distribution.record(black_box(*v))))
        }),
        Contender::new("fast-telemetry, Histogram", move || {
            let histogram = Arc::clone(&fast);
            Box::new(move |values| values.iter().for_each(|v| histogram.record(black_box(*v))))
        }),
        Contender::new("prometheus", move || {
            let histogram = prometheus.clone();
            Box::new(move |values| {
                values.iter().for_each(|v| histogram.observe(seconds(black_box(*v))));
            })
        }),
        Contender::new("prometheus-client", move || {
            let histogram = client.clone();
            Box::new(move |values| {
                values.iter().for_each(|v| histogram.observe(seconds(black_box(*v))));
            })
        }),
        Contender::new("measured", move || {
            let histogram = Arc::clone(&measured);
            Box::new(move |values| {
                values.iter().for_each(|v| histogram.observe(seconds(black_box(*v))));
            })
        }),
        Contender::new("metrics, Prometheus exporter", move || {
            let histogram =
                metrics::with_local_recorder(&*exporter, || metrics::histogram!("record"));
            let upkeep = upkeep.clone();
            Box::new(move |values| {
                values.iter().for_each(|v| histogram.record(seconds(black_box(*v))));
                // Without it, what was recorded piles up.
                upkeep.run_upkeep();
            })
        }),
        Contender::new("opentelemetry_sdk", move || {
            let (histogram, provider) = (otel.clone(), provider.clone());
            Box::new(move |values| {
                let _alive = &provider;
                values.iter().for_each(|v| histogram.record(seconds(black_box(*v)), &[]));
            })
        }),
    ]
}
