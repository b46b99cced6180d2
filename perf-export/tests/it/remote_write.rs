//! What is written to a remote server that is well.

use super::exposition::{scraped, service};
use super::exposition_hostile::hostile_operations;
use super::http_sink::{HttpSink, Reply};
use super::write_request::{Labels, by_series, expected, samples};
use perf_core::{Profiler, Series, Snapshot, SnapshotParts};
use perf_export::prometheus::{Exposition, SlaEvents};
use perf_export::push::{Endpoint, RemoteWrite};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

/// A writer that is patient, as a busy machine needs it, and quick to try again.
pub(crate) fn writer(sink: &HttpSink) -> RemoteWrite {
    let quick = Duration::from_millis(1);
    let endpoint = Endpoint::new(&sink.url("/api/v1/write")).unwrap();
    RemoteWrite::at(endpoint.timeout(Duration::from_secs(60)).backoff(quick, quick))
        .interval(Duration::from_millis(20))
        .deadline(Duration::from_secs(60))
}

#[test]
fn each_sample_is_that_of_the_text_of_the_same_snapshot() {
    let sink = HttpSink::playing(&[Reply::Status(204)]);
    // `Z` comes before the `__name__` of Prometheus, and `operation` is one that series have.
    let common = [("job", "shop"), ("Zone", "a"), ("operation", "none"), ("empty", "")];
    let write =
        common.iter().fold(writer(&sink), |write, (name, value)| write.label(name, value).unwrap());
    for snapshot in [service().lifetime(), hostile_operations()] {
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(1_795_219_200_123_456);
        let before = sink.received().len();
        write.write(&snapshot, time).unwrap();
        let sent: BTreeMap<Labels, f64> = sink.received()[before..]
            .iter()
            .flat_map(samples)
            .map(|(labels, (millis, value))| {
                assert_eq!(millis, 1_795_219_200_123);
                (labels, value.unwrap())
            })
            .collect();
        let text = expected(&scraped(&Exposition::new(), &snapshot), &common);
        assert!(text.len() > 50);
        assert_eq!(sent.len(), text.len());
        for (labels, value) in &text {
            assert_eq!(sent.get(labels), Some(value), "{labels:?}");
        }
    }
}

#[test]
fn a_request_has_at_most_so_many_samples_and_at_most_a_mebibyte() {
    let sink = HttpSink::playing(&[Reply::Status(200)]);
    let snapshot = service().lifetime();
    let all = expected(&scraped(&Exposition::new(), &snapshot), &[]).len();
    writer(&sink).max_samples(7).write(&snapshot, SystemTime::now()).unwrap();
    let sizes: Vec<usize> = sink.received().iter().map(|request| samples(request).len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), all);
    assert!(sizes[..sizes.len() - 1].iter().all(|size| *size == 7), "{sizes:?}");

    let before = sizes.len();
    let write = writer(&sink).label("long", &"x".repeat(300_000)).unwrap();
    write.write(&snapshot, SystemTime::now()).unwrap();
    let sizes: Vec<usize> =
        sink.received()[before..].iter().map(|request| samples(request).len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), all);
    assert!(sizes.iter().all(|size| *size <= 4), "{sizes:?}");
}

#[test]
fn counters_grow_from_request_to_request_and_all_series_end_with_the_thread() {
    let sink = HttpSink::playing(&[Reply::Status(200)]);
    let profiler = service();
    let writing = writer(&sink).spawn(&profiler).unwrap();
    sink.wait_until(|received| received.len() >= 3);
    profiler.record("late", Duration::from_millis(1));
    let totals = writing.stop();
    let received = sink.received();
    let series = by_series(&received);
    for (labels, points) in &series {
        let ((_, last), before) = points.split_last().unwrap();
        assert_eq!(*last, None, "{labels:?} has not ended");
        let values: Vec<f64> = before.iter().map(|point| point.1.unwrap()).collect();
        assert!(values.is_sorted(), "{labels:?} {values:?}");
    }
    let name = ("__name__", "perf_operation_duration_seconds_count");
    let late =
        [name, ("operation", "late")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let points = &series[&Labels::from(late)];
    assert!(matches!(points[..], [.., (_, Some(1.0)), (_, None)]), "the last snapshot: {points:?}");
    let count: usize = received.iter().map(|request| samples(request).len()).sum();
    let bytes: usize = received.iter().map(|request| request.body.len()).sum();
    assert_eq!((totals.sent_requests, totals.sent_samples), (received.len() as u64, count as u64));
    assert_eq!((totals.sent_bytes, totals.queued_requests, totals.retries), (bytes as u64, 0, 0));
    assert_eq!(totals.last_error, None);
    assert_eq!(
        profiler.snapshot().counter("remote_write_sent_samples_total", &[]),
        Some(totals.sent_samples)
    );
}

#[test]
fn a_series_that_disappears_ends_and_the_others_go_on() {
    let sink = HttpSink::playing(&[Reply::Status(200)]);
    let promised = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&promised);
    let exposition = Exposition::new().sla_events(move |_| {
        let events = SlaEvents { sla: "fast".to_owned(), good: 1, total: 2 };
        asked.load(Relaxed).then_some(events).into_iter().collect()
    });
    let writing = writer(&sink).exposition(exposition).spawn(&Profiler::new()).unwrap();
    sink.wait_until(|received| !received.is_empty());
    promised.store(false, Relaxed);
    let ended = |received: &[_]| {
        let series = by_series(received);
        let of_sla = series.iter().filter(|(labels, _)| labels.contains_key("sla"));
        of_sla.clone().count() == 2
            && of_sla.clone().all(|(_, points)| points.last().unwrap().1.is_none())
    };
    sink.wait_until(ended);
    let before = sink.received().len();
    let received = sink.wait_until(|received| received.len() > before);
    for (labels, points) in by_series(&received) {
        let ends = points.iter().filter(|point| point.1.is_none()).count();
        assert_eq!(ends, usize::from(labels.contains_key("sla")), "{labels:?}");
    }
    drop(writing);
}

#[test]
fn a_gauge_that_is_no_number_has_not_ended() {
    let sink = HttpSink::playing(&[Reply::Status(200)]);
    let odd = f64::from_bits(0x7ff0_0000_0000_0002);
    let mut parts = SnapshotParts::default();
    parts.gauges.push((Series::new("odd", &[]), odd));
    writer(&sink).write(&Snapshot::from_parts(parts), SystemTime::now()).unwrap();
    let sent = by_series(&sink.received());
    let odd = &sent[&Labels::from([("__name__".to_owned(), "perf_odd".to_owned())])];
    assert!(odd[0].1.is_some_and(f64::is_nan), "{odd:?}");
}
