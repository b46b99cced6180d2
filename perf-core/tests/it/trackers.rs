//! What trackers promise: the same numbers as the profiler's, in a unit, by label and by id.

use crate::{manual, ms};
use perf_core::{
    Clock, Definition, LatencyStatistics, LatencyTracker, ManualClock, OVERFLOW, Profiler,
    RateUnit, ThroughputTracker, TimeUnit, TrackError, TrackId,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, SystemTime};

const SECOND: Duration = Duration::from_secs(1);

fn latencies() -> (LatencyTracker, Profiler, ManualClock) {
    let (profiler, hand) = manual();
    (LatencyTracker::new(&profiler, TimeUnit::Milliseconds), profiler, hand)
}

fn documents(unit: RateUnit) -> (ThroughputTracker, Profiler, ManualClock) {
    let (profiler, hand) = manual();
    (ThroughputTracker::new(&profiler, "documents", unit), profiler, hand)
}

#[test]
fn a_measurement_by_id_tells_its_label_its_time_in_the_unit_and_when_it_was_stopped() {
    let (tracker, profiler, hand) = latencies();
    let id = tracker.start("retrieval");
    hand.advance(Duration::from_micros(12_500));
    let tracked = tracker.stop(id).unwrap();
    assert_eq!((&*tracked.label, tracked.value, tracked.unit), ("retrieval", 12.5, tracker.unit()));
    let since_epoch = tracked.at.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!((tracked.duration, since_epoch), (Duration::from_micros(12_500), tracked.duration));
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.operation("retrieval").unwrap().max(), Some(tracked.duration));
}

#[test]
fn ids_closures_guards_and_the_profiler_itself_record_in_the_same_place() {
    let (tracker, profiler, hand) = latencies();
    let outer = tracker.start("query");
    let inner = tracker.start("query");
    hand.advance(ms(10));
    let answer = tracker.time("query", || {
        hand.advance(ms(20));
        42
    });
    let mut guard = tracker.track("query");
    guard.mark_failure_with("timeout");
    drop(guard);
    profiler.record("query", ms(40));
    assert_eq!(
        (tracker.stop(inner).unwrap().value, tracker.stop(outer).unwrap().value),
        (30.0, 30.0)
    );
    let query = tracker.statistics("query").unwrap();
    assert_eq!((answer, query.count, query.failures, query.total), (42, 5, 1, 120.0));
    let snapshot = profiler.snapshot();
    let seen = LatencyStatistics::of(snapshot.operation("query").unwrap(), tracker.unit());
    assert_eq!(query, seen);
}

#[test]
fn statistics_are_those_of_the_sorted_values() {
    let (tracker, profiler, _) = latencies();
    let values: Vec<u64> = (1..=1_000).map(|i| i * i).collect();
    tracker.track("query").discard();
    values.iter().for_each(|micros| profiler.record("query", Duration::from_micros(*micros)));
    let query = tracker.statistics("query").unwrap();
    let sum: u64 = values.iter().sum();
    assert_eq!((query.min, query.max), (Some(0.001), Some(1_000.0)));
    assert_eq!((query.total, query.mean), (sum as f64 / 1e3, Some(sum as f64 / 1e6)));
    for (told, rank) in [(query.median, 500), (query.p95, 950), (query.p99, 990)] {
        let truth = values[rank - 1] as f64 / 1e3;
        assert!((told.unwrap() / truth - 1.0).abs() <= 1.0 / 256.0, "{told:?} for {truth}");
    }
}

#[test]
fn statistics_by_label_and_overall_hold_the_labels_of_this_tracker_alone() {
    let (tracker, profiler, hand) = latencies();
    for (label, millis) in [("b", 10), ("a", 30), ("b", 20)] {
        tracker.time(label, || hand.advance(ms(millis)));
    }
    profiler.record("other", ms(500));
    let by_label = tracker.statistics_by_label();
    let told: Vec<_> = by_label.iter().map(|s| (&*s.label, s.count, s.total)).collect();
    assert_eq!(told, [("a", 1, 30.0), ("b", 2, 30.0)]);
    assert_eq!(tracker.statistics("b").as_ref(), by_label.last());
    assert_eq!(tracker.statistics("other"), None, "it was never used with it");
    let overall = tracker.overall();
    assert_eq!((&*overall.label, overall.count, overall.max), ("overall", 3, Some(30.0)));
}

