//! Counting one.

use crate::contender::Contender;
use benchmarks::settings::shards;
use metrics_exporter_prometheus::PrometheusBuilder;
use perf_core::Profiler;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

pub fn contenders() -> Vec<Contender> {
    let counter = Profiler::new().counter("count");
    let fast = Arc::new(fast_telemetry::Counter::new(shards()));
    let atomic = Arc::new(AtomicU64::new(0));
    let prometheus = prometheus::IntCounter::new("count", "count").expect("valid options");
    let exporter = Arc::new(PrometheusBuilder::new().build_recorder());
    vec![
        Contender::new("perfkit", move || {
            let counter = counter.clone();
            Box::new(move |values| values.iter().for_each(|_| counter.increment()))
        }),
        Contender::new("fast-telemetry", move || {
            let counter = Arc::clone(&fast);
            Box::new(move |values| values.iter().for_each(|_| counter.inc()))
        }),
        Contender::new("std, AtomicU64", move || {
            let counter = Arc::clone(&atomic);
            Box::new(move |values| {
                values.iter().for_each(|_| {
                    counter.fetch_add(1, Relaxed);
                });
            })
        }),
        Contender::new("prometheus", move || {
            let counter = prometheus.clone();
            Box::new(move |values| values.iter().for_each(|_| counter.inc()))
        }),
        Contender::new("metrics, Prometheus exporter", move || {
            let counter = metrics::with_local_recorder(&*exporter, || metrics::counter!("count"));
            Box::new(move |values| values.iter().for_each(|_| counter.increment(1)))
        }),
    ]
}
