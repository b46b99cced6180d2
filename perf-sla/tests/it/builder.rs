//! Promises made in code.

use crate::ms;
use perf_core::Quantile;
use perf_sla::{Certainty, SlaBuilder, SlaConfig, Targets};
use std::time::Duration;

const MONTH: Duration = Duration::from_secs(30 * 86_400);

fn refused(builder: SlaBuilder) -> String {
    builder.clone().build().expect_err(&format!("{builder:?}")).to_string()
}

fn overall(targets: Targets) -> SlaBuilder {
    SlaConfig::builder().overall(targets)
}

#[test]
fn what_is_built_is_what_its_file_says() {
    let built = SlaConfig::builder()
        .overall_operation("answer")
        .warm_up(ms(10_000))
        .operation("a.b", Targets::new().max_percentile(Quantile::new(0.9995).unwrap(), ms(1)))
        .overall(
            Targets::new()
                .max_p50(ms(100))
                .max_p95(ms(300))
                .max_mean(ms(120))
                .max_max(ms(5_000))
                .min_throughput(1.0 / 3.0)
                .min_success_rate(0.995)
                .max_error_rate(0.1 + 0.2)
                .min_apdex(0.9, ms(50))
                .min_samples(10)
                .certainty(Certainty::Point)
                .window(ms(60_000)),
        )
        .latency_objective("fast", "answer", ms(300), 0.999, MONTH)
        .success_objective("works", "answer", 1.0 / 3.0, MONTH)
        .build()
        .unwrap();
    let read = crate::sla(&built.to_toml());
    assert_eq!(read.to_toml(), built.to_toml());
    for (read, built) in read.targets().iter().zip(built.targets()) {
        assert_eq!((&read.path, read.limit, read.rule), (&built.path, built.limit, built.rule));
    }
    for (read, built) in read.objectives().iter().zip(built.objectives()) {
        assert_eq!((read.target, &read.burn_rates), (built.target, &built.burn_rates));
    }
    assert_eq!(read.targets().len(), built.targets().len());
    assert_eq!(read.warm_up(), built.warm_up());
}

#[test]
fn targets_of_one_subject_come_together_however_they_were_given() {
    let built = SlaConfig::builder()
        .operation("a", Targets::new().max_p95(ms(1)))
        .overall(Targets::new().max_p95(ms(1)))
        .operation("a", Targets::new().max_p99(ms(2)))
        .build()
        .unwrap();
    let paths: Vec<&str> = built.targets().iter().map(|target| target.path.as_str()).collect();
    assert_eq!(paths, ["overall.max_p95", "operations.a.max_p95", "operations.a.max_p99"]);
    assert_eq!(crate::sla(&built.to_toml()).targets().len(), 3);
}

#[test]
fn what_no_file_could_say_is_refused() {
    let two_ways = overall(Targets::new().max_p95(ms(1)))
        .overall(Targets::new().max_p99(ms(1)).min_samples(5));
    assert!(refused(two_ways).contains("in two ways"));
    assert!(refused(overall(Targets::new().max_p95(ms(1)).max_p95(ms(2)))).contains("given twice"));
    for quantile in [0.0, 1.0] {
        let quantile = Quantile::new(quantile).unwrap();
        refused(overall(Targets::new().max_percentile(quantile, ms(1))));
    }
    refused(overall(Targets::new().max_p95(Duration::MAX)));
    refused(overall(Targets::new().max_p95(Duration::ZERO)));
    refused(overall(Targets::new().max_p95(ms(1)).window(Duration::ZERO)));
    refused(overall(Targets::new()));
    for wrong in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
        refused(overall(Targets::new().min_throughput(wrong)));
        refused(overall(Targets::new().min_success_rate(wrong)));
        refused(overall(Targets::new().max_error_rate(wrong)));
        refused(overall(Targets::new().min_apdex(wrong, ms(1))));
        refused(SlaConfig::builder().success_objective("x", "a", wrong, MONTH));
    }
    refused(overall(Targets::new().min_success_rate(1.001)));
}

#[test]
fn objectives_have_names_of_their_own_periods_and_limits() {
    let one = || SlaConfig::builder().success_objective("x", "a", 0.99, MONTH);
    one().build().unwrap();
    assert!(refused(one().success_objective("x", "b", 0.9, MONTH)).contains("a name of its own"));
    refused(SlaConfig::builder().success_objective("", "a", 0.99, MONTH));
    for target in [1.0, 1.0 - f64::EPSILON / 2.0] {
        refused(SlaConfig::builder().success_objective("x", "a", target, MONTH));
    }
    for period in [Duration::ZERO, Duration::from_secs(59), Duration::MAX, 13 * MONTH] {
        refused(SlaConfig::builder().success_objective("x", "a", 0.99, period));
    }
    refused(SlaConfig::builder().latency_objective("x", "a", Duration::ZERO, 0.99, MONTH));
}
