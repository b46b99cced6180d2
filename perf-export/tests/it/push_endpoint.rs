//! What can be sent to, and what nobody gets to see.

use super::http_sink::{HttpSink, Reply};
use perf_core::Profiler;
use perf_export::push::{Endpoint, Pushgateway, RemoteWrite};
use std::time::{Duration, SystemTime};

#[test]
fn a_url_that_leads_nowhere_is_refused_at_once_with_the_reason() {
    for (url, reason) in [
        ("", "no scheme"),
        ("localhost:9090/api/v1/write", "no scheme"),
        ("ftp://localhost/", "neither http nor https"),
        ("file:///etc/passwd", "neither http nor https"),
        ("http://", "cannot be read"),
        ("http:///api/v1/write", "cannot be read"),
        ("http://:9090/", "no host"),
        ("http://host:port/", "port"),
        ("http://host:99999/", "port"),
        ("http://host:0/", "port"),
        ("http://host:/", "port"),
        ("http://host/a b", "cannot be read"),
        ("http://user:hunter2@host/", "Endpoint::basic"),
    ] {
        let error = Endpoint::new(url).unwrap_err().to_string();
        assert!(error.contains(reason), "{url}: {error}");
        assert!(!error.contains("hunter2"));
        assert!(RemoteWrite::to(url).is_err() && Pushgateway::to(url, "job").is_err());
    }
    for url in
        ["http://host", "HTTP://host:1/x?y=z", "http://[::1]:9090/", "http://127.0.0.1:65535"]
    {
        Endpoint::new(url).unwrap();
    }
    let secure = Endpoint::new("https://host/");
    match cfg!(feature = "push-tls") {
        true => drop(secure.unwrap()),
        false => assert!(secure.unwrap_err().to_string().contains("push-tls")),
    }
}

#[test]
fn what_http_or_prometheus_cannot_carry_is_refused_at_once() {
    let endpoint = || Endpoint::new("http://host/?token=hunter2").unwrap();
    assert!(endpoint().header("a b", "c").is_err());
    assert!(endpoint().header("x-tenant", "a\nb").is_err());
    assert!(endpoint().header("Content-Encoding", "gzip").is_err());
    assert!(endpoint().bearer("").is_err());
    assert!(endpoint().basic("a:b", "c").is_err());
    let missing = endpoint().bearer_from_env("PERFKIT_TEST_NOT_SET").unwrap_err();
    assert!(missing.to_string().contains("PERFKIT_TEST_NOT_SET"));
    for name in ["", "__name__", "a-b", "1st", "größe"] {
        assert!(RemoteWrite::at(endpoint()).label(name, "x").is_err(), "{name}");
    }
    assert!(Pushgateway::at(endpoint(), "job").is_err(), "a query has no place there");
    let gateway = || Pushgateway::to("http://host/", "job").unwrap();
    assert!(gateway().grouping("job", "x").is_err());
    assert!(gateway().grouping("instance", &"x".repeat(70_000)).is_err());
    assert!(Pushgateway::to("http://host/", "").is_err());
}

#[test]
fn credentials_and_headers_are_sent_and_never_shown() {
    let sink = HttpSink::playing(&[Reply::Status(200)]);
    let endpoint = || Endpoint::new(&sink.url("/write?token=hunter2")).unwrap();
    let path = std::env::var("PATH").unwrap();
    let endpoints = [
        endpoint().header("X-Scope-OrgID", "hunter2").unwrap().bearer("hunter2").unwrap(),
        endpoint().basic("anna", "hunter2").unwrap(),
        endpoint().bearer_from_env("PATH").unwrap(),
    ];
    for endpoint in &endpoints {
        let write = RemoteWrite::at(endpoint.clone()).deadline(Duration::from_secs(60));
        write.write(&Profiler::new().lifetime(), SystemTime::now()).unwrap();
        for shown in [format!("{endpoint:?}"), format!("{write:#?}")] {
            assert!(shown.contains("authorization") && shown.contains("/write"), "{shown}");
            assert!(!shown.contains("hunter2") && !shown.contains(&path), "{shown}");
            assert!(!shown.contains("YW5uYTpodW50ZXIy"), "{shown}");
        }
    }
    let received = sink.received();
    let authorization = |i: usize| received[i].header("authorization").unwrap().to_owned();
    assert_eq!(received[0].path, "/write?token=hunter2");
    assert_eq!(received[0].header("x-scope-orgid"), Some("hunter2"));
    assert_eq!(authorization(0), "Bearer hunter2");
    assert_eq!(authorization(1), "Basic YW5uYTpodW50ZXIy");
    assert_eq!(authorization(2), format!("Bearer {path}"));
}
