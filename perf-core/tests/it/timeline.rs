//! What a window of time says, and what becomes of it as it grows old.

use crate::random::Random;
use crate::{manual, ms};
use perf_core::{ManualClock, Profiler, Quantile, Timeline};
use std::time::Duration;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3_600);
pub(crate) const FOREVER: Duration = Duration::from_secs(40 * 24 * 3_600);

pub(crate) fn ticking() -> (Profiler, Timeline, ManualClock) {
    let (profiler, hand) = manual();
    let timeline = profiler.timeline();
    (profiler, timeline, hand)
}

#[test]
fn all_that_a_window_says_is_of_the_same_seconds() {
    let (profiler, timeline, hand) = ticking();
    let query = profiler.operation("query");
    let (hits, queue) = (profiler.counter("hits"), profiler.gauge("queue"));
    let batch = profiler.histogram("batch");
    for second in 1..=100 {
        for _ in 0..second {
            query.record(ms(second));
        }
        query.record_failure_with(ms(1), "timeout");
        hits.add(second);
        queue.set(second as f64);
        batch.record(second);
        hand.advance(SECOND);
        assert!(timeline.tick());
    }
    let window = timeline.window(Duration::from_secs(10));
    let operation = window.operation("query").unwrap();
    let (successes, seconds) = ((91..=100).sum::<u64>(), 91..=100);
    assert_eq!((operation.successes(), operation.failures()), (successes, 10));
    assert_eq!(operation.failure_kinds().collect::<Vec<_>>(), [("timeout", 10)]);
    assert_eq!(operation.throughput(), Some((successes + 10) as f64 / 10.0));
    assert_eq!(operation.max(), Some(ms(100)));
    let min = operation.min().unwrap().as_secs_f64() / 0.091;
    assert!((min - 1.0).abs() < 1.0 / 128.0, "not new for the profiler: {min}");
    let mut sorted: Vec<u64> = seconds.flat_map(|s| (0..s).map(move |_| s * 1_000_000)).collect();
    sorted.sort_unstable();
    let median = sorted[(sorted.len() as f64 * 0.5).ceil() as usize - 1] as f64;
    assert!((operation.p50().unwrap().as_nanos() as f64 / median - 1.0).abs() <= 1.0 / 256.0);
    assert_eq!(window.counter("hits", &[]), Some(successes));
    let gauge = window.gauge("queue", &[]).unwrap();
    assert_eq!((gauge.last, gauge.min, gauge.max), (100.0, 91.0, 100.0));
    assert!((gauge.mean - 95.5).abs() < 1e-9);
    let batches = window.histogram("batch", &[]).unwrap();
    assert_eq!((batches.count(), batches.min(), batches.max()), (10, Some(91), Some(100)));
    assert_eq!(window.operation("unknown"), None);

    let snapshot = window.snapshot();
    assert_eq!(snapshot.operation("query"), Some(&operation));
    assert_eq!(snapshot.counter("hits", &[]), Some(successes));
    assert_eq!(snapshot.gauge("queue", &[]), Some(100.0));
    assert_eq!(snapshot.histogram("batch", &[]), Some(&batches));
    assert_eq!(snapshot.interval(), Duration::from_secs(10));
}

#[test]
fn throughput_is_of_the_last_second_of_all_of_them_and_of_the_busiest() {
    let (profiler, timeline, hand) = ticking();
    let items = profiler.counter("items");
    for calls in [10, 500, 30, 20] {
        (0..calls).for_each(|_| profiler.record("query", SECOND));
        items.add(2 * calls);
        hand.advance(SECOND);
        timeline.tick();
    }
    let throughput = timeline.window(MINUTE).throughput("query").unwrap();
    assert_eq!((throughput.current, throughput.average, throughput.peak), (20.0, 140.0, 500.0));
    let throughput = timeline.window(MINUTE).counter_throughput("items", &[]).unwrap();
    assert_eq!((throughput.current, throughput.average, throughput.peak), (40.0, 280.0, 1_000.0));
    let last = timeline.window(2 * SECOND).throughput("query").unwrap();
    assert_eq!((last.average, last.peak), (25.0, 30.0));

    // Two hours on, the seconds have long been merged, and the busiest is still known.
    for _ in 0..7_200 {
        hand.advance(SECOND);
        timeline.tick();
    }
    items.add(1);
    profiler.record("query", SECOND);
    hand.advance(SECOND);
    timeline.tick();
    assert_eq!(timeline.window(MINUTE).throughput("query").unwrap().peak, 1.0);
}

