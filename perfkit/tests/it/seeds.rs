//! What the seeds promise of SLAs, in Rust. A test's name is the claim.

use perfkit::sla::{Buffer, Certainty, SlaConfig, Status, Targets};
use perfkit::{Clock, ManualClock, Profiler};
use std::time::Duration;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn manual() -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    (Profiler::builder().clock(clock).build(), hand)
}

/// Seed 000, "SLA Configuration": overall targets.
#[test]
fn overall_targets_are_checked_and_passed_when_all_are_met() {
    let sla = SlaConfig::builder()
        .overall(
            Targets::new()
                .max_p50(ms(100))
                .max_p95(ms(250))
                .max_p99(ms(500))
                .min_throughput(20.0)
                .min_success_rate(0.99),
        )
        .build()
        .unwrap();
    let (profiler, hand) = manual();
    sla.watch(&profiler).unwrap();
    (0..1_000).for_each(|_| profiler.record("query", ms(80)));
    hand.advance(Duration::from_secs(10));
    let result = sla.evaluate(&profiler.snapshot());
    assert!(result.passed());
    assert_eq!(result.violations().count(), 0);
}

/// Seed 000, "SLA Configuration": targets of operations, and what is printed.
#[test]
fn targets_of_operations_are_checked_and_each_violation_is_a_sentence() {
    let max_p95 = |millis| Targets::new().max_p95(ms(millis)).certainty(Certainty::Point);
    let sla = SlaConfig::builder()
        .operation("embedding", max_p95(50))
        .operation("retrieval", max_p95(100))
        .operation("reranking", max_p95(30))
        .operation("generation", max_p95(200))
        .build()
        .unwrap();
    let (profiler, _) = manual();
    sla.watch(&profiler).unwrap();
    for _ in 0..20 {
        profiler.record("embedding", ms(20));
        profiler.record("retrieval", Duration::from_micros(125_600));
        profiler.record("reranking", ms(30));
        profiler.record("generation", ms(150));
    }
    let result = sla.evaluate(&profiler.snapshot());
    assert!(!result.passed());
    let told: Vec<String> = result.violations().map(ToString::to_string).collect();
    assert_eq!(told, ["Operation 'retrieval' P95 (125.6ms) exceeds target (100.0ms)"]);
}

/// Seed 000, "Define Realistic SLAs": a baseline with a buffer.
#[test]
fn a_baseline_with_a_buffer_makes_targets_that_its_own_run_keeps_and_a_slower_one_does_not() {
    let run = |millis: u64, seconds: u64| {
        let (profiler, hand) = manual();
        (0..1_000).for_each(|i| profiler.record("query", ms(millis + i % 20)));
        hand.advance(Duration::from_secs(seconds));
        profiler.snapshot()
    };
    let baseline = run(100, 50);
    let sla = SlaConfig::from_baseline(&baseline, Buffer::default()).unwrap();
    let overall = baseline.overall();
    let p95 = overall.p95().unwrap().mul_f64(1.2);
    let target = |path: &str| sla.targets().iter().find(|target| target.path == path).unwrap();
    let limit = target("overall.max_p95").limit;
    assert!(limit.relative_to(perfkit::sla::Quantity::Time(p95)).unwrap().abs() < 0.005, "{limit}");
    assert_eq!(target("overall.min_throughput").limit.to_string(), "16.0 RPS");
    assert!(sla.evaluate(&baseline).passed());
    let slower = sla.evaluate(&run(150, 70));
    let told: Vec<&str> = slower.violations().map(|check| check.target.path.as_str()).collect();
    assert!(
        told.contains(&"overall.max_p95") && told.contains(&"overall.min_throughput"),
        "{told:?}"
    );
}

/// Seed 003: the thresholds of its alerts, as targets.
#[test]
fn error_rate_p95_throughput_and_cache_hits_have_targets() {
    let sla = SlaConfig::from_toml(
        r#"
        [overall]
        max_error_rate = "5%"
        max_p95 = "100ms"
        min_throughput = "100/s"
        [metrics.cache_hit_rate]
        good = "cache_hits"
        bad = "cache_misses"
        min_ratio = "80%"
        "#,
    )
    .unwrap();
    let (profiler, hand) = manual();
    let cache = profiler.hit_counter("cache");
    for i in 0..1_000 {
        match i % 10 {
            0 => profiler.record_failure("inference", ms(1)),
            _ => profiler.record("inference", ms(150)),
        }
        cache.record(i % 2 == 0);
    }
    hand.advance(Duration::from_secs(20));
    let verdict = sla.evaluate(&profiler.snapshot());
    let told: Vec<String> = verdict.violations().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "Overall error rate (10.0%) exceeds target (5.0%)",
            "Overall P95 latency (150.0ms) exceeds target (100.0ms)",
            "Overall throughput (50.0 RPS) below target (100.0 RPS)",
            "Metric 'cache_hit_rate' good ratio (50.0%) below target (80.0%)",
        ]
    );
}

/// Seed 004, "Performance Targets": resources, idle and under load.
#[test]
fn memory_and_cpu_have_ceilings_when_idle_and_under_load() {
    let sla = SlaConfig::from_toml(
        r#"
        [resources]
        max_memory = "2GiB"
        max_cpu = "80%"
        max_open_files = 1000
        [metrics.database_connections]
        gauge = "database_connections"
        max = 50
        [resources.idle]
        max_memory = "512MiB"
        max_cpu = "10%"
        "#,
    )
    .unwrap();
    let (profiler, _) = manual();
    let gauge = |name: &str, idle: bool, value: f64| {
        let labels: &[(&str, &str)] = if idle { &[("phase", "idle")] } else { &[] };
        profiler.gauge_with(name, labels).set(value);
    };
    gauge("process_resident_memory_bytes", false, 3e9);
    gauge("process_cpu_ratio", false, 0.75);
    gauge("process_open_fds", false, 120.0);
    gauge("process_resident_memory_bytes", true, 400e6);
    gauge("process_cpu_ratio", true, 0.25);
    gauge("database_connections", false, 51.0);
    let verdict = sla.evaluate(&profiler.snapshot());
    let mut told: Vec<String> = verdict.violations().map(ToString::to_string).collect();
    told.sort();
    assert_eq!(
        told,
        [
            "Metric 'database_connections' value (51) exceeds target (50)",
            "Process memory (2.8GiB) exceeds target (2.0GiB)",
            "Process, idle: CPU (25.0%) exceeds target (10.0%)",
        ]
    );
    assert_eq!(verdict.status(), Status::Violated);
}
