//! A log read back says what the process said.

use perf_core::{Clock, Profiler, Quantile, Snapshot};
use perf_export::{
    FieldTest, LogFormat, LogReader, Mapping, Replay, Replayed, RequestLog, SkipReason,
};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use tempfile::tempdir;

fn replay(path: &Path, format: LogFormat) -> (Replayed, LogReader) {
    let mut reader = LogReader::open(path, format).unwrap();
    let mut replay = Replay::new("request", |_| {}).with_timeline();
    replay.read(&mut reader).unwrap();
    (replay.finish(), reader)
}

/// 5,000 requests in 50 s, with a log of them.
fn run(folder: &Path) -> Snapshot {
    let (clock, hand) = Clock::manual();
    hand.set(Duration::from_secs(1_795_219_200));
    let profiler = Profiler::builder().clock(clock).overall_operation("request").build();
    let log = RequestLog::in_folder(folder).max_file_bytes(500_000).queue(10_000);
    let log = log.spawn(&profiler).unwrap();
    for id in 0..5_000_u64 {
        let request = profiler.request(&format!("query-{id}"));
        request.metadata("query", format!("number {id}"));
        for (stage, micros) in [("retrieval", 1_000 + id % 997), ("generation", 5_000 + id % 2_003)]
        {
            hand.advance(Duration::from_micros(micros));
            let mut timer = request.stage(stage);
            hand.advance(Duration::from_nanos(id % 1_009));
            if id % 500 == 0 {
                timer.mark_failure_with("timeout");
            }
        }
        if id % 100 == 0 {
            request.mark_failure_with("no answer");
        }
        drop(request);
        hand.advance(Duration::from_millis(2));
    }
    let snapshot = profiler.snapshot();
    assert_eq!(log.stop().written, 5_000);
    snapshot
}

#[test]
fn a_replayed_log_has_the_numbers_of_the_process() {
    let folder = tempdir().unwrap();
    let live = run(folder.path());
    assert!(fs::read_dir(folder.path()).unwrap().count() > 3);
    let (replayed, reader) = replay(folder.path(), LogFormat::Requests);
    assert_eq!((reader.entries(), reader.skipped().total()), (5_000, 0));
    let quantiles = [0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0].map(|q| Quantile::new(q).unwrap());
    for name in ["request", "retrieval", "generation"] {
        let (live, read) =
            (live.operation(name).unwrap(), replayed.snapshot.operation(name).unwrap());
        assert_eq!((read.count(), read.failures()), (live.count(), live.failures()), "{name}");
        assert_eq!(read.latency().quantiles(&quantiles), live.latency().quantiles(&quantiles));
        assert_eq!((read.min(), read.max()), (live.min(), live.max()), "{name}");
        let kinds = |snapshot: &perf_core::OperationSnapshot| -> Vec<(String, u64)> {
            snapshot.failure_kinds().map(|(kind, count)| (kind.to_owned(), count)).collect()
        };
        assert_eq!(kinds(read), kinds(live), "{name}");
    }
    let slowest = |snapshot: &Snapshot| -> Vec<(Duration, String)> {
        let request = snapshot.operation("request").unwrap();
        let id = |sample: &perf_core::Sample| {
            sample.metadata().find(|(key, _)| *key == "request_id").map(|(_, id)| id.to_string())
        };
        request.slowest().iter().map(|sample| (sample.duration(), id(sample).unwrap())).collect()
    };
    assert_eq!(slowest(&replayed.snapshot), slowest(&live));
    let span = replayed.snapshot.interval().as_secs_f64();
    assert!((span - live.interval().as_secs_f64()).abs() < 0.01, "{span}");
}

#[test]
fn the_timeline_of_a_log_is_that_of_its_times() {
    let folder = tempdir().unwrap();
    run(folder.path());
    let (replayed, _) = replay(folder.path(), LogFormat::Requests);
    let window = replayed.timeline.window(Duration::from_secs(3_600));
    let count: u64 =
        window.intervals().map(|part| part.operation("request").unwrap().count()).sum();
    assert_eq!(count, 5_000);
    let rates: Vec<u64> =
        window.intervals().map(|part| part.operation("request").unwrap().count()).collect();
    assert!(
        rates.len() > 40 && rates[5..rates.len() - 2].iter().all(|rate| (85..130).contains(rate)),
        "{rates:?}"
    );
}

