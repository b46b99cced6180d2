//! What becomes of the intervals of a timeline as they grow old, or too many.

use crate::ms;
use crate::random::Random;
use crate::timeline::{DAY, FOREVER, HOUR, MINUTE, SECOND, ticking};
use perf_core::{Clock, Profiler};

#[test]
fn what_is_older_is_kept_more_coarsely_for_the_stated_time() {
    let (profiler, timeline, hand) = ticking();
    for _ in 0..40 * 24 * 12 {
        profiler.record("query", ms(5));
        hand.advance(5 * MINUTE);
        timeline.tick();
    }
    // Ticked each second for the last two hours, and every five minutes before.
    for _ in 0..7_200 {
        profiler.record("query", ms(5));
        hand.advance(SECOND);
        timeline.tick();
    }
    let minute: Vec<_> = timeline.window(MINUTE).intervals().map(|i| i.coverage()).collect();
    assert_eq!(minute.len(), 60);
    let intervals = timeline.window(FOREVER);
    let lengths: Vec<u64> =
        intervals.intervals().map(|i| i.coverage().covered().as_secs()).collect();
    assert!(lengths.is_sorted_by(|older, newer| older >= newer), "{lengths:?}");
    let of = |seconds| lengths.iter().filter(|length| **length == seconds).count();
    assert!((60..70).contains(&of(1)) && (60..67).contains(&of(10)), "{lengths:?}");
    assert!((60..76).contains(&of(60)), "{lengths:?}");
    assert!(timeline.window(HOUR).coverage().ratio() > 0.98);
    let day = timeline.long_window(DAY);
    assert!(day.coverage().ratio() > 0.98, "{:?}", day.coverage());
    let month = timeline.long_window(FOREVER);
    let covered = month.coverage().covered();
    assert!((30 * DAY..30 * DAY + 2 * HOUR).contains(&covered), "{covered:?}");
    let expected = (covered.as_secs() - 7_200) / 300 + 7_200;
    assert_eq!(month.operation("query").unwrap().count(), expected);
    assert!(timeline.memory() < 128 << 10, "{}", timeline.memory());
}

#[test]
fn beyond_the_budget_the_oldest_fine_intervals_are_merged_early_and_that_is_counted() {
    let (clock, hand) = Clock::manual();
    let budget = 200 << 10;
    let profiler = Profiler::builder().clock(clock).timeline_budget(budget).build();
    let timeline = profiler.timeline();
    let mut random = Random(3);
    let overhead = {
        hand.advance(SECOND);
        timeline.tick();
        timeline.memory()
    };
    for second in 1..=1_000 {
        for name in 0..10 {
            for _ in 0..100 {
                let nanos = 1_000 + random.below(100_000_000);
                profiler.operation(&format!("operation {name}")).record_nanos(nanos);
            }
        }
        hand.advance(SECOND);
        timeline.tick();
        let states = 10 * 20 * 1_024;
        assert!(timeline.memory() < budget + states + overhead, "{}", timeline.memory());
        let last = timeline.window(SECOND);
        assert_eq!(last.operation("operation 3").unwrap().count(), 100, "in second {second}");
        assert!(!last.operation("operation 3").unwrap().latency().is_empty());
    }
    assert!(profiler.snapshot().losses().early_merges > 100);
    assert!(timeline.window(MINUTE).intervals().count() < 60);
    let all = timeline.long_window(FOREVER);
    assert_eq!(all.operation("operation 9").unwrap().count(), 100_000, "no count is lost");
}

#[test]
fn counts_of_a_month_are_not_given_up_for_seconds_that_can_be_merged() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).timeline_budget(180 << 10).build();
    let timeline = profiler.timeline();
    for _ in 0..30 * 24 {
        profiler.record("query", ms(5));
        hand.advance(HOUR);
        timeline.tick();
    }
    let mut random = Random(5);
    for second in 1..=40 {
        for name in 0..20 {
            for _ in 0..1_000 {
                let nanos = 1_000 + random.below(100_000_000);
                profiler.operation(&format!("operation {name}")).record_nanos(nanos);
            }
        }
        hand.advance(SECOND);
        timeline.tick();
        let month = timeline.long_window(30 * DAY);
        assert!(month.operation("query").unwrap().count() >= 30 * 24 - 2, "in second {second}");
    }
}

