use perf_core::{OVERFLOW, Profiler};

#[test]
fn a_counter_counts_exactly_from_many_threads() {
    let profiler = Profiler::new();
    let counter = profiler.counter("requests");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..100_000).for_each(|_| counter.increment()));
        }
    });
    assert_eq!(profiler.snapshot().counter("requests", &[]), Some(800_000));
}

#[test]
fn labels_in_any_order_are_one_series() {
    let profiler = Profiler::new();
    profiler.counter_with("hits", &[("cache", "l1"), ("zone", "a")]).add(1);
    profiler.counter_with("hits", &[("zone", "a"), ("cache", "l1")]).add(2);
    profiler.counter_with("hits", &[("zone", "b"), ("cache", "l1")]).add(4);
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counter("hits", &[("zone", "a"), ("cache", "l1")]), Some(3));
    assert_eq!(snapshot.counters().count(), 2);
}

#[test]
fn label_sets_beyond_the_cap_share_one_visible_series_and_the_total_stays_exact() {
    let profiler = Profiler::builder().max_series(100).build();
    for i in 0..10_000 {
        profiler.counter_with("requests", &[("user", &i.to_string())]).increment();
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counters().count(), 101);
    assert_eq!(snapshot.counters().map(|(_, total)| total).sum::<u64>(), 10_000);
    assert_eq!(snapshot.counter("requests", &[("overflow", "true")]), Some(9_900));
    assert_eq!(snapshot.losses().refused_series, 9_900);
}

#[test]
fn metric_names_beyond_the_cap_stay_bounded_and_the_total_stays_exact() {
    let profiler = Profiler::builder().max_series(10).build();
    for i in 0..1_000 {
        profiler.counter(&format!("metric {i}")).increment();
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counters().count(), 21, "ten, an overflow for ten more, one for the rest");
    assert_eq!(snapshot.counters().map(|(_, total)| total).sum::<u64>(), 1_000);
    assert_eq!(snapshot.counter(OVERFLOW, &[("overflow", "true")]), Some(980));
}

#[test]
fn a_gauge_holds_what_was_set_last_and_refuses_what_is_no_number() {
    let profiler = Profiler::new();
    let gauge = profiler.gauge_with("memory", &[("pool", "a")]);
    gauge.set(3.5);
    gauge.add(-1.0);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        gauge.set(bad);
        gauge.add(bad);
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.gauge("memory", &[("pool", "a")]), Some(2.5));
    assert_eq!(snapshot.losses().invalid_values, 6);
}

#[test]
fn an_interval_has_the_growth_of_a_counter_and_the_value_of_a_gauge() {
    let profiler = Profiler::new();
    let (counter, gauge) = (profiler.counter("done"), profiler.gauge("left"));
    counter.add(5);
    gauge.set(95.0);
    let before = profiler.snapshot();
    counter.add(7);
    gauge.set(88.0);
    let interval = profiler.snapshot().since(&before).unwrap();
    assert_eq!(interval.counter("done", &[]), Some(7));
    assert_eq!(interval.gauge("left", &[]), Some(88.0));
}
