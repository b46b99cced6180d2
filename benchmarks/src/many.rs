//! Recording to 256 metrics: what recording costs once the buckets do not fit into the caches nearest to
//! the core.

use crate::contender::Contender;
use benchmarks::settings::{self, hdr, seconds, shards};
use benchmarks::{SIX_DECADES, latencies};
use fast_telemetry::Distribution;
use perf_core::Profiler;
use std::hint::black_box;
use std::sync::{Arc, Mutex};

/// As many as a `u8` has values.
const METRICS: usize = 256;
/// Records whose metrics are laid down beforehand; more than a stretch has.
const ORDER: usize = 1 << 16;

/// One after the other. A stretch of values is a multiple of 256, so a metric meets the same 200 values
/// again and again.
pub fn in_rotation() -> Vec<Contender> {
    contenders((0..=u8::MAX).cycle().take(ORDER).collect())
}

/// In random order, so that every metric meets every value.
pub fn at_random() -> Vec<Contender> {
    // The last digits of latencies are as random as any.
    contenders(latencies(SIX_DECADES, 7).into_iter().map(|nanos| nanos as u8).take(ORDER).collect())
}

/// `order` says which metric each record goes to.
fn contenders(order: Vec<u8>) -> Vec<Contender> {
    let order: Arc<[u8]> = order.into();
    let profiler = Profiler::new();
    let operation = |metric| profiler.operation(&format!("operation_{metric:03}"));
    vec![
        contender("perfkit", &order, operation, |operation, value| operation.record_nanos(value)),
        contender(
            "histogram, AtomicHistogram",
            &order,
            |_| settings::atomic(),
            |histogram, value| {
                histogram.increment(value).expect("in range");
            },
        ),
        contender(
            "hdrhistogram, Mutex",
            &order,
            |_| Mutex::new(hdr()),
            |histogram, value| {
                histogram.lock().expect("no panic").saturating_record(value);
            },
        ),
        contender(
            "prometheus",
            &order,
            |_| settings::prometheus(),
            |histogram, value| {
                histogram.observe(seconds(value));
            },
        ),
        contender(
            "fast-telemetry, Distribution",
            &order,
            |_| Distribution::new(shards()),
            |distribution, value| distribution.record(value),
        ),
    ]
}

/// Records each value to the metric that `order` says.
fn contender<T: Send + Sync + 'static>(
    name: &'static str,
    order: &Arc<[u8]>,
    make: impl FnMut(usize) -> T,
    record: impl Fn(&T, u64) + Copy + Sync + 'static,
) -> Contender {
    let metrics: Arc<[T]> = (0..METRICS).map(make).collect();
    let order = Arc::clone(order);
    Contender::new(name, move || {
        let (metrics, order) = (Arc::clone(&metrics), Arc::clone(&order));
        let mut stretches = 0;
        Box::new(move |values| {
            // Elsewhere each time, and in step with a rotation.
            let start = stretches * METRICS % (order.len() - values.len());
            stretches += 1;
            for (value, metric) in values.iter().zip(&order[start..]) {
                record(&metrics[usize::from(*metric)], black_box(*value));
            }
        })
    })
}
