//! Metrics of the user's own.

use crate::{check, checks, manual, secs};
use perf_core::{Profiler, Snapshot};
use perf_sla::{Quantity, SlaConfig, Status};

fn counted(counts: &[(&str, u64)]) -> Snapshot {
    let (profiler, hand) = manual();
    counts.iter().for_each(|(name, count)| profiler.counter(name).add(*count));
    hand.advance(secs(10));
    profiler.snapshot()
}

#[test]
fn a_ratio_is_the_same_from_any_two_of_its_parts() {
    let snapshot = counted(&[("hit", 850), ("miss", 150), ("all", 1_000)]);
    for parts in [
        "good = 'hit'\nbad = 'miss'",
        "good = 'hit'\ntotal = 'all'",
        "bad = 'miss'\ntotal = 'all'",
        "good = 'hit'\ntotal = 'hit + miss'",
    ] {
        let of = |limit: &str| check(&format!("[metrics.cache]\n{parts}\n{limit}"), &snapshot);
        let met = of("min_ratio = \"80%\"");
        assert_eq!(
            (met.status, met.samples, met.bad),
            (Status::Met, 1_000, Some((150, 150))),
            "{parts}"
        );
        assert_eq!(met.observed, Some(Quantity::Ratio(0.85)));
        assert_eq!(of("min_ratio = \"85%\"").status, Status::Inconclusive);
        assert_eq!(of("min_ratio = \"90%\"").status, Status::Violated);
        assert_eq!(of("max_ratio = \"90%\"").status, Status::Met);
        let most = of("max_ratio = \"80%\"");
        assert_eq!((most.status, most.observed), (Status::Violated, Some(Quantity::Ratio(0.85))));
        let (Some(Quantity::Ratio(low)), Some(Quantity::Ratio(high))) = most.interval else {
            panic!()
        };
        assert!(0.8 < low && low < 0.85 && 0.85 < high && high < 0.9, "{low} {high}");
    }
}

#[test]
fn counters_that_disagree_are_told_and_never_met() {
    let snapshot = counted(&[("hit", 200), ("miss", 300), ("all", 100)]);
    for parts in ["good = 'hit'\ntotal = 'all'", "bad = 'miss'\ntotal = 'all'"] {
        for limit in [
            "min_ratio = \"1%\"",
            "max_ratio = \"99%\"",
            "min_ratio = \"1%\"\nconfidence = \"point\"",
        ] {
            let check = check(&format!("[metrics.cache]\n{parts}\n{limit}"), &snapshot);
            assert_eq!(
                (check.status, check.observed),
                (Status::Inconclusive, None),
                "{parts} {limit}"
            );
            assert!(check.to_string().contains("disagree"), "{check}");
        }
    }
}

#[test]
fn a_part_that_nobody_has_counted_is_zero_beside_one_that_somebody_has() {
    let text = "[metrics.cache]\ngood = 'hit'\nbad = 'miss'\nmin_ratio = \"80%\"";
    assert_eq!(check(text, &counted(&[("hit", 100)])).observed, Some(Quantity::Ratio(1.0)));
    assert_eq!(check(text, &counted(&[("miss", 100)])).status, Status::Violated);
    for nothing in [counted(&[]), counted(&[("hit", 0), ("miss", 0)])] {
        assert_eq!(check(text, &nothing).status, Status::Inconclusive);
    }
}

#[test]
fn of_several_series_of_a_gauge_the_worst_counts() {
    let (profiler, _) = manual();
    for (queue, value) in [("in", 7.0), ("out", -2.5)] {
        profiler.gauge_with("depth", &[("queue", queue)]).set(value);
    }
    let snapshot = profiler.snapshot();
    let of = |limit: &str| check(&format!("[metrics.depth]\ngauge = 'depth'\n{limit}"), &snapshot);
    assert_eq!(of("max = 6").observed, Some(Quantity::Number(7.0)));
    assert_eq!([of("max = 7").status, of("max = 6.9").status], [Status::Met, Status::Violated]);
    assert_eq!([of("min = -2.5").status, of("min = -2").status], [Status::Met, Status::Violated]);
    let one = "[metrics.depth]\ngauge = 'depth{queue=\"out\"}'\nmax = 0";
    assert_eq!(check(one, &snapshot).status, Status::Met);
    assert_eq!(check("[metrics.x]\ngauge = 'x'\nmax = 0", &snapshot).status, Status::Inconclusive);
}

#[test]
fn a_gauge_takes_neither_nan_nor_infinity_and_counts_them() {
    let (profiler, _) = manual();
    let gauge = profiler.gauge("depth");
    gauge.set(9.0);
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].into_iter().for_each(|value| gauge.set(value));
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.losses().invalid_values, 3);
    assert_eq!(check("[metrics.d]\ngauge = 'depth'\nmax = 8", &snapshot).status, Status::Violated);
}

#[test]
fn not_a_number_is_on_no_side_of_a_limit() {
    use perf_sla::Bound;
    for bound in [Bound::AtMost, Bound::AtLeast] {
        for (value, limit) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::NAN, f64::NAN)] {
            assert!(!bound.allows(Quantity::Number(value), Quantity::Number(limit)));
            assert!(!bound.allows(Quantity::Ratio(value), Quantity::Ratio(limit)));
        }
        assert!(!bound.allows(Quantity::Number(1.0), Quantity::Ratio(1.0)), "of different kinds");
    }
}

