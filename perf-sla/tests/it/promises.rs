//! Targets and objectives as shares of events.

use crate::{manual, secs};
use perf_core::{Profiler, Snapshot};
use perf_sla::SlaConfig;
use std::collections::BTreeMap;
use std::time::Duration;

const FILE: &str = r#"
    overall_operation = "answer"
    [overall]
    max_p95 = "300ms"
    max_max = "900ms"
    min_success_rate = "99%"
    min_throughput = "1/s"
    [operations.search]
    max_p99 = "100ms"
    max_error_rate = "2%"
    max_mean = "1s"
    min_apdex = 0.5
    apdex_threshold = "50ms"
    [metrics.cache]
    good = 'hits'
    bad = 'misses'
    by = "tenant"
    min_ratio = "80%"
    max_ratio = "99%"
    [metrics.batch]
    histogram = 'batch_size'
    max_p95 = 64
    max_max = 100
    [metrics.queue]
    gauge = 'queue'
    max = 10
    [resources]
    max_memory = "1GiB"
    [[objectives]]
    name = "fast"
    good = "latency <= 300ms"
    target = "99%"
    [[objectives]]
    name = "searches"
    operation = "search"
    good = "success"
    target = "99.9%"
    [[objectives]]
    name = "both"
    good = "search <= 100ms and latency <= 300ms"
    target = "95%"
"#;

fn service(sla: &SlaConfig) -> Profiler {
    let (profiler, hand) = manual();
    sla.watch(&profiler).unwrap();
    for i in 0..1_000_u64 {
        profiler.record("answer", Duration::from_millis(i));
        profiler.record("search", Duration::from_micros(i * 130));
        profiler.counter_with("hits", &[("tenant", "a")]).add(i % 3);
        profiler.counter_with("hits", &[("tenant", "b")]).increment();
        profiler.counter_with("misses", &[("tenant", "a")]).increment();
        profiler.histogram("batch_size").record(i % 70);
    }
    (0..30).for_each(|_| profiler.record_failure("answer", Duration::from_secs(1)));
    (0..7).for_each(|_| profiler.record_failure("search", Duration::from_millis(1)));
    profiler.gauge("queue").set(3.0);
    for _ in 0..5 {
        let request = profiler.request("id");
        request.time("search", || hand.advance(Duration::from_millis(90)));
    }
    hand.advance(secs(10));
    profiler
}

/// Good and all events by path and part.
fn counts(sla: &SlaConfig, snapshot: &Snapshot) -> BTreeMap<(String, Option<String>), (u64, u64)> {
    let of = |promise: perf_sla::Promise<'_>| {
        let path = promise.path();
        let counts = promise.counts(snapshot).into_iter();
        counts.map(move |counts| ((path.clone(), counts.part), (counts.good, counts.total)))
    };
    sla.promises().flat_map(of).collect()
}

#[test]
fn the_events_of_a_promise_are_the_evidence_of_its_verdict() {
    let sla = SlaConfig::from_toml(FILE).unwrap();
    let snapshot = service(&sla).lifetime();
    let mut evidence = BTreeMap::new();
    for check in sla.evaluate(&snapshot).checks() {
        let judged_otherwise = ["apdex", "batch.max_max"];
        if judged_otherwise.iter().any(|path| check.target.path.ends_with(path)) {
            continue;
        }
        if let Some((_, most)) = check.bad {
            // The share that `max_ratio` limits is that of the good ones.
            let key = (check.target.path.clone(), check.label.clone().map(|(_, value)| value));
            evidence.insert(key, (check.samples - most, check.samples));
        }
    }
    let counts = counts(&sla, &snapshot);
    assert_eq!(counts, evidence);
    assert_eq!(counts.len(), 13);
    assert_eq!(counts[&("overall.max_p95".to_owned(), None)], (301, 1_000));
    assert_eq!(counts[&("overall.min_success_rate".to_owned(), None)], (1_000, 1_030));
    assert_eq!(counts[&("objectives.fast".to_owned(), None)], (301, 1_030));
    assert_eq!(counts[&("objectives.both".to_owned(), None)], (5, 5));
    let exact = |promise: perf_sla::Promise<'_>| {
        promise.counts(&snapshot).iter().all(|counts| counts.is_exact)
            || promise.path() == "metrics.batch.max_p95"
    };
    assert!(sla.promises().all(exact), "what is watched is counted");
}

#[test]
fn what_may_be_bad_is_said_in_decimal() {
    let sla = SlaConfig::from_toml(FILE).unwrap();
    let shares: BTreeMap<_, _> =
        sla.promises().map(|p| (p.path(), (p.share(), p.allowed()))).collect();
    assert_eq!(shares["overall.max_p95"], (0.95, 0.05));
    assert_eq!(shares["overall.max_max"], (1.0, 0.0));
    assert_eq!(shares["operations.search.max_error_rate"], (0.98, 0.02));
    assert_eq!(shares["objectives.searches"], (0.999, 0.001));
}

#[test]
fn the_whole_is_the_sum_of_all_where_nothing_stands_for_it() {
    let sla = SlaConfig::from_toml("[overall]\nmax_p95 = \"100ms\"").unwrap();
    let profiler = Profiler::new();
    let limit = [Duration::from_millis(100)];
    for (name, slow) in [("a", 3), ("b", 4)] {
        profiler.operation(name).limits(&limit).unwrap();
        (0..10).for_each(|_| profiler.record(name, limit[0]));
        (0..slow).for_each(|_| profiler.record(name, limit[0] + Duration::from_nanos(1)));
    }
    assert_eq!(counts(&sla, &profiler.lifetime()).into_values().next(), Some((20, 27)));
}

#[test]
fn a_limit_that_nobody_counts_is_never_kept_by_its_own_bucket() {
    let sla = SlaConfig::from_toml("[operations.a]\nmax_p95 = \"100ms\"").unwrap();
    let profiler = Profiler::new();
    (0..10).for_each(|_| profiler.record("a", Duration::from_millis(100)));
    (0..5).for_each(|_| profiler.record("a", Duration::from_millis(90)));
    profiler.record("a", Duration::from_micros(100_001));
    let counts = &sla.promises().next().unwrap().counts(&profiler.lifetime())[0];
    assert_eq!((counts.good, counts.total, counts.is_exact), (5, 16, false));
}
