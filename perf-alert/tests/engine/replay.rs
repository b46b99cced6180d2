//! Rules on recorded time.

use crate::{at, rule, seconds};
use perf_alert::{Reason, Replay, Rule, Rules, WithoutData};
use perf_core::{Clock, Profiler};
use std::time::Duration;

fn replay(every: u64) -> Replay {
    let slow = rule("p95 > 100ms").operation("search").on_no_data(WithoutData::Resolve);
    let rules = Rules::new([slow.window(seconds(60)).cooldown(seconds(3_600))]).unwrap();
    let (clock, hand) = Clock::manual();
    hand.set(seconds(1_000_000));
    Replay::new(&Profiler::builder().clock(clock).build(), hand, rules, seconds(every))
}

fn slow_calls(replay: &Replay) {
    (0..100).for_each(|_| replay.profiler().record("search", Duration::from_millis(150)));
}

#[test]
fn in_a_night_without_events_time_goes_on() {
    let mut replay = replay(10);
    slow_calls(&replay);
    replay.advance_to(at(1_000_000 + 6 * 3_600));
    let told: Vec<_> = replay.told().iter().map(|told| (told.reason, told.at)).collect();
    // The window is a minute long, and a round is every ten seconds.
    assert_eq!(told, [(Reason::Fired, at(1_000_010)), (Reason::Resolved, at(1_000_070))]);
    let rounds = replay.engine().totals().rounds;
    assert!(rounds < 360, "{rounds} of 2160: the others could have told nothing");
}

#[test]
fn what_is_earlier_is_recorded_as_of_now() {
    let mut replay = replay(10);
    replay.advance_to(at(1_000_100));
    replay.advance_to(at(5));
    slow_calls(&replay);
    let told = replay.finish();
    assert_eq!(told.iter().map(|told| told.at).collect::<Vec<_>>(), [at(1_000_110)]);
}

#[test]
fn the_middle_of_years_without_events_is_left_out() {
    let mut replay = replay(30);
    slow_calls(&replay);
    replay.advance_to(at(1_000_000_000));
    assert!(replay.engine().totals().rounds <= 2 * 2_880, "{:?}", replay.engine().totals());
    slow_calls(&replay);
    let told = replay.finish();
    assert_eq!(told.last().map(|told| told.reason), Some(Reason::Fired));
    assert!(told.last().unwrap().at > at(1_000_000_000));
}

/// What is told when `events`, in seconds, are recorded: second by second, or from event to event.
fn told_of(rule: Rule, events: &[u64], end: u64, by_seconds: bool) -> Vec<(Reason, u64)> {
    let (clock, hand) = Clock::manual();
    let begin = 1_000_000;
    hand.set(seconds(begin));
    let profiler = Profiler::builder().clock(clock).build();
    let mut replay = Replay::new(&profiler, hand, Rules::new([rule]).unwrap(), seconds(7));
    let mut now = 0;
    for event in events.iter().chain([&end]) {
        while by_seconds && now < *event {
            now += 1;
            replay.advance_to(at(begin + now));
        }
        replay.advance_to(at(begin + event));
        slow_calls(&replay);
    }
    let told = replay.told();
    let after = |told: &perf_alert::Notification| told.at.duration_since(at(begin)).unwrap();
    told.iter().map(|told| (told.reason, after(told).as_secs())).collect()
}

#[test]
fn what_is_left_out_while_nothing_happens_would_have_told_nothing() {
    let slow = || rule("p95 > 100ms").operation("search").window(seconds(30));
    let missing = Rule::new("missing", "no data".parse().unwrap()).operation("search");
    for rule in [
        slow(),
        slow().on_no_data(WithoutData::Resolve).keep_firing(seconds(500)),
        slow().on_no_data(WithoutData::Fire).pending(seconds(300)).flapping(true),
        slow().escalate_after(seconds(1_000)).repeat(seconds(700)).cooldown(seconds(333)),
        missing.window(seconds(60)).pending(seconds(400)).repeat(seconds(2_000)),
        rule("throughput < 1/s").operation("search").window(seconds(60)).pending(seconds(100)),
    ] {
        let events = [5, 6, 900, 4_000, 4_100, 9_000];
        let all = told_of(rule.clone(), &events, 20_000, true);
        assert_eq!(told_of(rule.clone(), &events, 20_000, false), all, "{rule:?}");
        assert!(!all.is_empty(), "{rule:?}");
    }
}
