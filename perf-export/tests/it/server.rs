//! What the server answers, asked over TCP. A test's name is the claim.

use super::exposition::service;
use super::server_client::{PATIENCE, connect, get, get_with, read_answer};
use super::strict_parser::{parse_text, value};
use flate2::read::GzDecoder;
use perf_core::{Clock, Profiler};
use perf_export::prometheus::Exposition;
use perf_export::server::{MetricsServer, ServerError};
use perf_sla::SlaConfig;
use serde_json::{Value, json};
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

const HERE: &str = "127.0.0.1:0";

#[test]
fn metrics_come_in_the_format_that_is_asked_for() {
    let server = MetricsServer::new(&service()).spawn(HERE).unwrap();
    let text = get(server.local_addr(), "/metrics");
    assert_eq!(text.status, 200);
    assert!(text.has("content-type: text/plain; version=0.0.4; charset=utf-8"));
    let families = parse_text(&text.text());
    let labels = [("operation", "request"), ("status", "success")];
    assert_eq!(value(&families, "perf_operation_requests_total", &labels), 1_001.0);
    // Two headers are one list.
    let accept = "Accept: text/html\r\nAccept: application/openmetrics-text;version=1.0.0\r\n";
    let open = get_with(server.local_addr(), "/metrics?name=x", accept);
    assert!(open.has("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"));
    assert!(open.text().ends_with("# EOF\n"));
}

#[test]
fn the_exposition_is_the_one_that_was_given_and_scrapes_are_counted() {
    let profiler = Profiler::new();
    let exposition = Exposition::new().prefix("rag_").unwrap();
    let server = MetricsServer::new(&profiler).exposition(exposition).spawn(HERE).unwrap();
    for scrape in [1.0, 2.0] {
        let families = parse_text(&get(server.local_addr(), "/metrics").text());
        assert_eq!(value(&families, "rag_export_server_scrapes_total", &[]), scrape);
        assert_eq!(value(&families, "rag_export_server_unauthorized_total", &[]), 0.0);
        assert_eq!(value(&families, "rag_export_server_evicted_connections_total", &[]), 0.0);
        let scrapes = &families["rag_export_server_scrapes_total"];
        assert_eq!(scrapes.help.as_deref(), Some("Scrapes that were answered."));
    }
}

#[test]
fn a_body_is_compressed_only_for_those_who_accept_it_and_is_the_same() {
    let profiler = service();
    let server = MetricsServer::new(&profiler)
        .route("/letters", "text/plain", || Ok("abc".repeat(10_000)))
        .route("/short", "text/plain", || Ok("short"))
        .spawn(HERE)
        .unwrap();
    let plain = get(server.local_addr(), "/letters");
    assert!(!plain.has("content-encoding: gzip"));
    let packed = get_with(server.local_addr(), "/letters", "Accept-Encoding: gzip\r\n");
    assert!(packed.has("content-encoding: gzip") && packed.body.len() < 1_000);
    let mut unpacked = Vec::new();
    GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let short = get_with(server.local_addr(), "/short", "Accept-Encoding: gzip\r\n");
    assert_eq!((short.text().as_str(), short.has("content-encoding: gzip")), ("short", false));
}

#[test]
fn pages_are_rendered_anew_and_their_errors_and_panics_are_answers() {
    let profiler = Profiler::new();
    let calls = profiler.counter("calls");
    let server = MetricsServer::new(&profiler)
        .route("/a/page", "text/html; charset=utf-8", move || {
            calls.increment();
            Ok("<p>a page")
        })
        .route("/fails", "text/html", || Err::<String, _>("no paper".into()))
        .route("/panics", "text/html", || -> Result<String, _> { panic!("out of ink") })
        .spawn(HERE)
        .unwrap();
    for _ in 0..2 {
        let page = get(server.local_addr(), "/a/page");
        assert_eq!((page.status, page.text().as_str()), (200, "<p>a page"));
        assert!(page.has("content-type: text/html; charset=utf-8"));
        assert!(page.has("cache-control: no-store"));
    }
    assert_eq!(profiler.snapshot().counter("calls", &[]), Some(2));
    let failed = get(server.local_addr(), "/fails");
    assert_eq!((failed.status, failed.text().contains("no paper")), (500, true));
    let panicked = get(server.local_addr(), "/panics");
    assert_eq!((panicked.status, panicked.text().contains("panicked")), (500, true));
    assert_eq!(get(server.local_addr(), "/metrics").status, 200);
}

