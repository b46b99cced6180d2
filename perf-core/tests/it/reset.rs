use crate::{manual, ms};
use perf_core::{Profiler, SinceError};
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_reset_while_others_record_puts_every_sample_on_exactly_one_side() {
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    let done = AtomicBool::new(false);
    const THREADS: u64 = 4;
    const RECORDS: u64 = 200_000;
    let mut ended = 0;
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..THREADS)
            .map(|_| scope.spawn(|| (0..RECORDS).for_each(|i| operation.record_nanos(i))))
            .collect();
        scope.spawn(|| {
            writers.into_iter().for_each(|writer| writer.join().unwrap());
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            ended += profiler.reset().operation("work").unwrap().count();
        }
    });
    ended += profiler.reset().operation("work").unwrap().count();
    assert_eq!(ended, THREADS * RECORDS);
    assert_eq!(profiler.snapshot().operation("work").unwrap().count(), 0);
    assert_eq!(profiler.lifetime().operation("work").unwrap().count(), THREADS * RECORDS);
}

#[test]
fn after_a_reset_the_slowest_samples_are_those_of_the_new_interval() {
    let (profiler, hand) = manual();
    let work = profiler.operation("work");
    (0..20).for_each(|i| work.record(ms(1_000 + i)));
    hand.advance(ms(1));
    let ended = profiler.reset();
    assert_eq!(ended.operation("work").unwrap().slowest()[0].duration(), ms(1_019));
    hand.advance(ms(1));
    (0..20).for_each(|i| work.record(ms(i)));
    let snapshot = profiler.snapshot();
    let slowest = snapshot.operation("work").unwrap().slowest();
    let durations: Vec<_> = slowest.iter().map(|sample| sample.duration().as_millis()).collect();
    assert_eq!(durations, [19, 18, 17, 16, 15, 14, 13, 12]);
}

#[test]
fn a_slow_sample_of_the_new_interval_survives_the_reset_that_begins_it() {
    // A record made while a reset is under way belongs, by its bucket, to the new interval: of many
    // resets and slow records at once, each record's sample is kept on one side.
    let profiler = Profiler::builder().kept_samples(64).build();
    let work = profiler.operation("work");
    for other in 0..200 {
        profiler.record(&format!("other {other}"), ms(1));
    }
    let mut kept = 0;
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (0..40).for_each(|i| work.record(ms(1_000 + i))));
        while !writer.is_finished() {
            kept += profiler.reset().operation("work").unwrap().slowest().len();
        }
    });
    kept += profiler.reset().operation("work").unwrap().slowest().len();
    let unkept = profiler.lifetime().losses().unkept_samples as usize;
    assert!(kept + unkept >= 40, "{kept} kept, {unkept} counted as lost");
}

#[test]
fn the_interval_begins_anew_and_the_lifetime_goes_on() {
    let (profiler, hand) = manual();
    let work = profiler.operation("work");
    (0..10).for_each(|_| work.record(ms(100)));
    hand.advance(ms(1_000));
    profiler.reset();
    (0..4).for_each(|_| work.record(ms(5)));
    hand.advance(ms(2_000));
    let snapshot = profiler.snapshot();
    let read = snapshot.operation("work").unwrap();
    assert_eq!((read.count(), read.throughput(), snapshot.interval()), (4, Some(2.0), ms(2_000)));
    let max = read.max().unwrap();
    assert!(max >= ms(5) && max <= ms(5) * 129 / 128, "{max:?}: the 100 ms were before the reset");
    assert_eq!(profiler.lifetime().operation("work").unwrap().count(), 14);
}

#[test]
fn an_interval_across_a_reset_is_a_typed_error_and_lifetime_snapshots_are_the_remedy() {
    let (profiler, _) = manual();
    let (before, lifetime_before) = (profiler.snapshot(), profiler.lifetime());
    profiler.reset();
    profiler.record("work", ms(1));
    assert_eq!(profiler.snapshot().since(&before), Err(SinceError::DifferentStarts));
    let interval = profiler.lifetime().since(&lifetime_before).unwrap();
    assert_eq!(interval.operation("work").unwrap().count(), 1);
}