#[test]
fn a_second_tick_in_the_same_second_does_nothing() {
    let (profiler, timeline, hand) = ticking();
    hand.advance(ms(1_500));
    assert!(timeline.tick());
    profiler.record("query", SECOND);
    for _ in 0..4 {
        hand.advance(ms(100));
        assert!(!timeline.tick());
    }
    assert!(timeline.window(MINUTE).operation("query").is_none(), "it is not seen before a tick");
    hand.advance(ms(100));
    assert!(timeline.tick());
    assert_eq!(timeline.window(MINUTE).operation("query").unwrap().count(), 1);
    hand.set(SECOND);
    assert!(!timeline.tick(), "the clock was put back");
}

#[test]
fn a_late_tick_makes_one_long_interval_and_nothing_is_apportioned() {
    let (profiler, timeline, hand) = ticking();
    hand.advance(SECOND);
    timeline.tick();
    (0..250).for_each(|_| profiler.record("query", SECOND));
    hand.advance(25 * SECOND);
    timeline.tick();
    let short = timeline.window(10 * SECOND);
    assert_eq!(short.operation("query").unwrap().count(), 0);
    assert_eq!((short.coverage().ratio(), short.throughput("query")), (0.0, None));
    let long = timeline.window(25 * SECOND);
    assert_eq!(long.throughput("query").unwrap().average, 10.0);
    assert_eq!(long.coverage().ratio(), 1.0);
    assert_eq!(long.intervals().count(), 1);
}

#[test]
fn coverage_says_how_much_of_the_time_was_seen() {
    let (_profiler, timeline, hand) = ticking();
    assert_eq!(timeline.window(MINUTE).coverage().ratio(), 0.0);
    for _ in 0..15 {
        hand.advance(SECOND);
        timeline.tick();
    }
    let young = timeline.window(MINUTE).coverage();
    assert_eq!((young.covered(), young.ratio()), (15 * SECOND, 0.25));
    assert_eq!((young.from(), young.to()), (Duration::ZERO, 15 * SECOND));
    hand.advance(ms(900));
    let ten = timeline.window(10 * SECOND).coverage();
    assert_eq!((ten.ratio(), ten.age()), (1.0, ms(900)), "the second under way");
    hand.advance(ms(5_100));
    let stale = timeline.window(10 * SECOND).coverage();
    assert_eq!((stale.ratio(), stale.age()), (0.5, 6 * SECOND), "nobody ticked");
    assert_eq!(timeline.window(Duration::ZERO).coverage().ratio(), 0.0);
    assert_eq!(timeline.window(Duration::MAX).coverage().covered(), 15 * SECOND);
}

/// Two hours with calls of all sorts, late ticks, ticks twice a second, and resets; `each` is called
/// after each interval.
fn busy_hours(mut each: impl FnMut(&Profiler, &Timeline)) {
    let (profiler, timeline, hand) = ticking();
    let mut random = Random(7);
    let operations = ["a", "b", "c"].map(|name| profiler.operation(name));
    operations[0].limits(&[ms(20)]).unwrap();
    for second in 0..7_200 {
        for (i, operation) in operations.iter().enumerate() {
            // The second one is idle for minutes.
            if i == 1 && second % 600 > 30 {
                continue;
            }
            for _ in 0..random.below(20) {
                operation.record_nanos(random.below(50_000_000));
                if random.below(10) == 0 {
                    operation.record_failure_with(Duration::from_micros(random.below(99)), "error");
                }
            }
        }
        let step = match random.below(100) {
            0 => 17_000,
            1..5 => 1_700,
            5..10 => 500,
            _ => 1_000,
        };
        hand.advance(ms(step));
        if random.below(300) == 0 {
            profiler.reset();
        }
        if timeline.tick() {
            each(&profiler, &timeline);
        }
    }
}

