//! Any text as an SLA file: it is refused with a reason, or all its targets are possible and can be judged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perf_core::{Profiler, Snapshot};
use perf_sla::{Quantity, SlaConfig};
use std::sync::LazyLock;
use std::time::Duration;

static SNAPSHOTS: LazyLock<[Snapshot; 2]> = LazyLock::new(|| {
    let profiler = Profiler::new();
    let nothing = profiler.snapshot();
    for name in ["retrieval", "generation", "a"] {
        for millis in 0..200 {
            profiler.record(name, Duration::from_millis(millis));
        }
        profiler.record_failure(name, Duration::MAX);
    }
    [nothing, profiler.snapshot()]
});

fuzz_target!(|text: &str| {
    let sla = match SlaConfig::from_toml(text) {
        Ok(sla) => sla,
        Err(error) => {
            assert!(!error.problems().is_empty() && !error.to_string().is_empty());
            return;
        }
    };
    assert!(!sla.targets().is_empty(), "it promises nothing");
    for target in sla.targets() {
        let possible = match target.limit {
            Quantity::Time(time) => time > Duration::ZERO,
            Quantity::Rate(rate) => rate.is_finite() && rate > 0.0,
            Quantity::Ratio(ratio) => ratio > 0.0 && ratio <= 1.0,
            _ => false,
        };
        assert!(possible, "{target:?}");
    }
    let _ = sla.watch(&Profiler::new());
    for snapshot in &*SNAPSHOTS {
        let verdict = sla.evaluate(snapshot);
        assert_eq!(verdict.checks().len(), sla.targets().len());
        for check in verdict.checks() {
            let (_, margin) = (check.to_string(), check.margin());
            assert!(margin.is_none_or(|margin| !margin.is_nan()), "{check:?}");
        }
    }
});
