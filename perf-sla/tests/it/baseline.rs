//! Promises from what was measured.

use crate::{manual, ms, secs};
use perf_core::Snapshot;
use perf_sla::{Buffer, SlaConfig, Status};

fn run(calls: u64, failures: u64) -> Snapshot {
    let (profiler, hand) = manual();
    for i in 0..calls {
        profiler.record("query", ms(100 + i % 97));
        profiler.record("store", ms(100 + i % 13));
    }
    (0..failures).for_each(|_| profiler.record_failure("query", ms(5)));
    hand.advance(secs(60));
    profiler.snapshot()
}

fn buffer(latency: f64, throughput: f64) -> Buffer {
    let mut buffer = Buffer::default();
    (buffer.latency, buffer.throughput) = (latency, throughput);
    buffer
}

#[test]
fn a_run_passes_its_own_baseline() {
    for (calls, failures) in [(1_000, 0), (10_000, 3), (10_000, 500)] {
        let baseline = run(calls, failures);
        let sla = SlaConfig::from_baseline(&baseline, Buffer::default()).unwrap();
        let verdict = sla.evaluate(&baseline);
        assert!(verdict.passed(), "{calls} {failures}: {:#?}", verdict.checks());
        let read = SlaConfig::from_toml(&sla.to_toml()).unwrap();
        assert_eq!(read.evaluate(&baseline).status(), Status::Met);
    }
}

#[test]
fn however_few_the_calls_a_run_never_violates_its_own_baseline() {
    for calls in [1, 2, 3, 7, 10, 11, 30, 99, 100, 101, 500] {
        for failures in [0, 1, calls] {
            let baseline = run(calls, failures);
            let Ok(sla) = SlaConfig::from_baseline(&baseline, Buffer::default()) else { continue };
            let verdict = sla.evaluate(&baseline);
            assert_eq!(
                verdict.violations().count(),
                0,
                "{calls} {failures}: {:#?}",
                verdict.checks()
            );
        }
    }
}

#[test]
fn one_that_is_half_as_fast_violates_it() {
    let sla = SlaConfig::from_baseline(&run(10_000, 0), Buffer::default()).unwrap();
    let (profiler, hand) = manual();
    for i in 0..10_000 {
        profiler.record("query", ms(2 * (100 + i % 97)));
        profiler.record("store", ms(2 * (100 + i % 13)));
    }
    hand.advance(secs(60));
    let verdict = sla.evaluate(&profiler.snapshot());
    assert_eq!(verdict.status(), Status::Violated);
    assert!(verdict.violations().count() >= 9, "{:#?}", verdict.checks());
}

#[test]
fn a_buffer_that_is_no_factor_is_refused() {
    let baseline = run(1_000, 0);
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -1.0, f64::MAX] {
        for buffer in [buffer(wrong, 0.8), buffer(1.2, wrong)] {
            assert!(SlaConfig::from_baseline(&baseline, buffer).is_err(), "{buffer:?}");
        }
    }
}

#[test]
fn nothing_measured_promises_nothing() {
    let error = SlaConfig::from_baseline(&manual().0.snapshot(), Buffer::default()).unwrap_err();
    assert!(error.to_string().contains("promises nothing"), "{error}");
}

#[test]
fn a_percentile_with_few_calls_beyond_it_is_no_target() {
    let promised = |calls: u64| {
        let sla = SlaConfig::from_baseline(&run(calls, 0), Buffer::default()).unwrap();
        let targets = sla.targets().iter().filter(|target| target.operation() == Some("query"));
        targets.map(|target| target.indicator.to_string()).collect::<Vec<_>>().join(" ")
    };
    // Five beyond: of 10 the p50, of 100 the p95, of 500 the p99.
    assert_eq!(promised(9), "throughput success rate");
    assert_eq!(promised(99), "p50 throughput success rate");
    assert_eq!(promised(100), "p50 p95 throughput success rate");
    assert_eq!(promised(499), "p50 p95 throughput success rate");
    assert_eq!(promised(500), "p50 p95 p99 throughput success rate");
}