#[test]
fn a_budget_of_nothing_keeps_the_latest_interval_alone() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).timeline_budget(0).build();
    let timeline = profiler.timeline();
    let standing = timeline.standing_window(MINUTE);
    for _ in 0..100 {
        profiler.record("query", SECOND);
        hand.advance(SECOND);
        timeline.tick();
    }
    assert_eq!(timeline.window(MINUTE).operation("query").unwrap().count(), 1);
    assert_eq!(standing.window().operation("query").unwrap().count(), 1);
    assert!(profiler.snapshot().losses().early_merges >= 99);
}

#[test]
fn samples_of_merged_intervals_are_as_few_as_of_one() {
    let (profiler, timeline, hand) = ticking();
    for second in 0..4_000 {
        for id in 0..20 {
            let mut timer = profiler.timer("query");
            timer.metadata("text", format!("{id:0200}"));
            if id % 2 == 0 {
                timer.mark_failure_with("timeout")
            };
        }
        hand.advance(SECOND);
        timeline.tick();
        if second == 69 {
            // 69 seconds of 8 + 8 samples of about 500 bytes.
            assert!(timeline.memory() < 800 << 10, "{}", timeline.memory());
        }
    }
    // And then 66 + 57 longer intervals with as many.
    assert!(timeline.memory() < 2_200 << 10, "{}", timeline.memory());
}

#[test]
fn the_busiest_second_of_an_hour_is_known_to_the_second() {
    let (profiler, timeline, hand) = ticking();
    for second in 0..3_000 {
        let calls = if second == 7 { 1_000 } else { 10 };
        (0..calls).for_each(|_| profiler.record("query", SECOND));
        hand.advance(SECOND);
        timeline.tick();
    }
    let throughput = timeline.window(HOUR).throughput("query").unwrap();
    assert_eq!((throughput.peak, throughput.current), (1_000.0, 10.0));
}

#[test]
fn what_was_merged_still_has_the_busiest_second_the_mean_and_the_losses() {
    let (profiler, timeline, hand) = ticking();
    let (items, queue) = (profiler.counter("items"), profiler.gauge("queue"));
    for second in 0..600 {
        items.add(if second == 7 { 1_000 } else { 10 });
        queue.set(f64::from(second));
        if second % 100 == 0 {
            queue.set(f64::NAN);
        }
        hand.advance(SECOND);
        timeline.tick();
    }
    let all = timeline.window(HOUR);
    assert_eq!(all.counter_throughput("items", &[]).unwrap().peak, 1_000.0);
    assert!((all.gauge("queue", &[]).unwrap().mean - 299.5).abs() < 1e-6);
    assert_eq!(all.losses().invalid_values, 6);
}

#[test]
fn what_came_after_a_gauge_or_a_histogram_keeps_its_counts_when_those_are_given_up() {
    let (profiler, timeline, hand) = ticking();
    let (queue, batch) = (profiler.gauge("queue"), profiler.histogram("batch"));
    hand.advance(SECOND);
    timeline.tick();
    // Both have numbers above those of the gauge and the histogram.
    let (query, hits) = (profiler.operation("query"), profiler.counter("hits"));
    for minute in 0..3 * 60 {
        queue.set(1.0);
        batch.record(minute);
        query.record(ms(minute));
        hits.increment();
        hand.advance(MINUTE);
        timeline.tick();
    }
    let all = timeline.long_window(FOREVER);
    let query = all.operation("query").unwrap().count();
    assert_eq!((query, all.counter("hits", &[])), (180, Some(180)));
}
