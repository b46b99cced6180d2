//! Objectives and their budgets, against numbers worked out by hand.

use crate::{manual, ms, secs, sla};
use perf_sla::{Check, EventHistory, SlaConfig, Status};
use std::time::SystemTime;

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + secs(seconds)
}

/// A history of the objective `x`: from, to (in seconds), total, bad.
fn history(stretches: &[(u64, u64, u64, u64)]) -> EventHistory {
    let line = |(from, to, total, bad): &(u64, u64, u64, u64)| {
        format!("[{}, {}, {total}, {bad}, {bad}],", from * 1_000, to * 1_000)
    };
    let lines: String = stretches.iter().map(line).collect();
    let text = format!("version = 1\n[objectives]\nx = [{lines}]\n[end]\n");
    EventHistory::from_toml(&text).unwrap()
}

/// The objective `x` with more keys after those it needs.
fn objective(target: &str, more: &str) -> SlaConfig {
    sla(&format!("[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"{target}\"\n{more}"))
}

fn judge(sla: &SlaConfig, stretches: &[(u64, u64, u64, u64)], now: u64) -> Check {
    sla.evaluate_objectives(&history(stretches), at(now)).remove(0)
}

/// A stretch an hour for so many hours up to `now`.
fn hours(now: u64, count: u64, total: u64, bad: u64) -> Vec<(u64, u64, u64, u64)> {
    let from = |i: u64| now - (count - i) * HOUR;
    (0..count).map(|i| (from(i), from(i) + HOUR, total, bad)).collect()
}

#[test]
fn the_budget_is_what_may_be_bad_of_all_events() {
    let sla = objective("99.9%", "");
    let check = judge(&sla, &hours(100 * DAY, 30 * 24, 10_000, 4), 100 * DAY);
    let budget = check.budget.unwrap();
    assert_eq!((budget.total, budget.bad), (7_200_000, (2_880, 2_880)));
    assert!((budget.allowed - 7_200.0).abs() < 1e-6);
    assert!((budget.consumed - 0.4).abs() < 1e-9);
    assert!((budget.remaining() - 0.6).abs() < 1e-9);
    assert_eq!((budget.from, budget.to, budget.coverage), (at(70 * DAY), at(100 * DAY), 1.0));
    assert_eq!((check.status, check.samples), (Status::Met, 7_200_000));
    // Four of 10,000 at one of 1,000: 0.4. What is left, 0.6 of 30 days, lasts 45 days.
    let rate = budget.burn_rates[0].long.rate.unwrap();
    assert!((rate - 0.4).abs() < 1e-9, "{rate}");
    let left = budget.exhausted_in.unwrap().as_secs_f64();
    assert!((left - 45.0 * DAY as f64).abs() < 1.0, "{left}");
}

#[test]
fn a_budget_that_is_overdrawn_is_violated_and_has_nothing_left() {
    let check = judge(&objective("99%", ""), &hours(100 * DAY, 24, 1_000, 30), 100 * DAY);
    let budget = check.budget.unwrap();
    assert_eq!(check.status, Status::Violated);
    assert!((budget.consumed - 3.0).abs() < 1e-9);
    assert!((budget.remaining() + 2.0).abs() < 1e-9);
}

#[test]
fn without_bad_events_nothing_is_used_up_and_nothing_runs_out() {
    let check = judge(&objective("99%", ""), &hours(100 * DAY, 24, 1_000, 0), 100 * DAY);
    let budget = check.budget.unwrap();
    assert_eq!((budget.consumed, budget.exhausted_in), (0.0, None));
}

#[test]
fn without_events_it_has_no_data() {
    for stretches in [vec![], vec![(DAY, 2 * DAY, 0, 0)]] {
        let check = judge(&objective("99%", ""), &stretches, 2 * DAY);
        let budget = check.budget.unwrap();
        assert_eq!((check.status, check.samples), (Status::Inconclusive, 0));
        assert_eq!((budget.consumed, budget.total), (0.0, 0));
        assert!(budget.burn_rates.iter().all(|burn| burn.long.rate.is_none()));
        assert!(!budget.burn_rates.iter().any(|burn| burn.is_too_fast()));
    }
    let fail = objective("99%", "on_no_data = \"fail\"");
    assert_eq!(judge(&fail, &[], DAY).status, Status::Violated);
}

