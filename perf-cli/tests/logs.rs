//! Logs judged and analyzed as a person does it. A test's name is the claim.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::tempdir;

fn perfkit(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_perfkit"))
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("COLUMNS")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A thousand requests in the seed's shape, one in ten slow.
fn write_log(folder: &Path) {
    let mut text = String::new();
    for i in 0..1_000 {
        let (start, generation) =
            (1_795_219_200.0 + f64::from(i) / 10.0, if i % 10 == 0 { 0.9 } else { 0.2 });
        let _ = writeln!(
            text,
            "{{\"start_time\":{start},\"total_time\":{},\"stages\":{{\"retrieval\":{{\"duration\":0.05,\"metadata\":{{}}}},\
             \"generation\":{{\"duration\":{generation},\"metadata\":{{}}}}}},\"request_id\":\"q{i}\"}}",
            generation + 0.1
        );
    }
    text.push_str("{\"torn");
    fs::create_dir_all(folder.join("logs")).unwrap();
    fs::write(folder.join("logs/20261121_performance.jsonl"), text).unwrap();
}

#[test]
fn a_folder_of_logs_is_judged_and_the_verdict_is_the_exit_code() {
    let folder = tempdir().unwrap();
    write_log(folder.path());
    for (limit, code, says) in [("500ms", 1, "VIOLATED"), ("2s", 0, "MET")] {
        fs::write(folder.path().join("sla.toml"), format!("[overall]\nmax_p95 = \"{limit}\"\n"))
            .unwrap();
        let output =
            perfkit(folder.path(), &["check", "--sla", "sla.toml", "logs", "--json", "r.json"]);
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
        assert!(told(&output).contains(says), "{}", told(&output));
        assert!(
            told(&output).contains("1 line skipped: 1 not of this format"),
            "{}",
            told(&output)
        );
    }
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!(report["overall"]["count"], 1_000);
    assert_eq!(report["run"]["duration_ns"].as_u64().map(|ns| ns / 1_000_000_000), Some(100));
}

#[test]
fn objectives_of_a_log_are_judged_by_when_its_events_were() {
    let folder = tempdir().unwrap();
    write_log(folder.path());
    let sla = "[[objectives]]\nname = \"all of it\"\ngood = \"latency <= 2s and generation <= 500ms\"\n\
               target = \"95%\"\nperiod = \"1d\"\n[[exclusions]]\nname = \"first minute\"\n\
               from = 2026-11-21T00:00:00Z\nto = 2026-11-21T00:01:00Z\n";
    fs::write(folder.path().join("sla.toml"), sla).unwrap();
    let output = perfkit(folder.path(), &["check", "--sla", "sla.toml", "logs"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let text = told(&output);
    assert!(text.contains("all of it") && text.contains("90.0 %"), "{text}");
    assert!(text.contains("first minute:") && text.contains("do not count"), "{text}");
}

#[test]
fn a_log_is_analyzed_with_what_to_look_at() {
    let folder = tempdir().unwrap();
    write_log(folder.path());
    let output = perfkit(folder.path(), &["logs", "analyze", "logs"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let text = told(&output);
    for words in ["1,000 requests", "generation 73 %", "retrieval", "unattributed", "request_id=q"]
    {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
}

#[test]
fn csv_of_others_is_judged_from_standard_input_too() {
    let folder = tempdir().unwrap();
    let mut csv = "path,ms,status\n".to_owned();
    (0..400).for_each(|i| {
        let _ = writeln!(csv, "/api,{},{}", 10 + i % 5, if i % 4 == 0 { 500 } else { 200 });
    });
    fs::write(folder.path().join("a.csv"), &csv).unwrap();
    fs::write(
        folder.path().join("sla.toml"),
        "[operations.\"/api\"]\nmin_success_rate = \"90%\"\n",
    )
    .unwrap();
    let arguments = [
        "check",
        "--sla",
        "sla.toml",
        "a.csv",
        "--duration-field",
        "ms",
        "--unit",
        "ms",
        "--operation-field",
        "path",
        "--ok-field",
        "status<500",
    ];
    let output = perfkit(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("100 of 400 failed"), "{}", told(&output));
    let json = "{\"t\":0.01}\n".repeat(100);
    fs::write(folder.path().join("all.toml"), "[overall]\nmax_p90 = \"1s\"\n").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_perfkit"))
        .args(["check", "--sla", "all.toml", "-", "--duration-field", "t"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(json.as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

/// `GET /` and the slower `GET /search`, in turn, as nginx, CSV and JSON lines have them.
fn write_operations(folder: &Path) {
    let (mut nginx, mut csv, mut json) = (String::new(), "path,s\n".to_owned(), String::new());
    for i in 0..2_000 {
        let (path, s) = if i % 2 == 0 { ("/", 0.05) } else { ("/search", 0.7) };
        let _ = writeln!(
            nginx,
            "::1 - - [21/Nov/2026:03:{:02}:{:02} +0000] \"GET {path} HTTP/1.1\" 200 1 \"-\" \"-\" {s}",
            i / 60,
            i % 60
        );
        let _ = writeln!(csv, "GET {path},{s}");
        let _ = writeln!(json, "{{\"path\":\"GET {path}\",\"s\":{s}}}");
    }
    for (name, text) in [("two.log", nginx), ("two.csv", csv), ("two.jsonl", json)] {
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn all_operations_of_a_log_of_others_are_its_whole_unless_the_file_names_one() {
    let folder = tempdir().unwrap();
    write_operations(folder.path());
    let fields = ["--duration-field", "s", "--operation-field", "path"];
    let inputs = [
        vec!["two.log", "--access", "nginx"],
        [&["two.csv"], &fields[..]].concat(),
        [&["two.jsonl"], &fields[..]].concat(),
    ];
    for input in &inputs {
        for (whole, code, count) in [("", 1, 2_000), ("overall_operation = \"GET /\"\n", 0, 1_000)]
        {
            let sla = format!("{whole}[overall]\nmax_p95 = \"300ms\"\n");
            fs::write(folder.path().join("ov.toml"), sla).unwrap();
            let check = ["check", "--sla", "ov.toml", "--json", "r.json"];
            let output = perfkit(folder.path(), &[&check, &input[..]].concat());
            assert_eq!(output.status.code(), Some(code), "{input:?}: {}", told(&output));
            let report = fs::read(folder.path().join("r.json")).unwrap();
            let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
            assert_eq!(report["overall"]["count"], count, "{input:?}");
            assert_eq!(report["operations"].as_array().map(Vec::len), Some(2), "{input:?}");
        }
        let output = perfkit(folder.path(), &[&["logs", "analyze"], &input[..]].concat());
        let text = told(&output);
        assert!(text.contains("2,000 calls") && text.contains("GET /search"), "{text}");
        assert!(!text.contains("request "), "{text}");
    }
}

#[test]
fn bad_input_ends_with_3_and_says_what_to_do() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("sla.toml"), "[overall]\nmax_p95 = \"1s\"\n").unwrap();
    fs::write(folder.path().join("empty.jsonl"), "").unwrap();
    fs::write(folder.path().join("foreign.jsonl"), "hello\n").unwrap();
    let combined = "::1 - - [21/Nov/2026:03:40:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"";
    fs::write(folder.path().join("combined.log"), format!("{combined}\n")).unwrap();
    fs::write(folder.path().join("timed.log"), format!("{combined} 0.250\n")).unwrap();
    fs::create_dir(folder.path().join("nothing")).unwrap();
    for (arguments, says) in [
        (vec!["none.jsonl"], "none.jsonl: cannot be read"),
        (vec!["nothing"], "has no logs"),
        (vec!["empty.jsonl"], "no request was read"),
        (
            vec!["foreign.jsonl"],
            "1 line skipped: 1 not of this format; the first is foreign.jsonl:1",
        ),
        (vec!["foreign.jsonl", "--access", "$status"], "lacks $request_time"),
        (vec!["combined.log", "--access", "nginx"], "1 without a duration"),
        (vec!["combined.log", "--access", "nginx"], "$request_time at the end of log_format"),
        (vec!["combined.log"], "--access nginx (or apache)"),
        (vec!["timed.log"], "--access nginx (or apache)"),
        (
            vec!["foreign.jsonl", "--duration-field", "t", "--unit", "fortnights"],
            "--unit fortnights",
        ),
        (
            vec!["foreign.jsonl", "--duration-field", "t", "--ok-field", "ok"],
            "is no test of a field",
        ),
        (vec!["foreign.jsonl", "--ok-field", "ok=1"], "--duration-field"),
        (vec![], "INPUT"),
    ] {
        let arguments = [vec!["check", "--sla", "sla.toml"], arguments].concat();
        let output = perfkit(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(says), "{arguments:?}: {}", told(&output));
    }
}

/// A web server that is stopped when dropped.
struct Nginx(Child);

impl Nginx {
    /// `None` where there is none.
    fn start(folder: &Path, port: u16) -> Option<Self> {
        let config = format!(
            "daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n\
             events {{}}\nhttp {{\n  log_format timed '$remote_addr - $remote_user [$time_local] \"$request\" '\n\
             '$status $body_bytes_sent \"$http_referer\" \"$http_user_agent\" $request_time';\n\
             access_log {folder}/access.log timed;\n  client_body_temp_path {folder}/body;\n\
             proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;\n\
             uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;\n\
             server {{ listen 127.0.0.1:{port};\n    location /ok {{ return 200 ok; }}\n\
             location /broken {{ return 503; }} }} }}\n",
            folder = folder.display()
        );
        fs::write(folder.join("nginx.conf"), config).unwrap();
        let server = Command::new("nginx")
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .stderr(Stdio::null())
            .spawn();
        let server = Nginx(server.ok()?);
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "nginx does not listen");
            std::thread::yield_now();
        }
        Some(server)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_access_log_of_a_real_nginx_is_judged() {
    let folder = tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Some(server) = Nginx::start(folder.path(), port) else {
        return eprintln!(
            "skipped: no nginx on this machine (Debian: apt-get install nginx-light)"
        );
    };
    for i in 0..500 {
        let path = if i % 10 == 0 { "/broken?x=1" } else { "/ok" };
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    }
    drop(server);
    fs::write(
        folder.path().join("sla.toml"),
        "[operations.\"GET /ok\"]\nmax_p99 = \"1s\"\nmin_success_rate = \"98%\"\n\
         [operations.\"GET /broken\"]\nmax_error_rate = \"50%\"\n",
    )
    .unwrap();
    let output =
        perfkit(folder.path(), &["check", "--sla", "sla.toml", "--access", "nginx", "access.log"]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("1 of 3 targets violated") && text.contains("50 of 50 failed"), "{text}");
    assert!(text.contains("50 status 503 in GET /broken"), "{text}");
}

#[test]
fn what_a_stage_was_told_counts_in_a_log_as_it_does_in_the_process() {
    let folder = tempdir().unwrap();
    let mut text = String::new();
    for i in 0..400 {
        let _ = writeln!(
            text,
            "{{\"start_time\":{}.5,\"total_time\":0.2,\"stages\":{{\"retrieval\":{{\"duration\":0.1,\"metadata\":{{\"hit\":{}}}}}}}}}",
            1_795_219_200 + i,
            i % 4 != 0
        );
    }
    fs::write(folder.path().join("log.jsonl"), text).unwrap();
    let sla = "[[objectives]]\nname = \"useful\"\ngood = \"latency <= 2s and retrieval.hit\"\ntarget = \"90%\"\n";
    fs::write(folder.path().join("sla.toml"), sla).unwrap();
    let output = perfkit(folder.path(), &["check", "--sla", "sla.toml", "log.jsonl"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("100 of 400 bad"), "{}", told(&output));
}
