//! What an SLA file means for a snapshot. A test's name is the claim.

use perf_core::{Clock, ManualClock, Profiler};
use perf_sla::{Quantity, SlaConfig, Status};
use std::time::Duration;

fn manual() -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    (Profiler::builder().clock(clock).build(), hand)
}

fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

#[test]
fn violations_are_worded_as_in_the_seed() {
    let sla = SlaConfig::from_toml(
        r#"
        [overall]
        max_p95 = "300ms"
        min_throughput = "10/s"
        min_success_rate = "95%"
        [operations.retrieval]
        max_p95 = "100ms"
        "#,
    )
    .unwrap();
    let (profiler, hand) = manual();
    for _ in 0..923 {
        profiler.record("answer", micros(325_400));
    }
    for _ in 0..77 {
        profiler.record_failure("answer", micros(1_000));
    }
    hand.advance(Duration::from_secs_f64(1_000.0 / 8.5));
    let verdict = sla.evaluate(&profiler.snapshot());
    let violations: Vec<String> = verdict.violations().map(ToString::to_string).collect();
    assert_eq!(
        violations,
        [
            "Overall P95 latency (325.4ms) exceeds target (300.0ms)",
            "Overall throughput (8.5 RPS) below target (10.0 RPS)",
            "Overall success rate (92.3%) below target (95.0%)",
        ]
    );

    let (profiler, _) = manual();
    (0..100).for_each(|_| profiler.record("retrieval", micros(125_600)));
    let violations = sla.evaluate(&profiler.snapshot());
    let violations: Vec<String> = violations.violations().map(ToString::to_string).collect();
    assert!(
        violations
            .contains(&"Operation 'retrieval' P95 (125.6ms) exceeds target (100.0ms)".to_owned()),
        "{violations:?}"
    );
}

#[test]
fn a_p99_from_fifty_samples_is_never_met_and_says_how_many_more_it_takes() {
    let sla = SlaConfig::from_toml("[operations.work]\nmax_p99 = \"500ms\"").unwrap();
    let (profiler, _) = manual();
    sla.watch(&profiler).unwrap();
    (0..50).for_each(|_| profiler.record("work", micros(1)));
    let check = &sla.evaluate(&profiler.snapshot()).checks()[0].clone();
    assert_eq!((check.status, check.samples, check.bad), (Status::Inconclusive, 50, Some((0, 0))));
    assert_eq!(check.samples_needed, Some(249));
    (0..249).for_each(|_| profiler.record("work", micros(1)));
    assert_eq!(sla.evaluate(&profiler.snapshot()).status(), Status::Met);
}

#[test]
fn a_watched_limit_decides_where_buckets_could_not() {
    let sla = SlaConfig::from_toml("[operations.work]\nmax_p95 = \"300ms\"").unwrap();
    let run = |watched: bool| {
        let (profiler, _) = manual();
        if watched {
            sla.watch(&profiler).unwrap();
        }
        // All of them in the bucket of 300 ms, none over it.
        (0..1_000).for_each(|i| profiler.record("work", micros(299_000) + micros(i)));
        sla.evaluate(&profiler.snapshot()).checks()[0].clone()
    };
    assert_eq!((run(true).status, run(true).bad), (Status::Met, Some((0, 0))));
    let unwatched = run(false);
    assert_eq!(unwatched.bad.unwrap().0, 0);
}

#[test]
fn without_data_a_check_is_inconclusive_and_so_is_a_verdict_of_nothing() {
    let sla = SlaConfig::from_toml("[operations.missing]\nmax_p95 = \"1ms\"").unwrap();
    let verdict = sla.evaluate(&Profiler::new().snapshot());
    assert_eq!(verdict.status(), Status::Inconclusive);
    assert_eq!(
        verdict.checks()[0].to_string(),
        "Operation 'missing' P95 has no data for its target (1.0ms)"
    );
    assert!(!verdict.passed());
    assert_eq!(verdict.violations().count(), 0);
}

