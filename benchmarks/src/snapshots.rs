//! Reading four quantiles of what two threads have recorded a million times.

use crate::contender::Contender;
use crate::record::hdr;
use crate::workload::{at_once, each, latencies};
use hdrhistogram::sync::SyncHistogram;
use histogram::AtomicHistogram;
use perf_core::{Profiler, Quantile};
use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub fn contenders() -> Vec<Contender> {
    let values = latencies(0.6, 9);
    let profiler = Profiler::new();
    let operation = profiler.operation("read");
    let record = |_| each(&values, 500_000, |value| operation.record_nanos(value));
    at_once(2, record);
    let atomic = Arc::new(AtomicHistogram::new(7, 64).expect("valid powers"));
    values.iter().for_each(|value| atomic.increment(*value).expect("in range"));
    let mut sync = SyncHistogram::from(hdr());
    at_once(2, |_| {
        // A recorder that is dropped hands its values over at the next refresh.
        let mut recorder = sync.recorder();
        values.iter().for_each(|value| recorder.saturating_record(*value));
        Duration::ZERO
    });
    sync.refresh();
    assert_eq!(sync.len(), 2 * values.len() as u64);
    let sync = Arc::new(Mutex::new(sync));
    vec![
        Contender::new("perfkit", move || {
            let profiler = profiler.clone();
            Box::new(move |values| {
                for _ in values {
                    let snapshot = profiler.snapshot();
                    let quantiles = [Quantile::P50, Quantile::P90, Quantile::P95, Quantile::P99];
                    let operation = snapshot.operation("read").expect("it is there");
                    black_box(operation.latency().quantiles(&quantiles));
                }
            })
        }),
        Contender::new("histogram, AtomicHistogram", move || {
            let atomic = Arc::clone(&atomic);
            Box::new(move |values| {
                for _ in values {
                    let _ = black_box(atomic.load().quantiles(&[0.5, 0.9, 0.95, 0.99]));
                }
            })
        }),
        Contender::new("hdrhistogram, a clone of it", move || {
            let sync = Arc::clone(&sync);
            Box::new(move |values| {
                for _ in values {
                    let copy = sync.lock().expect("no panic").clone();
                    black_box([0.5, 0.9, 0.95, 0.99].map(|q| copy.value_at_quantile(q)));
                }
            })
        }),
    ]
}
