use crate::{manual, ms};
use perf_core::OTHER_FAILURES;

#[test]
fn fast_failures_do_not_flatter_the_latency() {
    let (profiler, _) = manual();
    let query = profiler.operation("query");
    for _ in 0..100 {
        query.record(ms(80));
        query.record_failure_with(ms(1), "refused");
    }
    let snapshot = profiler.snapshot();
    let query = snapshot.operation("query").unwrap();
    assert_eq!(query.min(), Some(ms(80)));
    assert_eq!(query.failure_latency().max(), Some(1_000_000));
    assert_eq!(query.all_latency().min(), Some(1_000_000));
    assert_eq!((query.count(), query.success_rate()), (200, Some(0.5)));
}

#[test]
fn failure_kinds_are_counted_apart_and_bounded() {
    let (profiler, _) = manual();
    let query = profiler.operation("query");
    for i in 0..40 {
        query.record_failure_with(ms(1), &format!("kind {:02}", i % 20));
    }
    query.record_failure(ms(1));
    let snapshot = profiler.snapshot();
    let query = snapshot.operation("query").unwrap();
    let kinds: Vec<_> = query.failure_kinds().collect();
    assert_eq!(kinds.len(), 17);
    assert!(kinds.contains(&("kind 15", 2)));
    assert!(kinds.contains(&(OTHER_FAILURES, 8)));
    assert_eq!(query.failures(), 41, "the one without a kind is in none");
}

#[test]
fn an_error_is_a_failure_and_comes_back_to_the_caller() {
    let (profiler, _) = manual();
    let parse = profiler.operation("parse");
    assert_eq!(parse.time_result(|| "5".parse::<u8>()), Ok(5));
    assert!(parse.time_result(|| "x".parse::<u8>()).is_err());
    let snapshot = profiler.snapshot();
    let parse = snapshot.operation("parse").unwrap();
    assert_eq!((parse.successes(), parse.failures()), (1, 1));
    assert_eq!(parse.failure_kinds().collect::<Vec<_>>(), [("error", 1)]);
}

#[test]
fn an_operation_that_only_failed_has_no_latency_and_a_success_rate_of_zero() {
    let (profiler, _) = manual();
    profiler.record_failure("query", ms(3));
    let snapshot = profiler.snapshot();
    let query = snapshot.operation("query").unwrap();
    assert_eq!((query.p50(), query.success_rate()), (None, Some(0.0)));
}