#[test]
fn without_a_success_there_is_no_latency_and_never_a_nan() {
    let (tracker, profiler, hand) = latencies();
    assert_eq!((tracker.overall().count, tracker.statistics_by_label().len()), (0, 0));
    assert_eq!((tracker.overall().mean, tracker.overall().total), (None, 0.0));
    let id = tracker.start("query");
    let running = tracker.statistics("query").unwrap();
    assert_eq!((running.count, running.median), (0, None), "what is running is no call");
    hand.advance(ms(7));
    assert_eq!(tracker.fail(id, "timeout").unwrap().value, 7.0);
    let query = tracker.statistics("query").unwrap();
    assert_eq!((query.count, query.failures, query.p99, query.total), (1, 1, None, 0.0));
    let snapshot = profiler.snapshot();
    let kinds: Vec<_> = snapshot.operation("query").unwrap().failure_kinds().collect();
    assert_eq!(kinds, [("timeout", 1)]);
}

#[test]
fn statistics_begin_anew_at_a_reset_and_can_be_of_a_window() {
    let (tracker, profiler, hand) = latencies();
    tracker.time("query", || hand.advance(SECOND));
    profiler.timeline().tick();
    profiler.reset();
    let across = tracker.start("query");
    assert_eq!(tracker.statistics("query").unwrap().count, 0);
    let window = profiler.timeline().window(SECOND);
    let operation = window.operation("query").unwrap();
    let of_window = LatencyStatistics::of(&operation, TimeUnit::Seconds);
    assert_eq!((of_window.count, of_window.max), (1, Some(1.0)));
    tracker.stop(across).unwrap();
    assert_eq!(tracker.statistics("query").unwrap().max, Some(0.0), "zero is a value");
}

#[test]
fn a_second_stop_and_an_id_of_another_tracker_are_typed_errors_and_record_nothing() {
    let (tracker, profiler, _) = latencies();
    let twin = LatencyTracker::new(&profiler, TimeUnit::Milliseconds);
    let (id, others) = (tracker.start("query"), twin.start("query"));
    assert_ne!(id, others);
    assert_eq!(tracker.stop(others).unwrap_err(), TrackError::OtherTracker);
    tracker.clone().stop(id).unwrap();
    for again in [tracker.stop(id).map(drop), tracker.fail(id, "x").map(drop), tracker.discard(id)]
    {
        assert_eq!(again, Err(TrackError::AlreadyStopped));
    }
    twin.discard(others).unwrap();
    assert_eq!(twin.stop(others).unwrap_err(), TrackError::AlreadyStopped);
    assert_eq!(tracker.statistics("query").unwrap().count, 1);
    assert!(TrackError::OtherTracker.to_string().contains("another tracker"));
}

#[test]
fn what_never_stops_is_bounded_and_counted_and_the_oldest_goes_first() {
    let (tracker, profiler, hand) = latencies();
    let ended = tracker.start("query");
    tracker.stop(ended).unwrap();
    let ids: Vec<TrackId> = (0..30_000).map(|_| tracker.start("query")).collect();
    hand.advance(ms(1));
    assert_eq!(profiler.snapshot().losses().abandoned_tracks, 20_000);
    assert_eq!(tracker.stop(ended).unwrap_err(), TrackError::Forgotten);
    let stopped: Vec<_> = ids.iter().map(|id| tracker.stop(*id)).collect();
    let (gone, kept) = stopped.split_at(20_000);
    assert!(gone.iter().all(|gone| *gone == Err(TrackError::Forgotten)));
    assert!(kept.iter().all(|kept| kept.as_ref().unwrap().duration == ms(1)));
    assert_eq!(tracker.stop(ids[29_999]).unwrap_err(), TrackError::AlreadyStopped);
    assert_eq!(tracker.statistics("query").unwrap().count, 10_001, "the abandoned are no calls");
    let _ = tracker.start("query");
    assert_eq!(profiler.snapshot().losses().abandoned_tracks, 20_000, "there is room again");
    let losses = *profiler.snapshot().losses();
    assert!(losses.iter().any(|loss| loss == ("abandoned_tracks", 20_000)));
}