#[test]
fn where_no_operation_stands_for_the_whole_all_of_them_do_and_none_is_made_up() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let mapping =
        || LogFormat::Json(Mapping::new("s", perf_core::TimeUnit::Seconds).operation("path"));
    let count = |text: &str| {
        fs::write(&path, text).unwrap();
        let mut replay = Replay::new(None, |_| {});
        replay.read(&mut LogReader::open(&path, mapping()).unwrap()).unwrap();
        let snapshot = replay.finish().snapshot;
        let names: Vec<_> = snapshot.operations().map(|one| one.name().to_owned()).collect();
        (snapshot.overall().count(), names)
    };
    let named = "{\"path\":\"/\",\"s\":1}\n{\"path\":\"/search\",\"s\":2}\n";
    assert_eq!(count(named), (2, vec!["/".to_owned(), "/search".to_owned()]));
    assert_eq!(count("{\"s\":1}\n"), (1, vec!["request".to_owned()]));
}

#[test]
fn requests_are_told_to_observers_if_that_is_asked_for() {
    let folder = tempdir().unwrap();
    run(folder.path());
    let mut reader = LogReader::open(folder.path(), LogFormat::Requests).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut replay = Replay::new("request", move |profiler| {
        let sender = std::sync::Mutex::new(sender);
        profiler.observe_requests(move |request| {
            let stage = &request.stages()[1];
            let told = (request.id().to_owned(), request.total(), stage.offset(), stage.duration());
            sender.lock().unwrap().send(told).unwrap();
        });
    });
    replay = replay.with_requests();
    replay.read(&mut reader).unwrap();
    drop(replay.finish());
    let told: Vec<_> = receiver.into_iter().collect();
    assert_eq!(told.len(), 5_000);
    let nanos = Duration::from_nanos;
    let (id, total, offset, duration) = &told[7];
    assert_eq!((id.as_str(), *duration), ("query-7", nanos(7)));
    assert_eq!(
        (*total, *offset),
        (nanos(1_007_000 + 5_007_000 + 14), nanos(1_007_000 + 5_007_000 + 7))
    );
}

#[test]
fn lines_that_are_none_are_skipped_counted_and_the_first_is_named() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let mut text = b"{\"total_time\":0.5}\n{\"torn\n\nnot json\n{\"stages\":{}}\n{\"total_time\":-1}\n{\"total_time\":1e400}\n".to_vec();
    text.extend([b"{\"x\":\"".to_vec(), vec![b'x'; 10 << 20], b"\"}\n".to_vec()].concat());
    text.extend(b"\xff\xfe{\"total_time\":1}\n");
    text.extend("[".repeat(100_000).bytes());
    text.extend(b"\n{\"total_time\":0.25}");
    fs::write(&path, text).unwrap();
    let (replayed, reader) = replay(&path, LogFormat::Requests);
    assert_eq!(replayed.snapshot.operation("request").unwrap().count(), 2);
    let reasons: Vec<_> = reader.skipped().reasons().collect();
    assert_eq!(
        reasons,
        [(SkipReason::Malformed, 5), (SkipReason::NoDuration, 2), (SkipReason::TooLong, 1)]
    );
    let told = reader.skipped().to_string();
    assert!(
        told.starts_with("8 lines skipped: 5 not of this format") && told.ends_with("log.jsonl:2"),
        "{told}"
    );
}

#[test]
fn compressed_files_and_whole_folders_are_read_in_the_order_of_their_days() {
    let folder = tempdir().unwrap();
    let line = |second: u32| {
        format!("{{\"start_time\":{second}.0,\"total_time\":1.0,\"request_id\":\"{second}\"}}\n")
    };
    fs::write(folder.path().join("20261121_performance.jsonl"), line(3)).unwrap();
    fs::write(folder.path().join("20261120_performance.001.jsonl"), line(2)).unwrap();
    let gzip = fs::File::create(folder.path().join("20261120_performance.jsonl.gz")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(gzip, flate2::Compression::fast());
    gzip.write_all(line(1).as_bytes()).unwrap();
    gzip.finish().unwrap();
    fs::write(folder.path().join("other.jsonl"), "not ours").unwrap();
    let mut reader = LogReader::open(folder.path(), LogFormat::Requests).unwrap();
    let mut ids = Vec::new();
    reader.read(&mut |entry| ids.push(entry.id.clone().unwrap().into_owned())).unwrap();
    assert_eq!(ids, ["1", "2", "3"]);
}

#[test]
fn a_bomb_of_gzip_is_read_in_bounded_memory_and_is_one_line_that_is_too_long() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("bomb.jsonl.gz");
    let mut gzip = flate2::write::GzEncoder::new(
        fs::File::create(&path).unwrap(),
        flate2::Compression::fast(),
    );
    (0..64).for_each(|_| gzip.write_all(&vec![b'x'; 1 << 20]).unwrap());
    gzip.write_all(b"\n{\"total_time\":0.5}\n").unwrap();
    gzip.finish().unwrap();
    assert!(fs::metadata(&path).unwrap().len() < 1 << 20);
    let (replayed, reader) = replay(&path, LogFormat::Requests);
    assert_eq!(replayed.snapshot.operation("request").unwrap().count(), 1);
    assert_eq!(reader.skipped().reasons().collect::<Vec<_>>(), [(SkipReason::TooLong, 1)]);
}