#[test]
fn a_counter_is_judged_by_its_growth_and_its_rate() {
    let snapshot = counted(&[("dropped", 30)]);
    let of = |limit: &str| check(&format!("[metrics.d]\ncounter = 'dropped'\n{limit}"), &snapshot);
    assert_eq!(of("max_growth = 30").status, Status::Met);
    let most = of("max_growth = 29");
    assert_eq!((most.status, most.observed), (Status::Violated, Some(Quantity::Number(30.0))));
    assert_eq!(of("max_rate = \"3/s\"").observed, Some(Quantity::Rate(3.0)));
    assert_eq!(of("max_rate = \"179/min\"").status, Status::Violated);
    assert_eq!(of("min_rate = \"3/s\"").status, Status::Met);
    assert_eq!(of("min_rate = \"3.1/s\"").status, Status::Violated);
    let none =
        check("[metrics.d]\ncounter = 'dropped'\nmax_growth = 0", &counted(&[("dropped", 0)]));
    assert_eq!(none.status, Status::Met, "counted and zero is no lack of data");
}

#[test]
fn what_is_no_sample_needs_no_samples() {
    let (profiler, _) = manual();
    profiler.gauge("depth").set(9.0);
    profiler.counter("dropped").add(5);
    let text = "[defaults]\nmin_samples = 100\n[metrics.d]\ngauge = 'depth'\nmax = 8\n[metrics.e]\ncounter = 'dropped'\nmax_growth = 0";
    let checks = checks(text, &profiler.snapshot());
    assert_eq!([checks[0].status, checks[1].status], [Status::Violated, Status::Violated]);
}

#[test]
fn histograms_have_percentiles_means_and_maxima() {
    let (profiler, _) = manual();
    (1..=1_000).for_each(|value| profiler.histogram("batch").record(value / 10));
    let snapshot = profiler.snapshot();
    let of = |limit: &str| check(&format!("[metrics.b]\nhistogram = 'batch'\n{limit}"), &snapshot);
    assert_eq!(of("max_p95 = 99").status, Status::Met);
    assert_eq!(of("max_p95 = 80").status, Status::Violated);
    assert_eq!(of("max_p95 = 95").status, Status::Inconclusive);
    assert_eq!(of("max_max = 100").status, Status::Met);
    assert_eq!(of("max_max = 99.9").status, Status::Violated);
    assert_eq!(of("max_mean = 60").status, Status::Met);
    assert_eq!(of("max_mean = 40").status, Status::Violated);
    assert_eq!(
        check("[metrics.b]\nhistogram = 'x'\nmax_max = 1", &snapshot).status,
        Status::Inconclusive
    );
}

#[test]
fn a_mean_between_two_whole_numbers_is_not_rounded_in_its_favour() {
    let (profiler, _) = manual();
    (0..100).for_each(|i| profiler.histogram("batch").record(2 + u64::from(i % 10 > 0)));
    let text = "[metrics.b]\nhistogram = 'batch'\nmax_mean = 2.5";
    let snapshot = profiler.snapshot();
    let plain = check(&format!("{text}\nconfidence = \"point\""), &snapshot);
    assert_eq!((plain.status, plain.observed), (Status::Violated, Some(Quantity::Number(2.9))));
    let firm = check(text, &snapshot);
    let (Some(Quantity::Number(low)), Some(Quantity::Number(high))) = firm.interval else {
        panic!()
    };
    assert!(2.8 < low && low < 2.9 && 2.9 < high && high < 3.0, "{low} {high}");
}

#[test]
fn each_value_of_a_label_is_judged_by_itself() {
    let (profiler, _) = manual();
    for (tenant, hits, misses) in [("a", 99, 1), ("b", 10, 90), ("c", 100, 0)] {
        profiler.counter_with("hit", &[("tenant", tenant), ("cache", "l1")]).add(hits * 10);
        profiler.counter_with("miss", &[("tenant", tenant)]).add(misses * 10);
    }
    profiler.counter_with("hit", &[("cache", "l2")]).add(7);
    let text = "[metrics.cache]\ngood = 'hit'\nbad = 'miss'\nby = \"tenant\"\nmin_ratio = \"80%\"";
    let found = checks(text, &profiler.snapshot());
    let found: Vec<_> =
        found.iter().map(|check| (check.label.clone().unwrap().1, check.status)).collect();
    let of = |tenant: &str, status| (tenant.to_owned(), status);
    assert_eq!(found, [of("a", Status::Met), of("b", Status::Violated), of("c", Status::Met)]);
    let told: Vec<String> = SlaConfig::from_toml(text)
        .unwrap()
        .evaluate(&profiler.snapshot())
        .violations()
        .map(ToString::to_string)
        .collect();
    assert_eq!(told, ["Metric 'cache' of tenant 'b' good ratio (10.0%) below target (80.0%)"]);
    let none = check(text, &Profiler::new().snapshot());
    assert_eq!((none.status, none.label), (Status::Inconclusive, None));
}

#[test]
fn gauges_counters_and_histograms_have_labels_too() {
    let (profiler, _) = manual();
    for (tenant, value) in [("a", 5), ("b", 50)] {
        let labels = [("tenant", tenant)];
        profiler.gauge_with("g", &labels).set(value as f64);
        profiler.counter_with("c", &labels).add(value);
        profiler.histogram_with("h", &labels).record(value);
    }
    for source in
        ["gauge = 'g'\nmax = 10", "counter = 'c'\nmax_growth = 10", "histogram = 'h'\nmax_max = 10"]
    {
        let found =
            checks(&format!("[metrics.m]\n{source}\nby = \"tenant\""), &profiler.snapshot());
        let found: Vec<_> = found.iter().map(|check| check.status).collect();
        assert_eq!(found, [Status::Met, Status::Violated], "{source}");
    }
}
