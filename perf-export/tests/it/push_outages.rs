//! Remote write to a server that is ill, busy, or gone.

use super::http_sink::{HttpSink, Received, Reply};
use super::remote_write::writer;
use super::write_request::{by_series, samples};
use perf_core::Profiler;
use perf_export::prometheus::Exposition;
use perf_export::push::{Endpoint, RemoteWrite};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// Long for a machine that does ten other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// Never twice in a test.
const RARELY: Duration = Duration::from_secs(86_400);

fn sizes(received: &[Received]) -> u64 {
    received.iter().map(|request| samples(request).len() as u64).sum()
}

#[test]
fn what_a_server_cannot_take_now_is_sent_again_until_it_can() {
    let replies = [
        Reply::Status(500),
        Reply::Full(429, "retry-after: 0\r\n", "slow down"),
        Reply::Close,
        Reply::Garbage,
        Reply::Full(503, "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ""),
        Reply::Status(200),
    ];
    let sink = HttpSink::playing(&replies);
    let writing = writer(&sink).spawn(&Profiler::new()).unwrap();
    sink.wait_until(|received| received.len() >= 8);
    let totals = writing.stop();
    let received = sink.received();
    assert!(received[..6].windows(2).all(|two| two[0].body == two[1].body));
    assert_ne!(received[5].body, received[6].body);
    assert_eq!(totals.retries, 5);
    assert_eq!(totals.sent_samples, sizes(&received[5..]));
    assert_eq!((totals.refused.requests, totals.unsent.requests), (0, 0));
    assert_eq!(totals.last_error.as_deref(), Some("status 503"));
    by_series(&received[5..]);
}

#[test]
fn a_server_that_asks_for_a_second_gets_it() {
    let sink = HttpSink::playing(&[Reply::Full(429, "retry-after: 1\r\n", ""), Reply::Status(200)]);
    let writing = writer(&sink).spawn(&Profiler::new()).unwrap();
    let received = sink.wait_until(|received| received.len() >= 2);
    assert!(received[1].at - received[0].at >= Duration::from_secs(1));
    assert_eq!(writing.stop().retries, 1);
}

#[test]
fn what_a_server_refuses_is_counted_and_never_sent_again() {
    let replies = [
        Reply::Full(400, "", "out of order sample\n"),
        Reply::Full(302, "location: /elsewhere\r\n", ""),
        Reply::Status(404),
        Reply::Status(200),
    ];
    let sink = HttpSink::playing(&replies);
    let profiler = Profiler::new();
    let writing = writer(&sink).spawn(&profiler).unwrap();
    sink.wait_until(|received| received.len() >= 4);
    let totals = writing.stop();
    let received = sink.received();
    assert!(
        received.iter().all(|request| request.path == "/api/v1/write"),
        "a redirect is followed"
    );
    assert_eq!((totals.refused.requests, totals.refused.samples), (3, sizes(&received[..3])));
    assert_eq!((totals.retries, totals.sent_samples), (0, sizes(&received[3..])));
    assert_eq!(totals.last_error.as_deref(), Some("status 404"));
    // Each snapshot was sent once.
    by_series(&received);
    let dropped = profiler.snapshot().counter("remote_write_dropped_samples_total", &[]);
    assert_eq!(dropped, Some(totals.refused.samples));
}

#[test]
fn a_full_queue_loses_the_oldest_and_nobody_who_records_waits() {
    let sink = HttpSink::playing(&[Reply::Hang]);
    let profiler = Profiler::new();
    let operation = profiler.operation("search");
    let writing =
        writer(&sink).queue(2).interval(Duration::from_millis(1)).spawn(&profiler).unwrap();
    sink.wait_until(|received| !received.is_empty());
    let (began, before) = (Instant::now(), writing.totals().overflowed.requests);
    let mut recorded = 0;
    while writing.totals().overflowed.requests < before + 20 {
        operation.record(Duration::from_millis(1));
        recorded += 1;
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", writing.totals());
    }
    let totals = writing.totals();
    assert_eq!(totals.queued_requests, 3, "two that wait, and the one that hangs");
    assert!(totals.queued_bytes > 0);
    let totals = writing.stop_within(Duration::from_millis(100));
    assert_eq!((totals.sent_samples, totals.queued_requests, totals.unsent.requests), (0, 0, 3));
    assert_eq!(sink.received().len(), 1);
    assert_eq!(profiler.snapshot().operation("search").unwrap().count(), recorded);
    let dropped = profiler.snapshot().counter("remote_write_dropped_samples_total", &[]);
    assert_eq!(dropped, Some(totals.overflowed.samples + totals.unsent.samples));
}

#[test]
fn after_an_outage_the_newest_snapshots_arrive_in_order() {
    let replies = [vec![Reply::Status(500); 30], vec![Reply::Status(200)]].concat();
    let sink = HttpSink::playing(&replies);
    let quick = Duration::from_millis(5);
    let endpoint = Endpoint::new(&sink.url("/")).unwrap().backoff(quick, quick);
    let write = RemoteWrite::at(endpoint).queue(2).interval(Duration::from_millis(1));
    let writing = write.deadline(Duration::from_secs(60)).spawn(&Profiler::new()).unwrap();
    sink.wait_until(|received| received.len() > 40);
    let totals = writing.stop();
    assert_eq!(totals.retries, 30);
    assert!(totals.overflowed.requests > 0, "{totals:?}");
    assert_eq!(totals.unsent.requests, 0);
    let received = sink.received();
    by_series(&received[30..]);
    let time = |request: &Received| samples(request)[0].1.0;
    assert!(time(&received[30]) > time(&received[0]), "the oldest was kept, and newer ones lost");
}

#[test]
fn a_thread_stops_in_time_though_the_server_hangs() {
    let sink = HttpSink::playing(&[Reply::Hang]);
    let writing = writer(&sink).interval(RARELY).spawn(&Profiler::new()).unwrap();
    let began = Instant::now();
    let totals = writing.stop_within(Duration::from_millis(200));
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(100), "it was given up before the deadline");
    assert!(took < Duration::from_secs(30), "{took:?}: it waited for the time-out of 60 s");
    assert_eq!((totals.unsent.requests, totals.queued_requests), (2, 0));
}

