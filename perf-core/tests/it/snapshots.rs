use crate::{manual, ms};
use perf_core::{Profiler, SinceError};
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn an_interval_is_the_difference_of_two_snapshots() {
    let (profiler, hand) = manual();
    let work = profiler.operation("work");
    (0..100).for_each(|i| work.record(ms(i)));
    let first = profiler.snapshot();
    hand.advance(ms(500));
    work.record(ms(700));
    work.record_failure_with(ms(1), "refused");
    let interval = profiler.snapshot().since(&first).unwrap();
    let work = interval.operation("work").unwrap();
    assert_eq!((work.successes(), work.failures()), (1, 1));
    assert_eq!((work.max(), work.mean()), (Some(ms(700)), Some(ms(700))), "a new maximum is exact");
    assert!(work.min().unwrap() >= ms(700) * 127 / 128, "an old minimum bounds nothing new");
    assert_eq!(work.failure_kinds().collect::<Vec<_>>(), [("refused", 1)]);
    assert_eq!(work.throughput(), Some(4.0));
}

#[test]
fn snapshots_in_the_wrong_order_or_of_another_profiler_are_typed_errors() {
    let (profiler, _) = manual();
    let (first, second) = (profiler.snapshot(), profiler.snapshot());
    assert_eq!(first.since(&second), Err(SinceError::NotEarlier));
    assert_eq!(first.since(&first), Err(SinceError::NotEarlier));
    assert_eq!(Profiler::new().snapshot().since(&first), Err(SinceError::OtherProfiler));
    assert_eq!(second.merge(&second).since(&first), Err(SinceError::OtherProfiler));
    let third = profiler.snapshot();
    let interval = third.since(&second).unwrap();
    assert_eq!(profiler.snapshot().since(&interval), Err(SinceError::DifferentStarts));
    assert_eq!(interval.since(&first), Err(SinceError::DifferentStarts));
    let longer = profiler.snapshot().since(&second).unwrap();
    assert!(longer.since(&interval).is_ok(), "both count from the second");
}

#[test]
fn no_count_ever_goes_backwards_while_threads_record() {
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    operation.limits(&[std::time::Duration::from_nanos(500_000)]).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Also when an assertion below fails: the writers would go on for ever.
        let _stop = SetOnDrop(&done);
        for seed in 0..2 {
            let (operation, done) = (&operation, &done);
            scope.spawn(move || {
                let mut value = seed;
                while !done.load(Ordering::Relaxed) {
                    value = (value * 1_103_515_245 + 12_345) % 1_000_003;
                    operation.record_nanos(value);
                }
            });
        }
        let mut last = profiler.snapshot();
        for _ in 0..2_000 {
            let next = profiler.snapshot();
            let interval = next.since(&last).unwrap();
            let (was, is) = (last.operation("work").unwrap(), next.operation("work").unwrap());
            assert!(is.count() >= was.count());
            assert_eq!(is.count() - was.count(), interval.operation("work").unwrap().count());
            check_consistent(interval.operation("work").unwrap());
            check_consistent(is);
            last = next;
        }
    });
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a reader may rely on, however torn the reading was.
fn check_consistent(operation: &perf_core::OperationSnapshot) {
    let latency = operation.latency();
    assert_eq!(latency.buckets().map(|bucket| bucket.count).sum::<u64>(), latency.count());
    let (Some(min), Some(max), Some(mean)) = (latency.min(), latency.max(), latency.mean()) else {
        return assert_eq!(latency.count(), 0);
    };
    assert!(min as f64 <= mean && mean <= max as f64, "{min} <= {mean} <= {max}");
    let least: u128 = latency.buckets().map(|b| u128::from(b.lowest) * u128::from(b.count)).sum();
    let most: u128 = latency.buckets().map(|b| u128::from(b.highest) * u128::from(b.count)).sum();
    assert!((least..=most).contains(&latency.sum()));
    for over in operation.over_limits() {
        let (least, most) = latency.count_above(over.limit.as_nanos() as u64);
        assert!((least..=most).contains(&over.successes));
    }
}

#[test]
fn overall_is_all_operations_or_the_one_that_stands_for_the_whole() {
    let all = Profiler::new();
    let one = Profiler::builder().overall_operation("request").build();
    for profiler in [&all, &one] {
        profiler.record("request", ms(100));
        profiler.record("retrieval", ms(60));
        profiler.record_failure("generation", ms(30));
    }
    let overall = all.snapshot().overall();
    assert_eq!((overall.name(), overall.successes(), overall.failures()), ("overall", 2, 1));
    let overall = one.snapshot().overall();
    assert_eq!((overall.count(), overall.max()), (1, Some(ms(100))));
}

#[test]
fn merged_snapshots_hold_what_both_hold() {
    let (a, hand_a) = manual();
    let (b, hand_b) = manual();
    for (profiler, hand, from) in [(&a, &hand_a, 0), (&b, &hand_b, 50)] {
        let work = profiler.operation("work");
        work.limits(&[ms(70)]).unwrap();
        (from..from + 50).for_each(|i| work.record(ms(i + 1)));
        work.record_failure_with(ms(1), "refused");
        profiler.counter("hits").add(5);
        hand.advance(ms(1_000));
    }
    b.record("only in b", ms(1));
    let merged = a.snapshot().merge(&b.snapshot());
    let work = merged.operation("work").unwrap();
    assert_eq!((work.successes(), work.min(), work.max()), (100, Some(ms(1)), Some(ms(100))));
    assert_eq!(work.latency().sum(), (1..=100).sum::<u128>() * 1_000_000);
    assert_eq!(work.over(ms(70)).unwrap().successes, 30);
    assert_eq!(work.failure_kinds().collect::<Vec<_>>(), [("refused", 2)]);
    assert_eq!(merged.counter("hits", &[]), Some(10));
    assert_eq!(merged.operation("only in b").unwrap().count(), 1);
    assert_eq!(merged.interval(), ms(1_000));
    assert_eq!(
        b.snapshot().merge(&a.snapshot()).operation("work").unwrap().latency(),
        work.latency()
    );
}

#[test]
fn throughput_is_the_count_over_the_interval() {
    let (profiler, hand) = manual();
    hand.advance(ms(250));
    (0..10).for_each(|_| profiler.record("work", ms(1)));
    hand.advance(ms(250));
    assert_eq!(profiler.snapshot().overall().throughput(), Some(20.0));
}
