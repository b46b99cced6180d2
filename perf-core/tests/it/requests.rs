use crate::{manual, ms};
use perf_core::{Clock, MetadataValue, Profiler, RequestError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

const NOTHING: [(&str, i64); 0] = [];

#[test]
fn a_summary_has_the_total_each_stage_and_what_no_stage_accounts_for() {
    let (profiler, hand) = manual();
    let request = profiler.request("query-456");
    {
        let mut stage = request.stage("retrieval");
        stage.metadata("documents", 50);
        hand.advance(ms(60));
    }
    hand.advance(ms(10));
    request.time("generation", || hand.advance(ms(30)));
    let summary = request.end();
    assert_eq!((summary.id(), summary.total(), summary.is_success()), ("query-456", ms(100), true));
    let stages: Vec<_> =
        summary.stages().iter().map(|s| (s.name(), s.offset(), s.duration())).collect();
    assert_eq!(stages, [("retrieval", ms(0), ms(60)), ("generation", ms(70), ms(30))]);
    assert_eq!((summary.share("retrieval"), summary.share("missing")), (Some(0.6), None));
    assert_eq!((summary.unattributed(), summary.overlap()), (ms(10), ms(0)));
    assert_eq!(summary.bottlenecks(0.4), [("retrieval", 0.6)]);
    let documents = ("documents", &MetadataValue::Integer(50));
    assert_eq!(summary.stages()[0].metadata().collect::<Vec<_>>(), [documents]);
}

#[test]
fn stages_and_the_whole_are_recorded_as_operations() {
    let (profiler, hand) = manual();
    for i in 0..10 {
        let request = profiler.request("r");
        request.time("stage", || hand.advance(ms(5 + i)));
        hand.advance(ms(1));
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.operation("stage").unwrap().max(), Some(ms(14)));
    let whole = snapshot.operation("request").unwrap();
    assert_eq!((whole.count(), whole.max()), (10, Some(ms(15))));
    let (key, id) = whole.slowest()[0].metadata().next().unwrap();
    assert_eq!((key, id.to_string().as_str()), ("request_id", "r"));
}

#[test]
fn the_whole_goes_to_the_operation_that_stands_for_it() {
    let profiler = Profiler::builder().overall_operation("answer").build();
    drop(profiler.request("r"));
    assert_eq!(profiler.snapshot().overall().count(), 1);
    assert!(profiler.snapshot().operation("request").is_none());
}

#[test]
fn stages_side_by_side_overlap_and_cover_the_time_once() {
    let (profiler, hand) = manual();
    let request = profiler.request("r");
    let (a, b) = (request.stage("a"), request.stage("b"));
    hand.advance(ms(10));
    drop(a);
    hand.advance(ms(10));
    drop(b);
    hand.advance(ms(5));
    let summary = request.end();
    assert_eq!((summary.overlap(), summary.unattributed()), (ms(10), ms(5)));
}

#[test]
fn laps_are_stages_without_a_gap() {
    let (profiler, hand) = manual();
    let request = profiler.request("r");
    for (name, millis) in [("a", 2), ("b", 3), ("a", 5)] {
        hand.advance(ms(millis));
        assert_eq!(request.lap(name), ms(millis));
    }
    let summary = request.end();
    assert_eq!((summary.unattributed(), summary.share("a")), (ms(0), Some(0.7)));
    assert_eq!(summary.bottlenecks(0.0), [("a", 0.7), ("b", 0.3)], "one name is one part");
}

#[test]
fn a_request_by_id_goes_on_and_ends_in_whatever_place() {
    let (profiler, hand) = manual();
    profiler.start_request("query").unwrap();
    hand.advance(ms(30));
    let other = profiler.clone();
    std::thread::spawn(move || other.log_stage("query", "retrieval", ms(20), [("documents", 50)]))
        .join()
        .unwrap()
        .unwrap();
    let in_flight = profiler.request_summary("query").unwrap();
    assert_eq!((in_flight.total(), in_flight.stages().len()), (ms(30), 1));
    hand.advance(ms(10));
    let summary = profiler.end_request("query").unwrap();
    assert_eq!((summary.total(), summary.stages()[0].offset()), (ms(40), ms(10)));
}

#[test]
fn an_unknown_id_a_second_start_a_second_end_and_a_late_stage_are_typed_errors() {
    let (profiler, _) = manual();
    let unknown = Err(RequestError::Unknown("x".into()));
    assert_eq!(profiler.log_stage("x", "stage", ms(1), NOTHING), unknown);
    assert_eq!(profiler.end_request("x").unwrap_err(), RequestError::Unknown("x".into()));
    profiler.start_request("x").unwrap();
    assert_eq!(profiler.start_request("x"), Err(RequestError::AlreadyStarted("x".into())));
    profiler.end_request("x").unwrap();
    let ended = RequestError::AlreadyEnded("x".into());
    assert_eq!(profiler.end_request("x").unwrap_err(), ended);
    assert_eq!(profiler.log_stage("x", "stage", ms(1), NOTHING).unwrap_err(), ended);
    assert_eq!(profiler.request_summary("x").unwrap_err(), ended);
    profiler.start_request("x").unwrap();
    assert_eq!(profiler.snapshot().operation("stage"), None, "what was refused is not recorded");
}

#[test]
fn requests_that_never_end_are_bounded_and_counted() {
    let (clock, _) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).max_requests(100).build();
    for i in 0..1_000 {
        profiler.start_request(&i.to_string()).unwrap();
        if i % 2 == 0 {
            profiler.end_request(&i.to_string()).unwrap();
        }
    }
    let in_flight = (0..1_000).filter(|i| profiler.request_summary(&i.to_string()).is_ok()).count();
    let snapshot = profiler.snapshot();
    assert_eq!(in_flight as u64 + snapshot.losses().abandoned_requests, 500);
    assert!(in_flight <= 100);
    assert_eq!(snapshot.operation("request").unwrap().count(), 500, "the abandoned are no calls");
    assert!(profiler.request_summary("999").is_ok(), "the oldest go first");
}

