//! The promises of an SLA file in the exposition.

use super::exposition::{encoded, scraped};
use super::strict_parser::{Families, value};
use perf_core::{Profiler, Snapshot};
use perf_export::prometheus::{Exposition, Format};
use perf_sla::{SlaConfig, Subject};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

const FILE: &str = r#"
    overall_operation = "answer"
    [overall]
    max_p95 = "300ms"
    min_success_rate = "99%"
    min_throughput = "1/s"
    [operations.search]
    max_p99 = "100ms"
    max_mean = "50ms"
    [metrics.cache]
    good = 'hits'
    bad = 'misses'
    by = "tenant"
    min_ratio = "80%"
    [metrics.queue]
    gauge = 'queue'
    max = 10
    [metrics.dropped]
    counter = 'dropped'
    max_growth = 5
    [[objectives]]
    name = "fast answers"
    good = "latency <= 300ms"
    target = "99%"
"#;

fn service(sla: &SlaConfig) -> Profiler {
    let profiler = Profiler::new();
    sla.watch(&profiler).unwrap();
    for i in 0..1_000_u64 {
        profiler.record("answer", Duration::from_millis(i));
        profiler.record("search", Duration::from_micros(i * 130));
        profiler.counter_with("hits", &[("tenant", "a")]).add(i % 3);
        profiler.counter_with("hits", &[("tenant", "b")]).increment();
        profiler.counter_with("misses", &[("tenant", "a")]).increment();
    }
    (0..30).for_each(|_| profiler.record_failure("answer", Duration::from_secs(1)));
    profiler.gauge_with("queue", &[("queue", "in")]).set(3.0);
    profiler.gauge_with("queue", &[("queue", "out")]).set(7.5);
    profiler.counter_with("dropped", &[("why", "full")]).add(2);
    profiler.counter_with("dropped", &[("why", "late")]).add(3);
    profiler
}

/// The series of a check in the exposition.
fn of(all: &Families, name: &str, check: &perf_sla::Check, sla: &SlaConfig) -> f64 {
    let path = match &check.target.subject {
        Subject::Objective(name) => format!("objectives.{name}"),
        _ => check.target.path.clone(),
    };
    let whole = matches!(check.target.subject, Subject::Overall | Subject::Objective(_));
    let operation = check.target.operation().or(sla.overall_operation().filter(|_| whole));
    let mut labels = vec![("sla", path.as_str())];
    labels.extend(operation.map(|operation| ("operation", operation)));
    labels.extend(check.label.iter().map(|(_, value)| ("part", value.as_str())));
    value(all, name, &labels)
}

#[test]
fn every_pair_is_the_evidence_of_the_verdict() {
    let sla = SlaConfig::from_toml(FILE).unwrap();
    let snapshot = service(&sla).lifetime();
    let all = scraped(&Exposition::new().with_sla(&sla), &snapshot);
    let mut pairs = 0;
    for check in sla.evaluate(&snapshot).checks() {
        let Some((least, most)) = check.bad else { continue };
        assert_eq!(least, most, "{check}: counted");
        let events = of(&all, "perf_sla_events_total", check, &sla);
        let good = of(&all, "perf_sla_good_total", check, &sla);
        assert_eq!(
            (good, events),
            ((check.samples - most) as f64, check.samples as f64),
            "{check}"
        );
        pairs += 1;
    }
    assert_eq!(pairs, 6);
    assert_eq!(all["perf_sla_events_total"].samples.len(), pairs, "nothing else has a pair");
}

#[test]
fn what_is_promised_and_what_has_a_limit_is_exposed() {
    let sla = SlaConfig::from_toml(FILE).unwrap();
    let all = scraped(&Exposition::new().with_sla(&sla), &service(&sla).lifetime());
    let of = |name: &str, sla: &str, operation: &str| {
        let labels = [("sla", sla), ("operation", operation)];
        value(&all, name, &labels[..if operation.is_empty() { 1 } else { 2 }])
    };
    assert_eq!(of("perf_sla_objective_ratio", "overall.max_p95", "answer"), 0.95);
    assert_eq!(of("perf_sla_objective_ratio", "objectives.fast answers", "answer"), 0.99);
    assert_eq!(of("perf_sla_limit_seconds", "objectives.fast answers", "answer"), 0.3);
    assert_eq!(of("perf_sla_limit_seconds", "operations.search.max_mean", "search"), 0.05);
    assert_eq!(of("perf_sla_value", "metrics.queue.max", ""), 7.5);
    assert_eq!(of("perf_sla_counted_total", "metrics.dropped.max_growth", ""), 5.0);
}

#[test]
fn a_promise_of_which_nothing_is_known_yet_counts_from_zero() {
    let sla = SlaConfig::from_toml(FILE).unwrap();
    let all = scraped(&Exposition::new().with_sla(&sla), &Profiler::new().lifetime());
    let labels = [("sla", "objectives.fast answers"), ("operation", "answer")];
    assert_eq!(value(&all, "perf_sla_good_total", &labels), 0.0);
    assert_eq!(value(&all, "perf_sla_events_total", &labels), 0.0);
}

#[test]
fn no_count_of_a_promise_goes_back_while_calls_are_counted() {
    let sla = SlaConfig::from_toml("[operations.a]\nmax_p95 = \"1ms\"").unwrap();
    let profiler = Profiler::new();
    sla.watch(&profiler).unwrap();
    let exposition = Exposition::new().with_sla(&sla);
    let stop = AtomicBool::new(false);
    let counts = |snapshot: &Snapshot| {
        let all = scraped(&exposition, snapshot);
        let labels = [("sla", "operations.a.max_p95"), ("operation", "a")];
        ["perf_sla_good_total", "perf_sla_events_total"].map(|name| value(&all, name, &labels))
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let operation = profiler.operation("a");
            operation.record(Duration::from_micros(10));
            while !stop.load(Relaxed) {
                // In the bucket of the limit, so that the buckets do not tell on which side of it.
                operation.record(Duration::from_micros(1_001));
            }
        });
        let mut last = [0.0; 2];
        let wrong = (0..2_000).find_map(|_| {
            let (before, now) = (last, counts(&profiler.lifetime()));
            last = now;
            let is_right = now[0] >= before[0] && now[1] >= before[1] && now[0] <= now[1];
            (!is_right).then_some((before, now))
        });
        stop.store(true, Relaxed);
        assert_eq!(wrong, None);
    });
}

#[test]
fn a_snapshot_of_a_process_that_began_anew_counts_anew() {
    let sla = SlaConfig::from_toml("[operations.a]\nmax_p95 = \"1s\"").unwrap();
    let exposition = Exposition::new().with_sla(&sla);
    let of = |calls: u64| {
        let profiler = Profiler::new();
        sla.watch(&profiler).unwrap();
        (0..calls).for_each(|_| profiler.record("a", Duration::from_millis(1)));
        encoded(&exposition, &profiler.lifetime(), Format::Text)
    };
    let line = "perf_sla_good_total{sla=\"operations.a.max_p95\",operation=\"a\"}";
    assert!(of(100).contains(&format!("{line} 100\n")));
    assert!(of(3).contains(&format!("{line} 3\n")));
}