#[test]
fn csv_and_json_of_others_are_read_by_a_mapping() {
    let folder = tempdir().unwrap();
    let csv = folder.path().join("a.csv");
    fs::write(
        &csv,
        "path,ms,status,at\n\"/a,b\",12.5,200,1795219200\n/c,7,503,1795219201\n/c,-,200,0\nshort\n",
    )
    .unwrap();
    let mapping = Mapping::new("ms", perf_core::TimeUnit::Milliseconds)
        .operation("path")
        .ok(FieldTest::parse("status<500").unwrap())
        .time("at");
    let (replayed, reader) = replay(&csv, LogFormat::Csv(mapping.clone()));
    assert_eq!((reader.entries(), reader.skipped().total()), (2, 2));
    let c = replayed.snapshot.operation("/c").unwrap();
    assert_eq!((c.failures(), c.failure_kinds().next()), (1, Some(("status 503", 1))));
    assert_eq!(
        replayed.snapshot.operation("/a,b").unwrap().max(),
        Some(Duration::from_micros(12_500))
    );
    let json = folder.path().join("a.ndjson");
    fs::write(&json, "{\"path\":\"/a\",\"ms\":1,\"status\":200,\"at\":\"2026-11-21T00:00:00Z\"}\n")
        .unwrap();
    let (replayed, _) = replay(&json, LogFormat::Json(mapping.clone()));
    assert_eq!(replayed.snapshot.operation("/a").unwrap().count(), 1);
    let wrong = folder.path().join("b.csv");
    fs::write(&wrong, "path,seconds\n/a,1\n").unwrap();
    let mut reader = LogReader::open(&wrong, LogFormat::Csv(mapping)).unwrap();
    let told = reader.read(&mut |_| {}).unwrap_err().to_string();
    assert!(told.contains("b.csv: has no column \"ms\"; its columns are path, seconds"), "{told}");
}

#[test]
fn what_is_not_there_is_told_at_once() {
    let folder = tempdir().unwrap();
    let told = |path: &Path| LogReader::open(path, LogFormat::Requests).err().unwrap().to_string();
    assert!(told(&folder.path().join("none")).contains("cannot be read:"));
    assert!(told(folder.path()).contains("has no logs; what is read of a folder is YYYYMMDD"));
    let path = folder.path().join("x.jsonl.gz");
    fs::write(&path, "no gzip").unwrap();
    let mut reader = LogReader::open(&path, LogFormat::Requests).unwrap();
    assert!(reader.read(&mut |_| {}).unwrap_err().to_string().contains("cannot be read:"));
}

#[test]
#[cfg(feature = "zstd")]
fn a_log_compressed_with_zstd_is_read() {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.jsonl.zst");
    let text = "{\"total_time\":0.5}\n".repeat(10_000);
    fs::write(&path, compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)).unwrap();
    let (replayed, _) = replay(&path, LogFormat::Requests);
    assert_eq!(replayed.snapshot.operation("request").unwrap().count(), 10_000);
    fs::write(&path, "no zstd").unwrap();
    let mut reader = LogReader::open(&path, LogFormat::Requests).unwrap();
    assert!(
        reader.read(&mut |_| {}).unwrap_err().to_string().contains("is not compressed with zstd")
    );
}

#[test]
fn what_stages_were_told_is_known_to_observers_however_the_line_is_written() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let stages = r#""stages":{"retrieval":{"duration":0.1,"metadata":{"hit":true,"k":50}}}"#;
    let spans = r#""spans":[{"stage":"retrieval","start":0.0,"duration":0.1}]"#;
    let failed = r#""spans":[{"stage":"retrieval","start":0.0,"duration":0.1,"error":"timeout"}]"#;
    let line = |rest: &[&str]| format!("{{\"total_time\":0.5,{}}}\n", rest.join(","));
    let lines =
        [line(&[stages]), line(&[spans, stages]), line(&[stages, spans]), line(&[failed, stages])];
    fs::write(&path, lines.concat()).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut replay = Replay::new("request", move |profiler| {
        let sender = std::sync::Mutex::new(sender);
        profiler.observe_requests(move |request| {
            let told: Vec<String> = request.stages()[0]
                .metadata()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            sender.lock().unwrap().send(told.join(" ")).unwrap();
        });
    });
    replay = replay.with_requests();
    replay.read(&mut LogReader::open(&path, LogFormat::Requests).unwrap()).unwrap();
    drop(replay.finish());
    assert_eq!(receiver.into_iter().collect::<Vec<_>>(), ["hit=true k=50"; 4]);
}
