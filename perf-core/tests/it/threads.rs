use crate::ms;
use perf_core::{Operation, OwnedTimer, Profiler};
use std::cell::RefCell;
use std::sync::Barrier;
use std::thread;

#[test]
fn three_hundred_live_threads_count_exactly() {
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    let barrier = Barrier::new(300);
    thread::scope(|scope| {
        for _ in 0..300 {
            scope.spawn(|| {
                operation.record(ms(1));
                barrier.wait();
                (0..999).for_each(|_| operation.record(ms(1)));
                operation.record_failure(ms(1));
            });
        }
    });
    let snapshot = profiler.snapshot();
    let work = snapshot.operation("work").unwrap();
    assert_eq!((work.successes(), work.failures()), (300_000, 300));
}

#[test]
fn ten_thousand_short_threads_count_exactly() {
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    for _ in 0..1_250 {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..10).for_each(|i| operation.record(ms(i))));
            }
        });
    }
    let snapshot = profiler.snapshot();
    let work = snapshot.operation("work").unwrap();
    assert_eq!((work.count(), work.latency().sum()), (100_000, 10_000 * 45_000_000));
}

#[test]
fn a_record_in_a_later_thread_local_destructor_is_counted() {
    struct AtEnd(RefCell<Option<Operation>>);
    impl Drop for AtEnd {
        fn drop(&mut self) {
            if let Some(operation) = self.0.take() {
                operation.record(ms(2));
                operation.record_failure(ms(2));
                operation.timer().mark_failure();
            }
        }
    }
    thread_local! {
        static FIRST: AtEnd = const { AtEnd(RefCell::new(None)) };
        static LAST: AtEnd = const { AtEnd(RefCell::new(None)) };
    }
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    for _ in 0..50 {
        let operation = operation.clone();
        let record = move || {
            // Destructors run in some order around that of the recorder's own thread-local.
            FIRST.with(|at_end| at_end.0.replace(Some(operation.clone())));
            operation.record(ms(1));
            LAST.with(|at_end| at_end.0.replace(Some(operation.clone())));
        };
        thread::spawn(record).join().unwrap();
    }
    let snapshot = profiler.snapshot();
    let work = snapshot.operation("work").unwrap();
    assert_eq!((work.successes(), work.failures()), (50 + 2 * 50, 4 * 50));
}

#[test]
fn a_thread_that_ends_does_not_write_the_shard_that_its_successor_already_owns() {
    /// Records while the thread ends, until another thread has claimed and recorded a lot.
    struct AtEnd(RefCell<Option<(Operation, std::sync::Arc<Barrier>)>>);
    impl Drop for AtEnd {
        fn drop(&mut self) {
            let (operation, meeting) = self.0.take().unwrap();
            meeting.wait();
            (0..100_000).for_each(|_| operation.record_nanos(5));
        }
    }
    thread_local!(static AT_END: AtEnd = const { AtEnd(RefCell::new(None)) });
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    for _ in 0..20 {
        // Three threads, so that writers of the shared shard meet too.
        let meeting = std::sync::Arc::new(Barrier::new(3));
        let ending: Vec<_> = (0..2)
            .map(|_| {
                let (operation, meeting) = (operation.clone(), std::sync::Arc::clone(&meeting));
                thread::spawn(move || {
                    AT_END.with(|at_end| at_end.0.replace(Some((operation.clone(), meeting))));
                    operation.record_nanos(5);
                })
            })
            .collect();
        let successor = {
            let (operation, meeting) = (operation.clone(), std::sync::Arc::clone(&meeting));
            thread::spawn(move || {
                meeting.wait();
                (0..100_000).for_each(|_| operation.record_nanos(5));
            })
        };
        ending.into_iter().chain([successor]).for_each(|thread| thread.join().unwrap());
    }
    let work = profiler.snapshot().operation("work").unwrap().count();
    assert_eq!(work, 20 * (2 + 3 * 100_000));
}

#[test]
fn a_thread_that_first_records_while_it_ends_is_counted() {
    struct AtEnd(RefCell<Option<Profiler>>);
    impl Drop for AtEnd {
        fn drop(&mut self) {
            self.0.take().unwrap().record("work", ms(1));
        }
    }
    thread_local!(static AT_END: AtEnd = const { AtEnd(RefCell::new(None)) });
    let profiler = Profiler::new();
    for _ in 0..20 {
        let profiler = profiler.clone();
        thread::spawn(move || AT_END.with(|at_end| drop(at_end.0.replace(Some(profiler)))))
            .join()
            .unwrap();
    }
    assert_eq!(profiler.snapshot().operation("work").unwrap().count(), 20);
}