#[test]
fn coverage_is_the_share_of_the_period_that_was_observed() {
    // An hour of 30 days.
    let check = judge(&objective("99%", ""), &hours(100 * DAY, 1, 10_000, 50), 100 * DAY);
    let budget = check.budget.unwrap();
    assert!((budget.coverage - 1.0 / 720.0).abs() < 1e-12);
    assert!((budget.burn_rates[0].long.coverage - 1.0).abs() < 1e-12);
    assert!((budget.burn_rates[3].long.coverage - 1.0 / 72.0).abs() < 1e-12);
    // It burns at 0.5, and has used up half of an hour's budget: 0.5 / 720 of the period's.
    assert!((budget.consumed - 0.5).abs() < 1e-9);
    let left = budget.exhausted_in.unwrap().as_secs_f64() / DAY as f64;
    assert!((left - (1.0 - 0.5 / 720.0) * 60.0).abs() < 1e-6, "{left}");
}

#[test]
fn a_rolling_period_forgets_what_is_older() {
    let sla = objective("99%", "period = \"1d\"");
    // Its middle 24 h and a half ago: out. 23 h and a half: in.
    let now = 10 * DAY;
    let old = (now - 25 * HOUR, now - 24 * HOUR, 1_000, 1_000);
    let young = (now - 24 * HOUR, now - 23 * HOUR, 1_000, 5);
    let budget = judge(&sla, &[old, young], now).budget.unwrap();
    assert_eq!((budget.total, budget.bad.1), (1_000, 5));
    // A stretch over the edge lies where its middle does.
    let half = |minutes: u64| {
        let from = now - DAY - minutes * MINUTE;
        judge(&sla, &[(from, from + HOUR, 10, 0)], now).budget.unwrap().total
    };
    assert_eq!((half(30), half(31)), (10, 0));
}

#[test]
fn what_ends_after_now_by_its_middle_is_not_yet() {
    let sla = objective("99%", "");
    let stretches =
        [(10 * DAY, 10 * DAY + HOUR, 10, 0), (10 * DAY + HOUR, 10 * DAY + 2 * HOUR, 10, 0)];
    assert_eq!(judge(&sla, &stretches, 10 * DAY + HOUR).samples, 10);
}

#[test]
fn a_period_of_the_calendar_begins_anew() {
    // 1970-03-01 is day 59.
    let sla = objective("99%", "period = \"month\"");
    let bad_february = (58 * DAY, 58 * DAY + HOUR, 1_000, 500);
    let good_march = (59 * DAY, 59 * DAY + HOUR, 1_000, 0);
    let last_of_february = judge(&sla, &[bad_february], 59 * DAY - 1);
    assert_eq!(last_of_february.status, Status::Violated);
    let march = judge(&sla, &[bad_february, good_march], 59 * DAY + HOUR);
    let budget = march.budget.unwrap();
    assert_eq!((march.status, budget.from, budget.bad.1), (Status::Met, at(59 * DAY), 0));
    assert_eq!(budget.coverage, 1.0);
    assert_eq!(budget.period.end(at(59 * DAY + HOUR)), at(90 * DAY));
}

#[test]
fn exhaustion_in_a_calendar_period_is_of_the_whole_period() {
    // Three days into a month, everything observed, at a burn rate of 1: a tenth is used up, and the
    // rest lasts 27 days.
    let sla = objective("99%", "period = \"month\"");
    let now = 62 * DAY;
    let budget = judge(&sla, &hours(now, 72, 1_000, 10), now).budget.unwrap();
    assert!((budget.consumed - 1.0).abs() < 1e-9, "of what may be bad so far");
    let left = budget.exhausted_in.unwrap().as_secs_f64() / DAY as f64;
    assert!((left - 27.0).abs() < 1e-6, "{left}");
}

