//! Readings of the intervals of a window.

use perf_analysis::{Confidence, Direction, Floor, InvalidValues, Reading};
use perf_core::{Clock, Profiler, Quantile, Window};
use std::time::Duration;

/// Twelve seconds: `calls` in each, and from the seventh on every tenth fails.
fn window(calls: impl Fn(u64) -> u64) -> Window {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let timeline = profiler.timeline();
    for second in 0..12 {
        for call in 0..calls(second) {
            let latency = Duration::from_micros(1_000 + call % 7);
            match second >= 6 && call % 10 == 0 {
                true => profiler.record_failure("work", latency),
                false => profiler.record("work", latency),
            }
        }
        hand.advance(Duration::from_secs(1));
        timeline.tick();
    }
    timeline.window(Duration::from_secs(12))
}

fn trend(window: &Window, reading: Reading) -> Direction {
    reading.trend(window, "work", Floor::default(), Confidence::P95).unwrap().direction
}

#[test]
fn a_series_has_the_middle_and_the_value_of_each_interval() {
    let window = window(|second| 10 * (second + 1));
    let throughput = Reading::Throughput.series(&window, "work");
    assert_eq!(throughput.len(), 12);
    assert_eq!(throughput[..2], [(0.5, 10.0), (1.5, 20.0)]);
    let failures = Reading::FailureRate.series(&window, "work");
    assert_eq!((failures[5].1, format!("{:.3}", failures[6].1)), (0.0, "0.100".to_owned()));
    let p50 = Reading::Latency(Quantile::P50).series(&window, "work");
    assert!(p50.iter().all(|(_, ns)| (995_000.0..1_015_000.0).contains(ns)), "{p50:?}");
}

#[test]
fn each_reading_has_a_trend_and_a_stability() {
    let window = window(|second| 10 * (second + 1));
    assert_eq!(trend(&window, Reading::Throughput), Direction::Increasing);
    assert_eq!(trend(&window, Reading::FailureRate), Direction::Increasing);
    assert_eq!(trend(&window, Reading::Latency(Quantile::P50)), Direction::Stable);
    let p50 = Reading::Latency(Quantile::P50).stability(&window, "work").unwrap();
    assert!(p50.score > 0.98, "{p50:?}");
    assert!(Reading::Throughput.stability(&window, "work").unwrap().score < 0.75);
}

#[test]
fn an_interval_without_calls_has_no_latency_and_a_throughput_of_zero() {
    let window = window(|second| if second % 2 == 0 { 10 } else { 0 });
    assert_eq!(Reading::Throughput.series(&window, "work")[1], (1.5, 0.0));
    assert_eq!(Reading::Latency(Quantile::P95).series(&window, "work").len(), 6);
    assert_eq!(Reading::FailureRate.series(&window, "work").len(), 6);
    let missing = Reading::Throughput.stability(&window, "missing");
    assert_eq!(missing, Err(InvalidValues::TooFew { needed: 8 }));
}
