//! Whom the server answers, asked by curl where there is one. A test's name is the claim.

use super::server_client::{get, get_with};
use perf_core::Profiler;
use perf_export::server::{MetricsServer, MetricsServerThread};
use std::process::{Command, Stdio};

fn server() -> (Profiler, MetricsServerThread) {
    let profiler = Profiler::new();
    let server = MetricsServer::new(&profiler)
        .bearer_token("s3cret")
        .basic_auth("prometheus", "pass:word")
        .route("/report", "text/html", || Ok("report"))
        .spawn("127.0.0.1:0")
        .unwrap();
    (profiler, server)
}

#[test]
fn nothing_but_health_is_answered_without_a_credential_and_refusals_are_counted() {
    let (profiler, server) = server();
    let address = server.local_addr();
    let closed = ["/metrics", "/api/v1/sla", "/healthz/sla", "/report", "/nothing", "/"];
    for path in closed {
        let refused = get(address, path);
        assert_eq!(refused.status, 401, "{path}");
        assert!(refused.has("www-authenticate: Bearer realm=\"perfkit\""));
        assert!(refused.has("www-authenticate: Basic realm=\"perfkit\", charset=\"UTF-8\""));
        assert!(!refused.text().contains("/metrics"));
    }
    assert_eq!(get(address, "/healthz").text(), "ok\n");
    assert_eq!(get_with(address, "/metrics", "Authorization: Bearer wrong\r\n").status, 401);
    assert_eq!(get_with(address, "/metrics", "Authorization: Bearer s3cret\r\n").status, 200);
    let snapshot = profiler.snapshot();
    let count = |name| snapshot.counter(name, &[]);
    assert_eq!(count("export_server_unauthorized_total"), Some(closed.len() as u64 + 1));
    assert_eq!(count("export_server_scrapes_total"), Some(1));
}

#[test]
fn curl_is_let_in_by_token_and_by_password() {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no curl");
        return;
    }
    let (_profiler, server) = server();
    let url = format!("http://{}/report", server.local_addr());
    let curl = |arguments: &[&str]| {
        let base =
            ["--silent", "--noproxy", "*", "--max-time", "60", "--write-out", "%{http_code}"];
        let output = Command::new("curl").args(base).args(arguments).arg(&url).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(curl(&[]).ends_with("401"));
    assert_eq!(curl(&["--header", "Authorization: Bearer s3cret"]), "report200");
    assert_eq!(curl(&["--user", "prometheus:pass:word", "--compressed"]), "report200");
    assert!(curl(&["--user", "prometheus:pass"]).ends_with("401"));
}
