//! The worst stretch of a timeline.

use crate::{manual, ms, secs, sla};
use perf_core::{ManualClock, Profiler};
use perf_sla::{Check, Quantity, Status};

/// Ticks once a second for so many seconds, after `each` has been told which it is.
fn run(seconds: u64, each: impl Fn(&Profiler, u64)) -> (Profiler, ManualClock) {
    let (profiler, hand) = manual();
    let timeline = profiler.timeline();
    for second in 0..seconds {
        each(&profiler, second);
        hand.advance(secs(1));
        timeline.tick();
    }
    (profiler, hand)
}

fn worst(text: &str, profiler: &Profiler) -> Check {
    sla(text).evaluate_timeline(&profiler.timeline(), None).checks()[0].clone()
}

#[test]
fn the_worst_stretch_is_found_where_the_whole_looks_fine() {
    // A minute in which 30 % fail, in ten minutes of 100 calls a second.
    let (profiler, _) = run(600, |profiler, second| {
        let failures = if (240..300).contains(&second) { 30 } else { 0 };
        (0..100 - failures).for_each(|_| profiler.record("work", ms(1)));
        (0..failures).for_each(|_| profiler.record_failure("work", ms(1)));
    });
    let whole = worst("[operations.work]\nmax_error_rate = \"5%\"", &profiler);
    assert_eq!((whole.status, whole.samples, whole.window), (Status::Met, 60_000, None));
    let stretch = worst("[operations.work]\nmax_error_rate = \"5%\"\nwindow = \"1min\"", &profiler);
    let window = stretch.window.unwrap();
    assert_eq!(
        (stretch.status, stretch.samples, stretch.bad),
        (Status::Violated, 6_000, Some((1_800, 1_800)))
    );
    assert_eq!((window.from, window.to), (secs(240), secs(300)));
    assert_eq!(stretch.observed, Some(Quantity::Ratio(0.3)));
    assert!(window.of > 100, "{window:?}");
}

#[test]
fn the_level_is_corrected_for_the_number_of_stretches() {
    // p99 of 299 good calls is firmly met alone, and not as one of many.
    let calls = |profiler: &Profiler, second: u64| {
        if second.is_multiple_of(10) {
            (0..30).for_each(|_| profiler.record("work", ms(1)));
        }
    };
    let (profiler, _) = run(100, calls);
    let text = "[operations.work]\nmax_p99 = \"5ms\"\nwindow = \"100s\"";
    let alone = worst(text, &profiler);
    assert_eq!((alone.status, alone.samples, alone.window.unwrap().of), (Status::Met, 300, 1));
    let (profiler, _) = run(110, calls);
    let many = worst(text, &profiler);
    let of = many.window.unwrap().of as f64;
    assert_eq!((many.status, many.samples, of), (Status::Inconclusive, 300, 11.0));
    // ln(0.05 / 11) / ln 0.99 = 536.7
    assert_eq!(many.samples_needed, Some(537 - 300));
    let point = worst(&format!("{text}\nconfidence = \"point\""), &profiler);
    assert_eq!(point.status, Status::Met);
}

#[test]
fn a_service_exactly_at_its_limit_is_seldom_violated_in_any_of_many_stretches() {
    // 5 % fail, spread evenly; single seconds have from 0 to 3 of 20.
    let (profiler, _) = run(200, |profiler, second| {
        let failures = [0, 1, 3, 0, 1][second as usize % 5];
        (0..20 - failures).for_each(|_| profiler.record("work", ms(1)));
        (0..failures).for_each(|_| profiler.record_failure("work", ms(1)));
    });
    let check = worst("[operations.work]\nmax_error_rate = \"5%\"\nwindow = \"1s\"", &profiler);
    assert_eq!((check.status, check.bad), (Status::Inconclusive, Some((3, 3))));
}

#[test]
fn a_firm_violation_is_not_hidden_by_a_stretch_that_says_little() {
    // Second 3: one call, which failed. Second 6: 20 % of 1,000.
    let (profiler, _) = run(10, |profiler, second| {
        let (good, bad) = match second {
            3 => (0, 1),
            6 => (800, 200),
            _ => (1_000, 0),
        };
        (0..good).for_each(|_| profiler.record("work", ms(1)));
        (0..bad).for_each(|_| profiler.record_failure("work", ms(1)));
    });
    let text = "[operations.work]\nmax_error_rate = \"5%\"\nwindow = \"1s\"";
    for text in [text.to_owned(), format!("{text}\nmin_samples = 100")] {
        let check = worst(&text, &profiler);
        assert_eq!((check.status, check.bad), (Status::Violated, Some((200, 200))), "{text}");
    }
}

