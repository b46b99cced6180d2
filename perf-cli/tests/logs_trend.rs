//! Where logs go, and their old files. A test's name is the claim.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::tempdir;

fn perfkit(folder: &Path, columns: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_perfkit"))
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env("COLUMNS", columns)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A day, a request every ten seconds: retrieval slows down hour by hour, generation does not.
fn write_log(folder: &Path, name: &str, take: impl Fn(u32) -> bool) {
    let mut text = String::new();
    for n in (0..8_640_u32).filter(|n| take(*n)) {
        let (start, hour) = (1_795_219_200 + n * 10, n / 360);
        let noise = f64::from(n * 7_919 % 1_009) / 100_900.0;
        let retrieval = 0.02 * (1.0 + 0.1 * f64::from(hour)) + noise;
        let _ = writeln!(
            text,
            "{{\"start_time\":{start}.0,\"total_time\":{},\"outcome\":\"{}\",\"stages\":{{\"retrieval\":{{\"duration\":{retrieval}}},\
             \"generation\":{{\"duration\":{}}}}}}}",
            retrieval + 0.1,
            if n % 20 == 0 { "error" } else { "ok" },
            0.1 + noise,
        );
    }
    fs::write(folder.join(name), text).unwrap();
}

#[test]
fn what_rises_is_told_from_what_is_stable() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", |_| true);
    let arguments = ["logs", "trend", "a.jsonl", "--by", "hour", "--svg", "t.svg"];
    let output = perfkit(folder.path(), "100", &arguments);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for words in ["by the hour (UTC) · 8,640 requests", "2026-11-21 23:00", "360", "0.10", "5.0 %"]
    {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    let after = |name: &str| {
        let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!(" {name} ")));
        lines.nth(1).unwrap_or("").trim().to_owned()
    };
    assert!(after("rate").starts_with("stable"), "{text}");
    assert!(after("p95").starts_with("increasing: +2.0 ms an hour"), "{text}");
    assert!(after("p95").ends_with("p < 0.001, 24 points"), "{text}");
    assert!(after("failed").starts_with("stable"), "{text}");
    let svg = fs::read_to_string(folder.path().join("t.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("prefers-color-scheme: dark"), "{svg}");
    assert!(!svg.contains("http:") || svg.matches("http:").count() == 1, "only the name space");
    let arguments = ["logs", "trend", "a.jsonl", "--by", "hour", "--operation", "generation"];
    let output = perfkit(folder.path(), "100", &arguments);
    assert!(!told(&output).contains("increasing"), "{}", told(&output));
}

#[test]
fn without_a_step_the_shortest_is_taken_that_gives_few_rows() {
    let folder = tempdir().unwrap();
    for (most, step) in [(600, "minute"), (8_640, "hour")] {
        write_log(folder.path(), "a.jsonl", |n| n < most);
        let output = perfkit(folder.path(), "100", &["logs", "trend", "a.jsonl"]);
        assert!(told(&output).contains(&format!("by the {step}")), "{}", told(&output));
        assert!(told(&output).contains(" requests\n"), "{}", told(&output));
    }
    let years = "{\"start_time\":1595219200.0,\"total_time\":1.0}\n{\"start_time\":1795219200.0,\"total_time\":1.0}\n";
    fs::write(folder.path().join("a.jsonl"), years).unwrap();
    let output = perfkit(folder.path(), "100", &["logs", "trend", "a.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("is one of its times wrong?"), "{}", told(&output));
}

#[test]
fn every_line_fits_and_nothing_is_coloured_or_beyond_ascii_where_it_must_not_be() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", |_| true);
    for columns in ["40", "60", "80", "200"] {
        let output = perfkit(folder.path(), columns, &["logs", "trend", "a.jsonl"]);
        let text = told(&output);
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns.parse().unwrap(), "{widest} of {columns}:\n{text}");
        assert!(text.contains("p95") && !text.contains('\u{1b}'), "{text}");
        let is_wide = columns == "80" || columns == "200";
        let shown = ["p99", "p50", "rate/s"].map(|column| text.contains(column));
        assert_eq!(shown, [columns != "40", is_wide, is_wide], "{columns}:\n{text}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_perfkit"))
        .args(["logs", "trend", "a.jsonl"])
        .current_dir(folder.path())
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(told(&output).is_ascii(), "{}", told(&output));
}

#[test]
fn logs_that_overlap_are_one_whichever_comes_first() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "whole.jsonl", |_| true);
    write_log(folder.path(), "odd.jsonl", |n| n % 2 == 1);
    write_log(folder.path(), "even.jsonl", |n| n % 2 == 0);
    let of = |inputs: &[&str]| {
        told(&perfkit(folder.path(), "100", &[&["logs", "trend"], inputs].concat()))
    };
    assert_eq!(of(&["odd.jsonl", "even.jsonl"]), of(&["whole.jsonl"]));
    let sla = "[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"94%\"\nperiod = \"1d\"\n\
               [overall]\nmax_p99 = \"1s\"\n";
    fs::write(folder.path().join("sla.toml"), sla).unwrap();
    let judged = |inputs: &[&str]| {
        let arguments = [&["check", "--sla", "sla.toml"], inputs].concat();
        told(&perfkit(folder.path(), "100", &arguments))
    };
    assert_eq!(judged(&["even.jsonl", "odd.jsonl"]), judged(&["whole.jsonl"]));
}

