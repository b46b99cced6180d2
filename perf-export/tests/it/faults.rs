//! The request log when things go wrong.

use super::request_log::{names, profiler};
use perf_core::Profiler;
use perf_export::{RequestLog, RequestLogThread};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// Ends requests until `enough` of the log holds.
fn until(profiler: &Profiler, log: &RequestLogThread, enough: impl Fn(&RequestLogThread) -> bool) {
    let start = Instant::now();
    while !enough(log) {
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", log.totals());
        drop(profiler.request("more"));
        std::thread::yield_now();
    }
}

/// Ends requests until ten more are written.
fn resumes(profiler: &Profiler, log: &RequestLogThread) {
    let before = log.totals().written;
    until(profiler, log, |log| log.totals().written >= before + 10);
}

fn complete_lines(path: &Path) -> usize {
    let text = fs::read_to_string(path).unwrap();
    let whole = text.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok());
    whole.count()
}

#[test]
fn writing_goes_on_in_a_new_file_when_the_file_is_removed_or_the_folder_is() {
    let above = tempdir().unwrap();
    let folder = above.path().join("logs");
    let (profiler, _hand) = profiler();
    let log = RequestLog::in_folder(&folder).spawn(&profiler).unwrap();
    resumes(&profiler, &log);
    let path = folder.join("20261121_performance.jsonl");
    fs::remove_file(&path).unwrap();
    until(&profiler, &log, |_| path.exists());
    fs::remove_dir_all(&folder).unwrap();
    until(&profiler, &log, |_| path.exists());
    resumes(&profiler, &log);
    log.stop();
    assert!(complete_lines(&path) >= 10);
}

#[test]
fn what_cannot_be_written_is_dropped_and_counted_and_writing_resumes_by_itself() {
    let above = tempdir().unwrap();
    let folder = above.path().join("logs");
    let (profiler, _hand) = profiler();
    let log = RequestLog::in_folder(&folder).spawn(&profiler).unwrap();
    resumes(&profiler, &log);
    // A file where the folder was: nothing can be opened there, not even by root.
    let aside = above.path().join("aside");
    fs::rename(&folder, &aside).unwrap();
    fs::write(&folder, "in the way").unwrap();
    let errors = || profiler.snapshot().counter("request_log_errors_total", &[]).unwrap();
    until(&profiler, &log, |log| errors() > 0 && log.totals().dropped >= 10);
    fs::remove_file(&folder).unwrap();
    resumes(&profiler, &log);
    let totals = log.stop();
    let written = complete_lines(&folder.join("20261121_performance.jsonl"))
        + complete_lines(&aside.join("20261121_performance.jsonl"));
    assert_eq!(written as u64, totals.written);
}

#[test]
fn a_line_that_was_torn_by_a_kill_costs_only_itself() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("20261121_performance.jsonl");
    fs::write(&path, "{\"whole\":1}\n{\"to").unwrap();
    let (profiler, _hand) = profiler();
    let log = RequestLog::in_folder(folder.path()).spawn(&profiler).unwrap();
    drop(profiler.request("next"));
    log.stop();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(&lines[..2], ["{\"whole\":1}", "{\"to"]);
    assert!(lines[2].contains("\"request_id\":\"next\""), "{text}");
}

/// Where cargo has put the examples: beside the folder of the tests.
fn log_forever() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples/log_forever")
}

#[test]
#[cfg_attr(not(unix), ignore = "kills a process as Unix does")]
fn a_kill_at_any_moment_loses_no_written_line_and_tears_at_most_the_last() {
    let rounds = std::env::var("PERFKIT_KILL_ROUNDS").ok().and_then(|text| text.parse().ok());
    for round in 0..rounds.unwrap_or(10_u64) {
        let folder = tempdir().unwrap();
        let mut child = Command::new(log_forever())
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`cargo test` builds the example");
        let mut told = BufReader::new(child.stdout.take().unwrap());
        let mut last = String::new();
        // Killed after a different number of lines each time.
        let mut written = 0;
        while written < 50 + round * 37 {
            last.clear();
            assert!(told.read_line(&mut last).unwrap() > 0, "the child ended by itself");
            written = last.trim().parse().unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died counts too.
        for line in told.lines().map_while(Result::ok) {
            written = line.trim().parse().unwrap_or(written);
        }
        let name = &names(folder.path())[0];
        let text = fs::read(folder.path().join(name)).unwrap();
        let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
        let is_whole = |line: &&&[u8]| serde_json::from_slice::<Value>(line).is_ok();
        let whole = lines.iter().filter(is_whole).count() as u64;
        assert!(whole >= written, "round {round}: {whole} of {written} lines");
        let torn: Vec<usize> = (0..lines.len())
            .filter(|i| serde_json::from_slice::<Value>(lines[*i]).is_err())
            .collect();
        assert!(torn.is_empty() || torn == [lines.len() - 1], "round {round}: {torn:?}");
    }
}

/// Says to the test below where a file system of 1 MiB is.
const SMALL_DISK: &str = "PERFKIT_SMALL_DISK";

#[test]
fn a_full_disk_costs_lines_that_are_counted_and_tears_none() {
    let name = "faults::a_full_disk_costs_lines_that_are_counted_and_tears_none";
    let Some(disk) = std::env::var_os(SMALL_DISK) else {
        // Runs itself again where it may mount: a name space of its own.
        let folder = tempdir().unwrap();
        let again = format!(
            "mount -t tmpfs -o size=1m tmpfs \"${SMALL_DISK}\" || exit 77; exec \"$0\" --exact {name} --nocapture"
        );
        let output = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &again])
            .arg(std::env::current_exe().unwrap())
            .env(SMALL_DISK, folder.path())
            .output();
        match output {
            Ok(output) if output.status.success() => {
                let told = String::from_utf8_lossy(&output.stdout);
                assert!(told.contains("1 passed"), "{told}");
            }
            Ok(output) if output.status.code() == Some(101) => {
                panic!("{}", String::from_utf8_lossy(&output.stderr))
            }
            _ => eprintln!("skipped: no file system can be mounted here (unshare, mount)"),
        }
        return;
    };
    let disk = PathBuf::from(disk);
    let filler = disk.join("filler");
    fs::write(&filler, vec![b'x'; 700 << 10]).unwrap();
    let (profiler, _hand) = profiler();
    let folder = disk.join("logs");
    let log = RequestLog::in_folder(&folder).queue(100).spawn(&profiler).unwrap();
    let errors = || profiler.snapshot().counter("request_log_errors_total", &[]).unwrap();
    until(&profiler, &log, |log| errors() >= 2 && log.totals().dropped >= 100);
    fs::remove_file(&filler).unwrap();
    resumes(&profiler, &log);
    let totals = log.stop();
    let path = folder.join("20261121_performance.jsonl");
    let lines = fs::read_to_string(&path).unwrap().lines().count();
    assert_eq!(complete_lines(&path), lines, "a line is torn");
    assert_eq!(lines as u64, totals.written);
}
