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
fn a_failure_kind_never_goes_backwards_nor_passes_the_failures() {
    let profiler = perf_core::Profiler::new();
    let query = profiler.operation("query");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for i in 0..100_000 {
                query.record_failure_with(ms(1), if i % 2 == 0 { "a" } else { "z" });
            }
        });
        let mut last = [0, 0];
        while !writer.is_finished() {
            let snapshot = profiler.lifetime();
            let query = snapshot.operation("query").unwrap();
            let count =
                |kind| query.failure_kinds().find(|(k, _)| *k == kind).map_or(0, |(_, n)| n);
            let next = [count("a"), count("z")];
            assert!(next[0] >= last[0] && next[1] >= last[1], "{last:?}, then {next:?}");
            assert!(next[0] + next[1] <= query.failures());
            last = next;
        }
    });
}

#[test]
fn an_interval_has_only_its_own_failures_and_slow_samples() {
    let (profiler, hand) = manual();
    let query = profiler.operation("query");
    query.record_failure_with(ms(1), "early");
    query.record(ms(900));
    hand.advance(ms(1));
    let before = profiler.snapshot();
    hand.advance(ms(1));
    query.record_failure_with(ms(2), "late");
    query.record(ms(5));
    let interval = profiler.snapshot().since(&before).unwrap();
    let query = interval.operation("query").unwrap();
    assert_eq!((query.failures(), query.failure_latency().max()), (1, Some(2_000_000)));
    assert_eq!(query.failure_kinds().collect::<Vec<_>>(), [("late", 1)]);
    assert_eq!((query.failed().len(), query.slowest().len()), (1, 1));
    assert_eq!(query.slowest()[0].duration(), ms(5));
}

#[test]
fn a_long_failure_kind_is_shortened() {
    let (profiler, _) = manual();
    let query = profiler.operation("query");
    query.record_failure_with(ms(1), &"x".repeat(10_000_000));
    query.timer().mark_failure_with("x".repeat(10_000_000));
    let snapshot = profiler.snapshot();
    let query = snapshot.operation("query").unwrap();
    assert!(query.failed().iter().all(|sample| sample.failure_kind().unwrap().len() == 128));
    assert_eq!(query.failure_kinds().map(|(_, count)| count).collect::<Vec<_>>(), [2]);
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