#[test]
fn a_tracker_that_is_dropped_records_nothing_of_what_was_running() {
    let (tracker, profiler, _) = latencies();
    let _ = tracker.start("query");
    drop(tracker);
    assert_eq!(profiler.snapshot().operation("query").unwrap().count(), 0);
}

#[test]
fn a_label_beyond_the_cap_is_measured_and_told_as_overflow() {
    let profiler = Profiler::builder().max_operations(2).build();
    let tracker = LatencyTracker::new(&profiler, TimeUnit::Nanoseconds);
    for label in ["a", "", "c", "d"] {
        let id = tracker.start(label);
        let told = tracker.stop(id).unwrap().label;
        assert_eq!(&*told, if label.len() == 1 && label > "b" { OVERFLOW } else { label });
    }
    let by_label = tracker.statistics_by_label();
    let told: Vec<_> = by_label.iter().map(|s| (&*s.label, s.count)).collect();
    assert_eq!(told, [("", 1), (OVERFLOW, 2), ("a", 1)]);
    assert_eq!((tracker.statistics("c"), tracker.overall().count), (None, 4));
    let long = tracker.start(&"x".repeat(100_000));
    assert_eq!(&*tracker.stop(long).unwrap().label, OVERFLOW);
}

#[test]
fn a_panic_in_a_closure_is_a_failure() {
    let (tracker, _, _) = latencies();
    let _ = catch_unwind(AssertUnwindSafe(|| tracker.time("query", || panic!("on purpose"))));
    assert_eq!(tracker.statistics("query").unwrap().failures, 1);
}

