//! What an SLA file means for a snapshot. A test's name is the claim.

use crate::{manual, micros};
use perf_core::Profiler;
use perf_sla::{Quantity, SlaConfig, Status};
use std::time::Duration;

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

/// A file of one target and the calls it is judged on: `good` ones of 1 ms and `bad` failures.
fn of_failures(text: &str, good: u64, bad: u64) -> perf_sla::Check {
    let (profiler, _) = manual();
    (0..good).for_each(|_| profiler.record("work", micros(1_000)));
    (0..bad).for_each(|_| profiler.record_failure("work", micros(1_000)));
    crate::check(text, &profiler.snapshot())
}

#[test]
fn an_error_rate_lies_in_its_own_interval() {
    let check = of_failures("[operations.work]\nmax_error_rate = \"5%\"", 995, 5);
    assert_eq!(check.observed, Some(Quantity::Ratio(0.005)));
    let (Some(Quantity::Ratio(low)), Some(Quantity::Ratio(high))) = check.interval else {
        panic!("{check:?}")
    };
    assert!(low < 0.005 && 0.005 < high && high < 0.05, "{low} {high}");
    let check = of_failures("[operations.work]\nmin_success_rate = \"95%\"", 995, 5);
    let (Some(Quantity::Ratio(low)), Some(Quantity::Ratio(high))) = check.interval else {
        panic!("{check:?}")
    };
    assert!(0.95 < low && low < 0.995 && 0.995 < high, "{low} {high}");
}

#[test]
fn an_operation_that_only_failed_is_not_told_that_it_meant_itself() {
    let check = of_failures("[operations.work]\nmax_p95 = \"1s\"", 0, 10);
    assert_eq!((check.status, check.did_you_mean), (Status::Inconclusive, None));
}

#[test]
fn a_point_verdict_is_the_plain_comparison_up_to_the_last_call() {
    let of = |bad: u64| {
        let text = "[operations.work]\nmin_success_rate = \"95%\"\nconfidence = \"point\"";
        of_failures(text, 20 - bad, bad).status
    };
    assert_eq!([of(0), of(1), of(2)], [Status::Met, Status::Met, Status::Violated]);
    let p90 = |slow: u64| {
        let (profiler, _) = manual();
        (0..10 - slow).for_each(|_| profiler.record("work", micros(1_000)));
        (0..slow).for_each(|_| profiler.record("work", micros(9_000)));
        let text = "[operations.work]\nmax_p90 = \"5ms\"\nconfidence = \"point\"";
        crate::check(text, &profiler.snapshot()).status
    };
    assert_eq!([p90(0), p90(1), p90(2)], [Status::Met, Status::Met, Status::Violated]);
}

#[test]
fn firm_verdicts_are_those_of_the_binomial_test() {
    // Of p99 and 1,000 calls: P(Bin <= 4) = 0.028, P(Bin <= 5) = 0.066, P(Bin >= 16) = 0.047, P(Bin >= 15)
    // = 0.082.
    let of = |slow: u64| {
        let (profiler, _) = manual();
        (0..1_000 - slow).for_each(|_| profiler.record("work", micros(1_000)));
        (0..slow).for_each(|_| profiler.record("work", micros(9_000)));
        crate::check("[operations.work]\nmax_p99 = \"5ms\"", &profiler.snapshot()).status
    };
    assert_eq!([of(4), of(5)], [Status::Met, Status::Inconclusive]);
    assert_eq!([of(15), of(16)], [Status::Inconclusive, Status::Violated]);
}

#[test]
fn a_higher_confidence_takes_more() {
    let text = |confidence: &str| {
        format!("[operations.work]\nmax_error_rate = \"1%\"\nconfidence = \"{confidence}\"")
    };
    assert_eq!(of_failures(&text("95%"), 299, 0).status, Status::Met);
    let open = of_failures(&text("99%"), 299, 0);
    // ln 0.01 / ln 0.99 = 458.2
    assert_eq!((open.status, open.samples_needed), (Status::Inconclusive, Some(160)));
    assert_eq!(of_failures(&text("99%"), 459, 0).status, Status::Met);
}

