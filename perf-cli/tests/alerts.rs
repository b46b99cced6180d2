//! Alerts tried on logs and through handlers, as a person does it. A test's name is the claim.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::{TempDir, tempdir};

/// 2026-11-21T00:00:00Z
const MIDNIGHT: u64 = 1_795_219_200;
const MINUTE: u64 = 60;

const SLOW_SEARCH: &str = "[operations.search]\nmax_p95 = \"100ms\"\n\
    [[alerts]]\nname = \"slow search\"\nwatch = \"operations.search.max_p95\"\nwindow = \"1min\"\n";

fn perfkit(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_perfkit"))
        .arg("alerts")
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("COLUMNS")
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn told(output: &Output) -> String {
    out(output) + &err(output)
}

/// A folder with an SLA file and an hour of a log, with a request a second.
fn desk(sla: &str, search: impl Fn(u64) -> f64) -> TempDir {
    let desk = tempdir().unwrap();
    fs::write(desk.path().join("sla.toml"), sla).unwrap();
    let mut log = String::new();
    for second in 0..60 * MINUTE {
        log.push_str(&line(second, search(second)));
    }
    fs::write(desk.path().join("log.jsonl"), log).unwrap();
    desk
}

/// A request that starts so many seconds after midnight, with a stage that takes so long.
fn line(second: u64, search: f64) -> String {
    format!(
        "{{\"start_time\":{}.0,\"total_time\":{:.3},\"request_id\":\"q{second}\",\
         \"stages\":{{\"search\":{{\"duration\":{search},\"metadata\":{{}}}}}}}}\n",
        MIDNIGHT + second,
        search + 0.01
    )
}

/// The quarter of an hour that begins at 20 past.
fn slow_quarter(second: u64) -> f64 {
    if (20 * MINUTE..35 * MINUTE).contains(&second) { 0.4 } else { 0.02 }
}

/// Seconds after midnight.
fn second_of(time: &serde_json::Value) -> u64 {
    let time = time.as_str().unwrap();
    let numbers = time.strip_prefix("2026-11-21T").unwrap().trim_end_matches('Z').split(':');
    numbers.fold(0, |sum, number| 60 * sum + number.parse::<u64>().unwrap())
}

fn json_lines(output: &Output) -> Vec<serde_json::Value> {
    out(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_slow_quarter_of_an_hour_fires_when_it_begins_and_is_over_when_it_ends() {
    let desk = desk(SLOW_SEARCH, slow_quarter);
    let arguments = ["replay", "log.jsonl", "--sla", "sla.toml", "--format", "jsonl"];
    let output = perfkit(desk.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let rows = json_lines(&output);
    let of = |reason: &str| rows.iter().filter(|row| row["reason"] == reason).collect::<Vec<_>>();
    let ([fired], [resolved]) = (&of("fired")[..], &of("resolved")[..]) else {
        panic!("{rows:#?}");
    };
    // Within the window that is looked at, and a round.
    let (at, over) = (second_of(&fired["at"]), second_of(&resolved["at"]));
    assert!((20 * MINUTE..=21 * MINUTE + 10).contains(&at), "{fired}");
    assert!((35 * MINUTE..=36 * MINUTE + 20).contains(&over), "{resolved}");
    assert_eq!((at % 10, over % 10), (0, 0), "a round is every ten seconds");
    assert_eq!(resolved["started"], fired["at"]);
    assert_eq!(resolved["ended"], resolved["at"]);
    assert_eq!(fired["rule"], "slow search");
    assert_eq!(fired["labels"]["operation"], "search");
    assert_eq!(fired["limit"], "<= 100.0ms");
}

#[test]
fn the_table_says_when_what_and_for_how_long_in_80_columns() {
    let sla = SLOW_SEARCH.replace("slow search", "slow search, which people notice as they type");
    let desk = desk(&sla, slow_quarter);
    let output = perfkit(desk.path(), &["replay", "log.jsonl", "--sla", "sla.toml"]);
    let text = out(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for words in [
        " 2026-11-21\n 00:20:",
        "warning   fired     slow search, which people …",
        "(<= 100.0ms)\n 00:3",
        "resolved  slow search",
        "after 1",
        "1 alert would have fired, told ",
        "something fired for 1",
        "    1×  slow search, which people notice as they type",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }
    assert!(!text.contains('\u{1b}') && !text.contains("repeated"), "{text}");
    let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 80, "{widest} columns:\n{text}");
}

#[test]
fn what_is_promised_of_the_whole_is_watched_in_an_access_log() {
    let promised = "[overall]\nmax_p95 = \"300ms\"\n";
    let own = "[[alerts]]\nname = \"slow\"\nwhen = \"p95 > 300ms\"\nwindow = \"1min\"\n";
    for sla in [promised, own] {
        let desk = desk(sla, |_| 0.02);
        let line = |second: u64| {
            let (path, took) =
                if second.is_multiple_of(2) { ("/", 0.05) } else { ("/search", 0.7) };
            let (minute, second) = (second / 60, second % 60);
            format!(
                "::1 - - [21/Nov/2026:00:{minute:02}:{second:02} +0000] \"GET {path} HTTP/1.1\" \
                 200 1 \"-\" \"-\" {took}\n"
            )
        };
        let log: String = (0..20 * MINUTE).map(line).collect();
        fs::write(desk.path().join("two.log"), log).unwrap();
        let arguments = ["replay", "--access", "nginx", "two.log", "--sla", "sla.toml"];
        let output = perfkit(desk.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(out(&output).contains("1 alert would have fired"), "{}", told(&output));
    }
}

#[test]
fn nothing_fires_on_a_healthy_log() {
    let desk = desk(SLOW_SEARCH, |_| 0.02);
    let output = perfkit(desk.path(), &["replay", "log.jsonl", "--sla", "sla.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(out(&output), " nobody would have been told of anything in 60 min\n");
}

#[test]
fn what_a_more_urgent_alert_or_a_silence_keeps_quiet_is_counted() {
    let also = "[[alerts]]\nname = \"also slow\"\nwhen = \"p95 > 90ms\"\noperation = \"search\"\nwindow = \"1min\"\n";
    let urgent = SLOW_SEARCH.replace("window", "severity = \"critical\"\nwindow");
    let silence = "[[silences]]\nname = \"night\"\nmatch = ['operation=\"search\"']\nevery = \"day\"\n\
                   at = \"00:00\"\nlasts = \"2h\"\n";
    let untold = " 1 alert fired of which nobody would have been told:";
    for (sla, fired) in [(urgent + also, 1), (format!("{SLOW_SEARCH}{silence}"), 0)] {
        let desk = desk(&sla, slow_quarter);
        let output = perfkit(desk.path(), &["replay", "log.jsonl", "--sla", "sla.toml"]);
        assert_eq!(output.status.code(), Some(fired), "{}", told(&output));
        assert!(out(&output).contains(untold), "{}", told(&output));
    }
}

#[test]
fn an_operation_that_the_log_does_not_have_is_told_with_those_that_it_has() {
    let desk = desk(&SLOW_SEARCH.replace("operations.search", "operations.serach"), slow_quarter);
    let output = perfkit(desk.path(), &["replay", "log.jsonl", "--sla", "sla.toml"]);
    let expected = "sla.toml: nothing was recorded of serach; in the log are request, search";
    assert!(err(&output).contains(expected), "{}", err(&output));
}

#[test]
fn a_template_that_cannot_be_is_found_when_the_file_is_checked() {
    let desk = desk(&format!("{SLOW_SEARCH}summary = \"{{{{ waht }}}}\"\n"), slow_quarter);
    let mut command = Command::new(env!("CARGO_BIN_EXE_perfkit"));
    let output = command.args(["sla", "check", "sla.toml"]).current_dir(desk.path()).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(
        err(&output).contains("sla.toml:3: ") && err(&output).contains("waht"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_file_without_alerts_has_all_that_it_promises_watched() {
    let sla = "overall_operation = \"request\"\n[operations.search]\nmax_p95 = \"100ms\"\n\
        [overall]\nmax_p99 = \"2s\"\n[[objectives]]\nname = \"fast answers\"\n\
        good = \"latency <= 300ms\"\ntarget = \"99%\"\nperiod = \"1d\"\n";
    let desk = desk(sla, slow_quarter);
    let output =
        perfkit(desk.path(), &["replay", "log.jsonl", "--sla", "sla.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(err(&output).contains("sla.toml: has no [[alerts]]"), "{}", err(&output));
    let night: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(
        night["rules"],
        serde_json::json!([
            "objectives.fast answers",
            "operations.search.max_p95",
            "overall.max_p99"
        ])
    );
    assert_eq!(night["from"], "2026-11-21T00:00:00Z");
    assert_eq!(night["requests"], 60 * MINUTE);
    let rows = night["told"].as_array().unwrap();
    let fired = |rule: &str| {
        rows.iter().filter(|row| row["rule"] == rule && row["reason"] == "fired").count()
    };
    assert_eq!(fired("operations.search.max_p95"), 1, "{night:#}");
    assert!(fired("objectives.fast answers") >= 1, "burn rates count: {night:#}");
    assert_eq!(fired("overall.max_p99"), 0, "{night:#}");
    let all: usize = rows.iter().filter(|row| row["reason"] == "fired").count();
    assert_eq!(night["fired"], all);
}

#[test]
fn a_share_of_requests_is_seen_in_a_log() {
    let sla =
        "[[alerts]]\nname = \"search is most of it\"\nwhen = \"stage search > 95% of request\"\n";
    // 400 of 410 ms, and 20 of 30.
    let desk = desk(sla, slow_quarter);
    let output = perfkit(desk.path(), &["replay", "log.jsonl", "--sla", "sla.toml"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(out(&output).contains("97.6% (<= 95.0%)"), "{}", told(&output));
}

#[test]
fn several_logs_are_one_by_time_and_what_comes_too_late_is_told() {
    let desk = desk(SLOW_SEARCH, |_| 0.02);
    let slow: String = (20 * MINUTE..35 * MINUTE).map(|second| line(second, 0.4)).collect();
    fs::write(desk.path().join("slow.jsonl"), slow + &line(5, 0.02)).unwrap();
    let arguments = ["replay", "slow.jsonl", "log.jsonl", "--sla", "sla.toml"];
    let output = perfkit(desk.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(out(&output).contains(" 00:20:"), "{}", told(&output));
    assert!(err(&output).contains("1 request ended more than 1 s before"), "{}", err(&output));
}

#[test]
fn what_fires_goes_on_through_hours_without_requests() {
    // Two hours of nothing after a slow one: the window runs empty, and that is no good news.
    let desk = desk(SLOW_SEARCH, |_| 0.4);
    let log =
        fs::read_to_string(desk.path().join("log.jsonl")).unwrap() + &line(180 * MINUTE, 0.02);
    fs::write(desk.path().join("log.jsonl"), log).unwrap();
    let arguments = ["replay", "log.jsonl", "--sla", "sla.toml", "--format", "json"];
    let output = perfkit(desk.path(), &arguments);
    let night: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!((&night["fired"], &night["still_firing"]), (&1.into(), &1.into()), "{night:#}");
    let firing = night["firing_s"].as_f64().unwrap();
    assert!((178.0 * 60.0..=180.0 * 60.0 + 10.0).contains(&firing), "{firing}");
}

#[test]
fn bad_input_ends_with_3_and_says_what_to_do() {
    let desk = desk(SLOW_SEARCH, |_| 0.02);
    let write = |name: &str, text: &str| fs::write(desk.path().join(name), text).unwrap();
    write("broken.toml", "[operations.search]\nmax_p95 = \"soon\"\n");
    write(
        "nobody.toml",
        &format!("{SLOW_SEARCH}handlers = [\"pager\"]\n[handlers.screen]\ntype = \"stderr\"\n"),
    );
    write("timeless.csv", "t\n0.1\n");
    for (log, sla, more, says) in [
        ("log.jsonl", "broken.toml", vec![], "broken.toml:2:"),
        ("log.jsonl", "nobody.toml", vec![], "nobody.toml:7:"),
        ("log.jsonl", "none.toml", vec![], "none.toml"),
        ("none.jsonl", "sla.toml", vec![], "none.jsonl: cannot be read"),
        ("log.jsonl", "sla.toml", vec!["--every", "500ms"], "--every is at least 1s"),
        ("log.jsonl", "sla.toml", vec!["--format", "xml"], "xml"),
        ("timeless.csv", "sla.toml", vec!["--duration-field", "t"], "--time-field"),
    ] {
        let arguments = [vec!["replay", log, "--sla", sla], more].concat();
        let output = perfkit(desk.path(), &arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {}", told(&output));
        assert!(err(&output).contains(says), "{arguments:?}: {}", told(&output));
    }
}

/// Answers one request with 200 and hands on its body.
fn sink() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, body) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut head, mut length) = (String::new(), 0);
        while reader.read_line(&mut head).unwrap() > 2 {
            if let Some(value) = head.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            head.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        sender.send(String::from_utf8(body).unwrap()).unwrap();
    });
    (port, body)
}

/// A folder with an SLA file that has these handlers.
fn handlers(handlers: &[(&str, &str)]) -> TempDir {
    let desk = tempdir().unwrap();
    let mut sla = "[overall]\nmax_p95 = \"300ms\"\n".to_owned();
    for (name, keys) in handlers {
        let _ = writeln!(sla, "[handlers.{name}]\n{keys}");
    }
    fs::write(desk.path().join("sla.toml"), sla).unwrap();
    desk
}

/// A port at which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
#[cfg(unix)]
fn a_test_goes_through_each_handler_and_what_fails_is_told() {
    let (port, body) = sink();
    let desk = handlers(&[
        ("hook", &format!("type = \"webhook\"\nurl = \"http://127.0.0.1:{port}/x?key=hunter2\"")),
        ("script", "type = \"command\"\ncommand = [\"sh\", \"-c\", \"cat > said.json\"]"),
        ("file", "type = \"file\"\npath = \"alerts.jsonl\"\nmin_severity = \"critical\""),
        ("records", "type = \"log\""),
        (
            "nobody",
            &format!(
                "type = \"webhook\"\nurl = \"http://127.0.0.1:{}/hunter2\"\nattempts = 1",
                closed_port()
            ),
        ),
    ]);
    let output = perfkit(desk.path(), &["test-fire", "--sla", "sla.toml"]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for words in [
        " hook     webhook  arrived in ",
        " script   command  arrived in ",
        " file     file     arrived in ",
        " nobody   webhook  failed: http://127.0.0.1:",
        " records  log      skipped: ",
        " arrived at 3 of 4\n",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
    let posted = body.recv_timeout(Duration::from_secs(30)).unwrap();
    assert!(posted.contains("perfkit_test"), "{posted}");
    for file in ["said.json", "alerts.jsonl"] {
        let line = fs::read_to_string(desk.path().join(file)).unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["reason"], "test", "{file}: {line}");
    }
}

#[test]
fn one_handler_is_tried_by_itself_and_no_secret_of_another_is_read() {
    let desk = handlers(&[
        ("file", "type = \"file\"\npath = \"alerts.jsonl\""),
        ("hook", "type = \"webhook\"\nurl = \"env:PERFKIT_TEST_NO_SUCH_VARIABLE\""),
    ]);
    let output = perfkit(desk.path(), &["test-fire", "--sla", "sla.toml", "--handler", "file"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(out(&output).contains(" arrived at 1 of 1\n"), "{}", told(&output));
    let output = perfkit(desk.path(), &["test-fire", "--sla", "sla.toml"]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    let says = "sla.toml:6: handler \"hook\": env:PERFKIT_TEST_NO_SUCH_VARIABLE";
    assert!(err(&output).contains(says), "{}", told(&output));
}

#[test]
#[cfg(unix)]
fn a_command_that_hangs_is_ended_with_the_time_that_it_has() {
    let desk = handlers(&[("hangs", "type = \"command\"\ncommand = [\"sleep\", \"3600\"]")]);
    let output = perfkit(desk.path(), &["test-fire", "--sla", "sla.toml", "--timeout", "1s"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let says = " hangs  command  failed: sleep: was ended at its deadline";
    assert!(out(&output).contains(says), "{}", told(&output));
}

#[test]
#[cfg(unix)]
fn a_command_is_ended_with_whoever_tries_it() {
    use rustix::process::{Pid, Signal, kill_process, test_kill_process};
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let script = "echo $$ > new; mv new child; sleep 3600; :";
        let keys = format!("type = \"command\"\ncommand = [\"sh\", \"-c\", \"{script}\"]");
        let desk = handlers(&[("hangs", &keys)]);
        let mut test = Command::new(env!("CARGO_BIN_EXE_perfkit"))
            .args(["alerts", "test-fire", "--sla", "sla.toml", "--timeout", "1h"])
            .current_dir(desk.path())
            .spawn()
            .unwrap();
        let child = loop {
            match fs::read_to_string(desk.path().join("child")) {
                Ok(child) => break Pid::from_raw(child.trim().parse().unwrap()).unwrap(),
                Err(_) => assert_eq!(test.try_wait().unwrap(), None),
            }
            std::thread::yield_now();
        };
        kill_process(Pid::from_child(&test), signal).unwrap();
        assert_eq!(test.wait().unwrap().code(), Some(code));
        assert!(test_kill_process(child).is_err(), "{signal:?}: it runs still");
    }
}

#[test]
fn handlers_that_cannot_be_tried_end_with_3_and_what_to_do() {
    for (all, more, says) in [
        (vec![], vec![], "has no handlers; one is [handlers.NAME]"),
        (vec![("records", "type = \"log\"")], vec![], "inside of the service"),
        (
            vec![("a", "type = \"stderr\""), ("b", "type = \"stderr\"")],
            vec!["--handler", "c"],
            "no handler is called \"c\"; it has a, b",
        ),
        (vec![("hook", "type = \"webhook\"\nurl = \"ftp://x\"")], vec![], "sla.toml:"),
        (vec![("hook", "type = \"carrier pigeon\"")], vec![], "sla.toml:4:"),
    ] {
        let desk = handlers(&all);
        let arguments = [vec!["test-fire", "--sla", "sla.toml"], more].concat();
        let output = perfkit(desk.path(), &arguments);
        assert_eq!(output.status.code(), Some(3), "{all:?}: {}", told(&output));
        assert!(err(&output).contains(says), "{all:?}: {}", told(&output));
    }
}

/// The tests of the workspace are built with every feature that one of them needs; those of this crate alone are not.
#[test]
fn https_is_tried_or_the_line_and_how_to_get_it_are_told() {
    let desk = handlers(&[("hook", "type = \"webhook\"\nurl = \"https://127.0.0.1:1/hunter2\"")]);
    let output = perfkit(desk.path(), &["test-fire", "--sla", "sla.toml", "--timeout", "2s"]);
    let text = told(&output);
    match output.status.code() {
        Some(1) => assert!(text.contains("https://127.0.0.1:1: no connection"), "{text}"),
        code => {
            assert_eq!(code, Some(3), "{text}");
            assert!(text.contains("sla.toml:3: handler \"hook\": url is of https"), "{text}");
            assert!(text.contains("cargo install perf-cli --features tls"), "{text}");
        }
    }
    assert!(!text.contains("hunter2"), "{text}");
}
