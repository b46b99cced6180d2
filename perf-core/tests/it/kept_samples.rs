use crate::{manual, ms};
use perf_core::{Clock, MetadataValue, Profiler};

#[test]
fn the_slowest_samples_keep_their_metadata() {
    let (profiler, hand) = manual();
    for id in 0..1_000_u64 {
        let mut timer = profiler.timer("query");
        timer.metadata("query_id", id);
        hand.advance(ms(1 + (id * 7_919) % 1_000));
    }
    let snapshot = profiler.snapshot();
    let slowest = snapshot.operation("query").unwrap().slowest();
    let durations: Vec<_> = slowest.iter().map(|sample| sample.duration().as_millis()).collect();
    assert_eq!(durations, [1_000, 999, 998, 997, 996, 995, 994, 993]);
    for sample in slowest {
        let (_, id) = sample.metadata().next().unwrap();
        let MetadataValue::Integer(id) = id else { panic!("{id:?}") };
        assert_eq!(1 + (id * 7_919) % 1_000, sample.duration().as_millis() as i64);
    }
}

#[test]
fn the_last_failures_keep_their_metadata_and_kind() {
    let (profiler, hand) = manual();
    for id in 0..100 {
        let mut timer = profiler.timer("query");
        timer.metadata("query_id", id);
        timer.mark_failure_with("timeout");
        hand.advance(ms(1));
    }
    let snapshot = profiler.snapshot();
    let failed = snapshot.operation("query").unwrap().failed();
    let ids: Vec<_> = failed.iter().map(|s| s.metadata().next().unwrap().1.to_string()).collect();
    assert_eq!(ids, ["99", "98", "97", "96", "95", "94", "93", "92"]);
    assert!(failed.iter().all(|sample| sample.failure_kind() == Some("timeout")));
}

#[test]
fn kept_samples_of_all_threads_are_the_slowest_of_all() {
    let (profiler, _) = manual();
    let operation = profiler.operation("work");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let operation = &operation;
            scope.spawn(move || (0..100).for_each(|i| operation.record(ms(i * 4 + thread))));
        }
    });
    let snapshot = profiler.snapshot();
    let slowest = snapshot.operation("work").unwrap().slowest();
    let durations: Vec<_> = slowest.iter().map(|sample| sample.duration().as_millis()).collect();
    assert_eq!(durations, [399, 398, 397, 396, 395, 394, 393, 392]);
}

#[test]
fn without_kept_samples_the_maximum_is_still_exact() {
    let profiler = Profiler::builder().kept_samples(0).build();
    let operation = profiler.operation("work");
    for i in 0..1_000 {
        operation.record_nanos(1_000_000 + i * 3_333 % 1_000);
    }
    let snapshot = profiler.snapshot();
    let work = snapshot.operation("work").unwrap();
    assert_eq!(work.latency().max(), Some(1_000_999));
    assert!(work.slowest().is_empty() && work.failed().is_empty());
}

#[test]
fn metadata_beyond_its_bounds_is_shortened_dropped_and_counted() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let mut timer = profiler.timer("query");
    for i in 0..20 {
        timer.metadata(format!("key {i}"), i);
    }
    timer.metadata("key 0", "ä".repeat(1_000));
    hand.advance(ms(1));
    drop(timer);
    let snapshot = profiler.snapshot();
    let sample = &snapshot.operation("query").unwrap().slowest()[0];
    assert_eq!(sample.metadata().count(), 16);
    assert_eq!(sample.metadata().next().unwrap().1.to_string().len(), 256);
    assert_eq!(snapshot.losses().dropped_metadata, 5);
}
