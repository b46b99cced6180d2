//! Snapshots that are written down as plain values and read back.

use perf_core::{
    Clock, Distribution, MetadataValue, OperationParts, OperationSnapshot, OverLimit, Profiler,
    Sample, Series, Snapshot, SnapshotParts,
};
use std::time::Duration;

fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn sample_of(sample: &Sample) -> Sample {
    let pairs = sample.metadata().map(|(key, value)| (key.to_owned(), value.clone()));
    let kind = sample.failure_kind().map(str::to_owned);
    Sample::new(sample.duration(), sample.at(), kind, pairs.collect::<Vec<_>>())
}

fn distribution_of(distribution: &Distribution) -> Distribution {
    let buckets = distribution.buckets().map(|bucket| (bucket.index, bucket.count));
    let (min, max) = (distribution.min().unwrap_or(0), distribution.max().unwrap_or(0));
    Distribution::from_buckets(buckets, distribution.sum(), min, max).unwrap()
}

fn parts_of(operation: &OperationSnapshot) -> OperationParts {
    let mut parts = OperationParts::new(operation.name());
    parts.latency = distribution_of(operation.latency());
    parts.untimed_successes = operation.untimed_successes();
    parts.failure_latency = distribution_of(operation.failure_latency());
    parts.untimed_failures = operation.untimed_failures();
    let kinds = operation.failure_kinds().map(|(kind, count)| (kind.to_owned(), count));
    parts.failure_kinds = kinds.collect();
    parts.over_limits = operation.over_limits().collect();
    parts.slowest = operation.slowest().iter().map(sample_of).collect();
    parts.failed = operation.failed().iter().map(sample_of).collect();
    parts
}

#[test]
fn a_snapshot_read_back_from_its_parts_answers_as_before() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).overall_operation("search").build();
    let search = profiler.operation("search");
    search.limits(&[millis(10), millis(40)]).unwrap();
    for n in 1..=50 {
        let mut timer = search.timer();
        timer.metadata("n", n);
        hand.advance(millis(n));
    }
    search.record_failure_with(millis(7), "timeout");
    search.record_failure(millis(8));
    profiler.counter_with("hits", &[("cache", "l1")]).add(3);
    profiler.gauge("depth").set(2.5);
    profiler.histogram("size").record(77);
    profiler.operation("search").record_secs_f64(f64::NAN);
    let snapshot = profiler.snapshot();

    let mut parts = SnapshotParts::default();
    (parts.from, parts.to, parts.taken_at) = (snapshot.from(), snapshot.to(), snapshot.taken_at());
    parts.overall_operation = snapshot.overall_operation().map(str::to_owned);
    parts.operations = snapshot.operations().map(parts_of).collect();
    let again = |series: &Series| Series::new(series.name(), &series.labels().collect::<Vec<_>>());
    parts.counters = snapshot.counters().map(|(s, n)| (again(s), n)).collect();
    parts.gauges = snapshot.gauges().map(|(s, n)| (again(s), n)).collect();
    parts.histograms = snapshot.histograms().map(|(s, d)| (again(s), distribution_of(d))).collect();
    for (name, count) in snapshot.losses().iter() {
        *parts.losses.get_mut(name).unwrap() = count;
    }
    let read = Snapshot::from_parts(parts);

    let (was, is) = (snapshot.operation("search").unwrap(), read.operation("search").unwrap());
    assert_eq!(is.latency(), was.latency());
    assert_eq!(is.failure_latency(), was.failure_latency());
    assert_eq!((is.count(), is.failures(), is.throughput()), (52, 2, was.throughput()));
    assert_eq!(is.over(millis(10)).unwrap().successes, 40);
    assert_eq!(is.over_limits().collect::<Vec<_>>(), was.over_limits().collect::<Vec<_>>());
    assert_eq!(is.slowest(), was.slowest());
    assert_eq!(is.failed(), was.failed());
    assert_eq!(is.failure_kinds().collect::<Vec<_>>(), [("timeout", 1)]);
    assert_eq!(read.counter("hits", &[("cache", "l1")]), Some(3));
    assert_eq!(read.gauge("depth", &[]), Some(2.5));
    assert_eq!(read.histogram("size", &[]), snapshot.histogram("size", &[]));
    assert_eq!(read.losses(), snapshot.losses());
    assert_eq!(read.losses().invalid_values, 1);
    assert_eq!(read.overall().count(), snapshot.overall().count());
    assert_eq!((read.interval(), read.taken_at()), (snapshot.interval(), snapshot.taken_at()));
    assert!(read.since(&snapshot).is_err(), "it is of no profiler");
}

