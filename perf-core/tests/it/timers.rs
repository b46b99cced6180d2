use crate::{manual, ms};
use perf_core::{MetadataValue, OperationSnapshot, Profiler};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

fn read(profiler: &Profiler, name: &str) -> OperationSnapshot {
    profiler.snapshot().operation(name).expect("it was used").clone()
}

#[test]
fn a_timer_records_when_it_is_dropped() {
    let (profiler, hand) = manual();
    {
        let _timer = profiler.timer("work");
        hand.advance(ms(7));
    }
    let work = read(&profiler, "work");
    assert_eq!((work.successes(), work.failures(), work.max()), (1, 0, Some(ms(7))));
}

#[test]
fn a_timer_records_on_early_return_and_on_question_mark() {
    fn parse(profiler: &Profiler, text: &str) -> Result<u32, std::num::ParseIntError> {
        let mut timer = profiler.timer("parse");
        if text.is_empty() {
            return Ok(0);
        }
        Ok(text.parse::<u32>().inspect_err(|_| timer.mark_failure())? + 1)
    }
    let (profiler, _) = manual();
    for text in ["", "7", "x"] {
        let _ = parse(&profiler, text);
    }
    let parse = read(&profiler, "parse");
    assert_eq!((parse.successes(), parse.failures()), (2, 1));
}

#[test]
fn a_panic_while_a_timer_runs_is_a_failure_of_kind_panic() {
    let (profiler, _) = manual();
    let operation = profiler.operation("work");
    let _ = catch_unwind(AssertUnwindSafe(|| operation.time(|| panic!("on purpose"))));
    let work = read(&profiler, "work");
    assert_eq!((work.successes(), work.failures()), (0, 1));
    assert_eq!(work.failure_kinds().collect::<Vec<_>>(), [("panic", 1)]);
}

#[test]
fn a_timer_made_and_ended_while_its_thread_unwinds_is_no_failure() {
    struct Cleanup(Profiler);
    impl Drop for Cleanup {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            self.0.time("cleanup", || ());
        }
    }
    let (profiler, _) = manual();
    let cleanup = Cleanup(profiler.clone());
    let _ = catch_unwind(AssertUnwindSafe(move || {
        let _cleanup = cleanup;
        panic!("on purpose")
    }));
    let cleanup = read(&profiler, "cleanup");
    assert_eq!((cleanup.successes(), cleanup.failures()), (1, 0));
}

#[test]
fn stop_says_what_it_records_and_never_records_twice() {
    let (profiler, hand) = manual();
    let operation = profiler.operation("work");
    let (borrowed, owned) = (operation.timer(), operation.owned_timer());
    hand.advance(ms(3));
    assert_eq!((borrowed.stop(), owned.stop()), (ms(3), ms(3)));
    let work = read(&profiler, "work");
    assert_eq!((work.count(), work.latency().sum()), (2, 6_000_000));
}

#[test]
fn a_discarded_timer_records_nothing() {
    let (profiler, _) = manual();
    let operation = profiler.operation("work");
    let mut timer = operation.timer();
    timer.metadata("reason", "not worth it");
    timer.discard();
    operation.owned_timer().discard();
    assert_eq!(read(&profiler, "work").count(), 0);
}

#[test]
fn a_timer_records_on_whichever_thread_it_ends() {
    let (profiler, _) = manual();
    let operation = profiler.operation("work");
    let (timer, owned) = (operation.timer(), operation.owned_timer());
    std::thread::scope(|scope| {
        scope.spawn(move || drop(timer));
        scope.spawn(move || drop(owned));
    });
    assert_eq!(read(&profiler, "work").count(), 2);
}

#[test]
fn a_leaked_timer_is_not_counted() {
    let (profiler, _) = manual();
    std::mem::forget(profiler.timer("work"));
    assert_eq!(read(&profiler, "work").count(), 0);
}

#[test]
fn the_macro_finds_the_operation_of_every_profiler_that_comes_by() {
    let profilers = [Profiler::new(), Profiler::new(), Profiler::new()];
    for _ in 0..10 {
        for profiler in &profilers {
            let _timer = perf_core::timer!(profiler, "work");
        }
    }
    assert!(profilers.iter().all(|profiler| read(profiler, "work").count() == 10));
}