#[test]
fn a_page_that_hangs_delays_neither_scrapes_nor_the_end() {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let server = MetricsServer::new(&Profiler::new())
        .route("/hangs", "text/plain", move || {
            let _ = held.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).recv();
            Ok("at last")
        })
        .spawn(HERE)
        .unwrap();
    let address = server.local_addr();
    let hanging: Vec<TcpStream> = (0..5)
        .map(|_| {
            let mut client = connect(address);
            client.write_all(b"GET /hangs HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
            client
        })
        .collect();
    assert_eq!(get(address, "/metrics").status, 200);
    server.stop_within(Duration::ZERO);
    for mut client in hanging {
        let mut rest = String::new();
        assert!(matches!(client.read_to_string(&mut rest), Ok(0) | Err(_)), "{rest}");
    }
    drop(release);
}

#[test]
fn a_crowd_that_asks_for_pages_is_rendered_a_few_times_and_a_probe_is_answered_meanwhile() {
    let (profiler, sla) = judged();
    let rendered = profiler.counter("rendered");
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let server = MetricsServer::new(&profiler)
        .sla(sla)
        .route("/page", "text/plain", move || {
            let _ = held.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).recv();
            rendered.increment();
            Ok("at last")
        })
        .spawn(HERE)
        .unwrap();
    let address = server.local_addr();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..100 {
            let tell = tell.clone();
            scope.spawn(move || {
                // As far as the server can tell, it may have gone.
                let mut client = connect(address);
                client.write_all(b"GET /page HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
                client.shutdown(std::net::Shutdown::Write).unwrap();
                let answer = read_answer(&mut BufReader::new(client), true);
                tell.send((answer.status, answer.has("retry-after: 1"))).unwrap();
            });
        }
        // Two are being rendered, and sixteen in line.
        for _ in 0..82 {
            assert_eq!(told.recv_timeout(PATIENCE).unwrap(), (503, true));
        }
        assert_eq!(get(address, "/healthz/sla").status, 503);
        drop(release);
        for _ in 0..18 {
            assert_eq!(told.recv_timeout(PATIENCE).unwrap(), (200, false));
        }
    });
    assert_eq!(profiler.snapshot().counter("rendered", &[]), Some(18));
}

#[test]
fn other_paths_get_a_list_and_other_methods_get_405() {
    let server = MetricsServer::new(&Profiler::new())
        .route("/own", "text/plain", || Ok("own"))
        .spawn(HERE)
        .unwrap();
    for path in ["/", "/nothing", "/metrics/", "/../../etc/passwd", "/%2e%2e/metrics", "//metrics"]
    {
        let answer = get(server.local_addr(), path);
        assert_eq!(answer.status, 404, "{path}");
        let listed = "There is no such page. There are:\n/metrics\n/api/v1/sla\n/healthz/sla\n/healthz\n/own\n";
        assert_eq!(answer.text(), listed);
    }
    for path in ["/metrics", "/api/v1/sla", "/healthz", "/own"] {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"] {
            let mut client = connect(server.local_addr());
            let head =
                format!("{method} {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n");
            client.write_all(head.as_bytes()).unwrap();
            let answer = read_answer(&mut BufReader::new(client), true);
            assert_eq!(
                (answer.status, answer.has("allow: GET, HEAD")),
                (405, true),
                "{method} {path}"
            );
        }
    }
}

