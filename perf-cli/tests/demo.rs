//! The demo as a person runs it. A test's name is the claim.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const PERFKIT: &str = env!("CARGO_BIN_EXE_perfkit");

/// A folder with a small corpus, and the command run in it.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        let corpus = desk.path("corpus");
        fs::create_dir_all(&corpus).unwrap();
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
        let architecture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
        fs::copy(readme, corpus.join("README.md")).unwrap();
        fs::copy(architecture, corpus.join("ARCHITECTURE.md")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    fn demo(&self, arguments: &[&str]) -> Output {
        Command::new(PERFKIT)
            .arg("demo")
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("NO_COLOR")
            .env_remove("COLUMNS")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap()
    }
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_met_sla_ends_with_0_and_writes_three_reports_of_the_same_run() {
    let desk = Desk::new();
    desk.write("sla.toml", "overall_operation = \"end_to_end\"\n[overall]\nmax_p99 = \"1h\"");
    let output = desk.demo(&["--corpus", "corpus", "--queries", "400", "--sla", "sla.toml"]);
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    let text = told(&output);
    assert!(text.contains("SLA  MET ✓") && text.contains("400 requests"), "{text}");
    assert!(text.contains("where the time goes:"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");

    let json = fs::read_to_string(desk.path("perfkit-demo/report.json")).unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["verdict"]["status"], "met");
    let names: Vec<_> = json["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["embedding", "end_to_end", "generation", "reranking", "retrieval"]);
    let count = |i: usize| json["operations"][i]["count"].as_u64().unwrap();
    assert_eq!(count(1), 400);
    assert!(
        count(0) == 400 && count(4) <= 400 && count(2) <= count(4),
        "stages end early on failure"
    );
    for report in ["report.md", "report.html"] {
        let text = fs::read_to_string(desk.path("perfkit-demo").join(report)).unwrap();
        assert!(text.contains("400 requests"), "{report}");
    }
}

#[test]
fn a_violated_sla_ends_with_1_and_says_which_target() {
    let desk = Desk::new();
    desk.write("sla.toml", "[operations.end_to_end]\nmax_p50 = \"1ns\"");
    let output = desk.demo(&["--corpus", "corpus", "--queries", "200", "--sla", "sla.toml"]);
    assert_eq!(code(&output), Some(1), "{}", told(&output));
    assert!(told(&output).contains("✗ end_to_end  p50"), "{}", told(&output));
}

#[test]
fn too_few_questions_for_a_p99_end_with_2() {
    let desk = Desk::new();
    desk.write("sla.toml", "[operations.end_to_end]\nmax_p99 = \"1h\"");
    let output = desk.demo(&["--corpus", "corpus", "--queries", "50", "--sla", "sla.toml"]);
    assert_eq!(code(&output), Some(2), "{}", told(&output));
    assert!(told(&output).contains("249 more needed to be sure"), "{}", told(&output));
}

#[test]
fn bad_input_ends_with_3_and_names_the_file_and_the_remedy() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    desk.write("file.txt", "a file");
    desk.write("bad.toml", "[overall]\nmax_p95 = 300");
    let cases: [(&[&str], &[&str]); 9] = [
        (&["--corpus", "missing"], &["missing"]),
        (&["--corpus", "file.txt"], &["file.txt"]),
        (&["--corpus", "empty"], &["empty", "--corpus"]),
        (&["--sla", "missing.toml"], &["missing.toml", "cannot be read"]),
        (&["--sla", "bad.toml"], &["bad.toml:2:11:", "\"300ms\""]),
        (&["--queries", "0"], &["--queries", "at least 1"]),
        (&["--serve", ":9464"], &["--serve: \":9464\" is no address", "such as 127.0.0.1:9464"]),
        (&["--concurrency", "x"], &["--concurrency", "whole number"]),
        (&["--corpus", "corpus", "--out", "file.txt"], &["file.txt", "cannot be created"]),
    ];
    for (arguments, words) in cases {
        let output = desk.demo(arguments);
        assert_eq!(code(&output), Some(3), "{arguments:?}: {}", told(&output));
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(words.iter().all(|word| error.contains(word)), "{arguments:?}: {error}");
    }
}

#[test]
fn files_that_are_no_text_are_skipped_and_counted() {
    let desk = Desk::new();
    desk.write("corpus/latin1.txt", b"caf\xe9");
    desk.write("sla.toml", "[operations.end_to_end]\nmax_p50 = \"1h\"");
    let output = desk.demo(&["--corpus", "corpus", "--queries", "50", "--sla", "sla.toml"]);
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    let text = told(&output);
    assert!(text.contains("skipped: 1") && text.contains("latin1.txt"), "{text}");
}

#[test]
fn the_reports_of_one_run_are_no_corpus_of_the_next() {
    let desk = Desk::new();
    desk.write("sla.toml", "[operations.end_to_end]\nmax_p50 = \"1h\"");
    let run = || told(&desk.demo(&["--queries", "50", "--sla", "sla.toml"]));
    let corpus = |text: &str| text.lines().next().unwrap().to_owned();
    assert_eq!(corpus(&run()), corpus(&run()));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_costs_neither_the_reports_nor_the_exit_code() {
    let desk = Desk::new();
    desk.write("sla.toml", "[operations.end_to_end]\nmax_p50 = \"1ns\"");
    let line = format!(
        "{PERFKIT} demo --corpus corpus --queries 50 --sla sla.toml | true; exit ${{PIPESTATUS[0]}}"
    );
    let output =
        Command::new("bash").args(["-c", &line]).current_dir(desk.0.path()).output().unwrap();
    assert_eq!(code(&output), Some(1), "{}", told(&output));
    assert!(fs::metadata(desk.path("perfkit-demo/report.html")).unwrap().len() > 1_000);
    let line = format!("{PERFKIT} demo --corpus corpus --queries 50 --sla sla.toml > /dev/full");
    let output =
        Command::new("bash").args(["-c", &line]).current_dir(desk.0.path()).output().unwrap();
    assert_eq!(code(&output), Some(3));
    assert!(told(&output).contains("standard output: cannot be written"), "{}", told(&output));
}

#[test]
fn a_corpus_that_is_missing_leaves_nothing_behind() {
    let desk = Desk::new();
    assert_eq!(code(&desk.demo(&["--corpus", "missing"])), Some(3));
    assert!(!desk.path("perfkit-demo").exists());
}

#[test]
fn a_corpus_without_text_leaves_no_empty_reports() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    assert_eq!(code(&desk.demo(&["--corpus", "empty", "--out", "out"])), Some(3));
    let left: Vec<_> =
        fs::read_dir(desk.path("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, [".gitignore"]);
}

#[test]
fn colours_come_only_when_asked_for_where_there_is_no_terminal() {
    let desk = Desk::new();
    desk.write("sla.toml", "[operations.end_to_end]\nmax_p50 = \"1h\"");
    let arguments = ["demo", "--corpus", "corpus", "--queries", "50", "--sla", "sla.toml"];
    let mut command = Command::new(PERFKIT);
    command.args(arguments).current_dir(desk.0.path());
    assert!(!told(&command.output().unwrap()).contains('\u{1b}'));
    assert!(told(&command.env("CLICOLOR_FORCE", "1").output().unwrap()).contains('\u{1b}'));
    let plain = command.env("NO_COLOR", "1").env("LC_ALL", "C").output().unwrap();
    assert!(!told(&plain).contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_with_a_report_of_what_was_measured_and_130() {
    use std::io::Read;
    use std::process::Stdio;
    let desk = Desk::new();
    let mut child = Command::new(PERFKIT)
        .args(["demo", "--corpus", "corpus", "--queries", "100000000"])
        .current_dir(desk.0.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The first line comes after the handler was set and before the first question.
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 7];
    stdout.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"corpus:");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{text}");
}

#[cfg(unix)]
#[test]
fn what_an_alert_says_stands_on_the_screen_once_and_no_handler_is_called() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let desk = Desk::new();
    desk.write(
        "sla.toml",
        "[operations.end_to_end]\nmax_p50 = \"1ns\"\n[[alerts]]\nname = \"slow\"\nwatch = \"all\"\n\
         handlers = [\"a\", \"b\"]\n[handlers.a]\ntype = \"file\"\npath = \"called\"\n\
         [handlers.b]\ntype = \"slack\"\nurl = \"env:NEVER_SET\"\n",
    );
    let mut child = Command::new(PERFKIT)
        .args(["demo", "--corpus", "corpus", "--queries", "100000000", "--sla", "sla.toml"])
        .current_dir(desk.0.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let alert = lines.find(|line| line.starts_with("alert: ")).unwrap();
    assert!(alert.contains("end_to_end p50") && alert.contains("limit 1ns"), "{alert}");
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupt.success());
    let others: Vec<String> = lines.filter(|line| line.starts_with("alert: ")).collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!desk.path("called").exists());
}

/// The body of what is answered at `path`.
#[cfg(unix)]
fn get(address: &str, path: &str) -> String {
    get_as(address, path, "*/*")
}

/// The same, in a format that is accepted.
#[cfg(unix)]
fn get_as(address: &str, path: &str, accept: &str) -> String {
    use std::io::{Read, Write};
    use std::time::Duration;
    let mut client = std::net::TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: here\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
    );
    client.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// Holds a scrape against Prometheus' own checker, where there is one.
#[cfg(unix)]
fn is_clean_to_promtool(scrape: &str) {
    use std::io::Write;
    use std::process::Stdio;
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut promtool) = promtool.stderr(Stdio::piped()).spawn() else {
        eprintln!("skipped: there is no promtool");
        return;
    };
    promtool.stdin.take().unwrap().write_all(scrape.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    assert!(output.status.success() && told(&output).is_empty(), "{}\n{scrape}", told(&output));
}

#[cfg(unix)]
#[test]
fn a_served_demo_answers_until_ctrl_c_and_ends_with_its_report_and_verdict() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;
    let desk = Desk::new();
    desk.write("sla.toml", "overall_operation = \"end_to_end\"\n[overall]\nmax_p50 = \"1h\"");
    let mut child = Command::new(PERFKIT)
        .args(["demo", "--corpus", "corpus", "--sla", "sla.toml", "--concurrency", "1"])
        .args(["--serve", "127.0.0.1:0"])
        .current_dir(desk.0.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let address = loop {
        let mut line = String::new();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "it ended before it served");
        if let Some((_, rest)) = line.split_once("serving http://") {
            break rest.trim().to_owned();
        }
    };
    let counted = |scrape: &str| -> f64 {
        let name = "perf_operation_requests_total{operation=\"end_to_end\",status=\"success\"} ";
        let line = scrape.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0.0, |count| count.parse().unwrap())
    };
    let scrape = || get(&address, "/metrics");
    let patience = std::time::Instant::now();
    while counted(&scrape()) < 20.0 {
        assert!(patience.elapsed().as_secs() < 120, "it answers no questions");
    }
    // What every dashboard of processes asks for.
    let own = scrape();
    for (name, kind) in [
        ("process_cpu_seconds_total", "counter"),
        ("process_start_time_seconds", "gauge"),
        ("process_resident_memory_bytes", "gauge"),
        ("process_virtual_memory_bytes", "gauge"),
        ("process_open_fds", "gauge"),
        ("process_max_fds", "gauge"),
        ("process_threads", "gauge"),
    ] {
        assert!(own.contains(&format!("\n# TYPE {name} {kind}\n{name} ")), "{name}: {own}");
    }
    is_clean_to_promtool(&own);
    let open = get_as(&address, "/metrics", "application/openmetrics-text;version=1.0.0");
    let has_trace = |line: &str| {
        line.starts_with("perf_operation_duration_seconds_bucket{operation=\"end_to_end\"")
            && line.contains(" # {trace_id=\"000")
    };
    assert!(open.lines().any(has_trace), "slow requests say which they were: {open}");
    assert!(scrape().contains("\nperf_export_server_scrapes_total "));
    let status: Value = serde_json::from_str(&get(&address, "/api/v1/sla")).unwrap();
    assert_eq!(status["schema"], "perf-sla-status");
    assert!(get(&address, "/report").contains("perfkit demo"));
    let report: Value = serde_json::from_str(&get(&address, "/api/v1/report")).unwrap();
    let seen = report["overall"]["count"].as_u64().unwrap();
    assert!(seen >= 20);

    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{text}");
    assert!(text.contains("SLA  MET"), "{text}");
    let json = fs::read_to_string(desk.path("perfkit-demo/report.json")).unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(json["overall"]["count"].as_u64().unwrap() >= seen);
}

#[test]
fn an_address_that_is_taken_is_refused_before_anything_is_made() {
    let desk = Desk::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = desk.demo(&["--corpus", "corpus", "--serve", &address]);
    assert_eq!(code(&output), Some(3));
    let words = format!("--serve: {address} is in use: another program listens there");
    assert!(told(&output).contains(&words), "{}", told(&output));
    assert!(!desk.path("perfkit-demo").exists());
}

#[test]
fn help_has_examples_and_the_exit_codes() {
    for (arguments, words) in [
        (&["--help"][..], &["Exit codes:", "demo"][..]),
        (
            &["demo", "--help"],
            &["Examples:", "--corpus", "--queries", "--concurrency", "--sla", "--out", "--serve"],
        ),
    ] {
        let output = Command::new(PERFKIT).args(arguments).output().unwrap();
        assert_eq!(code(&output), Some(0));
        let text = told(&output);
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
    let usage = Command::new(PERFKIT).arg("--no-such-option").output().unwrap();
    assert_eq!(code(&usage), Some(3), "usage errors are 3, not clap's 2");
}