#[test]
fn time_slices_count_slices_and_not_events() {
    let sla = objective(
        "90%",
        "period = \"1d\"\nbudgeting = \"time_slices\"\nslice = \"5min\"\nslice_target = \"95%\"\nconfidence = \"point\"",
    );
    let now = 10 * DAY;
    // Minute by minute for an hour. One slice is bad by one event too many, one just not.
    let mut stretches: Vec<_> =
        (0..60).map(|i| (now - (60 - i) * 60, now - (59 - i) * 60, 20, 0)).collect();
    stretches[7].3 = 6; // of 100 in its slice
    stretches[12].3 = 5;
    let check = judge(&sla, &stretches, now);
    let budget = check.budget.unwrap();
    assert_eq!((budget.total, budget.bad), (12, (1, 1)));
    assert!((budget.allowed - 1.2).abs() < 1e-9);
    assert_eq!(check.status, Status::Met);
    // Many more events in the bad slice change nothing; a slice without events is none.
    stretches[7] = (stretches[7].0, stretches[7].1, 100_000, 90_000);
    (15..20).for_each(|i| stretches[i].2 = 0);
    let budget = judge(&sla, &stretches, now).budget.unwrap();
    assert_eq!((budget.total, budget.bad), (11, (1, 1)));
    // A second bad one is one too many of 11.
    stretches[30].3 = 20;
    assert_eq!(judge(&sla, &stretches, now).status, Status::Violated);
}

#[test]
fn a_stretch_longer_than_a_slice_stands_for_as_many_as_fit() {
    let sla = objective(
        "90%",
        "budgeting = \"time_slices\"\nslice = \"5min\"\nslice_target = \"95%\"\nconfidence = \"point\"",
    );
    let budget = judge(&sla, &hours(10 * DAY, 2, 100, 6), 10 * DAY).budget.unwrap();
    assert_eq!((budget.total, budget.bad), (24, (24, 24)));
}

#[test]
fn burn_rates_of_slices_need_no_more_slices_than_their_window_has() {
    // 15 minutes of an outage: 3 of 12 slices at 99.9 % burn 250 times too fast.
    let sla =
        objective("99.9%", "budgeting = \"time_slices\"\nslice = \"5min\"\nslice_target = \"95%\"");
    let now = 100 * DAY;
    let slices: Vec<_> = (0..12)
        .map(|i| (now - (12 - i) * 300, now - (11 - i) * 300, 100, if i > 8 { 100 } else { 0 }))
        .collect();
    let budget = judge(&sla, &slices, now).budget.unwrap();
    assert!((budget.burn_rates[0].long.rate.unwrap() - 250.0).abs() < 1e-6);
    assert!(budget.burn_rates[0].is_too_fast(), "{:?}", budget.burn_rates[0]);
}

#[test]
fn both_windows_must_burn_too_fast() {
    let sla = objective("99.9%", "");
    let now = 100 * DAY;
    // 5-minute stretches over the last hour; of the first pair 14.4 is too fast, at 0.1 % that is 1.44 %.
    let run = |bad: [u64; 12]| {
        let stretches: Vec<_> = (0..12)
            .map(|i| (now - (12 - i as u64) * 300, now - (11 - i as u64) * 300, 1_000, bad[i]))
            .collect();
        judge(&sla, &stretches, now).budget.unwrap().burn_rates[0]
    };
    let lasting = run([15; 12]);
    assert!(lasting.is_too_fast());
    assert!((lasting.long.rate.unwrap() - 15.0).abs() < 1e-9);
    assert_eq!((lasting.long.total, lasting.short.total), (12_000, 1_000));
    // Over again: the short window is quiet.
    let over = run([16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 0]);
    assert!(over.long.rate.unwrap() > 14.4 && !over.is_too_fast());
    // Only just begun: the long one is quiet.
    let begun = run([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100]);
    assert!(begun.short.rate.unwrap() > 14.4 && !begun.is_too_fast());
    // Exactly at the factor is too fast: 14.4 of 1,000.
    let stretches = [(now - HOUR, now - 300, 0, 0), (now - 300, now, 10_000, 144)];
    assert!(judge(&sla, &stretches, now).budget.unwrap().burn_rates[0].is_too_fast());
}

