//! `perfkit run` as a person uses it, on commands that are real. A test's name is the claim.
#![cfg(target_os = "linux")]

use perfkit::resources::ProcessSampler;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const PERFKIT: &str = env!("CARGO_BIN_EXE_perfkit");
const MIB: u64 = 1 << 20;

/// What `WORK` makes of one process.
const WORK_CPU: Duration = Duration::from_millis(250);
const WORK_MIB: u64 = 64;

/// Runs `worker` below in a shell.
const WORK: &str = "\"$WORKER\" --exact worker --ignored >/dev/null";

/// A folder, and the command run in it.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Desk(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PERFKIT);
        command
            .arg("run")
            .args(arguments)
            .current_dir(self.0.path())
            .env("WORKER", std::env::current_exe().unwrap())
            .env("LC_ALL", "C.UTF-8")
            .env_remove("GITHUB_ACTIONS")
            .env_remove("COLUMNS")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The summary as JSON, of a command that is run with these options.
    fn measure(&self, options: &[&str], script: &str) -> Value {
        let json = ["--quiet", "--format", "json"];
        let output = self.run(&[&json, options, &["--", "sh", "-c", script]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)))
    }
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The figure of the only run.
fn figure(summary: &Value, key: &str) -> u64 {
    summary["runs"][0][key].as_u64().unwrap_or_else(|| panic!("{key}: {summary}"))
}

/// Uses a known amount of CPU while it holds a known amount of memory.
#[test]
#[ignore = "the child of other tests"]
fn worker() {
    let mut sampler = ProcessSampler::own().unwrap();
    let mut held = vec![0_u8; usize::try_from(WORK_MIB * MIB).unwrap()];
    held.iter_mut().step_by(1_024).for_each(|byte| *byte = 1);
    while sampler.sample().unwrap().cpu_time < WORK_CPU {
        black_box((0..100_000).sum::<u64>());
    }
    black_box(held);
}

/// Waits for nobody, but ends when a file is there. It uses hardly more CPU than looking takes.
#[test]
#[ignore = "the child of other tests"]
fn idler() {
    while !std::path::Path::new("done").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn what_the_command_reads_and_writes_is_its_own_and_the_summary_is_beside() {
    let desk = Desk::new();
    let mut command = desk.command(&["--", "sh", "-c", "cat; echo to stderr >&2"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a\0b\xff\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), &output.stdout[..]), (Some(0), &b"a\0b\xff\n"[..]));
    let told = told(&output);
    assert!(told.starts_with("to stderr\n\n 1 run of sh -c cat; echo to stderr"), "{told}");
    for title in [
        "wall time",
        "CPU time",
        "user",
        "system",
        "CPU use",
        "read",
        "written",
        "switches, waited",
    ] {
        assert!(told.lines().any(|line| line.trim_start().starts_with(title)), "{title}: {told}");
    }
    assert!(told.contains("exit status: 0"), "{told}");
    assert!(!told.contains("median") && !told.contains("SLA"), "{told}");
}

#[test]
fn cpu_time_and_memory_are_those_of_known_work() {
    let summary = Desk::new().measure(&[], &format!("exec {WORK}"));
    let cpu = Duration::from_nanos(figure(&summary, "cpu_ns"));
    assert!(cpu >= WORK_CPU && cpu < WORK_CPU + Duration::from_millis(60), "{cpu:?}");
    let parts = figure(&summary, "user_ns") + figure(&summary, "system_ns");
    assert_eq!(Duration::from_nanos(parts), cpu);
    assert!(Duration::from_nanos(figure(&summary, "wall_ns")) >= WORK_CPU);
    let cores = summary["runs"][0]["cpu_cores"].as_f64().unwrap();
    let wall = figure(&summary, "wall_ns") as f64;
    assert!((cores - figure(&summary, "cpu_ns") as f64 / wall).abs() < 1e-9);
    let peak = figure(&summary, "peak_resident_bytes") / MIB;
    assert!((WORK_MIB..WORK_MIB + 24).contains(&peak), "{peak} MiB");
}

