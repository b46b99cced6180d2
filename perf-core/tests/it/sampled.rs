use perf_core::Profiler;
use std::num::NonZeroU32;

#[test]
fn every_call_is_counted_and_one_in_n_is_timed() {
    let profiler = Profiler::new();
    let sampled = profiler.operation("lookup").sampled(NonZeroU32::new(10).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for i in 0..25_000 {
                    let mut timer = sampled.timer();
                    if i % 100 == 0 {
                        timer.mark_failure_with("miss");
                    }
                }
            });
        }
    });
    let snapshot = profiler.snapshot();
    let lookup = snapshot.operation("lookup").unwrap();
    assert_eq!((lookup.count(), lookup.failures()), (100_000, 1_000));
    assert_eq!(lookup.failure_kinds().collect::<Vec<_>>(), [("miss", 1_000)]);
    let timed = lookup.latency().count() + lookup.failure_latency().count();
    assert!((9_000..11_000).contains(&timed), "{timed} of 100,000");
}

#[test]
fn a_periodic_workload_cannot_hide_between_the_samples() {
    let profiler = Profiler::new();
    let sampled = profiler.operation("lookup").sampled(NonZeroU32::new(8).unwrap());
    let mut timed_at = [0; 8];
    for i in 0..80_000 {
        timed_at[i % 8] += u32::from(sampled.timer().is_timed());
    }
    assert!(timed_at.iter().all(|&times| times > 1_000), "{timed_at:?}");
}

#[test]
fn a_handle_that_samples_more_often_does_not_wait_for_a_rarer_one() {
    let profiler = Profiler::new();
    let operation = profiler.operation("lookup");
    let (rare, all) = (operation.sampled(NonZeroU32::MAX), operation.sampled(NonZeroU32::MIN));
    rare.time(|| ());
    (0..1_000).for_each(|_| all.time(|| ()));
    let snapshot = profiler.snapshot();
    assert!(snapshot.operation("lookup").unwrap().latency().count() >= 1_000);
}

#[test]
fn one_in_one_is_all() {
    let profiler = Profiler::new();
    let sampled = profiler.operation("lookup").sampled(NonZeroU32::MIN);
    (0..1_000).for_each(|_| sampled.time(|| ()));
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.operation("lookup").unwrap().latency().count(), 1_000);
}

#[test]
fn a_clock_that_stands_still_does_not_make_every_call_a_timed_one() {
    let (profiler, _hand) = crate::manual();
    let sampled = profiler.operation("lookup").sampled(NonZeroU32::new(10).unwrap());
    (0..10_000).for_each(|_| sampled.time(|| ()));
    let snapshot = profiler.snapshot();
    let timed = snapshot.operation("lookup").unwrap().latency().count();
    assert!((850..1_150).contains(&timed), "{timed}");
}