#[test]
fn a_standing_window_is_the_same_as_one_added_up_from_scratch() {
    let spans = [SECOND, 10 * SECOND, MINUTE, 65 * SECOND, 600 * SECOND, HOUR, 2 * HOUR];
    let mut standing = Vec::new();
    let mut ticks = 0;
    busy_hours(|_, timeline| {
        ticks += 1;
        if ticks == 100 {
            standing = spans.iter().map(|span| timeline.standing_window(*span)).collect();
        }
        if ticks % 59 != 0 {
            return;
        }
        for (standing, span) in standing.iter().zip(spans) {
            let (fast, slow) = (standing.window(), timeline.window(span));
            for name in ["a", "b", "c"] {
                let (fast, slow) = (fast.operation(name).unwrap(), slow.operation(name).unwrap());
                assert_eq!(fast, slow, "{span:?} after {ticks} ticks");
            }
        }
    });
    assert_eq!(standing.len(), spans.len());
}

#[test]
fn the_intervals_of_the_whole_timeline_add_up_to_all_that_was_recorded() {
    let mut ticks = 0;
    busy_hours(|profiler, timeline| {
        ticks += 1;
        if ticks % 500 != 0 {
            return;
        }
        let (lifetime, all) = (profiler.lifetime(), timeline.long_window(FOREVER));
        for operation in lifetime.operations() {
            let counted = all.operation(operation.name()).unwrap();
            assert_eq!(counted.successes(), operation.successes());
            assert_eq!(counted.failures(), operation.failures());
            let over = |over: perf_core::OverLimit| (over.successes, over.failures, over.exact);
            let limit = ms(20);
            assert_eq!(counted.over(limit).map(over), operation.over(limit).map(over));
        }
        // What still has buckets has them all.
        let detail = timeline.window(FOREVER);
        let count = |name| detail.operation(name).unwrap().count();
        let parts = |name| -> u64 {
            detail.intervals().map(|part| part.operation(name).unwrap().count()).sum()
        };
        assert!(["a", "b", "c"].iter().all(|name| count(name) == parts(name)));
        if detail.coverage().from() == Duration::ZERO {
            let lifetime = lifetime.operation("a").unwrap();
            let latency = detail.operation("a").unwrap().latency().clone();
            assert!(latency.buckets().eq(lifetime.latency().buckets()));
            assert_eq!(latency.sum(), lifetime.latency().sum());
        }
    });
}

#[test]
fn the_maximum_of_a_window_is_exact_if_it_is_one_of_the_slowest() {
    let (profiler, timeline, hand) = ticking();
    let query = profiler.operation("query");
    for seconds in [[1_000_009, 5, 7], [1_000_001, 1_000_005, 1_000_003], [50_000_000, 5, 7]] {
        seconds.iter().for_each(|nanos| query.record_nanos(*nanos));
        hand.advance(SECOND);
        timeline.tick();
    }
    let minute = timeline.window(MINUTE);
    let max = minute.intervals().map(|second| second.operation("query").unwrap().latency().max());
    assert!(max.eq([Some(1_000_009), Some(1_000_005), Some(50_000_000)]));
}

#[test]
fn a_reset_ends_the_interval_so_that_no_throughput_has_both_sides_in_it() {
    let (profiler, timeline, hand) = ticking();
    hand.advance(SECOND);
    timeline.tick();
    (0..100).for_each(|_| profiler.record("query", SECOND));
    hand.advance(ms(800));
    profiler.reset();
    (0..10).for_each(|_| profiler.record("query", SECOND));
    hand.advance(ms(200));
    timeline.tick();
    let counts: Vec<_> = timeline
        .window(SECOND)
        .intervals()
        .map(|i| (i.coverage().covered(), i.operation("query").unwrap().count()))
        .collect();
    assert_eq!(counts, [(ms(800), 100), (ms(200), 10)]);
    let throughput = timeline.window(SECOND).throughput("query").unwrap();
    // The short one has no say in the peak, though it counts in the average.
    assert_eq!((throughput.average, throughput.peak), (110.0, 125.0));
}

#[test]
fn a_window_since_a_reset_has_all_that_came_after_it_on_a_real_clock() {
    let profiler = Profiler::new();
    let timeline = profiler.timeline();
    profiler.record("query", SECOND);
    profiler.reset();
    (0..10).for_each(|_| profiler.record("query", SECOND));
    let since = profiler.snapshot().from();
    profiler.reset();
    let window = timeline.window_since(since);
    assert_eq!(window.operation("query").unwrap().count(), 10);
    assert_eq!(window.coverage().from(), since);
}

