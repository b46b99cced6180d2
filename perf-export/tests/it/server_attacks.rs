//! What the server goes on after. A test's name is the claim.

use super::server_client::{PATIENCE, connect, get, read_answer, send};
use perf_core::Profiler;
use perf_export::server::{MetricsServer, MetricsServerThread};
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

fn spawn(change: impl FnOnce(MetricsServer) -> MetricsServer) -> (Profiler, MetricsServerThread) {
    let profiler = Profiler::new();
    profiler.record("work", Duration::from_millis(1));
    let server = change(MetricsServer::new(&profiler)).spawn("127.0.0.1:0").unwrap();
    (profiler, server)
}

#[test]
fn garbage_is_refused_and_the_next_request_is_answered() {
    let (_profiler, server) = spawn(|server| server);
    let line = |text: &str| format!("GET /metrics HTTP/1.1\r\nHost: here\r\n{text}\r\n\r\n");
    let many_headers: String = (0..500).map(|i| format!("X-{i}: y\r\n")).collect();
    let attacks = [
        vec![0; 10_000],
        (0..=255).cycle().take(50_000).collect(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET /metrics HTTP/9.9\r\n\r\n".to_vec(),
        b"GET http://[ HTTP/1.1\r\nHost: here\r\n\r\n".to_vec(),
        line(&format!("X-Long: {}", "a".repeat(100_000))).into_bytes(),
        line(&many_headers).into_bytes(),
        line("Content-Length: 5\r\nContent-Length: 6").into_bytes(),
        line("Content-Length: -1").into_bytes(),
        line("Content-Length: 99999999999999999999999").into_bytes(),
        line("No colon here").into_bytes(),
        line("Bad\0name: x").into_bytes(),
        format!("GET /{} HTTP/1.1\r\nHost: here\r\n\r\n", "a".repeat(100_000)).into_bytes(),
    ];
    for attack in attacks {
        let answer = send(server.local_addr(), &attack);
        let shown = String::from_utf8_lossy(&attack[..attack.len().min(60)]).into_owned();
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(is_refused, "{shown:?}: {answer}");
        assert_eq!(get(server.local_addr(), "/healthz").status, 200, "after {shown:?}");
    }
}

#[test]
fn a_head_beyond_16_kib_is_told_so_without_being_read_to_its_end() {
    let (_profiler, server) = spawn(|server| server);
    let mut client = connect(server.local_addr());
    let head = format!("GET /metrics HTTP/1.1\r\nX-Long: {}", "a".repeat(16 * 1_024));
    client.write_all(head.as_bytes()).unwrap();
    assert_eq!(read_answer(&mut BufReader::new(client), true).status, 431);
}

#[test]
fn a_smuggled_second_request_is_no_request() {
    let (profiler, server) = spawn(|server| server);
    let smuggled = "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n";
    let head = "POST /metrics HTTP/1.1\r\nHost: here\r\n";
    // The lengths contradict each other, or are written so that others read them otherwise.
    for lengths in [
        format!("Content-Length: 0\r\nContent-Length: {}\r\n", smuggled.len()),
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked, identity\r\n", smuggled.len()),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Content-Length: +0\r\n".to_owned(),
        "Transfer-Encoding : chunked\r\n".to_owned(),
    ] {
        let answer = send(server.local_addr(), format!("{head}{lengths}\r\n{smuggled}").as_bytes());
        assert!(!answer.contains("HTTP/1.1 200"), "{lengths}: {answer}");
    }
    assert_eq!(profiler.snapshot().counter("export_server_scrapes_total", &[]), Some(0));
}

#[test]
fn the_body_of_a_request_is_not_read_and_never_becomes_one() {
    let (profiler, server) = spawn(|server| server);
    let body = "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n";
    let whole = format!(
        "GET /healthz HTTP/1.1\r\nHost: here\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(send(server.local_addr(), whole.as_bytes()).contains("\r\n\r\nok\n"));
    // One that claims to send a terabyte is answered, and its connection is over.
    let mut client = connect(server.local_addr());
    let head = "POST /metrics HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000000\r\n\r\n";
    client.write_all(head.as_bytes()).unwrap();
    let mut client = BufReader::new(client);
    assert_eq!(read_answer(&mut client, true).status, 405);
    assert_eq!(client.read(&mut [0]).unwrap_or(0), 0, "it is closed");
    assert_eq!(profiler.snapshot().counter("export_server_scrapes_total", &[]), Some(0));
}

#[test]
fn http_1_0_pipelined_requests_and_half_closed_sockets_are_answered() {
    let (_profiler, server) = spawn(|server| server);
    let old = send(server.local_addr(), b"GET /healthz HTTP/1.0\r\n\r\n");
    assert!(old.starts_with("HTTP/1.0 200") && old.ends_with("ok\n"), "{old}");
    let request = "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n";
    let answers = send(server.local_addr(), request.repeat(100).as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 100);
    assert_eq!(answers.matches("ok\n").count(), 100);
    let mut half = connect(server.local_addr());
    half.write_all(b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
    half.shutdown(Shutdown::Write).unwrap();
    assert!(read_answer(&mut BufReader::new(half), true).text().contains("perf_operation"));
}

#[test]
fn slow_sockets_by_the_hundred_do_not_keep_a_scrape_out() {
    let (profiler, server) = spawn(|server| server.header_timeout(Duration::from_secs(600)));
    let slow: Vec<TcpStream> = (0..500)
        .map(|_| {
            let mut client = connect(server.local_addr());
            // Closed for a later one it may be by now.
            let _ = client.write_all(b"GET /metrics HTTP/1.1\r\nHost: ");
            client
        })
        .collect();
    let begun = Instant::now();
    assert_eq!(get(server.local_addr(), "/metrics").status, 200);
    assert!(begun.elapsed() < Duration::from_secs(30), "without waiting for anybody's time-out");
    // Some may still stand in the system's queue.
    let evicted = || profiler.snapshot().counter("export_server_evicted_connections_total", &[]);
    while evicted() < Some(501 - 128) {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    assert_eq!(evicted(), Some(501 - 128));
    drop(slow);
}

#[test]
fn who_asks_keeps_the_connection_and_who_was_silent_longest_loses_it() {
    let (profiler, server) = spawn(|server| server.max_connections(2));
    let ask = |client: &mut BufReader<TcpStream>| {
        client.get_mut().write_all(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
        assert_eq!(read_answer(client, true).status, 200);
    };
    let mut asking = BufReader::new(connect(server.local_addr()));
    ask(&mut asking);
    for round in 0..5 {
        let mut silent = BufReader::new(connect(server.local_addr()));
        // Now it has its seat, before the other one asks again.
        ask(&mut silent);
        ask(&mut asking);
        assert_eq!(get(server.local_addr(), "/healthz").status, 200);
        ask(&mut asking);
        assert_eq!(silent.read(&mut [0]).unwrap_or(0), 0, "round {round}");
    }
    let evicted = profiler.snapshot().counter("export_server_evicted_connections_total", &[]);
    assert!(evicted >= Some(5), "{evicted:?}");
}

#[test]
fn clients_that_do_not_take_their_answers_do_not_keep_a_scrape_out() {
    let (_profiler, server) = spawn(|server| {
        server.max_connections(8).route("/large", "text/plain", || Ok("x".repeat(8 << 20)))
    });
    let deaf: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut client = connect(server.local_addr());
            let _ = client.write_all(b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n");
            client
        })
        .collect();
    assert_eq!(get(server.local_addr(), "/metrics").status, 200);
    drop(deaf);
}