#[test]
fn children_of_children_are_counted_and_held_memory_adds_up() {
    let script = format!("sh -c '{WORK} & {WORK} & wait'; true");
    let summary = Desk::new().measure(&["--interval", "5ms"], &script);
    let cpu = Duration::from_nanos(figure(&summary, "cpu_ns"));
    assert!(cpu >= 2 * WORK_CPU && cpu < 2 * WORK_CPU + Duration::from_millis(120), "{cpu:?}");
    assert!(figure(&summary, "max_processes") >= 4, "{summary}");
    let peak = figure(&summary, "peak_resident_bytes") / MIB;
    assert!((2 * WORK_MIB..2 * WORK_MIB + 48).contains(&peak), "{peak} MiB");
}

#[test]
fn the_peak_of_each_run_is_its_own_to_its_last_moment() {
    let script = "dd if=/dev/zero of=/dev/null bs=32M count=1 2>/dev/null; true";
    let summary = Desk::new().measure(&["--runs", "8", "--interval", "1min"], script);
    for run in summary["runs"].as_array().unwrap() {
        let peak = run["peak_resident_bytes"].as_u64().unwrap() / MIB;
        assert!((32..40).contains(&peak), "{peak} MiB: {run}");
    }
}

#[test]
fn the_peak_of_a_run_is_not_that_of_a_larger_one_before() {
    let script = format!("test -e done || {WORK}; touch done");
    let summary = Desk::new().measure(&["--runs", "2"], &script);
    let peak = summary["runs"][1]["peak_resident_bytes"].as_u64();
    assert!(peak < Some(WORK_MIB * MIB), "{summary}");
}

#[test]
fn cpu_time_of_children_that_nobody_waits_for_is_counted_and_told() {
    // What replaces the shell knows nothing of the children that it has from it.
    let script = format!("({WORK}; touch done) & exec \"$WORKER\" --exact idler --ignored");
    let desk = Desk::new();
    let json = ["--interval", "1ms", "--quiet", "--format", "json", "--output", "run.json"];
    let output = desk.run(&[&json[..], &["--", "sh", "-c", &script]].concat());
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    let summary: Value = serde_json::from_slice(&fs::read(desk.path("run.json")).unwrap()).unwrap();
    let waited_for = figure(&summary, "user_ns") + figure(&summary, "system_ns");
    let unwaited = Duration::from_nanos(figure(&summary, "cpu_ns") - waited_for);
    assert!(unwaited > WORK_CPU / 2 && unwaited < WORK_CPU * 2, "{unwaited:?}");
    fs::remove_file(desk.path("done")).unwrap();
    let text = told(&desk.run(&["--interval", "1ms", "--quiet", "--", "sh", "-c", &script]));
    assert!(text.contains("of the CPU time is of processes that nobody waited for"), "{text}");
}

#[test]
fn the_exit_code_is_the_commands_own_and_with_several_runs_that_of_the_first_failure() {
    let desk = Desk::new();
    let exit = |options: &[&str], script| {
        code(&desk.run(&[options, &["--", "sh", "-c", script]].concat()))
    };
    assert_eq!(exit(&[], "exit 0"), Some(0));
    assert_eq!(exit(&[], "exit 7"), Some(7));
    assert_eq!(exit(&[], "kill -9 $$"), Some(128 + 9));
    let second_and_third_fail = "echo x >> n; set -- $(wc -l < n); test $1 = 1 || exit 4$1";
    assert_eq!(exit(&["--runs", "3"], second_and_third_fail), Some(42));
    let lines = fs::read_to_string(desk.path("n")).unwrap().lines().count();
    assert_eq!(lines, 3, "a failure ends nothing");
}