#[test]
fn a_thread_stops_in_time_though_a_source_of_events_hangs() {
    let sink = HttpSink::playing(&[Reply::Status(200)]);
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let exposition = Exposition::new().sla_events(move |_| {
        let _ = held.lock().unwrap_or_else(PoisonError::into_inner).recv();
        Vec::new()
    });
    let profiler = Profiler::new();
    let writing = writer(&sink).exposition(exposition).interval(RARELY).spawn(&profiler).unwrap();
    let (tell, told) = mpsc::channel();
    let stopping = std::thread::spawn(move || {
        tell.send(writing.stop_within(Duration::from_millis(50))).unwrap();
    });
    let totals = told.recv_timeout(PATIENCE);
    drop(release);
    stopping.join().unwrap();
    assert_eq!(totals.expect("it waited for the source").sent_samples, 0);
    // What comes too late is counted and not kept.
    let dropped = || profiler.snapshot().counter("remote_write_dropped_samples_total", &[]);
    let begun = Instant::now();
    while dropped() == Some(0) {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    assert!(sink.received().is_empty());
}

#[test]
fn at_the_end_a_pause_of_our_own_is_cut_short_and_one_beyond_the_deadline_is_not_waited_for() {
    let sink = HttpSink::playing(&[Reply::Status(500), Reply::Status(500), Reply::Status(200)]);
    let endpoint = Endpoint::new(&sink.url("/")).unwrap();
    let write = |endpoint: Endpoint| RemoteWrite::at(endpoint).deadline(Duration::from_secs(50));
    let patient = endpoint.clone().backoff(Duration::from_millis(10), RARELY);
    let began = Instant::now();
    let totals = write(patient).interval(RARELY).spawn(&Profiler::new()).unwrap().stop();
    assert_eq!((totals.retries, totals.unsent.requests), (2, 0));

    let sink = HttpSink::playing(&[Reply::Status(500), Reply::Status(200)]);
    let endpoint = Endpoint::new(&sink.url("/")).unwrap().backoff(RARELY, RARELY);
    let writing =
        write(endpoint).interval(Duration::from_millis(20)).spawn(&Profiler::new()).unwrap();
    sink.wait_until(|_| writing.totals().retries > 0);
    let totals = writing.stop();
    assert_eq!((totals.retries, totals.unsent.requests), (1, 0), "a day is not waited for");

    let sink = HttpSink::playing(&[Reply::Full(429, "retry-after: 250\r\n", "")]);
    let endpoint = Endpoint::new(&sink.url("/")).unwrap();
    let totals = write(endpoint).interval(RARELY).spawn(&Profiler::new()).unwrap().stop();
    assert_eq!((totals.retries, totals.unsent.requests), (1, 2));
    assert!(began.elapsed() < Duration::from_secs(50), "the deadline was waited for");
}