#[test]
fn a_name_that_was_never_recorded_is_told_what_it_may_have_meant() {
    let text = "overall_operation = \"end_to_ende\"\n[overall]\nmax_p50 = \"1s\"\n[operations.Retrieval]\nmax_p50 = \"1s\"\n[operations.zzz]\nmax_p50 = \"1s\"";
    let sla = SlaConfig::from_toml(text).unwrap();
    let (profiler, _) = manual();
    sla.watch(&profiler).unwrap();
    ["end_to_end", "retrieval"].into_iter().for_each(|name| profiler.record(name, micros(1)));
    let verdict = sla.evaluate(&profiler.snapshot());
    let meant: Vec<_> = verdict.checks().iter().map(|c| c.did_you_mean.as_deref()).collect();
    assert_eq!(meant, [Some("end_to_end"), Some("retrieval"), None]);
}

#[test]
fn the_whole_is_one_operation_if_the_file_says_so() {
    let text = "overall_operation = \"request\"\n[overall]\nmax_p50 = \"50ms\"";
    let sla = SlaConfig::from_toml(text).unwrap();
    let (profiler, _) = manual();
    for _ in 0..100 {
        profiler.record("request", micros(80_000));
        (0..10).for_each(|_| profiler.record("stage", micros(1_000)));
    }
    assert_eq!(sla.evaluate(&profiler.snapshot()).status(), Status::Violated);
    let all = SlaConfig::from_toml("[overall]\nmax_p50 = \"50ms\"").unwrap();
    assert_eq!(all.evaluate(&profiler.snapshot()).status(), Status::Met);
}

#[test]
fn a_mean_is_firm_by_its_spread_and_never_of_a_few_values() {
    let sla = SlaConfig::from_toml("[operations.work]\nmax_mean = \"10ms\"").unwrap();
    let (profiler, _) = manual();
    let check = |profiler: &Profiler| sla.evaluate(&profiler.snapshot()).checks()[0].clone();
    (0..29).for_each(|_| profiler.record("work", micros(9_000)));
    let few = check(&profiler);
    assert_eq!((few.status, few.samples_needed), (Status::Inconclusive, Some(1)));
    profiler.record("work", micros(9_000));
    assert_eq!(check(&profiler).status, Status::Met);
    // The mean is now close to the limit, and the values far apart.
    (0..30).for_each(|i| profiler.record("work", micros(if i % 2 == 0 { 1_000 } else { 20_500 })));
    let open = check(&profiler);
    assert_eq!(open.status, Status::Inconclusive);
    assert!(open.samples_needed.unwrap() > 100, "{open:?}");
    (0..300).for_each(|_| profiler.record("work", micros(20_000)));
    assert_eq!(check(&profiler).status, Status::Violated);
}

#[test]
fn maximum_and_a_promise_never_to_fail_are_compared_plainly() {
    let text = "[operations.work]\nmax_max = \"20ms\"\nmin_success_rate = \"100%\"";
    let sla = SlaConfig::from_toml(text).unwrap();
    let (profiler, _) = manual();
    profiler.record("work", micros(9_000));
    assert_eq!(sla.evaluate(&profiler.snapshot()).status(), Status::Met);
    profiler.record("work", micros(20_001));
    profiler.record_failure("work", micros(1));
    let verdict = sla.evaluate(&profiler.snapshot());
    assert_eq!(verdict.violations().count(), 2);
    assert_eq!(verdict.checks()[1].observed, Some(Quantity::Ratio(2.0 / 3.0)));
}

#[test]
fn the_exit_codes_are_those_of_every_command_that_judges() {
    let codes = [Status::Met, Status::Violated, Status::Inconclusive].map(Status::exit_code);
    assert_eq!(codes, [0, 1, 2]);
}

#[test]
fn any_percentile_can_have_a_limit() {
    let sla = SlaConfig::from_toml("[operations.work]\nmax_p99.9 = \"1s\"");
    assert!(sla.unwrap_err().to_string().contains("needs quotes: \"max_p99.9\""));
    let sla = SlaConfig::from_toml("[operations.work]\n\"max_p99.9\" = \"1s\"").unwrap();
    assert_eq!(sla.targets()[0].indicator.to_string(), "p99.9");
}