#[test]
fn parts_that_contradict_themselves_are_bounded_by_the_buckets() {
    let ten = Distribution::from_values([1_000; 10]);
    let index = ten.buckets().next().unwrap().index;
    let read = Distribution::from_buckets([(index, 4), (index, 6)], 1, 0, u64::MAX).unwrap();
    assert_eq!(read.count(), 10);
    assert!(read.min() >= Some(992) && read.max() <= Some(1_007), "{read:?}");
    assert!((9_920..=10_070).contains(&read.sum()), "{}", read.sum());

    let mut parts = OperationParts::new("a");
    parts.latency = read;
    parts.untimed_failures = 2;
    parts.failure_kinds = vec![("x".to_owned(), 9)];
    let mut limit = OverLimit::default();
    (limit.limit, limit.successes, limit.exact) = (Duration::from_nanos(2_000), 7, true);
    parts.over_limits = vec![limit; 9];
    let mut all = SnapshotParts::default();
    (all.from, all.to) = (millis(5), millis(1));
    all.operations = vec![OperationParts::new("a"), parts];
    let snapshot = Snapshot::from_parts(all);
    let operation = snapshot.operation("a").unwrap();
    assert_eq!((operation.count(), snapshot.interval()), (12, Duration::ZERO));
    assert_eq!(operation.failure_kinds().collect::<Vec<_>>(), [("x", 2)]);
    assert_eq!(operation.over_limits().count(), perf_core::MAX_LIMITS);
    assert!(operation.over_limits().all(|over| over.successes == 0), "none can be over 2 µs");
}

#[test]
fn buckets_that_the_layout_does_not_have_are_refused() {
    assert!(Distribution::from_buckets([(7_423, 1)], 0, 0, 0).is_ok(), "the last one");
    let refused = Distribution::from_buckets([(7_424, 1)], 0, 0, 0).unwrap_err();
    assert_eq!(refused.to_string(), "there is no bucket 7424: the last one is 7423");
    let full = Distribution::from_buckets([(0, u64::MAX), (0, u64::MAX)], 0, 0, 0).unwrap();
    assert_eq!(full.count(), u64::MAX);
}

#[test]
fn the_index_of_a_bucket_is_what_its_documentation_says() {
    for value in [0, 1, 255, 256, 257, 1_000, 123_456_789, u64::MAX] {
        let bucket = Distribution::from_values([value]).buckets().next().unwrap();
        let index = u64::from(bucket.index);
        let lowest = match index {
            0..256 => index,
            _ => (128 + index % 128) << (index / 128 - 1),
        };
        assert_eq!(bucket.lowest, lowest, "{value}");
    }
}

#[test]
fn a_sample_read_back_is_bounded_as_one_that_was_measured() {
    let pairs = (0..40).map(|n| (format!("k{n}"), MetadataValue::from("x".repeat(999))));
    let sample = Sample::new(millis(1), millis(2), Some("y".repeat(9_999)), pairs);
    assert_eq!(sample.metadata().count(), 16);
    assert!(sample.metadata().all(|(_, value)| value.to_string().len() == 256));
    assert!(sample.failure_kind().unwrap().len() < 999);
}