#[test]
fn too_few_events_burn_nothing() {
    // 99.9 % at 14.4: below 71 events a single bad one would be too fast.
    let now = 100 * DAY;
    let run = |total: u64, more: &str| {
        let sla = objective("99.9%", more);
        let budget = judge(&sla, &[(now - 300, now, total, 2)], now).budget.unwrap();
        budget.burn_rates[0].is_too_fast()
    };
    assert_eq!((run(70, ""), run(71, "")), (false, true));
    let own = "[[objectives.burn_rates]]\nbudget = \"2%\"\nlong = \"1h\"\nmin_events = 100";
    assert_eq!((run(99, own), run(100, own)), (false, true));
}

#[test]
fn own_burn_rates_have_the_factor_of_their_budget() {
    let sla = objective(
        "99%",
        "period = \"28d\"\n[[objectives.burn_rates]]\nbudget = \"10%\"\nlong = \"1d\"\n[[objectives.burn_rates]]\nseverity = \"critical\"\nbudget = \"2%\"\nlong = \"1h\"\nshort = \"10min\"",
    );
    let pairs = &sla.objectives()[0].burn_rates;
    assert_eq!(pairs.len(), 2);
    // The most urgent first. 2 % of 28 days in an hour: 13.44.
    assert_eq!((pairs[0].factor, pairs[0].short), (13.44, secs(600)));
    assert_eq!((pairs[1].factor, pairs[1].short), (2.8, secs(7_200)));
    let none = objective("99%", "burn_rates = []");
    assert!(none.objectives()[0].burn_rates.is_empty());
    let error = SlaConfig::from_toml(
        "[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"99%\"\n[[objectives.burn_rates]]\nbudget = \"0.0000000001%\"\nlong = \"29d\"",
    );
    assert!(error.unwrap_err().to_string().contains("everything is too fast"));
}

