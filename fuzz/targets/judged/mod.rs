//! What holds of every SLA file that is accepted, in whatever format.

use perf_core::{Profiler, Snapshot};
use perf_sla::{Objective, Quantity, SlaConfig, SlaError, Target};
use std::sync::LazyLock;
use std::time::Duration;

/// Nothing, and something of everything.
static SNAPSHOTS: LazyLock<[Snapshot; 2]> = LazyLock::new(|| {
    let profiler = Profiler::new();
    let nothing = profiler.snapshot();
    for name in ["retrieval", "generation", "a"] {
        for millis in 0..200 {
            profiler.record(name, Duration::from_millis(millis));
            profiler.histogram(name).record(millis);
        }
        profiler.record_failure(name, Duration::MAX);
        profiler.counter_with(name, &[("b", "1")]).add(100);
        profiler.gauge(name).set(-0.5);
    }
    profiler.gauge("process_resident_memory_bytes").set(1e9);
    [nothing, profiler.snapshot()]
});

/// As a file has it again, on other lines.
fn promised(sla: &SlaConfig) -> (Vec<Target>, Vec<Objective>) {
    let (mut targets, mut objectives) = (sla.targets().to_vec(), sla.objectives().to_vec());
    targets.iter_mut().for_each(|target| target.line = None);
    objectives.iter_mut().for_each(|objective| objective.line = None);
    (targets, objectives)
}

pub(crate) fn read(read: Result<SlaConfig, SlaError>) {
    let sla = match read {
        Ok(sla) => sla,
        Err(error) => {
            assert!(!error.problems().is_empty() && !error.to_string().is_empty());
            return;
        }
    };
    assert!(sla.targets().len() + sla.objectives().len() > 0, "it promises nothing");
    for target in sla.targets() {
        let possible = match target.limit {
            Quantity::Time(time) => time > Duration::ZERO,
            Quantity::Rate(rate) => rate.is_finite() && rate > 0.0,
            Quantity::Ratio(ratio) => ratio > 0.0 && ratio <= 1.0,
            Quantity::Bytes(bytes) => bytes > 0,
            Quantity::Number(number) => number.is_finite(),
            _ => false,
        };
        assert!(possible, "{target:?}");
    }
    let written = sla.to_toml();
    let again = SlaConfig::from_toml(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
    assert_eq!(promised(&again), promised(&sla), "{written}");
    assert_eq!(again.metrics(), sla.metrics());
    assert_eq!(again.exclusions(), sla.exclusions());
    assert_eq!(again.to_toml(), written);
    assert!(!sla.explain().is_empty());
    let _ = sla.watch(&Profiler::new());
    for snapshot in &*SNAPSHOTS {
        let verdict = sla.evaluate(snapshot);
        assert!(verdict.checks().len() >= sla.targets().len() + sla.objectives().len());
        for check in verdict.checks() {
            let (_, margin) = (check.to_string(), check.margin());
            assert!(margin.is_none_or(|margin| !margin.is_nan()), "{check:?}");
        }
    }
}
