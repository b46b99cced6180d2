use perf_core::{Profiler, Quantile};

#[test]
fn a_histogram_counts_values_of_any_unit_exactly_from_many_threads() {
    let profiler = Profiler::new();
    let tokens = profiler.histogram("tokens");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (1..=10_000).for_each(|n| tokens.record(n)));
        }
    });
    let snapshot = profiler.snapshot();
    let tokens = snapshot.histogram("tokens", &[]).unwrap();
    assert_eq!((tokens.count(), tokens.sum()), (80_000, 8 * 50_005_000));
    assert_eq!((tokens.min(), tokens.max()), (Some(1), Some(10_000)));
    let median = tokens.quantile(Quantile::P50).unwrap();
    assert!(median.abs_diff(5_000) <= 5_000 / 256, "{median}");
}

#[test]
fn an_interval_and_a_reset_have_only_their_own_values() {
    let profiler = Profiler::new();
    let sizes = profiler.histogram_with("batch", &[("model", "a")]);
    sizes.record(1_000);
    profiler.reset();
    sizes.record(7);
    let first = profiler.snapshot();
    sizes.record(9);
    let interval = profiler.snapshot().since(&first).unwrap();
    let read = |snapshot: &perf_core::Snapshot| {
        snapshot
            .histogram("batch", &[("model", "a")])
            .unwrap()
            .buckets()
            .map(|b| b.lowest)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (read(&first), read(&interval), read(&profiler.snapshot())),
        (vec![7], vec![9], vec![7, 9])
    );
    assert_eq!(profiler.lifetime().histogram("batch", &[("model", "a")]).unwrap().count(), 3);
}

#[test]
fn label_sets_beyond_the_cap_share_one_histogram_and_the_total_stays_exact() {
    let profiler = Profiler::builder().max_series(10).build();
    for i in 0..100_u64 {
        profiler.histogram_with("size", &[("user", &i.to_string())]).record(i);
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.histograms().count(), 11);
    assert_eq!(snapshot.histograms().map(|(_, values)| values.count()).sum::<u64>(), 100);
    assert_eq!(snapshot.losses().refused_series, 90);
    let merged = snapshot.merge(&snapshot);
    assert_eq!(merged.histogram("size", &[("overflow", "true")]).unwrap().count(), 180);
}

#[test]
fn a_value_larger_than_all_before_is_counted_once() {
    let profiler = Profiler::new();
    let values = profiler.histogram("values");
    (0..64).for_each(|bit| values.record(1 << bit));
    (0..64).for_each(|bit| values.record(1 << bit));
    assert_eq!(profiler.snapshot().histogram("values", &[]).unwrap().count(), 128);
}