#[test]
fn bad_input_ends_with_3_and_says_what_to_do() {
    let folder = tempdir().unwrap();
    write_log(folder.path(), "a.jsonl", |n| n < 10);
    fs::write(folder.path().join("timeless.jsonl"), "{\"total_time\":1.0}\n").unwrap();
    for (arguments, says) in [
        (vec!["trend", "none.jsonl"], "none.jsonl: cannot be read"),
        (vec!["trend", "timeless.jsonl"], "--time-field"),
        (vec!["trend", "a.jsonl", "--by", "week"], "[possible values: minute, hour, day]"),
        (
            vec!["trend", "a.jsonl", "--operation", "x\u{1b}[31m"],
            "no operation or stage \"x\\\\u{1b}[31m\"",
        ),
        (vec!["trend", "a.jsonl", "--svg", "no/such/t.svg"], "no/such/t.svg: cannot be written"),
        (vec!["clean", "none", "--keep-days", "1"], "none: cannot be read"),
        (vec!["clean", "."], "--keep-days"),
        (vec!["clean", ".", "--keep-days", "0"], "--keep-days"),
        (
            vec!["clean", ".", "--keep-days", "1", "--compress-after-days", "x"],
            "--compress-after-days",
        ),
    ] {
        let arguments = [vec!["logs"], arguments].concat();
        let output = perfkit(folder.path(), "100", &arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(says), "{arguments:?}: {}", told(&output));
    }
}

#[test]
fn old_files_are_listed_first_and_go_when_that_is_said() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in
        ["20200101_performance.jsonl", "20200101_performance.jsonl.gz", "20200101_other.jsonl"]
    {
        fs::write(path(name), vec![b'x'; 3_000]).unwrap();
    }
    let days = ["logs", "clean", ".", "--keep-days", "30"];
    let text = told(&perfkit(folder.path(), "100", &days));
    assert!(
        text.contains(" 20200101_performance.jsonl        2.9 KiB  would be deleted\n"),
        "{text}"
    );
    assert!(
        text.contains("2 files of 5.9 KiB would be deleted, 0 files of 0 B would be compressed"),
        "{text}"
    );
    assert!(text.contains("nothing was done: --yes does it") && !text.contains("other"), "{text}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    fs::remove_file(path("20200101_performance.jsonl.gz")).unwrap();
    // Old enough to be compressed, not to be deleted.
    let longer =
        ["logs", "clean", ".", "--keep-days", "1000000", "--compress-after-days", "1", "--yes"];
    let output = perfkit(folder.path(), "100", &longer);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("1 file of 2.9 KiB compressed"), "{}", told(&output));
    assert!(
        path("20200101_performance.jsonl.gz").exists()
            && !path("20200101_performance.jsonl").exists()
    );
    let output = perfkit(folder.path(), "100", &[&days[..], &["--yes"]].concat());
    assert!(
        told(&output).contains("  deleted\n") && told(&output).contains(" freed\n"),
        "{}",
        told(&output)
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let text = told(&perfkit(folder.path(), "100", &days));
    assert!(text.contains("has no files of a request log"), "{text}");
}
