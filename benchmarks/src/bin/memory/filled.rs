//! Each contender with some operations, and 10,000 values recorded to each of them by one thread.

use benchmarks::settings::{self, edges, edges_nanos, hdr, seconds, shards};
use fast_telemetry::{Distribution, Histogram as FastHistogram};
use hdrhistogram::sync::SyncHistogram;
use measured::metric::histogram::Thresholds;
use metrics_exporter_prometheus::PrometheusBuilder;
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};
use perf_core::Profiler;
use prometheus_client::metrics::histogram::Histogram as ClientHistogram;
use std::any::Any;
use std::sync::Mutex;

const RECORDS: usize = 10_000;

/// Makes so many operations, records, and gives what has to be kept.
type Fill = fn(usize, &[u64]) -> Box<dyn Any>;

pub(crate) const CONTENDERS: [(&str, Fill); 11] = [
    ("perfkit", |operations, values| {
        let profiler = Profiler::new();
        let operation = |name| profiler.operation(&format!("operation_{name:03}"));
        let kept = each(operations, values, operation, |operation, value| {
            operation.record_nanos(value);
        });
        Box::new((profiler, kept))
    }),
    ("histogram, AtomicHistogram", |operations, values| {
        each(
            operations,
            values,
            |_| settings::atomic(),
            |histogram, value| {
                histogram.increment(value).expect("in range");
            },
        )
    }),
    ("hdrhistogram, Mutex", |operations, values| {
        each(
            operations,
            values,
            |_| Mutex::new(hdr()),
            |histogram, value| {
                histogram.get_mut().expect("no panic").saturating_record(value);
            },
        )
    }),
    ("hdrhistogram, sync Recorder", |operations, values| {
        // As it is before the first refresh, which needs a third histogram for a while.
        let recorder = |_| {
            let sync = SyncHistogram::from(hdr());
            (sync.recorder(), sync)
        };
        each(operations, values, recorder, |(recorder, _), value| recorder.saturating_record(value))
    }),
    ("prometheus", |operations, values| {
        each(
            operations,
            values,
            |_| settings::prometheus(),
            |histogram, value| {
                histogram.observe(seconds(value));
            },
        )
    }),
    ("prometheus-client", |operations, values| {
        each(
            operations,
            values,
            |_| ClientHistogram::new(edges()),
            |histogram, value| {
                histogram.observe(seconds(value));
            },
        )
    }),
    ("measured", |operations, values| {
        let edges =
            || Thresholds::<13>::with_buckets(std::array::from_fn(|i| 1e-6 * 4f64.powi(i as i32)));
        each(
            operations,
            values,
            |_| measured::Histogram::with_metadata(edges()),
            |histogram, value| {
                histogram.observe(seconds(value));
            },
        )
    }),
    ("fast-telemetry, Distribution", |operations, values| {
        each(
            operations,
            values,
            |_| Distribution::new(shards()),
            |distribution, value| {
                distribution.record(value);
            },
        )
    }),
    ("fast-telemetry, Histogram", |operations, values| {
        let histogram = |_| FastHistogram::new(&edges_nanos(), shards());
        each(operations, values, histogram, |histogram, value| histogram.record(value))
    }),
    ("metrics, Prometheus exporter", |operations, values| {
        let exporter = PrometheusBuilder::new().build_recorder();
        let upkeep = exporter.handle();
        let histogram = |name: usize| {
            let name = format!("operation_{name:03}");
            metrics::with_local_recorder(
                &exporter,
                || metrics::histogram!("named", "operation" => name),
            )
        };
        let mut records = 0;
        let kept = each(operations, values, histogram, |histogram, value| {
            histogram.record(seconds(value));
            records += 1;
            // Without it, what was recorded piles up.
            if records % RECORDS == 0 {
                upkeep.run_upkeep();
            }
        });
        Box::new((exporter, kept))
    }),
    ("opentelemetry_sdk", |operations, values| {
        let provider = SdkMeterProvider::builder().with_reader(ManualReader::default()).build();
        let meter = provider.meter("benchmarks");
        let histogram = meter.f64_histogram("named").with_boundaries(edges().collect()).build();
        let attributes = |name: usize| [KeyValue::new("operation", format!("operation_{name:03}"))];
        let kept = each(operations, values, attributes, |attributes, value| {
            histogram.record(seconds(value), attributes);
        });
        Box::new((provider, meter, histogram, kept))
    }),
];

/// Makes each operation and records to it.
fn each<T: 'static>(
    operations: usize,
    values: &[u64],
    make: impl Fn(usize) -> T,
    mut record: impl FnMut(&mut T, u64),
) -> Box<dyn Any> {
    let mut all: Vec<T> = (0..operations).map(make).collect();
    for (place, operation) in all.iter_mut().enumerate() {
        // Each starts elsewhere.
        let start = place * 7_919 % (values.len() - RECORDS);
        values[start..start + RECORDS].iter().for_each(|value| record(operation, *value));
    }
    Box::new(all)
}