#[test]
fn each_interval_keeps_its_slowest_calls_with_what_they_knew() {
    let (profiler, timeline, hand) = ticking();
    let call = |id: u64, took: Duration| {
        let mut timer = profiler.timer("query");
        timer.metadata("id", id);
        hand.advance(took);
        timer.stop();
    };
    call(1, ms(900));
    hand.advance(ms(100));
    timeline.tick();
    for id in 2..=20 {
        call(id, ms(id));
    }
    hand.set(2 * SECOND);
    timeline.tick();
    let ids = |samples: &[perf_core::Sample]| -> Vec<String> {
        let values = samples.iter().flat_map(|sample| sample.metadata());
        values.map(|(_, value)| value.to_string()).collect()
    };
    let last = timeline.window(SECOND).operation("query").unwrap();
    assert_eq!(ids(last.slowest()), ["20", "19", "18", "17", "16", "15", "14", "13"]);
    assert_eq!(last.max(), Some(ms(20)), "exact, because it is one of the slowest");
    let both = timeline.window(MINUTE).operation("query").unwrap();
    assert_eq!(ids(both.slowest())[..2], ["1", "20"]);
    let snapshot = profiler.snapshot();
    let ever = snapshot.operation("query").unwrap();
    assert_eq!(ids(ever.slowest())[..2], ["1", "20"], "a tick takes nothing from a snapshot");
    profiler.reset();
    assert!(profiler.snapshot().operation("query").unwrap().slowest().is_empty());
}

#[test]
fn failures_of_a_window_are_those_that_ended_in_it() {
    let (profiler, timeline, hand) = ticking();
    for second in 1..=5 {
        profiler.operation("query").record_failure_with(ms(second), "timeout");
        hand.advance(SECOND);
        timeline.tick();
    }
    let last = timeline.window(2 * SECOND);
    let failed = |window: &perf_core::Window| -> Vec<_> {
        window.operation("query").unwrap().failed().iter().map(|sample| sample.duration()).collect()
    };
    assert_eq!(failed(&last), [ms(5), ms(4)]);
    assert_eq!(failed(&timeline.window(MINUTE)).len(), 5);
    (0..20).for_each(|_| profiler.operation("query").record_failure_with(ms(9), "timeout"));
    assert_eq!(failed(&last), [ms(5), ms(4)], "a window never changes");
    let snapshot = profiler.snapshot();
    let ever = snapshot.operation("query").unwrap().failed();
    assert_eq!(ever.iter().map(|sample| sample.duration()).collect::<Vec<_>>(), [ms(9); 8]);
    hand.advance(SECOND);
    timeline.tick();
    let ever = profiler.snapshot().operation("query").unwrap().failed().len();
    assert_eq!(ever, 8, "a tick takes nothing from a snapshot");
}

#[test]
fn after_a_reset_slow_calls_of_before_leave_room_for_new_ones() {
    let (profiler, timeline, hand) = ticking();
    let call = |took: Duration| {
        let mut timer = profiler.timer("query");
        timer.metadata("id", 1);
        hand.advance(took);
        timer.stop();
    };
    (0..20).for_each(|_| call(SECOND));
    timeline.tick();
    profiler.reset();
    (1..=3).for_each(|millis| call(ms(millis)));
    hand.advance(SECOND);
    timeline.tick();
    let snapshot = profiler.snapshot();
    let slowest = snapshot.operation("query").unwrap().slowest();
    assert_eq!(slowest.iter().map(|s| s.duration()).collect::<Vec<_>>(), [ms(3), ms(2), ms(1)]);
}

#[test]
fn a_window_shorter_than_a_second_is_a_second_and_one_of_nothing_is_empty() {
    let (profiler, timeline, hand) = ticking();
    for _ in 0..5 {
        profiler.record("query", SECOND);
        hand.advance(SECOND);
        timeline.tick();
    }
    let count = |last| timeline.window(last).operation("query").unwrap().count();
    assert_eq!([ms(0), ms(1), ms(1_000), ms(1_001)].map(count), [0, 1, 1, 2]);
    let long = |last| timeline.long_window(last).operation("query").unwrap().count();
    assert_eq!([ms(0), ms(1), ms(1_000), ms(1_001)].map(long), [0, 1, 1, 2]);
}

