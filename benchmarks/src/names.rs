//! Recording under a name that is only known at run time, one of sixteen.

use crate::contender::Contender;
use benchmarks::settings::{self, edges, edges_nanos, seconds, shards};
use dashmap::DashMap;
use fast_telemetry::DynamicHistogram;
use histogram::AtomicHistogram;
use metrics_exporter_prometheus::PrometheusBuilder;
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};
use perf_core::Profiler;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

fn names() -> Vec<String> {
    (0..16).map(|i| format!("operation_{i:02}")).collect()
}

pub fn contenders() -> Vec<Contender> {
    let profiler = Profiler::new();
    let map: Arc<DashMap<String, AtomicHistogram>> = Arc::default();
    for name in names() {
        map.insert(name, settings::atomic());
    }
    let fast = Arc::new(DynamicHistogram::new(&edges_nanos(), shards()));
    let options = prometheus::HistogramOpts::new("named", "named").buckets(edges().collect());
    let vec = prometheus::HistogramVec::new(options, &["operation"]).expect("valid options");
    let exporter = PrometheusBuilder::new().build_recorder();
    let (upkeep, exporter) = (exporter.handle(), Arc::new(exporter));
    let provider = SdkMeterProvider::builder().with_reader(ManualReader::default()).build();
    let meter = provider.meter("benchmarks");
    let otel = meter.f64_histogram("named").with_boundaries(edges().collect()).build();
    vec![
        Contender::new("perfkit", move || {
            let (profiler, names) = (profiler.clone(), names());
            Box::new(move |values| {
                for value in values {
                    let name = &names[*value as usize % 16];
                    profiler.record(black_box(name), Duration::from_nanos(*value));
                }
            })
        }),
        Contender::new("DashMap<String, AtomicHistogram>", move || {
            let (map, names) = (Arc::clone(&map), names());
            Box::new(move |values| {
                for value in values {
                    let name = &names[*value as usize % 16];
                    let histogram = map.get(black_box(name.as_str())).expect("it is there");
                    histogram.increment(*value).expect("in range");
                }
            })
        }),
        Contender::new("fast-telemetry, DynamicHistogram", move || {
            let (histogram, names) = (Arc::clone(&fast), names());
            Box::new(move |values| {
                for value in values {
                    let name = &names[*value as usize % 16];
                    histogram.record(&[("operation", black_box(name))], *value);
                }
            })
        }),
        Contender::new("prometheus, HistogramVec", move || {
            let (vec, names) = (vec.clone(), names());
            Box::new(move |values| {
                for value in values {
                    let name = &names[*value as usize % 16];
                    vec.with_label_values(&[black_box(name.as_str())]).observe(seconds(*value));
                }
            })
        }),
        Contender::new("opentelemetry_sdk, attribute", move || {
            let (histogram, provider, names) = (otel.clone(), provider.clone(), names());
            let attributes: Vec<_> =
                names.iter().map(|name| [KeyValue::new("operation", name.clone())]).collect();
            Box::new(move |values| {
                let _alive = &provider;
                for value in values {
                    let attributes = &attributes[*value as usize % 16];
                    histogram.record(seconds(*value), black_box(attributes));
                }
            })
        }),
        Contender::new("metrics macro, with upkeep", move || {
            let (exporter, upkeep, names) = (Arc::clone(&exporter), upkeep.clone(), names());
            Box::new(move |values| {
                metrics::with_local_recorder(&*exporter, || {
                    for value in values {
                        let name = black_box(&names[*value as usize % 16]);
                        metrics::histogram!("named", "operation" => name.clone())
                            .record(seconds(*value));
                    }
                });
                upkeep.run_upkeep();
            })
        }),
    ]
}