#[test]
fn eight_threads_start_and_others_stop_and_every_call_counts_once() {
    let (tracker, _, _) = latencies();
    let ids: Vec<TrackId> = thread::scope(|scope| {
        let start = || (0..1_000).map(|_| tracker.start("query")).collect::<Vec<_>>();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    // Each id is stopped by two threads, and one of them is told so.
    let stopped: usize = thread::scope(|scope| {
        let stop = |ids: &[TrackId]| ids.iter().filter(|id| tracker.stop(**id).is_ok()).count();
        let quarters = ids.chunks(2_000).chain(ids.chunks(2_000));
        let threads: Vec<_> = quarters.map(|ids| scope.spawn(move || stop(ids))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((stopped, tracker.statistics("query").unwrap().count), (8_000, 8_000));
}

#[test]
fn units_of_time_are_read_and_printed_and_hold_every_duration() {
    for (text, unit, of_a_second) in [
        ("s", TimeUnit::Seconds, 1.0),
        ("ms", TimeUnit::Milliseconds, 1e3),
        ("µs", TimeUnit::Microseconds, 1e6),
        ("ns", TimeUnit::Nanoseconds, 1e9),
    ] {
        assert_eq!((text.parse(), unit.to_string().as_str()), (Ok(unit), text));
        assert_eq!((unit.of(SECOND), unit.of(Duration::ZERO)), (of_a_second, 0.0));
        assert!(unit.of(Duration::MAX).is_finite());
    }
    assert_eq!("us".parse(), Ok(TimeUnit::Microseconds));
    assert_eq!("\u{3bc}s".parse(), Ok(TimeUnit::Microseconds), "the Greek letter");
    for wrong in ["", "S", " ms", "MS", "m", "seconds", "\0"] {
        assert_eq!(wrong.parse::<TimeUnit>().unwrap_err().text(), wrong);
    }
    let long = "µ".repeat(10_000).parse::<TimeUnit>().unwrap_err();
    assert_eq!(long.text(), "µ".repeat(32));
    let error = "min".parse::<TimeUnit>().unwrap_err().to_string();
    assert_eq!(error, r#"unknown unit "min": expected s, ms, us, µs or ns"#);
}

#[test]
fn units_of_rate_are_read_and_printed_and_never_divide_by_zero() {
    for (texts, unit, of_one_a_second) in [
        (["/s", "s", "s"], RateUnit::PerSecond, 1.0),
        (["/min", "min", "m"], RateUnit::PerMinute, 60.0),
        (["/h", "h", "h"], RateUnit::PerHour, 3_600.0),
    ] {
        assert!(texts.iter().all(|text| text.parse() == Ok(unit)));
        assert_eq!(unit.to_string(), texts[0]);
        assert_eq!(unit.of(2, 2 * SECOND), Some(of_one_a_second));
        assert_eq!((unit.of(0, Duration::ZERO), unit.of(5, Duration::ZERO)), (None, None));
        assert!(unit.of(u64::MAX, Duration::from_nanos(1)).unwrap().is_finite());
        assert_eq!(unit.of(0, Duration::MAX), Some(0.0));
    }
    for wrong in ["", "d", "ms", "/", "per second", "H"] {
        assert_eq!(wrong.parse::<RateUnit>().unwrap_err().text(), wrong);
    }
}

#[test]
fn a_batch_adds_up_its_items_and_its_time() {
    let (tracker, profiler, hand) = documents(RateUnit::PerMinute);
    let id = tracker.start_batch("indexing");
    for items in [10, 22, 0] {
        tracker.record_batch(id, items).unwrap();
        hand.advance(ms(500));
    }
    let batch = tracker.stop_batch(id).unwrap();
    assert_eq!((&*batch.label, batch.items, batch.batches), ("indexing", 32, 3));
    assert_eq!((batch.elapsed, batch.throughput()), (ms(1_500), Some(1_280.0)));
    assert_eq!((batch.at, batch.unit), (SystemTime::UNIX_EPOCH + ms(1_500), tracker.unit()));
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counter("documents", &[("label", "indexing")]), Some(32));
    assert_eq!(snapshot.operation("indexing").unwrap().max(), Some(ms(1_500)));
}

#[test]
fn a_batch_in_no_time_has_no_throughput() {
    let (tracker, _, _) = documents(RateUnit::PerSecond);
    let id = tracker.start_batch("indexing");
    tracker.record_batch(id, 10).unwrap();
    let batch = tracker.stop_batch(id).unwrap();
    assert_eq!((batch.items, batch.throughput()), (10, None));
    assert_eq!((tracker.totals()[0].items, tracker.totals()[0].average), (10, None));
}

#[test]
fn throughput_slides_with_the_ticks_of_the_timeline() {
    let (tracker, profiler, hand) = documents(RateUnit::PerMinute);
    let tracker = tracker.window(4 * SECOND);
    let timeline = profiler.timeline();
    for items in [1_000, 10, 500, 30, 20] {
        tracker.record("indexing", items);
        hand.advance(SECOND);
        timeline.tick();
    }
    let now = tracker.throughput("indexing").unwrap();
    assert_eq!((now.instantaneous, now.average, now.peak), (1_200.0, 8_400.0, 30_000.0));
    assert_eq!((now.unit, now.coverage.ratio()), (RateUnit::PerMinute, 1.0));
    for _ in 0..4 {
        hand.advance(SECOND);
        timeline.tick();
    }
    let idle = tracker.throughput("indexing").unwrap();
    assert_eq!((idle.instantaneous, idle.average, idle.peak), (0.0, 0.0, 0.0));
    hand.advance(3 * SECOND);
    let stale = tracker.throughput("indexing").unwrap();
    assert_eq!(stale.coverage.ratio(), 0.5, "nobody ticked");
}

#[test]
fn there_is_no_throughput_before_a_tick_without_a_window_or_of_a_label_never_used() {
    let (tracker, profiler, hand) = documents(RateUnit::PerSecond);
    tracker.record("indexing", 10);
    hand.advance(SECOND);
    assert_eq!(tracker.throughput("indexing"), None);
    profiler.timeline().tick();
    assert!(tracker.throughput("indexing").is_some());
    profiler.counter_with("documents", &[("label", "other")]).add(1);
    hand.advance(SECOND);
    profiler.timeline().tick();
    assert_eq!(tracker.throughput("other"), None, "this tracker was never used with it");
    assert_eq!(tracker.clone().window(Duration::ZERO).throughput("indexing"), None);
    assert_eq!(tracker.window(Duration::MAX).throughput("indexing").unwrap().average, 5.0);
}

#[test]
fn totals_are_by_label_and_begin_anew_at_a_reset() {
    let (tracker, profiler, hand) = documents(RateUnit::PerHour);
    assert_eq!(tracker.totals(), []);
    for (label, items) in [("b", 10), ("", 20), ("b", 30)] {
        let id = tracker.start_batch(label);
        tracker.record_batch(id, items).unwrap();
        hand.advance(ms(500));
        tracker.stop_batch(id).unwrap();
    }
    tracker.record("b", 5);
    hand.advance(ms(500));
    let totals = tracker.totals();
    let told: Vec<_> = totals.iter().map(|t| (&*t.label, t.items, t.stopped_batches)).collect();
    assert_eq!(told, [("", 20, 1), ("b", 45, 2)]);
    assert_eq!((totals[1].average, totals[1].unit), (Some(81_000.0), RateUnit::PerHour));
    profiler.reset();
    hand.advance(SECOND);
    let anew = &tracker.totals()[1];
    assert_eq!((anew.items, anew.stopped_batches, anew.average), (0, 0, Some(0.0)));
}

#[test]
fn a_batch_that_is_over_or_of_another_tracker_is_a_typed_error_and_counts_nothing() {
    let (tracker, profiler, _) = documents(RateUnit::PerSecond);
    let twin = ThroughputTracker::new(&profiler, "documents", RateUnit::PerSecond);
    let (id, others) = (tracker.start_batch("a"), twin.start_batch("a"));
    assert_eq!(tracker.record_batch(others, 1), Err(TrackError::OtherTracker));
    assert_eq!(tracker.stop_batch(others).unwrap_err(), TrackError::OtherTracker);
    let other = tracker.clone();
    let stopped = thread::spawn(move || other.stop_batch(id)).join().unwrap();
    assert_eq!(stopped.unwrap().batches, 0);
    assert_eq!(tracker.record_batch(id, 1), Err(TrackError::AlreadyStopped));
    assert_eq!(tracker.stop_batch(id).unwrap_err(), TrackError::AlreadyStopped);
    twin.fail_batch(others, "disk").unwrap();
    assert_eq!(twin.discard_batch(others), Err(TrackError::AlreadyStopped));
    let discarded = tracker.start_batch("a");
    tracker.record_batch(discarded, 7).unwrap();
    tracker.discard_batch(discarded).unwrap();
    let snapshot = profiler.snapshot();
    let a = snapshot.operation("a").unwrap();
    assert_eq!((a.successes(), a.failures()), (1, 1));
    assert_eq!(tracker.totals()[0].items, 7, "what was done before it was discarded");
}

#[test]
fn batches_that_never_stop_are_bounded_and_counted_and_their_items_stay() {
    let (tracker, profiler, _) = documents(RateUnit::PerSecond);
    let ids: Vec<_> = (0..20_000).map(|_| tracker.start_batch("a")).collect();
    let recorded = ids.iter().filter(|id| tracker.record_batch(**id, 1).is_ok()).count();
    assert_eq!(recorded, 10_000);
    assert_eq!(tracker.record_batch(ids[0], 1), Err(TrackError::Forgotten));
    for _ in 0..10_000 {
        let _ = tracker.start_batch("a");
    }
    assert_eq!(profiler.snapshot().losses().abandoned_tracks, 20_000);
    let totals = tracker.totals();
    assert_eq!((totals[0].items, totals[0].stopped_batches), (10_000, 0));
}

#[test]
fn items_beyond_64_bits_saturate_in_a_batch_and_wrap_in_the_counter() {
    let (tracker, profiler, hand) = documents(RateUnit::PerSecond);
    let id = tracker.start_batch("a");
    tracker.record_batch(id, u64::MAX).unwrap();
    tracker.record_batch(id, 5).unwrap();
    hand.advance(SECOND);
    profiler.timeline().tick();
    let batch = tracker.stop_batch(id).unwrap();
    assert_eq!((batch.items, batch.throughput()), (u64::MAX, Some(u64::MAX as f64)));
    assert_eq!((tracker.totals()[0].items, tracker.throughput("a").unwrap().average), (4, 4.0));
}

#[test]
fn labels_beyond_the_cap_of_counters_are_counted_and_told_as_overflow() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).max_series(2).build();
    let tracker = ThroughputTracker::new(&profiler, "documents", RateUnit::PerSecond);
    for label in ["a", "b", "c", "d", OVERFLOW] {
        let id = tracker.start_batch(label);
        tracker.record_batch(id, 1).unwrap();
        let told = tracker.stop_batch(id).unwrap().label;
        assert_eq!(&*told, if label <= "b" { label } else { OVERFLOW });
        tracker.record(label, 1);
    }
    tracker.record(&"x".repeat(100_000), 4);
    hand.advance(SECOND);
    profiler.timeline().tick();
    let totals = tracker.totals();
    let told: Vec<_> = totals.iter().map(|t| (&*t.label, t.items)).collect();
    assert_eq!(told, [(OVERFLOW, 10), ("a", 2), ("b", 2)]);
    assert_eq!(profiler.snapshot().counter("documents", &[("overflow", "true")]), Some(10));
    assert_eq!(tracker.throughput(OVERFLOW).unwrap().average, 10.0);
    assert_eq!(tracker.throughput("c"), None);
}

#[test]
fn metrics_beyond_the_cap_of_counters_are_told_where_they_are_counted() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).max_series(0).build();
    for metric in ["a", "b"] {
        let tracker = ThroughputTracker::new(&profiler, metric, RateUnit::PerSecond);
        tracker.record("label", 1);
    }
    let tracker = ThroughputTracker::new(&profiler, "c", RateUnit::PerSecond);
    tracker.record("label", 1);
    hand.advance(SECOND);
    profiler.timeline().tick();
    assert_eq!(tracker.totals()[0].items, 3, "it shares the last counter with the others");
    assert_eq!(tracker.throughput(OVERFLOW).unwrap().average, 3.0);
}

#[test]
fn the_counter_of_a_tracker_can_be_defined() {
    let (tracker, profiler, _) = documents(RateUnit::PerSecond);
    let definition = Definition::new("documents").unit("documents").labels(&["label"]);
    let family = profiler.define_counter(definition).unwrap();
    tracker.record("indexing", 3);
    family.with(&[("label", "indexing")]).unwrap().add(4);
    assert_eq!(tracker.totals()[0].items, 7);
}

#[test]
fn eight_threads_share_a_batch_and_every_item_counts_once() {
    let (tracker, _, _) = documents(RateUnit::PerSecond);
    let id = tracker.start_batch("a");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    tracker.record_batch(id, 2).unwrap();
                    tracker.record("a", 1);
                }
            });
        }
    });
    let batch = tracker.stop_batch(id).unwrap();
    assert_eq!((batch.items, batch.batches, tracker.totals()[0].items), (16_000, 8_000, 24_000));
}
