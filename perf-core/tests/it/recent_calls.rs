//! The last n calls, exactly.

use crate::random::Random;
use crate::{manual, ms};
use perf_core::{Profiler, Quantile};
use std::time::Duration;

#[test]
fn the_last_n_calls_are_kept_exactly_whatever_came_before() {
    let profiler = Profiler::new();
    let operation = profiler.operation("inference");
    operation.record(ms(9));
    operation.keep_recent(500);
    let mut random = Random(11);
    let calls: Vec<(u64, bool)> =
        (0..5_000).map(|_| (random.next() >> 20, random.below(7) == 0)).collect();
    for (n, &(nanos, failed)) in calls.iter().enumerate() {
        let duration = Duration::from_nanos(nanos);
        if failed {
            operation.record_failure(duration)
        } else {
            operation.record(duration)
        }
        if n % 777 != 0 {
            continue;
        }
        let snapshot = profiler.snapshot();
        let recent = snapshot.operation("inference").unwrap().recent().unwrap();
        let expected = &calls[(n + 1).saturating_sub(500)..=n];
        let seen: Vec<_> =
            recent.calls().map(|call| (call.duration.as_nanos() as u64, call.failed)).collect();
        assert_eq!(seen, expected);
        let mut sorted: Vec<u64> =
            expected.iter().filter(|(_, failed)| !failed).map(|(nanos, _)| *nanos).collect();
        sorted.sort_unstable();
        for p in [0.0, 0.5, 0.9, 0.99, 1.0] {
            let quantile = Quantile::new(p).unwrap();
            let value = recent.quantile(quantile).map(|value| value.as_nanos() as u64);
            assert_eq!(value, sorted.get(quantile.rank(sorted.len() as u64) as usize - 1).copied());
        }
        assert_eq!(recent.failures(), expected.len() - sorted.len());
        assert_eq!(recent.max().map(|max| max.as_nanos() as u64), sorted.last().copied());
    }
}

#[test]
fn off_by_default_and_the_first_size_stays() {
    let profiler = Profiler::new();
    let operation = profiler.operation("inference");
    operation.record(ms(1));
    assert!(profiler.snapshot().operation("inference").unwrap().recent().is_none());
    operation.keep_recent(2);
    operation.keep_recent(1_000_000);
    let snapshot = profiler.snapshot();
    let recent = snapshot.operation("inference").unwrap().recent().unwrap();
    assert_eq!((recent.count(), recent.failure_rate()), (0, None));
    assert_eq!((recent.quantile(Quantile::P50), recent.mean(), recent.max()), (None, None, None));
    (1..=5).for_each(|millis| operation.record(ms(millis)));
    let snapshot = profiler.snapshot();
    let recent = snapshot.operation("inference").unwrap().recent().unwrap();
    let durations: Vec<_> = recent.calls().map(|call| call.duration).collect();
    assert_eq!(
        (durations, recent.mean()),
        (vec![ms(4), ms(5)], Some(Duration::from_micros(4_500)))
    );
}

#[test]
fn a_reset_leaves_only_what_came_after_it() {
    let profiler = Profiler::new();
    let operation = profiler.operation("inference");
    operation.keep_recent(10);
    (1..=8).for_each(|millis| operation.record(ms(millis)));
    let ended = profiler.reset();
    assert_eq!(ended.operation("inference").unwrap().recent().unwrap().count(), 8);
    (1..=3).for_each(|millis| operation.record(ms(millis)));
    let count = || profiler.snapshot().operation("inference").unwrap().recent().unwrap().count();
    assert_eq!(count(), 3);
    (1..=20).for_each(|millis| operation.record(ms(millis)));
    assert_eq!(count(), 10);
}

#[test]
fn every_way_to_end_a_call_is_remembered_once() {
    let (profiler, hand) = manual();
    let operation = profiler.operation("inference");
    operation.keep_recent(100);
    operation.time(|| hand.advance(ms(1)));
    let failed = operation.time_result(|| {
        hand.advance(ms(2));
        Err::<(), _>("full")
    });
    assert!(failed.is_err());
    let mut timer = operation.timer();
    timer.metadata("id", 7);
    hand.advance(ms(3));
    timer.stop();
    operation.timer().discard();
    drop(operation.owned_timer());
    operation.record_nanos(u64::MAX);
    let snapshot = profiler.snapshot();
    let calls: Vec<_> = snapshot
        .operation("inference")
        .unwrap()
        .recent()
        .unwrap()
        .calls()
        .map(|call| (call.duration, call.failed))
        .collect();
    let longest = Duration::from_nanos((1 << 63) - 2);
    let expected =
        [(ms(1), false), (ms(2), true), (ms(3), false), (ms(0), false), (longest, false)];
    assert_eq!(calls, expected);
}

#[test]
fn eight_threads_lose_none_of_the_last_calls() {
    let profiler = Profiler::new();
    let operation = profiler.operation("inference");
    operation.keep_recent(8_000);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let operation = &operation;
            scope
                .spawn(move || (0..1_000).for_each(|n| operation.record_nanos(thread * 1_000 + n)));
        }
        for _ in 0..50 {
            let snapshot = profiler.snapshot();
            let recent = snapshot.operation("inference").unwrap().recent().unwrap();
            assert!(recent.calls().all(|call| call.duration < Duration::from_nanos(8_000)));
        }
    });
    let snapshot = profiler.snapshot();
    let recent = snapshot.operation("inference").unwrap().recent().unwrap();
    let mut nanos: Vec<_> = recent.calls().map(|call| call.duration.as_nanos()).collect();
    nanos.sort_unstable();
    assert!(nanos.into_iter().eq(0..8_000));
}