#[test]
fn laps_add_up_to_the_whole_with_one_clock_read_each() {
    let (profiler, hand) = manual();
    let whole = profiler.operation("whole");
    let parts = ["a", "b", "c"].map(|name| profiler.operation(name));
    let mut laps = whole.laps();
    for (part, millis) in parts.iter().zip([2, 3, 5]) {
        hand.advance(ms(millis));
        assert_eq!(laps.lap(part), ms(millis));
    }
    assert_eq!(laps.stop(), ms(10));
    assert_eq!(read(&profiler, "c").max(), Some(ms(5)));
    assert_eq!(read(&profiler, "whole").max(), Some(ms(10)));
}

#[test]
fn a_failed_lap_fails_the_whole() {
    let (profiler, _) = manual();
    let (whole, part) = (profiler.operation("whole"), profiler.operation("part"));
    let mut laps = whole.laps();
    laps.lap_failed(&part, "timeout");
    drop(laps);
    for name in ["whole", "part"] {
        let read = read(&profiler, name);
        assert_eq!(read.failure_kinds().collect::<Vec<_>>(), [("timeout", 1)], "{name}");
        assert_eq!(read.successes(), 0);
    }
}

#[test]
fn a_future_is_timed_whole_and_its_guard_may_be_held_across_await() {
    let (profiler, hand) = manual();
    let operation = profiler.operation("query");
    let mut future = pin!(operation.time_async(async {
        let _inner = profiler.timer("inner");
        yield_once().await;
        42
    }));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(future.as_mut().poll(&mut context), Poll::Pending);
    hand.advance(ms(5));
    assert_eq!(future.as_mut().poll(&mut context), Poll::Ready(42));
    for name in ["query", "inner"] {
        assert_eq!(read(&profiler, name).max(), Some(ms(5)), "{name}");
    }
}

#[test]
fn a_future_dropped_before_its_end_is_a_failure_of_kind_cancelled() {
    let (profiler, _) = manual();
    let operation = profiler.operation("query");
    {
        let mut future = pin!(operation.time_async(yield_once()));
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let query = read(&profiler, "query");
    assert_eq!(query.failure_kinds().collect::<Vec<_>>(), [("cancelled", 1)]);
    assert_eq!(query.successes(), 0);
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[test]
fn metadata_takes_texts_integers_floats_and_bools() {
    let (profiler, hand) = manual();
    let mut timer = profiler.timer("query");
    timer.metadata("text", "why");
    timer.metadata("owned", String::from("because"));
    timer.metadata("integer", -3);
    timer.metadata("length", 7_usize);
    timer.metadata("huge", u64::MAX);
    timer.metadata("float", 0.5);
    timer.metadata("bool", true);
    timer.metadata("integer", -4);
    hand.advance(ms(1));
    drop(timer);
    let query = read(&profiler, "query");
    let found: Vec<_> = query.slowest()[0].metadata().collect();
    assert_eq!(
        found,
        [
            ("text", &MetadataValue::Text("why".into())),
            ("owned", &MetadataValue::Text("because".into())),
            ("integer", &MetadataValue::Integer(-4)),
            ("length", &MetadataValue::Integer(7)),
            ("huge", &MetadataValue::Unsigned(u64::MAX)),
            ("float", &MetadataValue::Float(0.5)),
            ("bool", &MetadataValue::Bool(true)),
        ]
    );
}

#[test]
fn a_clock_set_back_records_zero_and_counts_it() {
    let (profiler, hand) = manual();
    hand.set(ms(100));
    let timer = profiler.timer("work");
    hand.set(ms(40));
    assert_eq!(timer.stop(), Duration::ZERO);
    assert!(profiler.snapshot().losses().clock_backwards >= 1);
}

#[test]
fn timers_and_handles_are_what_threads_need() {
    fn send<T: Send>() {}
    fn sync<T: Sync>() {}
    fn cheap<T: Clone>() {}
    send::<perf_core::Timer<'static>>();
    send::<perf_core::OwnedTimer>();
    send::<Profiler>();
    sync::<Profiler>();
    cheap::<Profiler>();
    sync::<perf_core::Operation>();
    sync::<perf_core::Counter>();
    sync::<perf_core::Gauge>();
    send::<perf_core::Snapshot>();
    sync::<perf_core::Snapshot>();
}
