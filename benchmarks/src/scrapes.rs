//! A scrape: 100 operations, each a histogram of 14 edges and a counter of successes and one of errors, from
//! what was recorded to the text that Prometheus reads.

use crate::contender::{Contender, Turn};
use benchmarks::settings::seconds;
use benchmarks::{NARROW, latencies};
use metrics::{Label, counter, histogram};
use metrics_exporter_prometheus::PrometheusBuilder;
use perf_core::Profiler;
use perf_export::prometheus::{Exposition, Format};
use prometheus::{HistogramOpts, Opts, Registry, TextEncoder};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use std::hint::black_box;
use std::time::Duration;

const OPERATIONS: usize = 100;
/// Of each operation.
const RECORDS: usize = 1_000;
const EDGES: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const DURATIONS: &str = "operation_duration_seconds";
const REQUESTS: &str = "operation_requests";

/// The name of each operation, and what it took.
fn service() -> impl Iterator<Item = (String, Vec<u64>)> {
    (0..OPERATIONS).map(|number| {
        let values = latencies(NARROW, number as u64);
        (format!("operation-{number}"), values[..RECORDS].to_vec())
    })
}

fn scrapes(mut scrape: impl FnMut() + 'static) -> Turn {
    Box::new(move |values| values.iter().for_each(|_| scrape()))
}

pub fn contenders() -> Vec<Contender> {
    let profiler = Profiler::new();
    for (name, values) in service() {
        let operation = profiler.operation(&name);
        values.iter().for_each(|nanos| operation.record(Duration::from_nanos(*nanos)));
    }
    let snapshot = profiler.lifetime();
    vec![
        Contender::new("perfkit", move || {
            let (profiler, exposition, mut out) = (profiler.clone(), Exposition::new(), Vec::new());
            scrapes(move || {
                out.clear();
                exposition.encode(&profiler.lifetime(), Format::Text, &mut out);
                black_box(&out);
            })
        }),
        Contender::new("perfkit, without the snapshot", move || {
            let (snapshot, exposition, mut out) = (snapshot.clone(), Exposition::new(), Vec::new());
            scrapes(move || {
                out.clear();
                exposition.encode(&snapshot, Format::Text, &mut out);
                black_box(&out);
            })
        }),
        prometheus(),
        prometheus_client(),
        metrics_exporter(),
    ]
}

fn prometheus() -> Contender {
    let registry = Registry::new();
    let options = HistogramOpts::new(DURATIONS, "Durations").buckets(EDGES.to_vec());
    let durations = prometheus::HistogramVec::new(options, &["operation"]).expect("valid");
    let options = Opts::new(format!("{REQUESTS}_total"), "Requests");
    let requests =
        prometheus::IntCounterVec::new(options, &["operation", "status"]).expect("valid");
    registry.register(Box::new(durations.clone())).expect("it is the first");
    registry.register(Box::new(requests.clone())).expect("it is the first");
    for (name, values) in service() {
        let histogram = durations.with_label_values(&[&name]);
        values.iter().for_each(|nanos| histogram.observe(seconds(*nanos)));
        requests.with_label_values(&[&*name, "success"]).inc_by(RECORDS as u64);
        requests.with_label_values(&[&*name, "error"]);
    }
    Contender::new("prometheus, 14 buckets", move || {
        let (registry, mut out) = (registry.clone(), String::new());
        scrapes(move || {
            out.clear();
            TextEncoder::new().encode_utf8(&registry.gather(), &mut out).expect("valid");
            black_box(&out);
        })
    })
}

fn prometheus_client() -> Contender {
    type Labels = Vec<(&'static str, String)>;
    let durations = Family::<Labels, Histogram>::new_with_constructor(|| Histogram::new(EDGES));
    let requests = Family::<Labels, Counter>::default();
    for (name, values) in service() {
        let histogram = durations.get_or_create_owned(&vec![("operation", name.clone())]);
        values.iter().for_each(|nanos| histogram.observe(seconds(*nanos)));
        let labels =
            |status: &str| vec![("operation", name.clone()), ("status", status.to_owned())];
        requests.get_or_create_owned(&labels("success")).inc_by(RECORDS as u64);
        requests.get_or_create_owned(&labels("error"));
    }
    Contender::new("prometheus-client, 14 buckets", move || {
        let mut registry = prometheus_client::registry::Registry::default();
        registry.register(DURATIONS, "Durations", durations.clone());
        registry.register(REQUESTS, "Requests", requests.clone());
        let mut out = String::new();
        scrapes(move || {
            out.clear();
            encode(&mut out, &registry).expect("a string takes all");
            black_box(&out);
        })
    })
}

fn metrics_exporter() -> Contender {
    let builder = PrometheusBuilder::new().set_buckets(&EDGES).expect("valid buckets");
    let recorder = builder.build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for (name, values) in service() {
            let histogram = histogram!(DURATIONS, vec![Label::new("operation", name.clone())]);
            values.iter().for_each(|nanos| histogram.record(seconds(*nanos)));
            for (status, count) in [("success", RECORDS as u64), ("error", 0)] {
                let labels =
                    vec![Label::new("operation", name.clone()), Label::new("status", status)];
                counter!(REQUESTS, labels).increment(count);
            }
        }
    });
    let handle = recorder.handle();
    handle.run_upkeep();
    Contender::new("metrics, Prometheus exporter, 14 buckets", move || {
        let handle = handle.clone();
        scrapes(move || drop(black_box(handle.render())))
    })
}
