//! The same numbers as another implementation: `tests/reference/reference.py` says which, and made them.

use perf_analysis::{
    Confidence, CountTest, Evidence, Floor, hodges_lehmann, holm, mann_kendall, mann_whitney,
    quantile_ranks, ratio_interval, stability, trend,
};
use perf_core::Quantile;
use serde_json::Value;
use std::sync::LazyLock;

static REFERENCE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../reference/reference.json")).expect("it is JSON")
});

fn rows(section: &str) -> &'static [Value] {
    let rows = REFERENCE[section].as_array().expect("a section is a list");
    assert!(!rows.is_empty());
    rows
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn confidence(value: &Value) -> Confidence {
    Confidence::new(number(value)).unwrap()
}

#[track_caller]
fn assert_close(seen: f64, expected: f64, what: &Value) {
    let error = (seen - expected).abs();
    assert!(error <= 1e-9 * expected.abs().max(1e-12), "{seen}, not {expected}: {what}");
}

#[track_caller]
fn assert_ends((low, high): (Option<f64>, Option<f64>), interval: &Value) {
    for (seen, expected) in [(low, &interval[1]), (high, &interval[2])] {
        assert_eq!(seen.is_none(), expected.is_null(), "{interval}");
        if let Some(seen) = seen {
            assert_close(seen, number(expected), interval);
        }
    }
}

#[test]
fn verdicts_of_the_count_test() {
    for row in rows("count_test") {
        let bad = count(&row[0]);
        let test = CountTest::new(number(&row[2]), Confidence::P95);
        let seen = match test.judge((bad, bad), count(&row[1])) {
            Evidence::FirmlyViolated => "violated",
            Evidence::FirmlyMet => "met",
            Evidence::Open { .. } => "open",
        };
        assert_eq!(seen, row[3], "{row}");
    }
}

#[test]
fn intervals_of_shares() {
    for row in rows("clopper_pearson") {
        let (low, high) = ratio_interval(count(&row[0]), count(&row[1]), confidence(&row[2]));
        assert_close(low, number(&row[3]), row);
        assert_close(high, number(&row[4]), row);
    }
}

#[test]
fn ranks_of_quantiles() {
    for row in rows("quantile_ranks") {
        let quantile = Quantile::new(number(&row[1])).unwrap();
        let seen = quantile_ranks(quantile, count(&row[0]), confidence(&row[2]));
        assert_eq!(seen, (row[3].as_u64(), row[4].as_u64()), "{row}");
    }
}

#[test]
fn two_sets_of_runs() {
    for case in rows("two_sets") {
        let (old, new) = (numbers(&case["old"]), numbers(&case["new"]));
        let test = mann_whitney(&old, &new).unwrap();
        assert_eq!(test.u, number(&case["u"]), "{case}");
        assert_eq!(test.is_exact, old.len() + new.len() <= 64);
        assert_close(test.p, number(&case["p"]), case);
        let shift = hodges_lehmann(&old, &new, Confidence::P95).unwrap();
        assert_close(shift.value, number(&case["shift"]), case);
        for interval in case["intervals"].as_array().into_iter().flatten() {
            let shift = hodges_lehmann(&old, &new, confidence(&interval[0])).unwrap();
            assert_ends((shift.low, shift.high), interval);
        }
    }
}

#[test]
fn corrected_probabilities() {
    for row in rows("holm") {
        let corrected = holm(&numbers(&row[0]));
        assert_eq!(corrected.len(), numbers(&row[1]).len());
        for (seen, expected) in corrected.into_iter().zip(numbers(&row[1])) {
            assert_close(seen, expected, row);
        }
    }
}

#[test]
fn series_in_order() {
    for case in rows("series") {
        let (times, values) = (numbers(&case["times"]), numbers(&case["values"]));
        let test = mann_kendall(&values).unwrap();
        assert_eq!(test.s, case["s"].as_i64().unwrap());
        assert_close(test.variance, number(&case["variance"]), case);
        assert_close(test.p, number(&case["p"]), case);
        let points: Vec<_> = times.into_iter().zip(values).collect();
        for interval in case["intervals"].as_array().unwrap() {
            let seen = trend(&points, Floor::default(), confidence(&interval[0])).unwrap();
            assert_close(seen.slope.value, number(&case["slope"]), case);
            assert_ends((seen.slope.low, seen.slope.high), interval);
        }
    }
}

#[test]
fn spreads() {
    for row in rows("spread") {
        let seen = stability(&numbers(&row[0])).unwrap();
        assert_close(seen.spread, number(&row[1]), row);
    }
}
