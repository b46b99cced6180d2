//! The request log in a quiet world.

use flate2::read::GzDecoder;
use perf_core::{Clock, ManualClock, Profiler};
use perf_export::RequestLog;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::Duration;
use tempfile::tempdir;

const DAY: Duration = Duration::from_secs(86_400);

/// A profiler on 2026-11-21, 00:00 UTC.
pub(crate) fn profiler() -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    hand.set(Duration::from_secs(1_795_219_200));
    (profiler, hand)
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_request_is_a_line_of_the_file_of_its_day() {
    let folder = tempdir().unwrap();
    let (profiler, hand) = profiler();
    let log = RequestLog::in_folder(folder.path()).spawn(&profiler).unwrap();
    for day in 0..3 {
        for id in 0..100 {
            let request = profiler.request(&format!("{day}-{id}"));
            hand.advance(Duration::from_millis(5));
            request.lap("retrieval");
        }
        hand.advance(DAY);
    }
    let totals = log.stop();
    assert_eq!((totals.written, totals.dropped), (300, 0));
    let days = ["20261121", "20261122", "20261123"];
    for (number, day) in days.into_iter().enumerate() {
        let lines = lines(&folder.path().join(format!("{day}_performance.jsonl")));
        let ids: Vec<&str> =
            lines.iter().map(|line| line["request_id"].as_str().unwrap()).collect();
        let expected: Vec<String> = (0..100).map(|id| format!("{number}-{id}")).collect();
        assert_eq!(ids, expected);
        assert!(lines.iter().all(|line| line["total_time"] == 0.005), "{lines:?}");
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counter("request_log_written_total", &[]), Some(300));
    assert_eq!(snapshot.counter("request_log_dropped_total", &[]), Some(0));
}

#[test]
fn a_file_that_would_grow_too_large_is_left_and_the_next_part_begun() {
    let folder = tempdir().unwrap();
    let (profiler, _hand) = profiler();
    let log = || RequestLog::in_folder(folder.path()).max_file_bytes(2_000);
    let thread = log().spawn(&profiler).unwrap();
    (0..50).for_each(|id| drop(profiler.request(&format!("{id:0>100}"))));
    assert_eq!(thread.stop().written, 50);
    let files = names(folder.path());
    let files: Vec<&String> = files.iter().collect();
    assert!(files.len() > 4, "{files:?}");
    assert_eq!(files[0], "20261121_performance.001.jsonl");
    let sizes = files.iter().map(|name| fs::metadata(folder.path().join(name)).unwrap().len());
    assert!(sizes.clone().all(|size| size <= 2_000), "{:?}", sizes.collect::<Vec<_>>());
    let all: usize = files.iter().map(|name| lines(&folder.path().join(name)).len()).sum();
    assert_eq!(all, 50);
    // A new process goes on with the last part.
    let thread = log().spawn(&profiler).unwrap();
    drop(profiler.request("last"));
    thread.stop();
    let last = names(folder.path());
    let last = last.iter().rfind(|name| name.starts_with("20261121_performance.0")).unwrap();
    assert_eq!(lines(&folder.path().join(last)).last().unwrap()["request_id"], "last");
}

#[test]
fn old_files_are_compressed_and_then_deleted_and_those_of_others_left() {
    let folder = tempdir().unwrap();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |ago: i64| {
        let day = today.checked_sub(jiff::ToSpan::days(ago)).unwrap();
        day.strftime("%Y%m%d").to_string()
    };
    for (ago, part) in [(0, ""), (1, ""), (1, ".001"), (6, ""), (7, ""), (400, "")] {
        let name = format!("{}_performance{part}.jsonl", day(ago));
        fs::write(folder.path().join(name), format!("{ago}\n")).unwrap();
    }
    fs::write(folder.path().join(format!("{}_performance.jsonl.gz", day(8))), "old").unwrap();
    fs::write(folder.path().join("19990101_other.jsonl"), "not ours").unwrap();
    // Files grow old by the time of day, which no test sets: neither may their names.
    let profiler = Profiler::new();
    let log = RequestLog::in_folder(folder.path()).compress_after_days(1).keep_days(7);
    let thread = log.spawn(&profiler).unwrap();
    // It tidies up before it takes a line.
    drop(profiler.request("one"));
    assert_eq!(thread.stop().written, 1);
    let left = names(folder.path());
    let mut expected = vec![
        "19990101_other.jsonl".to_owned(),
        format!("{}_performance.jsonl", day(0)),
        format!("{}_performance.jsonl.gz", day(1)),
        format!("{}_performance.001.jsonl.gz", day(1)),
        format!("{}_performance.jsonl.gz", day(6)),
    ];
    expected.sort();
    assert_eq!(left, expected);
    let mut text = String::new();
    let old = folder.path().join(format!("{}_performance.jsonl.gz", day(6)));
    GzDecoder::new(File::open(old).unwrap()).read_to_string(&mut text).unwrap();
    assert_eq!(text, "6\n");
}

#[test]
fn what_does_not_fit_the_queue_is_dropped_counted_and_nobody_waits() {
    let folder = tempdir().unwrap();
    let (profiler, _hand) = profiler();
    let thread = RequestLog::in_folder(folder.path()).queue(1).spawn(&profiler).unwrap();
    (0..20_000).for_each(|id| drop(profiler.request(&id.to_string())));
    let totals = thread.stop();
    assert_eq!(totals.written + totals.dropped, 20_000);
    assert!(totals.dropped > 0, "a queue of one keeps up with {totals:?}");
    let dropped = profiler.snapshot().counter("request_log_dropped_total", &[]);
    assert_eq!(dropped, Some(totals.dropped));
}

#[test]
fn a_stop_without_time_counts_what_is_left() {
    let folder = tempdir().unwrap();
    let (profiler, _hand) = profiler();
    let thread = RequestLog::in_folder(folder.path()).queue(100_000).spawn(&profiler).unwrap();
    (0..50_000).for_each(|id| drop(profiler.request(&id.to_string())));
    let totals = thread.stop_within(Duration::ZERO);
    assert_eq!(totals.written + totals.dropped, 50_000);
    // What ends later is not waited for, and not counted as lost: nobody was asked to log it.
    drop(profiler.request("later"));
    assert_eq!(profiler.snapshot().counter("request_log_written_total", &[]), Some(totals.written));
}

#[test]
fn a_folder_that_cannot_be_made_is_told_when_spawning() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let (profiler, _hand) = profiler();
    assert!(RequestLog::in_folder(file.join("inside")).spawn(&profiler).is_err());
}