#[test]
fn a_stretch_without_calls_has_no_throughput() {
    let (profiler, _) = run(120, |profiler, second| {
        if !(50..60).contains(&second) {
            (0..20).for_each(|_| profiler.record("work", ms(1)));
        }
    });
    let text = "[operations.work]\nmin_throughput = \"10/s\"";
    assert_eq!(worst(text, &profiler).status, Status::Met);
    let dead = worst(&format!("{text}\nwindow = \"10s\""), &profiler);
    assert_eq!((dead.status, dead.observed), (Status::Violated, Some(Quantity::Rate(0.0))));
    assert_eq!(dead.window.unwrap().from, secs(50));
    let whole = worst("[overall]\nmin_throughput = \"10/s\"\nwindow = \"10s\"", &profiler);
    assert_eq!(whole.status, Status::Violated);
    // What was never called has no data, and no zero.
    let missing =
        worst("[operations.other]\nmin_throughput = \"10/s\"\nwindow = \"10s\"", &profiler);
    assert_eq!((missing.status, missing.observed), (Status::Inconclusive, None));
}

#[test]
fn a_stretch_without_data_fails_if_the_file_says_so() {
    let (profiler, _) = run(60, |profiler, second| {
        if second < 30 {
            (0..1_000).for_each(|_| profiler.record("work", ms(1)));
        }
    });
    let text = "[operations.work]\nmax_error_rate = \"5%\"\nwindow = \"10s\"";
    assert_eq!(worst(text, &profiler).status, Status::Met);
    let strict = worst(&format!("{text}\non_no_data = \"fail\""), &profiler);
    assert_eq!((strict.status, strict.samples), (Status::Violated, 0));
}

#[test]
fn the_warm_up_is_left_out() {
    let (profiler, _) = run(60, |profiler, second| {
        let slow = second < 10;
        (0..100).for_each(|_| profiler.record("work", ms(if slow { 50 } else { 1 })));
    });
    let text = "[operations.work]\nmax_max = \"10ms\"";
    assert_eq!(worst(text, &profiler).status, Status::Violated);
    let warmed = worst(&format!("warm_up = \"10s\"\n{text}"), &profiler);
    assert_eq!((warmed.status, warmed.samples), (Status::Met, 5_000));
    let windowed = worst(&format!("warm_up = \"10s\"\n{text}\nwindow = \"5s\""), &profiler);
    assert_eq!(windowed.status, Status::Met);
    let short = worst(&format!("warm_up = \"9s\"\n{text}"), &profiler);
    assert_eq!(short.status, Status::Violated);
    let verdict = sla(&format!("warm_up = \"10s\"\n{text}")).evaluate(&profiler.snapshot());
    assert!(verdict.notes()[0].starts_with("the warm-up of 10000.0ms is part of"), "{verdict:?}");
}

#[test]
fn before_a_stretch_has_passed_nothing_is_said() {
    let (profiler, _) = run(5, |profiler, _| profiler.record("work", ms(1)));
    let check = worst("[operations.work]\nmax_p50 = \"5ms\"\nwindow = \"10s\"", &profiler);
    assert_eq!((check.status, check.samples, check.window), (Status::Inconclusive, 0, None));
    assert!(check.to_string().ends_with("no stretch of 10000.0ms has passed yet"), "{check}");
    let nothing = worst("[operations.work]\nmax_p50 = \"5ms\"\nwindow = \"10s\"", &manual().0);
    assert_eq!(nothing.status, Status::Inconclusive);
}

#[test]
fn of_a_gauge_the_worst_moment_counts() {
    let (profiler, _) = run(60, |profiler, second| {
        profiler.gauge("queue").set(if second == 20 { 100.0 } else { 5.0 });
    });
    let text = |key: &str| format!("[metrics.queue]\ngauge = 'queue'\n{key}");
    let high = worst(&text("max = 50"), &profiler);
    assert_eq!((high.status, high.observed), (Status::Violated, Some(Quantity::Number(100.0))));
    assert_eq!(worst(&text("min = 5"), &profiler).status, Status::Met);
    assert_eq!(worst(&text("min = 6"), &profiler).observed, Some(Quantity::Number(5.0)));
    // The snapshot knows the last one only.
    assert_eq!(crate::check(&text("max = 50"), &profiler.snapshot()).status, Status::Met);
}

#[test]
fn each_value_of_a_label_has_its_own_worst_stretch() {
    let (profiler, _) = run(60, |profiler, second| {
        for (tenant, bad_at) in [("a", 10), ("b", 40)] {
            let bad = if second == bad_at { 90 } else { 0 };
            profiler.counter_with("bad", &[("tenant", tenant)]).add(bad);
            profiler.counter_with("all", &[("tenant", tenant)]).add(100);
        }
    });
    let text = "[metrics.m]\nbad = 'bad'\ntotal = 'all'\nby = \"tenant\"\nmin_ratio = \"50%\"\nwindow = \"1s\"";
    let verdict = sla(text).evaluate_timeline(&profiler.timeline(), None);
    let found: Vec<_> = verdict
        .checks()
        .iter()
        .map(|check| (check.label.clone().unwrap().1, check.window.unwrap().from, check.status))
        .collect();
    assert_eq!(
        found,
        [
            ("a".to_owned(), secs(10), Status::Violated),
            ("b".to_owned(), secs(40), Status::Violated)
        ]
    );
}