#[test]
fn what_is_excluded_is_itemised_and_the_answer_without_is_told() {
    let sla = sla(r#"
        [[objectives]]
        name = "x"
        good = "success"
        target = "99%"
        [[exclusions]]
        name = "upgrade"
        reason = "database"
        from = 1970-01-11T02:00:00Z
        to = 1970-01-11T04:00:00Z
        [[exclusions]]
        name = "other"
        every = "day"
        at = "02:00"
        lasts = "1h"
    "#);
    let day = 10 * DAY;
    let stretches = [
        (day, day + HOUR, 10_000, 0),
        (day + 2 * HOUR, day + 3 * HOUR, 1_000, 700),
        (day + 3 * HOUR, day + 4 * HOUR - 60, 1_000, 300),
        // Not wholly in it.
        (day + 4 * HOUR - 60, day + 5 * HOUR, 10_000, 1),
    ];
    let check = judge(&sla, &stretches, day + 6 * HOUR);
    let budget = check.budget.clone().unwrap();
    assert_eq!((check.status, budget.total, budget.bad.1), (Status::Met, 20_000, 1));
    assert_eq!(budget.status_without_exclusions, Status::Violated);
    // The first exclusion that fits takes it: nothing is taken out twice.
    assert_eq!(budget.excluded.len(), 1);
    let excluded = &budget.excluded[0];
    assert_eq!((excluded.name.as_str(), excluded.reason.as_str()), ("upgrade", "database"));
    assert_eq!((excluded.events, excluded.bad, excluded.span), (2_000, 1_000, secs(2 * HOUR - 60)));
    // Burn rates leave it out too.
    let during = judge(&sla, &stretches[..3], day + 4 * HOUR).budget.unwrap();
    assert_eq!(during.burn_rates[0].long.total, 0);
}

#[test]
fn an_exclusion_may_be_for_one_objective() {
    let text = r#"
        [[objectives]]
        name = "x"
        good = "success"
        target = "99%"
        [[objectives]]
        name = "y"
        good = "success"
        target = "99%"
        [[exclusions]]
        name = "upgrade"
        every = "day"
        at = "00:00"
        lasts = "2h"
        objectives = ["y"]
    "#;
    let line = format!("[[{}000, {}000, 1000, 500, 500]]", 10 * DAY, 10 * DAY + HOUR);
    let text_of_events = format!("version = 1\n[objectives]\nx = {line}\ny = {line}\n[end]\n");
    let history = EventHistory::from_toml(&text_of_events).unwrap();
    let checks = sla(text).evaluate_objectives(&history, at(10 * DAY + HOUR));
    assert_eq!((checks[0].status, checks[1].status), (Status::Violated, Status::Inconclusive));
}

/// The same calls, `count` seconds of them beginning with second `first` of the calendar.
fn run(
    sla: &SlaConfig,
    profiler: &perf_core::Profiler,
    hand: &perf_core::ManualClock,
    first: u64,
    count: u64,
) {
    sla.watch(profiler).unwrap();
    let timeline = profiler.timeline();
    for second in first..first + count {
        (0..10).for_each(|_| {
            profiler.record("work", ms(if second.is_multiple_of(7) { 20 } else { 5 }))
        });
        if second.is_multiple_of(50) {
            profiler.record_failure("work", ms(1));
        }
        hand.advance(secs(1));
        timeline.tick();
    }
}

#[test]
fn a_resumed_budget_is_that_of_one_process() {
    let sla = sla(
        "[[objectives]]\nname = \"x\"\noperation = \"work\"\ngood = \"latency <= 10ms\"\ntarget = \"80%\"\nperiod = \"1d\"",
    );
    let (whole, hand) = manual();
    run(&sla, &whole, &hand, 0, 1_000);
    let one = sla.evaluate_timeline(&whole.timeline(), None).checks()[0].clone();

    let (first, hand) = manual();
    run(&sla, &first, &hand, 0, 600);
    let saved = sla.events_of_timeline(&first.timeline()).to_toml();
    let (second, hand) = manual();
    hand.advance(secs(600));
    second.timeline().tick();
    run(&sla, &second, &hand, 600, 400);
    let saved = EventHistory::from_toml(&saved).unwrap();
    let two = sla.evaluate_timeline(&second.timeline(), Some(&saved)).checks()[0].clone();
    let (one_budget, two_budget) = (one.budget.unwrap(), two.budget.unwrap());
    assert_eq!((one.samples, one.bad), (two.samples, two.bad));
    assert_eq!((one_budget.total, one_budget.bad), (10_020, (1_450, 1_450)));
    assert_eq!((one_budget.consumed, one.status), (two_budget.consumed, two.status));
    assert_eq!(one_budget.coverage, two_budget.coverage);
    assert_eq!(one_budget.exhausted_in, two_budget.exhausted_in);
}

#[test]
fn the_same_process_again_adds_nothing() {
    let sla = objective("80%", "");
    let (profiler, hand) = manual();
    run(&sla, &profiler, &hand, 0, 100);
    let events = sla.events_of_timeline(&profiler.timeline());
    let twice = events.clone().then(&events);
    assert_eq!(twice, events);
    let count: u64 = events.of("x").iter().map(|events| events.total).sum();
    assert_eq!(count, 1_002);
}

#[test]
fn the_whole_is_the_same_for_a_snapshot_and_a_timeline() {
    let sla = objective("80%", "");
    let (clock, hand) = perf_core::Clock::manual();
    let profiler = perf_core::Profiler::builder().clock(clock).overall_operation("request").build();
    profiler.record("request", ms(1));
    (0..9).for_each(|_| profiler.record_failure("part", ms(1)));
    hand.advance(secs(1));
    profiler.timeline().tick();
    let of_snapshot = sla.evaluate(&profiler.snapshot()).checks()[0].clone();
    let of_timeline = sla.evaluate_timeline(&profiler.timeline(), None).checks()[0].clone();
    assert_eq!((of_snapshot.samples, of_snapshot.bad), (1, Some((0, 0))));
    assert_eq!((of_timeline.samples, of_timeline.bad), (1, Some((0, 0))));
}

#[test]
fn unwatched_limits_count_against_the_promise() {
    let text = "[[objectives]]\nname = \"x\"\noperation = \"work\"\ngood = \"latency <= 10ms\"\ntarget = \"80%\"";
    let (profiler, hand) = manual();
    (0..1_000).for_each(|_| profiler.record("work", ms(1)));
    hand.advance(secs(1));
    profiler.timeline().tick();
    let check = sla(text).evaluate_timeline(&profiler.timeline(), None).checks()[0].clone();
    assert_eq!((check.status, check.bad), (Status::Inconclusive, Some((0, 1_000))));
    // A snapshot has buckets.
    let check = sla(text).evaluate(&profiler.snapshot()).checks()[0].clone();
    assert_eq!((check.status, check.bad), (Status::Met, Some((0, 0))));
}

#[test]
fn counters_of_a_metric_that_disagree_never_flatter_its_objective() {
    let text = |parts: &str| {
        format!(
            "[metrics.m]\n{parts}\n[[objectives]]\nname = \"x\"\nmetric = \"m\"\ntarget = \"90%\""
        )
    };
    let run = |parts: &str, good: u64, bad: u64, total: u64| {
        let (profiler, _) = manual();
        for (name, count) in [("good", good), ("bad", bad), ("total", total)] {
            profiler.counter(name).add(count);
        }
        crate::check(&text(parts), &profiler.snapshot())
    };
    let agree = run("bad = 'bad'\ntotal = 'total'", 0, 10, 1_000);
    assert_eq!((agree.status, agree.bad), (Status::Met, Some((10, 10))));
    let wrong = run("bad = 'bad'\ntotal = 'total'", 0, 2_000, 1_000);
    assert_eq!((wrong.status, wrong.bad), (Status::Inconclusive, Some((0, 1_000))));
    let wrong = run("good = 'good'\ntotal = 'total'", 5_000, 0, 1_000);
    assert_eq!((wrong.status, wrong.bad), (Status::Inconclusive, Some((0, 1_000))));
    // One that was counted a moment before the other says little.
    let nearly = run("good = 'good'\ntotal = 'total'", 1_001, 0, 1_000);
    assert_eq!((nearly.status, nearly.bad), (Status::Met, Some((0, 1))));
}

#[test]
fn min_samples_holds_for_objectives() {
    let sla = objective("50%", "min_samples = 1000");
    let few = judge(&sla, &[(0, HOUR, 999, 0)], HOUR);
    assert_eq!((few.status, few.samples_needed), (Status::Inconclusive, Some(1)));
    assert_eq!(judge(&sla, &[(0, HOUR, 1_000, 0)], HOUR).status, Status::Met);
}

#[test]
fn an_objective_below_ninety_percent_is_told_what_can_never_be_reached() {
    let sla = objective("80%", "");
    let told: Vec<String> = sla.warnings().iter().map(|warning| warning.message.clone()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0]
            .contains("the budget burns at 5.0, so the burn rates 14.4 and 6 can never be reached"),
        "{told:?}"
    );
}

#[test]
fn a_fast_failure_is_not_a_fast_answer() {
    let text = "[[objectives]]\nname = \"x\"\noperation = \"work\"\ngood = \"latency <= 10ms\"\ntarget = \"80%\"";
    let (profiler, hand) = manual();
    sla(text).watch(&profiler).unwrap();
    (0..70).for_each(|_| profiler.record("work", ms(1)));
    (0..20).for_each(|_| profiler.record("work", ms(11)));
    (0..10).for_each(|_| profiler.record_failure("work", ms(1)));
    hand.advance(secs(1));
    profiler.timeline().tick();
    let of_snapshot = crate::check(text, &profiler.snapshot());
    let of_timeline = sla(text).evaluate_timeline(&profiler.timeline(), None).checks()[0].clone();
    for check in [of_snapshot, of_timeline] {
        assert_eq!((check.samples, check.bad), (100, Some((30, 30))));
    }
}
