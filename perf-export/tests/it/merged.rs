//! Several logs as one.

use perf_export::{Entry, LogFormat, LogReader, MergedReader, Replay};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::tempdir;

fn write(folder: &Path, name: &str, ends: impl Iterator<Item = u32>) -> PathBuf {
    let mut text = String::new();
    for end in ends {
        let _ = writeln!(
            text,
            "{{\"start_time\":{}.0,\"total_time\":1.0,\"request_id\":\"{name} {end}\",\"error\":\"x\",\
             \"spans\":[{{\"stage\":\"s\",\"duration\":0.5,\"error\":\"y\"}}],\"metadata\":{{\"k\":1}}}}",
            1_000 + end
        );
    }
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn merged(paths: &[PathBuf]) -> (Vec<Entry<'static>>, MergedReader) {
    let open = |path| LogReader::open(path, LogFormat::Requests).unwrap();
    let mut reader = MergedReader::new(paths.iter().map(open)).unwrap();
    let mut entries = Vec::new();
    reader.read(&mut |entry| entries.push(entry.clone().into_owned())).unwrap();
    (entries, reader)
}

#[test]
fn every_entry_comes_once_whole_and_in_the_order_of_the_ends() {
    let folder = tempdir().unwrap();
    let paths = [
        write(folder.path(), "late.jsonl", 500..600),
        write(folder.path(), "a.jsonl", (0..400).step_by(2)),
        write(folder.path(), "none.jsonl", 0..0),
        write(folder.path(), "b.jsonl", (0..400).step_by(3)),
    ];
    let (entries, reader) = merged(&paths);
    assert_eq!(entries.len(), 100 + 200 + 134);
    assert_eq!((reader.entries(), reader.skipped().count()), (434, 4));
    assert!(entries.is_sorted_by_key(|entry| entry.ended()));
    let entry = &entries[0];
    assert_eq!(entry.id.as_deref(), Some("a.jsonl 0"), "the first log first where they are equal");
    assert_eq!(
        (entry.failure.as_deref(), entry.spans[0].failure.as_deref()),
        (Some("x"), Some("y"))
    );
    assert_eq!(entry.metadata.as_deref(), Some("{\"k\":1}"));
}

#[test]
fn entries_without_a_time_stay_with_the_one_before_them_and_bad_lines_are_counted_once() {
    let folder = tempdir().unwrap();
    let a = folder.path().join("a.jsonl");
    let line =
        |time: &str, id: &str| format!("{{{time}\"total_time\":1.0,\"request_id\":\"{id}\"}}\n");
    let text = [
        "torn\n".to_owned(),
        line("\"start_time\":5.0,", "a5"),
        line("", "with a5"),
        line("\"start_time\":9.0,", "a9"),
    ];
    fs::write(&a, text.concat()).unwrap();
    let b = folder.path().join("b.jsonl");
    fs::write(&b, line("\"start_time\":1.0,", "b1") + &line("\"start_time\":7.0,", "b7")).unwrap();
    let (entries, reader) = merged(&[a, b]);
    let ids: Vec<_> = entries.iter().filter_map(|entry| entry.id.as_deref()).collect();
    assert_eq!(ids, ["b1", "a5", "with a5", "b7", "a9"]);
    assert_eq!(reader.skipped().map(perf_export::Skipped::total).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn logs_that_overlap_have_the_windows_of_one_log_of_all() {
    let folder = tempdir().unwrap();
    let whole = write(folder.path(), "whole.jsonl", 0..1_000);
    let parts = [
        write(folder.path(), "odd.jsonl", (1..1_000).step_by(2)),
        write(folder.path(), "even.jsonl", (0..1_000).step_by(2)),
    ];
    let rates = |paths: &[PathBuf]| {
        let mut replay = Replay::new("request", |_| {}).with_timeline();
        merged(paths).0.iter().for_each(|entry| replay.entry(entry));
        let replayed = replay.finish();
        let window = replayed.timeline.window(Duration::from_secs(3_600));
        let count = |part: perf_core::Window| part.operation("request").unwrap().count();
        (window.intervals().map(count).collect::<Vec<_>>(), replayed.snapshot.interval())
    };
    assert_eq!(rates(&[whole]), rates(&parts));
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_logs_that_follow_each_other_are_open_one_by_one() {
    let folder = tempdir().unwrap();
    let paths: Vec<_> = (0..1_000_u32)
        .rev()
        .map(|n| write(folder.path(), &format!("{n}.jsonl"), n * 10..n * 10 + 5))
        .collect();
    let open = |path| LogReader::open(path, LogFormat::Requests).unwrap();
    let mut reader = MergedReader::new(paths.iter().map(open)).unwrap();
    let (mut most, mut last) = (0, None);
    reader
        .read(&mut |entry| {
            assert!(entry.ended() > last);
            last = entry.ended();
            let files = fs::read_dir("/proc/self/fd").unwrap();
            let logs = files
                .flatten()
                .filter_map(|file| fs::read_link(file.path()).ok())
                .filter(|path| path.starts_with(folder.path()));
            most = most.max(logs.count());
        })
        .unwrap();
    assert_eq!(reader.entries(), 5_000);
    assert!(most <= 2, "{most} logs open at a time");
}

#[cfg(unix)]
#[test]
fn what_can_be_read_only_once_is_read_once() {
    let folder = tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        return eprintln!("skipped: no mkfifo on this machine");
    }
    let text = fs::read(write(folder.path(), "a.jsonl", (0..100).step_by(2))).unwrap();
    let b = write(folder.path(), "b.jsonl", (1..100).step_by(2));
    let into = pipe.clone();
    let writer = std::thread::spawn(move || fs::write(into, text).unwrap());
    let (entries, _) = merged(&[pipe, b]);
    writer.join().unwrap();
    assert_eq!(entries.len(), 100);
    assert!(entries.is_sorted_by_key(|entry| entry.ended()));
}