#[test]
fn a_long_window_lists_its_operations_counters_and_losses() {
    let (profiler, timeline, hand) = ticking();
    profiler.record("b", SECOND);
    profiler.record_failure("a", SECOND);
    profiler.counter("hits").add(3);
    profiler.gauge("queue").set(f64::NAN);
    hand.advance(SECOND);
    timeline.tick();
    let day = timeline.long_window(DAY);
    let mut names: Vec<_> =
        day.operations().map(|totals| (totals.name().to_owned(), totals.count())).collect();
    names.sort();
    assert_eq!(names, [("a".into(), 1), ("b".into(), 1)]);
    let counters: Vec<_> = day.counters().map(|(series, n)| (series.name(), n)).collect();
    assert_eq!((counters, day.losses().invalid_values), (vec![("hits", 3)], 1));
    assert_eq!(day.operation("a").unwrap().success_rate(), Some(0.0));
}

#[test]
fn sampled_calls_count_in_windows_too() {
    let (profiler, timeline, hand) = ticking();
    let sampled = profiler.operation("query").sampled(10.try_into().unwrap());
    (0..1_000).for_each(|_| sampled.time(|| ()));
    hand.advance(SECOND);
    timeline.tick();
    let query = timeline.window(MINUTE).operation("query").unwrap();
    assert_eq!(query.count(), 1_000);
    assert!((50..150).contains(&query.latency().count()));
    assert_eq!(timeline.long_window(DAY).operation("query").unwrap().count(), 1_000);
}

#[test]
fn what_eight_threads_record_while_windows_are_read_is_all_in_them() {
    let (profiler, timeline, hand) = ticking();
    let standing = timeline.standing_window(10 * SECOND);
    let (operation, counter) = (profiler.operation("query"), profiler.counter("calls"));
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8u64)
            .map(|seed| {
                let (operation, counter) = (operation.clone(), counter.clone());
                scope.spawn(move || {
                    let mut random = Random(seed);
                    for _ in 0..100_000 {
                        operation.record_nanos(random.below(10_000_000));
                        counter.increment();
                    }
                })
            })
            .collect();
        while !writers.iter().all(|writer| writer.is_finished()) {
            hand.advance(SECOND);
            timeline.tick();
            let (window, all) = (standing.window(), timeline.window(MINUTE));
            let in_window = window.operation("query").map_or(0, |query| query.count());
            assert!(in_window <= all.operation("query").map_or(0, |query| query.count()));
        }
    });
    // A record that a tick saw half is found when as much time again has gone by, at the latest.
    for _ in 0..10_000 {
        hand.advance(SECOND);
        timeline.tick();
    }
    let all = timeline.long_window(FOREVER);
    assert_eq!(all.operation("query").unwrap().count(), 800_000);
    assert_eq!(all.counter("calls", &[]), Some(800_000));
}

#[test]
fn values_of_nothing_and_of_everything_are_seen() {
    let (profiler, timeline, hand) = ticking();
    let operation = profiler.operation("query");
    for value in [0, 0, u64::MAX, u64::MAX, 1, 255, 256] {
        operation.record_nanos(value);
        hand.advance(SECOND);
        timeline.tick();
    }
    let window = timeline.window(MINUTE).operation("query").unwrap();
    assert_eq!(window.count(), 7);
    assert_eq!(window.latency().quantile(Quantile::P50), Some(255));
    assert_eq!(window.latency().sum(), 2 * u128::from(u64::MAX) + 512);
}