#[test]
fn head_has_the_headers_of_get_and_no_body_on_a_connection_that_stays() {
    let server = MetricsServer::new(&service()).spawn(HERE).unwrap();
    let mut client = BufReader::new(connect(server.local_addr()));
    client.get_mut().write_all(b"HEAD /healthz HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
    let head = read_answer(&mut client, false);
    assert_eq!((head.status, head.has("content-length: 3")), (200, true));
    client.get_mut().write_all(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
    assert_eq!(read_answer(&mut client, true).text(), "ok\n");
}

/// 1,000 calls of 1 to 1,000 ms within ten seconds, and one that failed.
fn judged() -> (Profiler, SlaConfig) {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let sla = "[operations.answer]\nmax_p95 = \"300ms\"\nmin_success_rate = \"90%\"\n\
               [operations.rare]\nmax_p99 = \"1s\"\n\
               [[objectives]]\nname = \"fast\"\noperation = \"answer\"\ngood = \"latency <= 2s\"\ntarget = \"99%\"\n";
    let sla = SlaConfig::from_toml(sla).unwrap();
    sla.watch(&profiler).unwrap();
    for millis in 1..=1_000 {
        profiler.record("answer", Duration::from_millis(millis));
    }
    profiler.operation("answer").record_failure_with(Duration::from_millis(3), "time out");
    profiler.record("rare", Duration::from_millis(10));
    hand.advance(Duration::from_secs(10));
    (profiler, sla)
}

fn sla_status(address: SocketAddr) -> Value {
    let answer = get(address, "/api/v1/sla");
    assert_eq!(answer.status, 200);
    assert!(answer.has("content-type: application/json"));
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn the_sla_status_has_operations_checks_with_evidence_and_violations_as_sentences() {
    let (profiler, sla) = judged();
    let server = MetricsServer::new(&profiler).sla(sla).spawn(HERE).unwrap();
    let status = sla_status(server.local_addr());
    assert_eq!(status["schema"], "perf-sla-status");
    assert_eq!(status["schema_version"], "1.0");
    assert_eq!(status["interval_ns"], 10_000_000_000_u64);
    assert_eq!(status["status"], "violated");
    let sentence = "Operation 'answer' P95 (951.7ms) exceeds target (300.0ms)";
    let seen = status["violations"].as_array().unwrap();
    assert_eq!(seen.len(), 1);
    // The percentile is an estimate, and the rest is not.
    let seen = seen[0].as_str().unwrap();
    assert_eq!((&seen[..24], &seen[33..]), (&sentence[..24], &sentence[33..]), "{seen}");

    let checks = status["checks"].as_array().unwrap();
    let of = |path: &str| checks.iter().find(|check| check["path"] == path).unwrap();
    let p95 = of("operations.answer.max_p95");
    assert_eq!((&p95["status"], &p95["sentence"]), (&json!("violated"), &json!(seen)));
    assert_eq!((&p95["limit_ns"], &p95["samples"]), (&json!(300_000_000), &json!(1_000)));
    assert_eq!((&p95["bad_at_least"], &p95["bad_at_most"]), (&json!(700), &json!(700)));
    assert!(p95["observed_ns"].as_u64().unwrap().abs_diff(950_000_000) < 4_000_000);
    let rate = of("operations.answer.min_success_rate");
    assert_eq!((&rate["status"], &rate["is_minimum"]), (&json!("met"), &json!(true)));
    assert_eq!(
        (&rate["limit_ratio"], &rate["observed_ratio"]),
        (&json!(0.9), &json!(1_000.0 / 1_001.0))
    );
    let rare = of("operations.rare.max_p99");
    assert_eq!(rare["status"], "inconclusive");
    assert!(rare["samples_needed"].as_u64().unwrap() > 100);
    let budget = &of("objectives.fast")["budget"];
    assert_eq!((&budget["total"], &budget["bad_at_most"]), (&json!(1_001), &json!(1)));

    let answer = &status["operations"][0];
    assert_eq!(answer["name"], "answer");
    assert_eq!([&answer["count"], &answer["successes"], &answer["failures"]], [1_001, 1_000, 1]);
    assert_eq!([&answer["min_ns"], &answer["max_ns"]], [1_000_000, 1_000_000_000]);
    assert_eq!(answer["throughput_per_second"], 100.1);
    assert_eq!(answer["failure_kinds"]["time out"], 1);

    let health = get(server.local_addr(), "/healthz/sla");
    assert_eq!((health.status, health.text()), (503, format!("violated\n{seen}\n")));
}

#[test]
fn without_an_sla_file_the_status_is_null_and_health_is_fine() {
    let server = MetricsServer::new(&judged().0).spawn(HERE).unwrap();
    let status = sla_status(server.local_addr());
    assert!(status["status"].is_null() && status["operations"][0]["count"] == 1_001);
    assert_eq!(get(server.local_addr(), "/healthz/sla").status, 200);
}

#[test]
fn with_a_timeline_the_last_hour_is_judged_and_not_what_was_before() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let sla = SlaConfig::from_toml("[operations.answer]\nmax_p95 = \"300ms\"").unwrap();
    let record = |millis: u64| {
        for _ in 0..1_000 {
            profiler.record("answer", Duration::from_millis(millis));
        }
        hand.advance(Duration::from_secs(10));
        profiler.timeline().tick();
    };
    profiler.timeline().tick();
    record(900);
    for _ in 0..90 {
        hand.advance(Duration::from_secs(60));
        profiler.timeline().tick();
    }
    record(100);
    let server = || MetricsServer::new(&profiler).sla(sla.clone());
    let lately = server().with_timeline().spawn(HERE).unwrap();
    let status = sla_status(lately.local_addr());
    assert_eq!(
        (&status["status"], &status["operations"][0]["count"]),
        (&json!("met"), &json!(1_000))
    );
    let ever = server().spawn(HERE).unwrap();
    let status = sla_status(ever.local_addr());
    assert_eq!(
        (&status["status"], &status["operations"][0]["count"]),
        (&json!("violated"), &json!(2_000))
    );
}

#[test]
fn what_cannot_be_served_is_said_with_the_remedy() {
    let occupied = TcpListener::bind(HERE).unwrap();
    let address = occupied.local_addr().unwrap();
    let profiler = Profiler::new();
    let error = MetricsServer::new(&profiler).spawn(address).unwrap_err();
    assert!(matches!(error, ServerError::InUse(at) if at == address));
    let words = format!(
        "{address} is in use: another program listens there; stop it, or choose another port"
    );
    assert!(error.to_string().starts_with(&words), "{error}");
    let error = MetricsServer::new(&profiler).spawn("nowhere").unwrap_err();
    assert!(error.to_string().contains("such as 127.0.0.1:9464"), "{error}");
    let routed = |path: &str| {
        let server = MetricsServer::new(&profiler).route(path, "text/plain", || Ok("own"));
        server.router().unwrap_err().to_string()
    };
    for (path, word) in [
        ("/metrics", "taken"),
        ("own", "begins with /"),
        ("/{any}", "begins with /"),
        ("/a b", "begins with /"),
        ("/*rest", "begins with /"),
        ("", "begins with /"),
    ] {
        assert!(routed(path).contains(word), "{path}");
    }
    let error = MetricsServer::new(&profiler).bearer_token("").spawn(HERE).unwrap_err();
    assert!(matches!(error, ServerError::Credentials(_)));
}

#[test]
fn a_server_that_is_stopped_or_dropped_frees_its_port_and_its_profiler() {
    let profiler = Profiler::new();
    let server = MetricsServer::new(&profiler).spawn(HERE).unwrap();
    let address = server.local_addr();
    let mut idle = connect(address);
    server.stop();
    assert!(matches!(idle.read(&mut [0]), Ok(0) | Err(_)), "it is closed");
    let again = MetricsServer::new(&profiler).spawn(address).unwrap();
    assert_eq!(get(again.local_addr(), "/healthz").status, 200);
    drop(again);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn the_routes_are_part_of_an_application_and_the_thread_starts_within_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (profiler, sla) = judged();
    let router = MetricsServer::new(&profiler).sla(sla).bearer_token("t").router().unwrap();
    let application: axum::Router = axum::Router::new()
        .route("/", axum::routing::get(|| async { "the service" }))
        .nest("/perf", router);
    let (tell, told) = std::sync::mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || {
        runtime.block_on(async {
            let own = MetricsServer::new(&Profiler::new()).spawn(HERE).unwrap();
            let listener = tokio::net::TcpListener::bind(HERE).await.unwrap();
            tell.send((listener.local_addr().unwrap(), own.local_addr())).unwrap();
            let ended = axum::serve(listener, application).with_graceful_shutdown(async {
                let _ = stopped.await;
            });
            ended.await.unwrap();
            drop(own);
        });
    });
    let (address, own) = told.recv().unwrap();
    let token = "Authorization: Bearer t\r\nConnection: close\r\n";
    let ask = |path: &str| get_with(address, path, token);
    assert_eq!(ask("/").text(), "the service");
    assert!(ask("/perf/metrics").text().contains("perf_operation_requests_total"));
    assert!(ask("/perf/api/v1/sla").text().contains("perf-sla-status"));
    assert!(ask("/perf/nothing").text().contains("There are:\n/perf/metrics\n"));
    assert_eq!(get_with(address, "/perf/healthz", "Connection: close\r\n").text(), "ok\n");
    assert_eq!(get_with(address, "/perf/metrics", "Connection: close\r\n").status, 401);
    assert_eq!(get(own, "/healthz").status, 200);
    stop.send(()).unwrap();
    serving.join().unwrap();
}