#[test]
fn every_kind_of_metric_is_counted_in_a_thread_local_destructor() {
    struct AtEnd(RefCell<Option<Profiler>>);
    impl Drop for AtEnd {
        fn drop(&mut self) {
            if let Some(profiler) = self.0.take() {
                profiler.counter("count").increment();
                profiler.histogram("sizes").record(7);
                profiler.gauge("depth").add(1.0);
                profiler.in_scope("scope", || profiler.record("by name", ms(1)));
                profiler.operation("whole").laps().lap(&profiler.operation("lap"));
            }
        }
    }
    thread_local! {
        static FIRST: AtEnd = const { AtEnd(RefCell::new(None)) };
        static LAST: AtEnd = const { AtEnd(RefCell::new(None)) };
    }
    let profiler = Profiler::builder().call_tree(100).build();
    for _ in 0..20 {
        let profiler = profiler.clone();
        let record = move || {
            FIRST.with(|at_end| at_end.0.replace(Some(profiler.clone())));
            profiler.record("work", ms(1));
            LAST.with(|at_end| at_end.0.replace(Some(profiler)));
        };
        thread::spawn(record).join().unwrap();
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counter("count", &[]), Some(40));
    assert_eq!(snapshot.histogram("sizes", &[]).unwrap().count(), 40);
    assert_eq!(snapshot.gauge("depth", &[]), Some(40.0));
    for name in ["scope", "by name", "lap", "whole"] {
        assert_eq!(snapshot.operation(name).unwrap().count(), 40, "{name}");
    }
}

#[test]
fn what_a_thread_that_panics_recorded_before_and_while_it_unwound_is_counted() {
    struct Cleanup<'a>(&'a Operation);
    impl Drop for Cleanup<'_> {
        fn drop(&mut self) {
            self.0.record(ms(3));
            self.0.record_failure_with(ms(3), "cleanup");
        }
    }
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    for _ in 0..20 {
        let operation = operation.clone();
        let panics = move || {
            operation.record(ms(1));
            let _cleanup = Cleanup(&operation);
            let _timer = operation.timer();
            // Says nothing on stderr, unlike `panic!`.
            std::panic::resume_unwind(Box::new("on purpose"));
        };
        assert!(thread::spawn(panics).join().is_err());
    }
    // A later thread goes on where they ended.
    thread::scope(|scope| drop(scope.spawn(|| operation.record(ms(1)))));
    let snapshot = profiler.snapshot();
    let work = snapshot.operation("work").unwrap();
    assert_eq!((work.successes(), work.failures()), (20 + 20 + 1, 20 + 20));
    assert_eq!(work.failure_kinds().collect::<Vec<_>>(), [("cleanup", 20), ("panic", 20)]);
}

#[test]
fn a_timer_that_is_dropped_by_an_ending_thread_or_outlives_its_own_is_counted() {
    struct AtEnd(RefCell<Option<OwnedTimer>>);
    impl Drop for AtEnd {
        fn drop(&mut self) {
            drop(self.0.take());
        }
    }
    thread_local!(static AT_END: AtEnd = const { AtEnd(RefCell::new(None)) });
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    for _ in 0..20 {
        // Begun here, ended while another thread ends.
        let timer = operation.owned_timer();
        let keep = move || AT_END.with(|at_end| drop(at_end.0.replace(Some(timer))));
        thread::spawn(keep).join().unwrap();
        // Begun on a thread that has ended since, and whose place another one has taken.
        let operation = operation.clone();
        let timer = thread::spawn(move || operation.owned_timer()).join().unwrap();
        thread::spawn(move || drop(timer)).join().unwrap();
    }
    let snapshot = profiler.snapshot();
    let work = snapshot.operation("work").unwrap();
    assert_eq!((work.successes(), work.failures()), (40, 0));
}

#[test]
fn generations_of_threads_lose_nothing_and_no_snapshot_goes_backwards() {
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..40 {
                        let operation = &operation;
                        thread::scope(|scope| {
                            scope.spawn(|| (0..1_000).for_each(|i| operation.record_nanos(i * i)));
                        });
                    }
                })
            })
            .collect();
        let mut last = 0;
        while writers.iter().any(|writer| !writer.is_finished()) {
            let count = profiler.snapshot().operation("work").unwrap().count();
            assert!(count >= last);
            last = count;
        }
    });
    assert_eq!(profiler.snapshot().operation("work").unwrap().count(), 8 * 40 * 1_000);
}