#[test]
fn fewer_samples_than_asked_for_are_inconclusive_even_when_all_are_bad() {
    let text = "[operations.work]\nmax_error_rate = \"1%\"\nmin_samples = 100";
    let few = of_failures(text, 0, 99);
    assert_eq!((few.status, few.samples_needed), (Status::Inconclusive, Some(1)));
    assert_eq!(of_failures(text, 0, 100).status, Status::Violated);
}

#[test]
fn what_follows_from_no_data_is_as_the_file_says() {
    for (word, status) in
        [("fail", Status::Violated), ("pass", Status::Met), ("inconclusive", Status::Inconclusive)]
    {
        let text = format!("[operations.work]\nmax_p95 = \"1s\"\non_no_data = \"{word}\"");
        assert_eq!(of_failures(&text, 0, 0).status, status);
        let inherited = format!(
            "[defaults]\non_no_data = \"{word}\"\n[resources]\nmax_open_files = 10\n[operations.work]\nmax_p95 = \"1s\""
        );
        let checks = crate::checks(&inherited, &manual().0.snapshot());
        assert!(
            checks.len() == 2 && checks.iter().all(|check| check.status == status),
            "{checks:?}"
        );
    }
}

#[test]
fn a_limit_between_bucket_edges_never_flatters() {
    // 300 ms and a few ns more lie in one bucket: unwatched, they may be over the limit.
    let (profiler, _) = manual();
    (0..900).for_each(|_| profiler.record("work", micros(300_000)));
    (0..10).for_each(|_| profiler.record("work", micros(310_000)));
    let text = "[operations.work]\nmax_p95 = \"300ms\"";
    let check = crate::check(text, &profiler.snapshot());
    assert_eq!((check.status, check.bad), (Status::Inconclusive, Some((10, 910))));
    assert_eq!(check.basis, perf_sla::Basis::Buckets);
}

#[test]
fn apdex_counts_half_of_what_is_tolerated_and_nothing_of_what_failed() {
    let text =
        "[operations.work]\nmin_apdex = 0.55\napdex_threshold = \"100ms\"\nconfidence = \"point\"";
    let run = |satisfied: u64, tolerated: u64, frustrated: u64, failed: u64| {
        let (profiler, _) = manual();
        SlaConfig::from_toml(text).unwrap().watch(&profiler).unwrap();
        for (count, millis) in [(satisfied, 100), (tolerated, 400), (frustrated, 401)] {
            (0..count).for_each(|_| profiler.record("work", micros(millis * 1_000)));
        }
        (0..failed).for_each(|_| profiler.record_failure("work", micros(1)));
        crate::check(text, &profiler.snapshot())
    };
    // (40 + 30 / 2) / 100
    let check = run(40, 30, 20, 10);
    assert_eq!((check.observed, check.status), (Some(Quantity::Number(0.55)), Status::Met));
    assert_eq!(check.basis, perf_sla::Basis::Counted);
    assert_eq!(run(39, 30, 21, 10).status, Status::Violated);
}

#[test]
fn the_margin_is_a_share_of_the_limit() {
    let (profiler, _) = manual();
    (0..10).for_each(|_| profiler.record("work", micros(150_000)));
    let check = crate::check("[operations.work]\nmax_max = \"100ms\"", &profiler.snapshot());
    assert!((check.margin().unwrap() - 0.5).abs() < 1e-12);
}

#[test]
fn no_failure_at_all_can_be_promised_and_one_breaks_it() {
    for promise in ["max_error_rate = \"0%\"", "min_success_rate = \"100%\""] {
        let sla = SlaConfig::from_toml(&format!("[overall]\n{promise}")).unwrap();
        let warned = &sla.warnings()[0].message;
        assert!(warned.contains("one bad event breaks it"), "{warned}");
        let (profiler, _) = manual();
        (0..1_000).for_each(|_| profiler.record("work", micros(1)));
        assert_eq!(sla.evaluate(&profiler.snapshot()).status(), Status::Met, "{promise}");
        profiler.record_failure("work", micros(1));
        assert_eq!(sla.evaluate(&profiler.snapshot()).status(), Status::Violated, "{promise}");
    }
}