#[test]
fn a_failed_request_says_why_and_a_panic_is_a_failure() {
    let (profiler, _) = manual();
    let request = profiler.request("a");
    request.mark_failure_with("no_answer");
    assert_eq!(request.end().failure_kind(), Some("no_answer"));
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let request = profiler.request("b");
        request.time("stage", || panic!("on purpose"))
    }));
    profiler.start_request("c").unwrap();
    assert!(!profiler.fail_request("c", "timeout").unwrap().is_success());
    profiler.request("d").discard();
    let snapshot = profiler.snapshot();
    let whole = snapshot.operation("request").unwrap();
    let kinds: Vec<_> = whole.failure_kinds().collect();
    assert_eq!((whole.count(), kinds), (3, vec![("no_answer", 1), ("panic", 1), ("timeout", 1)]));
    assert_eq!(snapshot.operation("stage").unwrap().failures(), 1);
}

#[test]
fn observers_are_told_of_every_request_and_a_panic_in_one_harms_nobody() {
    let (profiler, _) = manual();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let ids = Arc::clone(&seen);
    profiler.observe_requests(|_| panic!("on purpose"));
    profiler.observe_requests(move |summary| ids.lock().unwrap().push(summary.id().to_owned()));
    profiler.start_request("b").unwrap();
    drop(profiler.request("a"));
    profiler.end_request("b").unwrap();
    assert_eq!(*seen.lock().unwrap(), ["a", "b"]);
    assert_eq!(profiler.snapshot().losses().observer_panics, 2);
}

#[test]
fn stages_beyond_those_remembered_are_recorded_and_counted() {
    let (profiler, _) = manual();
    let request = profiler.request("r");
    (0..1_000).for_each(|_| request.time("stage", || ()));
    let summary = request.end();
    assert_eq!((summary.stages().len(), summary.dropped_stages()), (256, 744));
    assert_eq!(profiler.snapshot().operation("stage").unwrap().count(), 1_000);
}

#[test]
fn a_stage_longer_than_its_request_starts_with_it() {
    let (profiler, hand) = manual();
    let request = profiler.request("r");
    hand.advance(ms(1));
    request.log_stage("stage", std::time::Duration::MAX, NOTHING);
    let summary = request.end();
    assert_eq!((summary.stages()[0].offset(), summary.unattributed()), (ms(0), ms(0)));
    assert_eq!(profiler.snapshot().losses().clamped_values, 1);
}

#[test]
fn requests_may_be_shared_by_threads() {
    let profiler = Profiler::new();
    let request = profiler.request("r");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| request.time("stage", || ())));
        }
    });
    assert_eq!(request.end().stages().len(), 200);
}
