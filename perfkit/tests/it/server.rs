//! One server for scrapes, the SLA status and the report. A test's name is the claim.

use perfkit::analysis::RequestWatch;
use perfkit::export::prometheus::Exposition;
use perfkit::report::Report;
use perfkit::sla::SlaConfig;
use perfkit::{Clock, Profiler, Server};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The head and the body of the answer.
fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    client.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

#[test]
fn the_report_the_status_and_the_scrape_tell_of_the_same_calls() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let sla = SlaConfig::from_toml("[operations.search]\nmax_p95 = \"10ms\"").unwrap();
    sla.watch(&profiler).unwrap();
    let requests = RequestWatch::new(&profiler);
    let server = Server::new(&profiler)
        .exposition(Exposition::new().prefix("shop_").unwrap())
        .sla(sla)
        .with_timeline()
        .with_requests(&requests)
        .titled("a shop <today>")
        .spawn("127.0.0.1:0")
        .unwrap();
    let address = server.local_addr();
    for _ in 0..300 {
        profiler.record("search", Duration::from_millis(20));
    }
    profiler.request("query-1").time("search", || ());
    hand.advance(Duration::from_secs(2));

    let (head, scrape) = get(address, "/metrics");
    assert!(head.starts_with("http/1.1 200"));
    let line = "shop_operation_requests_total{operation=\"search\",status=\"success\"} 301\n";
    assert!(scrape.contains(line), "{scrape}");

    let status: Value = serde_json::from_str(&get(address, "/api/v1/sla").1).unwrap();
    assert_eq!(
        (&status["status"], &status["checks"][0]["bad_at_most"]),
        (&"violated".into(), &300.into())
    );
    let search = |json: &Value| {
        let operations = json["operations"].as_array().unwrap().clone();
        operations.into_iter().find(|operation| operation["name"] == "search").unwrap()
    };
    assert_eq!(search(&status)["count"], 301);

    let (head, json) = get(address, "/api/v1/report");
    assert!(head.contains("content-type: application/json"), "{head}");
    let report = Report::from_json(&json).unwrap();
    assert_eq!(report.snapshot().operation("search").unwrap().count(), 301);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["title"], &json["verdict"]["status"]),
        (&"a shop <today>".into(), &"violated".into())
    );
    // The two have one wording of a check.
    for key in ["sentence", "path", "limit_ns", "bad_at_least", "samples", "indicator", "status"] {
        assert_eq!(json["verdict"]["checks"][0][key], status["checks"][0][key], "{key}");
    }
    for key in ["count", "successes", "p50_ns", "p95_ns", "max_ns", "mean_ns", "success_ratio"] {
        assert_eq!(search(&json)[key], search(&status)[key], "{key}");
    }

    let (head, html) = get(address, "/report");
    assert!(head.contains("content-type: text/html; charset=utf-8"), "{head}");
    assert!(html.contains("a shop &lt;today&gt;") && html.contains("query-1"));
}

#[test]
fn the_options_of_the_metrics_server_hold_for_the_report_too() {
    let profiler = Profiler::new();
    let server = Server::new(&profiler).into_metrics_server().bearer_token("s3cret");
    let server = server.spawn("127.0.0.1:0").unwrap();
    for path in ["/report", "/api/v1/report", "/metrics"] {
        assert!(get(server.local_addr(), path).0.starts_with("http/1.1 401"), "{path}");
    }
    assert_eq!(get(server.local_addr(), "/healthz").1, "ok\n");
}
