//! Any text as the saved events of objectives: it is refused with its place, or it is in order, can be
//! judged, and is read again as it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perf_sla::{EventHistory, SlaConfig};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

static SLA: LazyLock<SlaConfig> = LazyLock::new(|| {
    let text = r#"
        [[objectives]]
        name = "a"
        good = "success"
        target = "99.9%"
        [[objectives]]
        name = "b"
        good = "success"
        target = "90%"
        period = "month"
        budgeting = "time_slices"
        slice = "5min"
        slice_target = "95%"
        [[exclusions]]
        name = "night"
        every = "day"
        at = "23:30"
        lasts = "2h"
    "#;
    SlaConfig::from_toml(text).expect("it is a file")
});

fuzz_target!(|text: &str| {
    let history = match EventHistory::from_toml(text) {
        Ok(history) => history,
        Err(error) => {
            assert!(!error.problems().is_empty());
            return;
        }
    };
    let written = history.to_toml();
    let again =
        EventHistory::from_toml(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
    assert_eq!(again.to_toml(), written);
    for objective in ["a", "b"] {
        assert!(history.of(objective).windows(2).all(|pair| pair[0].to <= pair[1].from));
        let twice = history.clone().then(&history);
        assert!(twice.of(objective).windows(2).all(|pair| pair[0].to <= pair[1].from));
    }
    for seconds in [0, 1_000, 1_763_700_000] {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for check in SLA.evaluate_objectives(&history, now) {
            let budget = check.budget.expect("an objective has one");
            assert!((0.0..=1.0).contains(&budget.coverage) && budget.consumed >= 0.0);
            assert!(budget.bad.0 <= budget.bad.1 && budget.bad.1 <= budget.total, "{budget:?}");
        }
    }
});