#[test]
fn a_metric_that_is_new_is_in_the_next_interval() {
    let (profiler, timeline, hand) = ticking();
    for n in 1..=300 {
        profiler.record(&format!("operation {n}"), SECOND);
        profiler.counter_with("hits", &[("n", &n.to_string())]).add(n);
        profiler.histogram(&format!("histogram {n}")).record(n);
        profiler.gauge(&format!("gauge {n}")).set(n as f64);
        hand.advance(SECOND);
        timeline.tick();
        let last = timeline.window(SECOND);
        assert_eq!(last.operation(&format!("operation {n}")).unwrap().count(), 1);
        assert_eq!(last.counter("hits", &[("n", &n.to_string())]), Some(n));
        assert_eq!(last.histogram(&format!("histogram {n}"), &[]).unwrap().max(), Some(n));
        assert_eq!(last.gauge(&format!("gauge {n}"), &[]).unwrap().last, n as f64);
    }
    let window = timeline.window(HOUR);
    assert!((1..=300).all(|n| window.operation(&format!("operation {n}")).unwrap().count() == 1));
}

#[test]
fn only_spawn_starts_a_thread_and_dropping_its_handle_stops_it_at_once() {
    let profiler = Profiler::new();
    profiler.record("query", SECOND);
    let timeline = profiler.timeline();
    assert!(timeline.window(MINUTE).operation("query").is_none());
    let running = profiler.spawn_timeline().unwrap();
    // The process may be younger than a second, and then the first tick is not due at once.
    while timeline.window(MINUTE).operation("query").is_none() {
        std::thread::yield_now();
    }
    drop(running);
    // Ten that waited for the end of their second would take nine seconds at least.
    let before = std::time::Instant::now();
    (0..10).for_each(|_| drop(profiler.spawn_timeline().unwrap()));
    assert!(before.elapsed() < ms(5_000), "they wait for the end of a second");
}

#[test]
fn a_call_that_is_not_timed_is_seen_at_once_also_after_a_long_silence() {
    let (profiler, timeline, hand) = ticking();
    let sampled = profiler.operation("query").sampled(1_000_000.try_into().unwrap());
    // The first call is the timed one.
    sampled.time(|| ());
    for second in 0..40 {
        if second == 20 {
            (0..3).for_each(|_| sampled.time(|| ()));
        }
        hand.advance(SECOND);
        timeline.tick();
        if second == 20 {
            assert_eq!(timeline.window(SECOND).operation("query").unwrap().count(), 3);
        }
    }
}

#[test]
fn sliding_windows_end_at_every_interval_and_are_as_long_as_asked() {
    let (profiler, hand) = manual();
    let timeline = profiler.timeline();
    for second in 0..10_u64 {
        (0..second).for_each(|_| profiler.record("query", ms(1)));
        hand.advance(Duration::from_secs(1));
        timeline.tick();
    }
    let window = timeline.window(Duration::from_secs(10));
    let counts = |length| -> Vec<u64> {
        window.sliding(length).map(|w| w.operation("query").unwrap().count()).collect()
    };
    assert_eq!(counts(Duration::from_secs(3)), [3, 6, 9, 12, 15, 18, 21, 24]);
    assert_eq!(counts(Duration::from_millis(1_500)), [1, 3, 5, 7, 9, 11, 13, 15, 17]);
    assert_eq!(counts(Duration::from_secs(10)), [45]);
    assert_eq!(counts(Duration::from_secs(11)), []);
    assert_eq!(counts(Duration::ZERO).len(), 10);
    let spans: Vec<_> = window.sliding(Duration::from_secs(3)).map(|w| w.coverage()).collect();
    assert!(spans.iter().all(|coverage| coverage.covered() == Duration::from_secs(3)));
}

#[test]
fn the_intervals_of_a_long_window_are_all_of_it_and_follow_each_other() {
    let (profiler, hand) = manual();
    let timeline = profiler.timeline();
    for _ in 0..5_000 {
        profiler.record("query", ms(1));
        hand.advance(Duration::from_secs(1));
        timeline.tick();
    }
    let long = timeline.long_window(Duration::from_secs(86_400));
    let intervals: Vec<_> = long.intervals().collect();
    let sum: u64 = intervals.iter().map(|part| part.operation("query").unwrap().count()).sum();
    assert_eq!((sum, long.operation("query").unwrap().timed_successes()), (5_000, 5_000));
    for pair in intervals.windows(2) {
        assert_eq!(pair[0].coverage().to(), pair[1].coverage().from());
        assert!(pair[0].taken_at() < pair[1].taken_at());
    }
    assert_eq!(intervals.last().unwrap().taken_at(), long.taken_at());
}
