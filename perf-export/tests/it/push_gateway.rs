//! What a job leaves with a Pushgateway.

use super::exposition::service;
use super::http_sink::{HttpSink, Reply};
use perf_core::Profiler;
use perf_export::prometheus::{Exposition, Format};
use perf_export::push::{Endpoint, PushError, Pushgateway};
use std::time::{Duration, Instant};

fn gateway(sink: &HttpSink) -> Pushgateway {
    let (quick, patient) = (Duration::from_millis(1), Duration::from_secs(60));
    let endpoint = Endpoint::new(&sink.url("/gateway/")).unwrap();
    let endpoint = endpoint.timeout(patient).backoff(quick, quick);
    Pushgateway::at(endpoint, "nightly").unwrap().deadline(patient)
}

#[test]
fn a_push_is_the_exposition_under_the_path_of_its_group() {
    let sink = HttpSink::playing(&[Reply::Status(202)]);
    let (snapshot, exposition) = (service().lifetime(), Exposition::new());
    let gateway =
        gateway(&sink).grouping("path", "/var/tmp").unwrap().grouping("az", "a 1").unwrap();
    gateway.push(&snapshot).unwrap();
    gateway.clone().as_protobuf().add(&snapshot).unwrap();
    gateway.delete().unwrap();
    let received = sink.received();
    let group = "/gateway/metrics/job/nightly/az/a%201/path@base64/L3Zhci90bXA";
    assert!(received.iter().all(|request| request.path == group), "{:?}", received[0].path);
    let methods: Vec<&str> = received.iter().map(|request| &*request.method).collect();
    assert_eq!(methods, ["PUT", "POST", "DELETE"]);
    for (request, format) in received.iter().zip([Format::Text, Format::Protobuf]) {
        let mut body = Vec::new();
        exposition.encode(&snapshot, format, &mut body);
        assert!(request.body == body, "{format:?}");
        assert_eq!(request.header("content-type"), Some(format.content_type()));
    }
    assert!(received[2].body.is_empty());
}

#[test]
fn what_the_gateway_refuses_is_told_and_not_tried_again() {
    let sink = HttpSink::playing(&[Reply::Full(400, "", "pushed metrics are invalid\n")]);
    let error = gateway(&sink).push(&Profiler::new().lifetime()).unwrap_err();
    let (status, body) = (400, "pushed metrics are invalid\n".to_owned());
    assert_eq!(error, PushError::Refused { status, body });
    assert_eq!(
        error.to_string(),
        "the server refuses it with status 400: pushed metrics are invalid"
    );
    assert_eq!(sink.received().len(), 1);
}

#[test]
fn a_gateway_that_is_away_for_a_moment_gets_the_push() {
    let replies = [Reply::Status(500), Reply::Close, Reply::Garbage, Reply::Status(200)];
    let sink = HttpSink::playing(&replies);
    gateway(&sink).push(&service().lifetime()).unwrap();
    let received = sink.received();
    assert_eq!(received.len(), 4);
    assert!(received.windows(2).all(|two| two[0].body == two[1].body));
}

#[test]
fn a_push_gives_up_at_its_deadline_even_if_the_gateway_says_nothing() {
    let sink = HttpSink::playing(&[Reply::Hang]);
    let began = Instant::now();
    let error =
        gateway(&sink).deadline(Duration::from_millis(300)).push(&Profiler::new().lifetime());
    assert!(matches!(error, Err(PushError::OutOfTime { attempts: 1.., .. })), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(30), "the time-out of one attempt is 60 s");
}

#[test]
fn a_pause_beyond_the_deadline_is_not_waited_for() {
    let sink = HttpSink::playing(&[Reply::Full(503, "retry-after: 290\r\n", "busy")]);
    let began = Instant::now();
    let error = gateway(&sink).push(&Profiler::new().lifetime()).unwrap_err();
    let last = "status 503: busy".to_owned();
    assert_eq!(error, PushError::OutOfTime { attempts: 1, last });
    assert!(began.elapsed() < Duration::from_secs(30));
}
