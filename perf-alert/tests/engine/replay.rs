//! Rules on recorded time.

use crate::{at, rule, seconds};
use perf_alert::{Reason, Replay, Rules, WithoutData};
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
    assert_eq!(replay.engine().totals().rounds, 6 * 360);
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
