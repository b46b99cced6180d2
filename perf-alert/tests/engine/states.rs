//! From state to state, a second a step.

use crate::{Bench, at, letter, seconds, slow};
use perf_alert::{Rule, Severity, WithoutData};

/// What is told, a letter a second.
fn check(rule: Rule, happens: &str, told: &str) {
    assert_eq!(Bench::of([rule]).told(happens), told, "of {happens}");
}

#[test]
fn it_fires_once_and_is_over_once() {
    check(slow(), "mvvvmmvvm", ".F..R....");
    check(slow().repeat(seconds(2)), "mvvvvmm", ".F.r.R.");
}

#[test]
fn it_waits_until_it_was_violated_for_long_enough() {
    check(slow().pending(seconds(3)), "vvvvvm", "...F.R");
    check(slow().pending(seconds(3)), "vvvmvvvm", "........");
}

#[test]
fn it_goes_on_until_it_was_met_for_long_enough() {
    check(slow().keep_firing(seconds(2)), "vmmvmmmm", "F.....R.");
}

#[test]
fn what_is_inconclusive_neither_begins_nor_ends_anything() {
    check(slow(), "???v???m", "...F...R");
    check(slow().pending(seconds(2)), "v??v???m", "...F...R");
    check(slow().pending(seconds(2)), "v????m", "......");
}

#[test]
fn without_data_it_stays_as_it_is_unless_told_otherwise() {
    check(slow(), "-v---m", ".F...R");
    check(slow().on_no_data(WithoutData::Resolve), "-v--", ".FR.");
    check(slow().on_no_data(WithoutData::Fire), "-m-m", "FR..");
    check(slow().on_no_data(WithoutData::Fire).cooldown(seconds(1)), "-m-m", "FRFR");
}

#[test]
fn between_limit_and_recovery_what_fires_goes_on_and_nothing_begins() {
    check(slow().recovery("50ms"), "bvbbvbmb", ".F....R.");
    check(slow().recovery("50ms").pending(seconds(2)), "vbvbvv", "......");
    check(slow().recovery("50ms").keep_firing(seconds(1)), "vmbmm", "F...R");
}

#[test]
fn what_begins_anew_within_the_cooldown_waits_for_its_end() {
    check(slow().cooldown(seconds(6)), "vmvmvvvvm", "FR....F.R");
    // It was over before: nobody is told that it was.
    check(slow().cooldown(seconds(6)), "vmvvmmmmm", "FR.......");
}

#[test]
fn a_warning_that_is_over_does_not_keep_a_critical_outage_silent() {
    let rule = || slow().critical("500ms").cooldown(seconds(20)).repeat(seconds(20));
    check(rule(), "vmcccmvvcm", "FRF..R....");
    // They have heard that it was critical before it was over.
    check(rule(), "vcmccmm", "FSR....");
    let told = Bench::of([rule().escalate_after(seconds(2))]).told("vmvvvvm");
    assert_eq!(told, "FR..F.R", "it lasts, and so it is critical");
}

#[test]
fn that_it_goes_on_is_said_every_four_hours_if_nobody_says_otherwise() {
    let hours = 13;
    let rule = Rule::new("memory", "no data".parse().unwrap()).operation("search");
    let mut bench = Bench::of([rule.window(seconds(600)).on_no_data(WithoutData::Fire)]);
    let mut told = Vec::new();
    for _ in 0..hours * 60 {
        (0..60).for_each(|_| bench.tick());
        told.extend(bench.evaluate().into_iter().map(|told| (letter(told.reason), told.at)));
    }
    let begun = told[0].1;
    let hours: Vec<_> =
        told.iter().map(|(_, at)| at.duration_since(begun).unwrap().as_secs()).collect();
    assert_eq!(told.iter().map(|(letter, _)| *letter).collect::<String>(), "Frrr");
    assert_eq!(hours, [0, 4 * 3_600, 8 * 3_600, 12 * 3_600]);
}

#[test]
fn more_urgent_is_told_at_once_and_less_urgent_after_the_cooldown() {
    check(slow().critical("500ms").cooldown(seconds(4)), "vccvvvvm", "FS...S.R");
    check(slow().critical("500ms").repeat(seconds(4)), "cvcvcm", "F...rR");
    let mut bench = Bench::of([slow().critical("500ms")]);
    let fired = bench.second('v').remove(0);
    let worse = bench.second('c').remove(0);
    let [fired, worse] = [&fired.alerts[0], &worse.alerts[0]];
    assert_eq!((fired.severity, worse.severity), (Severity::Warning, Severity::Critical));
    assert_eq!((&fired.labels, fired.started), (&worse.labels, worse.started));
}

#[test]
fn what_lasts_becomes_more_urgent_once() {
    check(slow().escalate_after(seconds(3)), "vvvvvvm", "F..E..R");
    check(slow().escalate_after(seconds(3)).severity(Severity::Critical), "vvvvvvm", "F.....R");
    let mut bench = Bench::of([slow().escalate_after(seconds(1)).severity(Severity::Info)]);
    bench.second('v');
    assert_eq!(bench.second('v')[0].severity(), Severity::Warning);
}

#[test]
fn what_changes_all_the_time_is_told_once_until_it_settles() {
    let mut bench = Bench::of([slow().flapping(true).cooldown(seconds(1))]);
    assert_eq!(bench.told("vmvmvmvmvmvm"), "FRFL........");
}

#[test]
fn the_end_is_told_when_it_has_settled() {
    let mut bench = Bench::of([slow().flapping(true).cooldown(seconds(2))]);
    let told = bench.told(&format!("vmvmvm{}", "m".repeat(30)));
    assert_eq!(told.matches('F').count(), told.matches('R').count(), "{told}");
    assert_eq!(told.matches('L').count(), 1, "{told}");
    let (flaps, over) = (told.find('L').unwrap(), told.rfind('R').unwrap());
    assert!(over - flaps > 15, "{told}");
}

#[test]
fn a_clock_on_the_wall_that_is_set_neither_fires_nor_holds_up_anything() {
    let mut bench = Bench::of([slow().pending(seconds(3))]);
    let mut reasons = Vec::new();
    for wall in [100, 101, 50, 1_000_000, 52, 53, 54] {
        bench.calls("search", 'v');
        bench.tick();
        reasons.push(bench.engine.evaluate(&bench.source, at(wall)).len());
    }
    assert_eq!(reasons, [0, 0, 0, 1, 0, 0, 0], "three seconds are three seconds");
    bench.calls("search", 'm');
    bench.tick();
    let over = bench.engine.evaluate(&bench.source, at(1)).remove(0);
    assert_eq!(over.alerts[0].ended, Some(at(1_000_000)), "not before it began");
}

#[test]
fn the_summary_counts_what_was_told_and_shows_what_fires() {
    let mut bench = Bench::of([slow().cooldown(seconds(2)).critical("500ms")]);
    bench.told("vmcmmv");
    let summary = bench.engine.alert_summary();
    assert_eq!(summary.total, 3);
    assert_eq!(summary.by_severity.map(|(_, count)| count), [0, 2, 1]);
    assert_eq!(summary.most_frequent, [("slow".to_owned(), 3)]);
    assert_eq!(summary.active.len(), 1);
    assert_eq!(summary.active[0].started, at(6));
    assert_eq!(bench.engine.history().count(), 5);
}
