use crate::{manual, ms};
use perf_core::TooManyLimits;
use std::time::Duration;

#[test]
fn values_over_a_limit_are_counted_exactly_where_buckets_could_not_tell() {
    let (profiler, _) = manual();
    let query = profiler.operation("query");
    query.limits(&[ms(300)]).unwrap();
    for i in 0..1_000 {
        // All within one bucket of 2 ms; 499 of them are over 300 ms.
        query.record_nanos(299_500_000 + i * 1_000);
    }
    query.record_failure(ms(5_000));
    let snapshot = profiler.snapshot();
    let query = snapshot.operation("query").unwrap();
    let over = query.over(ms(300)).unwrap();
    assert_eq!((over.successes, over.failures, over.exact), (499, 1, true));
    let (least, most) = query.latency().count_above(300_000_000);
    assert!(least < 499 && most > 499, "{least}..={most}");
}

#[test]
fn four_different_limits_are_counted_and_a_fifth_is_refused_whole() {
    let (profiler, _) = manual();
    let query = profiler.operation("query");
    query.limits(&[ms(10), ms(20)]).unwrap();
    query.limits(&[ms(20), ms(30), ms(40)]).unwrap();
    assert_eq!(query.limits(&[ms(10), ms(50)]), Err(TooManyLimits));
    for i in 1..=100 {
        query.record(ms(i));
    }
    let snapshot = profiler.snapshot();
    let over = snapshot.operation("query").unwrap().over_limits();
    let over: Vec<_> = over.map(|over| (over.limit.as_millis(), over.successes)).collect();
    assert_eq!(over, [(10, 90), (20, 80), (30, 70), (40, 60)]);
}

#[test]
fn a_limit_set_late_says_since_when_it_is_exact() {
    let (profiler, hand) = manual();
    let query = profiler.operation("query");
    query.record_nanos(100_100_000);
    query.record(ms(200));
    hand.advance(ms(5_000));
    query.limits(&[ms(100)]).unwrap();
    query.record_nanos(100_200_000);
    hand.advance(ms(1));
    let before = profiler.snapshot();
    let over = before.operation("query").unwrap().over(ms(100)).unwrap();
    assert_eq!((over.exact, over.since), (false, ms(5_000)));
    assert!((1..=3).contains(&over.successes), "{over:?}");

    hand.advance(ms(1));
    query.record_nanos(100_200_000);
    let interval = profiler.snapshot().since(&before).unwrap();
    let over = interval.operation("query").unwrap().over(ms(100)).unwrap();
    assert_eq!((over.exact, over.successes), (true, 1), "this interval began after the limit");
}

#[test]
fn a_limit_set_after_the_first_record_of_the_same_instant_is_not_exact() {
    let (profiler, _) = manual();
    let query = profiler.operation("query");
    query.record_nanos(100_100_000);
    query.limits(&[ms(100)]).unwrap();
    let snapshot = profiler.snapshot();
    assert!(!snapshot.operation("query").unwrap().over(ms(100)).unwrap().exact);
}

#[test]
fn limits_that_operations_share_are_counted_over_all_of_them() {
    let (profiler, _) = manual();
    let (a, b) = (profiler.operation("a"), profiler.operation("b"));
    a.limits(&[ms(10), ms(20)]).unwrap();
    b.limits(&[ms(50), ms(20)]).unwrap();
    (1..=100).for_each(|i| a.record(ms(i)));
    (1..=30).for_each(|i| b.record(ms(i)));
    let overall = profiler.snapshot().overall();
    let over: Vec<_> = overall.over_limits().map(|over| (over.limit, over.successes)).collect();
    assert_eq!(over, [(ms(20), 80 + 10)]);
}

#[test]
fn an_operation_without_that_limit_says_so() {
    let (profiler, _) = manual();
    profiler.record("query", ms(1));
    assert_eq!(profiler.snapshot().operation("query").unwrap().over(Duration::from_secs(1)), None);
}