#[test]
fn how_each_run_ended_is_told() {
    let desk = Desk::new();
    let script = "echo x >> n; set -- $(wc -l < n); test $1 = 1 || exit $1; kill -TERM $$";
    let output = desk.run(&["--runs", "2", "--", "sh", "-c", script]);
    assert!(told(&output).contains(" exit status: 2 (1 run)\n"), "{}", told(&output));
    assert!(told(&output).contains(" signal: 15 (SIGTERM) (1 run)\n"), "{}", told(&output));
    fs::remove_file(desk.path("n")).unwrap();
    let summary = desk.measure(&["--runs", "2"], script);
    let of = |run: usize| (&summary["runs"][run]["exit_code"], &summary["runs"][run]["signal"]);
    assert_eq!(of(0), (&Value::Null, &Value::from(15)));
    assert_eq!(of(1), (&Value::from(2), &Value::Null));
}

#[test]
fn what_is_wrong_is_told_with_3_before_anything_is_run() {
    let desk = Desk::new();
    desk.write("plain.txt", "no program");
    desk.write("bad.toml", "[operations.run]\nmax_p95 = 300");
    desk.write("tool.sh", "#!/bin/sh\ntouch was-run\n");
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(desk.path("tool.sh"), executable).unwrap();
    desk.write("other.toml", "[operations.build]\nmax_p95 = \"1s\"");
    desk.write("orphan.sh", "#!/no/such/shell -e\ntouch was-run\n");
    fs::set_permissions(desk.path("orphan.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    desk.write("bare.sh", "touch was-run\n");
    fs::set_permissions(desk.path("bare.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let cases: [(&[&str], &[&str]); 20] = [
        (&["--", "./missing"], &["./missing: cannot be run"]),
        (&["no-such-command-anywhere"], &["no-such-command-anywhere: cannot be run", "PATH"]),
        (&["./tool.sh | wc"], &["sh -c './tool.sh | wc'"]),
        (&["./orphan.sh"], &["./orphan.sh: cannot be run: /no/such/shell", "does not exist"]),
        (&["./bare.sh"], &["./bare.sh: cannot be run", "#!/bin/sh"]),
        (&[""], &["the name of the command is empty"]),
        (&["./plain.txt"], &["plain.txt", "cannot be run", "chmod +x ./plain.txt"]),
        (&["."], &["cannot be run"]),
        (&["--sla", "missing.toml", "./tool.sh"], &["missing.toml", "cannot be read"]),
        (&["--sla", "bad.toml", "./tool.sh"], &["bad.toml:2:11:", "\"300ms\""]),
        (&["--output", "no/such/file", "./tool.sh"], &["no/such/file", "cannot be written"]),
        (&["--report", "report.pdf", "./tool.sh"], &["--report", ".html, .md or .json"]),
        (&["--runs", "0", "./tool.sh"], &["--runs", "at least 1"]),
        (&["--runs", "2"], &["COMMAND"]),
        (&["--warmup", "-1", "./tool.sh"], &["--warmup", "whole number"]),
        (&["--interval", "1e30h", "./tool.sh"], &["--interval", "a year"]),
        (&["--interval", "soon", "./tool.sh"], &["--interval", "50ms"]),
        (&["--sla", "other.toml", "./tool.sh"], &["other.toml", "`run`", "--name build"]),
        (&["--output", "a.json", "--report", "./a.json", "./tool.sh"], &["a.json: given twice"]),
        (
            &["--sla", "other.toml", "--name", "build", "--output", "other.toml", "./tool.sh"],
            &["other.toml: given twice"],
        ),
    ];
    for (arguments, expected) in cases {
        let output = desk.run(arguments);
        assert_eq!(code(&output), Some(3), "{arguments:?}: {}", told(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
        for part in expected {
            assert!(told(&output).contains(part), "{arguments:?}: {}", told(&output));
        }
        assert!(!desk.path("was-run").exists(), "{arguments:?}");
    }
    assert!(fs::read_to_string(desk.path("other.toml")).unwrap().contains("max_p95"));
    assert_eq!(code(&desk.run(&["--interval", "1us", "./tool.sh"])), Some(0));
    assert!(desk.path("was-run").exists(), "else the above says nothing");
}

#[test]
fn what_was_measured_before_a_run_that_cannot_be_begun_is_told() {
    let desk = Desk::new();
    desk.write("once.sh", "#!/bin/sh\nrm once.sh\n");
    fs::set_permissions(desk.path("once.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let output =
        desk.run(&["--runs", "3", "--format", "json", "--output", "run.json", "./once.sh"]);
    assert_eq!(code(&output), Some(3));
    assert!(told(&output).contains("./once.sh: cannot be run"), "{}", told(&output));
    let summary: Value = serde_json::from_slice(&fs::read(desk.path("run.json")).unwrap()).unwrap();
    assert_eq!(summary["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_warm_up_that_fails_is_told() {
    let desk = Desk::new();
    let script = "test -e warm || { touch warm; exit 1; }";
    let output = desk.run(&["--warmup", "2", "--", "sh", "-c", script]);
    assert_eq!(code(&output), Some(0));
    assert!(told(&output).contains("note: 1 of 2 warm-up runs failed"), "{}", told(&output));
}

#[test]
fn percentiles_are_of_the_runs_and_warm_up_is_not_one() {
    let desk = Desk::new();
    let summary = desk.measure(&["--runs", "21", "--warmup", "2"], "echo x >> n");
    let lines = fs::read_to_string(desk.path("n")).unwrap().lines().count();
    assert_eq!((lines, &summary["warm_up_runs"]), (23, &Value::from(2)));
    let runs = summary["runs"].as_array().unwrap();
    let mut walls: Vec<u64> = runs.iter().map(|run| run["wall_ns"].as_u64().unwrap()).collect();
    walls.sort_unstable();
    let wall = |name: &str| summary["figures"]["wall_ns"][name].as_u64().unwrap();
    assert_eq!(walls.len(), 21);
    let expected = (walls[0], walls[10], walls[19], walls[20]);
    assert_eq!((wall("min"), wall("median"), wall("p95"), wall("max")), expected);
    let text = told(&desk.run(&["--runs", "3", "true"]));
    let header: Vec<_> = text.lines().nth(2).unwrap().split_whitespace().collect();
    assert_eq!(header, ["min", "median", "p95", "max"], "{text}");
}

#[test]
fn a_verdict_is_the_exit_code_and_a_run_that_fails_is_a_failure() {
    let desk = Desk::new();
    desk.write("wide.toml", "[operations.run]\nmax_p50 = \"1min\"\nmax_error_rate = \"50%\"\n");
    desk.write("fast.toml", "[operations.build]\nmax_p50 = \"1ns\"\n");
    let judge = |options: &[&str], script| {
        let output = desk.run(&[options, &["--", "sh", "-c", script]].concat());
        (code(&output), told(&output))
    };
    let (met, text) = judge(&["--sla", "wide.toml", "--runs", "30"], "true");
    assert_eq!(met, Some(0), "{text}");
    assert!(text.contains("SLA  MET ✓") && text.contains("wall time"), "{text}");
    let (violated, text) = judge(&["--sla", "wide.toml", "--runs", "30"], "exit 3");
    assert_eq!(violated, Some(1), "{text}");
    assert!(text.contains("exit status: 3"), "{text}");
    let options = ["--sla", "fast.toml", "--runs", "30", "--name", "build"];
    let (violated, text) = judge(&options, "true");
    assert_eq!(violated, Some(1), "{text}");
    let (too_few, text) = judge(&["--sla", "wide.toml"], "true");
    assert_eq!(too_few, Some(2), "{text}");
    let summary = desk.measure(&["--sla", "wide.toml", "--runs", "30"], "exit 3");
    assert_eq!(summary["verdict"]["status"], "violated");
}

#[test]
fn ceilings_are_judged_on_the_memory_and_cpu_of_the_run_that_used_the_most() {
    let desk = Desk::new();
    let script = format!("test -e done && exit; {WORK}; touch done");
    let judge = |table: &str| {
        desk.write("sla.toml", &format!("[resources]\n{table}"));
        let _ = fs::remove_file(desk.path("done"));
        code(&desk.run(&["--sla", "sla.toml", "--runs", "2", "--", "sh", "-c", &script]))
    };
    assert_eq!(judge("max_memory = \"1GB\"\nmax_open_files = 1000\nmax_cpu = \"100%\""), Some(0));
    assert_eq!(judge("max_memory = \"32MiB\""), Some(1));
    assert_eq!(judge("max_cpu = \"1%\""), Some(1));
    assert_eq!(judge("max_open_files = 1"), Some(1));
}

#[test]
fn memory_of_a_command_too_short_to_be_looked_at_is_below_a_limit_that_is_far_away() {
    let desk = Desk::new();
    desk.write("sla.toml", "[resources]\nmax_memory = \"100MiB\"");
    let output = desk.run(&["--sla", "sla.toml", "--", "true"]);
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    desk.write("sla.toml", "[resources]\nmax_memory = \"4KiB\"");
    assert_ne!(code(&desk.run(&["--sla", "sla.toml", "--", "true"])), Some(0));
}

#[test]
fn the_summary_goes_where_it_is_sent_and_a_report_beside_it() {
    let desk = Desk::new();
    let output = desk.run(&["--format", "json", "--output", "run.json", "--", "echo", "hello"]);
    assert_eq!((&output.stdout[..], told(&output).as_str()), (&b"hello\n"[..], ""));
    let json: Value = serde_json::from_slice(&fs::read(desk.path("run.json")).unwrap()).unwrap();
    assert_eq!((&json["schema"], &json["command"][1]), (&"perfkit-run".into(), &"hello".into()));
    assert_eq!((&json["verdict"], &json["interrupted"]), (&Value::Null, &Value::from(false)));

    let output =
        desk.run(&["--quiet", "--report", "report.json", "--", "sh", "-c", "echo a >&2; echo b"]);
    assert!(output.stdout.is_empty() && told(&output).starts_with("\n 1 run of"), "{output:?}");
    let report: Value =
        serde_json::from_slice(&fs::read(desk.path("report.json")).unwrap()).unwrap();
    assert_eq!(report["operations"][0]["name"], "run");
    for (name, starts) in [("report.html", "<!doctype html>"), ("report.md", "**perfkit run**")] {
        assert_eq!(code(&desk.run(&["--quiet", "--report", name, "true"])), Some(0));
        let text = fs::read_to_string(desk.path(name)).unwrap().to_lowercase();
        assert!(text.starts_with(starts) && text.contains("perfkit run"), "{name}: {text:.200}");
    }
}

#[test]
fn arguments_are_passed_on_as_they_are() {
    let desk = Desk::new();
    let output = desk.run(&["echo", "--runs", "--help", "-x"]);
    assert_eq!(output.stdout, b"--runs --help -x\n");
    let mut command = desk.command(&["--", "printf", "%s"]);
    let output = command.arg(OsStr::from_bytes(b"\xff\x1b[31m")).output().unwrap();
    assert_eq!((code(&output), &output.stdout[..]), (Some(0), &b"\xff\x1b[31m"[..]));
    assert!(!told(&output).contains('\u{1b}'), "it would colour our summary: {:?}", told(&output));
}

#[test]
fn several_runs_have_no_input_as_the_first_would_take_it_all() {
    let desk = Desk::new();
    let mut command = desk.command(&["--runs", "2", "--", "cat"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(b"text");
    assert_eq!(child.wait_with_output().unwrap().stdout, b"");
}

#[test]
fn what_a_command_too_short_to_be_looked_at_had_is_unknown_and_not_zero() {
    let summary = Desk::new().measure(&["--runs", "20"], "exit 0");
    for run in summary["runs"].as_array().unwrap() {
        for key in ["peak_resident_bytes", "max_processes", "max_threads", "max_open_files"] {
            assert!(run[key].is_null() || run[key].as_u64() > Some(0), "{key}: {run}");
        }
        assert!(run["cpu_ns"].as_u64() > Some(0) && run["wall_ns"].as_u64() > Some(0), "{run}");
    }
}

#[test]
fn processes_that_the_command_leaves_behind_are_told() {
    let desk = Desk::new();
    let script = format!("sleep 100 >/dev/null 2>&1 & echo $! > left; {WORK}");
    let output = desk.run(&["--interval", "5ms", "--", "sh", "-c", &script]);
    let left = fs::read_to_string(desk.path("left")).unwrap();
    assert!(Command::new("kill").arg(left.trim()).status().unwrap().success());
    assert!(told(&output).contains("1 of its processes ran on"), "{}", told(&output));
}

#[test]
fn ctrl_c_ends_the_command_tells_what_was_so_far_and_exits_with_130() {
    let desk = Desk::new();
    // The first run ends, the second does not.
    let script = "echo x >> n; echo begun; test $(wc -l < n) = 1 || exec sleep 100";
    for (runs, complete) in [("5", 1), ("1", 1)] {
        let json = ["--format", "json", "--output", "run.json", "--runs", runs];
        let mut command = desk.command(&[&json[..], &["--", "sh", "-c", script]].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Of the first time, two runs begin; of the second, one, which is interrupted.
        for _ in 0..if runs == "5" { 2 } else { 1 } {
            assert_eq!(lines.next().unwrap().unwrap(), "begun");
        }
        // As the terminal does it: to the whole group.
        let group = format!("-{}", child.id());
        assert!(Command::new("kill").args(["-INT", "--", &group]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), Some(130), "{}", told(&output));
        let text = fs::read(desk.path("run.json")).unwrap();
        let summary: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(summary["interrupted"], true);
        let ended = summary["runs"].as_array().unwrap();
        assert_eq!(ended.len(), complete, "{summary}");
        let interrupted_one = runs == "1";
        assert_eq!(ended[0]["signal"] == 2, interrupted_one, "told where it is all there is");
    }
}

#[test]
fn a_command_is_asked_to_end_with_us_and_may_tidy_up() {
    let desk = Desk::new();
    let script = "trap 'echo tidy; exit 7' TERM HUP INT; echo begun; while :; do sleep 0.01; done";
    for (signal, expected) in [("-TERM", 143), ("-HUP", 129), ("-INT", 130)] {
        let json = ["--format", "json", "--output", "run.json", "--runs", "3"];
        let mut command = desk.command(&[&json[..], &["--", "sh", "-c", script]].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "begun");
        // To us alone.
        let us = child.id().to_string();
        assert!(Command::new("kill").args([signal, &us]).status().unwrap().success());
        assert_eq!(lines.next().unwrap().unwrap(), "tidy", "{signal}");
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), Some(expected), "{}", told(&output));
        let text = fs::read(desk.path("run.json")).unwrap();
        let summary: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(
            (&summary["interrupted"], &summary["runs"][0]["exit_code"]),
            (&true.into(), &7.into())
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_summary_that_cannot_be_written_is_no_success() {
    let desk = Desk::new();
    let mut command = desk.command(&["--", "true"]);
    command.stderr(fs::File::create("/dev/full").unwrap());
    assert_eq!(command.status().unwrap().code(), Some(3));
}

#[test]
fn help_has_examples_and_fits_a_terminal() {
    let output = Desk::new().run(&["--help"]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(code(&output), Some(0));
    assert!(text.contains("Examples:\n  perfkit run -- cargo build"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}
