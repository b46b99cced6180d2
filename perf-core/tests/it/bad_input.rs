use crate::{manual, ms};
use perf_core::Quantile;
use std::time::Duration;

#[test]
fn nan_infinite_and_negative_seconds_are_counted_and_not_recorded() {
    let (profiler, _) = manual();
    let work = profiler.operation("work");
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -f64::MIN_POSITIVE] {
        work.record_secs_f64(bad);
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.losses().invalid_values, 5);
    assert_eq!(snapshot.operation("work").unwrap().count(), 0);
}

#[test]
fn zero_is_a_value_like_any_other() {
    let (profiler, _) = manual();
    let work = profiler.operation("work");
    work.record_secs_f64(0.0);
    work.record_secs_f64(-0.0);
    work.record(Duration::ZERO);
    let snapshot = profiler.snapshot();
    let work = snapshot.operation("work").unwrap();
    assert_eq!(
        (work.count(), work.max(), work.p99()),
        (3, Some(Duration::ZERO), Some(Duration::ZERO))
    );
    let losses = snapshot.losses();
    assert_eq!((losses.invalid_values, losses.clamped_values), (0, 0));
}

#[test]
fn durations_beyond_584_years_are_clamped_and_counted() {
    let (profiler, _) = manual();
    let work = profiler.operation("work");
    work.record(Duration::MAX);
    work.record_secs_f64(1e30);
    work.record(Duration::from_nanos(u64::MAX));
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.losses().clamped_values, 2);
    let work = snapshot.operation("work").unwrap();
    assert_eq!((work.count(), work.latency().max()), (3, Some(u64::MAX)));
    let mean = work.latency().mean().unwrap();
    assert!((mean / u64::MAX as f64 - 1.0).abs() < 1.0 / 128.0, "the sum wrapped twice: {mean}");
}

#[test]
fn a_bad_quantile_is_a_typed_error() {
    for bad in [f64::NAN, -0.1, 1.000_001, 99.0, f64::INFINITY] {
        assert!(Quantile::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_is_empty_is_none_and_never_zero_or_nan() {
    let (profiler, _) = manual();
    profiler.operation("idle");
    let snapshot = profiler.snapshot();
    for operation in [snapshot.operation("idle").unwrap().clone(), snapshot.overall()] {
        assert_eq!((operation.p50(), operation.mean(), operation.min()), (None, None, None));
        assert_eq!((operation.success_rate(), operation.throughput()), (None, None));
    }
    assert_eq!(snapshot.operation("never heard of"), None);
    assert_eq!(profiler.snapshot().counter("never heard of", &[]), None);
}

#[test]
fn losses_belong_to_their_interval() {
    let (profiler, _) = manual();
    let work = profiler.operation("work");
    work.record_secs_f64(f64::NAN);
    profiler.reset();
    work.record(ms(1));
    assert_eq!(profiler.snapshot().losses().invalid_values, 0);
    assert_eq!(profiler.lifetime().losses().invalid_values, 1);
}
