//! Metrics of a model server.

use crate::{manual, ms};
use perf_core::{InferenceMetrics, Profiler, Quantile};
use std::time::Duration;

#[test]
fn requests_parts_batches_errors_and_cache_are_all_there() {
    let profiler = Profiler::new();
    let metrics = InferenceMetrics::new(&profiler);
    for millis in 1..=100 {
        metrics.update(ms(millis), 8, ms(5), (millis > 50).then_some(ms(1)));
    }
    metrics.update_parts(ms(10), 64, &[("tokenization", ms(3)), ("decoding", ms(4))]);
    (0..3).for_each(|_| metrics.error("timeout"));
    (0..8).for_each(|_| metrics.cache_hit());
    (0..2).for_each(|_| metrics.cache_miss());

    let statistics = metrics.statistics();
    assert_eq!((statistics.requests(), statistics.errors()), (104, 3));
    assert_eq!(statistics.error_rate(), Some(1.0 - 101.0 / 104.0));
    assert_eq!(statistics.request().failure_kinds().collect::<Vec<_>>(), [("timeout", 3)]);
    assert_eq!(statistics.items(), 864);
    assert_eq!(statistics.batch_sizes().quantile(Quantile::P50), Some(8));
    assert_eq!(statistics.cache().rate(), Some(0.8));
    assert_eq!(statistics.inference().count(), 101);
    assert_eq!(statistics.request().max(), Some(ms(106)));
    let count = |part| statistics.part(part).map(|part| part.count());
    assert_eq!((count("preprocessing"), count("quantization")), (Some(100), Some(50)));
    assert_eq!((count("tokenization"), count("decoding")), (Some(1), Some(1)));
    assert_eq!(count("unknown"), None);
}

#[test]
fn nothing_yet_is_none_and_never_zero_or_nan() {
    let profiler = Profiler::new();
    let statistics = InferenceMetrics::new(&profiler).statistics();
    assert_eq!((statistics.requests(), statistics.items()), (0, 0));
    assert_eq!((statistics.error_rate(), statistics.cache().rate()), (None, None));
    assert_eq!((statistics.throughput(), statistics.inference().p99()), (None, None));
    assert_eq!(profiler.snapshot().hit_ratio("never"), None);
}

#[test]
fn windows_are_of_the_last_n_requests_and_of_the_last_t_seconds() {
    let (profiler, hand) = manual();
    let metrics = InferenceMetrics::new(&profiler).keep_recent(50);
    for second in 1..=20 {
        for _ in 0..second {
            metrics.update(ms(second), 1, None, None);
            metrics.cache_hit();
        }
        hand.advance(Duration::from_secs(1));
        profiler.timeline().tick();
    }
    let statistics = metrics.statistics();
    let recent = statistics.request().recent().unwrap();
    assert_eq!((recent.count(), recent.min(), recent.max()), (50, Some(ms(18)), Some(ms(20))));
    let window = metrics.window(Duration::from_secs(5));
    assert_eq!((window.requests(), window.cache().hits), (90, 90));
    let throughput = window.throughput().unwrap();
    assert_eq!((throughput.current, throughput.average, throughput.peak), (20.0, 18.0, 20.0));
    assert_eq!(statistics.throughput().unwrap().average, 10.5);

    profiler.reset();
    assert_eq!((metrics.statistics().requests(), metrics.statistics().throughput()), (0, None));
    metrics.update(ms(1), 1, None, None);
    hand.advance(Duration::from_secs(1));
    profiler.timeline().tick();
    assert_eq!(metrics.statistics().throughput().unwrap().peak, 1.0, "nothing of before the reset");
}

#[test]
fn without_parts_only_requests_and_inferences_are_recorded() {
    let profiler = Profiler::new();
    let metrics = InferenceMetrics::new(&profiler).without_parts();
    metrics.update(ms(10), 1, ms(5), ms(1));
    let statistics = metrics.statistics();
    assert_eq!(statistics.request().max(), Some(ms(16)));
    assert!(
        statistics.part("preprocessing").is_none() && statistics.part("quantization").is_none()
    );
}

#[test]
fn eight_threads_share_one_and_lose_nothing() {
    let profiler = Profiler::new();
    let metrics = InferenceMetrics::new(&profiler);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let metrics = metrics.clone();
            scope.spawn(move || {
                for i in 0..10_000 {
                    metrics.update(Duration::from_nanos(i), 2, Duration::from_nanos(1), None);
                    if i % 100 == 0 {
                        metrics.error("timeout");
                    }
                    if i % 4 == 0 { metrics.cache_miss() } else { metrics.cache_hit() }
                }
            });
        }
    });
    let statistics = metrics.statistics();
    assert_eq!((statistics.requests(), statistics.errors()), (80_800, 800));
    assert_eq!((statistics.items(), statistics.cache().rate()), (160_000, Some(0.75)));
}

#[test]
fn extremes_are_clamped_and_counted_and_never_panic() {
    let profiler = Profiler::new();
    let metrics = InferenceMetrics::new(&profiler);
    metrics.update(Duration::MAX, u64::MAX, Duration::MAX, Duration::MAX);
    metrics.update(Duration::ZERO, 0, Duration::ZERO, Duration::ZERO);
    let statistics = metrics.statistics();
    assert_eq!((statistics.requests(), statistics.items()), (2, u128::from(u64::MAX)));
    assert_eq!(statistics.snapshot().losses().clamped_values, 4);
}
