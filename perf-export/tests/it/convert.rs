//! Logs in the formats of other tools, read back as those tools read them.

use perf_export::convert::{ChromeTrace, Convert, Csv, Folded, OtlpJson, Prometheus};
use perf_export::{Entry, LogFormat, LogReader};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::time::Duration;
use tempfile::tempdir;

/// What ends fields, lines, strings, labels and stacks, moves cursors and is a formula.
pub(crate) const HOSTILE: &str = "=cmd|'x'!A1,\";\\\r\n\u{1b}[31m{}\u{9b}\u{202e} 7";

/// 400 requests, four at a time, one in ten failed, with a stage of a hostile name.
pub(crate) fn log() -> String {
    let name = serde_json::to_string(HOSTILE).unwrap();
    let line = |n: u32| {
        let (start, failed) = (f64::from(n) * 0.05, n.is_multiple_of(10));
        let error =
            if failed { format!(",\"outcome\":\"error\",\"error\":{name}") } else { String::new() };
        format!(
            "{{\"start_time\":{},\"total_time\":0.2,\"request_id\":{name},\"spans\":[\
             {{\"stage\":\"retrieval\",\"start\":0.01,\"duration\":0.0625}},\
             {{\"stage\":\"side by side\",\"start\":0.02,\"duration\":0.1}},\
             {{\"stage\":{name},\"start\":0.15,\"duration\":0.025{}}}],\
             \"metadata\":{{{name}:{name},\"k\":{n},\"deep\":{{\"x\":[1]}},\"none\":null}}{error}}}\n",
            1_795_219_200.0 + start,
            if failed { format!(",\"error\":{name}") } else { String::new() },
        )
    };
    (0..400).map(line).collect()
}

pub(crate) fn converted(mut format: impl Convert, log: &str) -> String {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    fs::write(&path, log).unwrap();
    let mut out = Vec::new();
    let mut reader = LogReader::open(&path, LogFormat::Requests).unwrap();
    reader.read(&mut |entry: &Entry<'_>| format.entry(entry, &mut out).unwrap()).unwrap();
    assert_eq!(reader.skipped().total(), 0, "{}", reader.skipped());
    format.finish(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(hidden), "{:?}", text.chars().find(|c| hidden(*c)));
    text
}

#[test]
fn csv_has_a_row_for_each_request_and_each_stage_on_one_line() {
    let text = converted(Csv::new(), &log());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "request_id,operation,stage,start_time,duration_s,outcome,error");
    assert_eq!(lines.len(), 1 + 400 * 4);
    let hostile = "\"'=cmd|'x'!A1,\"\";\\\\r\\n\\u{1b}[31m{}\\u{9b}\\u{202e} 7\"";
    assert_eq!(lines[1], format!("{hostile},,,1795219200.000000000,0.200000000,error,{hostile}"));
    assert_eq!(lines[2], format!("{hostile},,retrieval,1795219200.010000000,0.062500000,ok,"));
    assert!(text.lines().all(|line| line.matches('"').count().is_multiple_of(2)));
    assert_eq!(converted(Csv::new(), "").lines().count(), 1);
}

#[test]
fn csv_is_read_back_by_our_own_reader() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.csv");
    fs::write(&path, converted(Csv::new(), &log())).unwrap();
    let mapping = perf_export::Mapping::new("duration_s", perf_core::TimeUnit::Seconds)
        .operation("stage")
        .ok(perf_export::FieldTest::parse("outcome=ok").unwrap());
    let mut reader = LogReader::open(&path, LogFormat::Csv(mapping)).unwrap();
    let mut seconds: HashMap<String, f64> = HashMap::new();
    reader
        .read(&mut |entry| {
            let stage = entry.operation.clone().unwrap_or_default().into_owned();
            *seconds.entry(stage).or_default() += entry.total.as_secs_f64();
        })
        .unwrap();
    assert_eq!((reader.entries(), reader.skipped().total()), (1_600, 0));
    assert!((seconds[""] - 80.0).abs() < 1e-6 && (seconds["retrieval"] - 25.0).abs() < 1e-6);
}

#[test]
fn chrome_events_of_a_row_follow_or_hold_each_other() {
    let text = converted(ChromeTrace::new(), &log());
    let trace: Value = serde_json::from_str(&text).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    assert_eq!(events.len(), 1_600);
    let base: f64 = trace["otherData"]["base_unix_s"].as_str().unwrap().parse().unwrap();
    let mut rows: BTreeMap<u64, Vec<(i64, i64)>> = BTreeMap::new();
    for event in events {
        assert_eq!((&event["ph"], &event["pid"]), (&Value::from("X"), &Value::from(1)));
        let nanos = |key: &str| (event[key].as_f64().unwrap() * 1e3).round() as i64;
        let row = rows.entry(event["tid"].as_u64().unwrap()).or_default();
        row.push((nanos("ts"), nanos("ts") + nanos("dur")));
    }
    assert!(rows.len() < 12, "{} rows for four requests at a time", rows.len());
    for (row, mut events) in rows {
        events.sort_by_key(|(start, end)| (*start, -*end));
        let mut around: Vec<i64> = Vec::new();
        for (start, end) in events {
            around.retain(|until| *until > start);
            assert!(around.last().is_none_or(|until| end <= *until), "row {row} at {start}");
            around.push(end);
        }
    }
    let first = &events[0];
    assert_eq!(base + first["ts"].as_f64().unwrap() / 1e6, 1_795_219_200.0);
    assert_eq!(first["args"]["request_id"], HOSTILE);
    assert_eq!(first["args"]["metadata"][HOSTILE], HOSTILE);
    assert_eq!((&first["args"]["error"], &events[3]["name"]), (&HOSTILE.into(), &HOSTILE.into()));
    let empty: Value = serde_json::from_str(&converted(ChromeTrace::new(), "")).unwrap();
    assert_eq!(empty["traceEvents"].as_array().unwrap().len(), 0);
}

#[test]
fn requests_without_times_stand_one_after_the_other() {
    let text = converted(ChromeTrace::new(), &"{\"total_time\":0.5}\n".repeat(3));
    let trace: Value = serde_json::from_str(&text).unwrap();
    let starts: Vec<_> = trace["traceEvents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["ts"].as_f64().unwrap())
        .collect();
    assert_eq!(starts, [0.0, 5e5, 1e6]);
}

#[test]
fn otlp_has_a_trace_a_line_with_ids_that_are_the_same_each_time() {
    let text = converted(OtlpJson::new(HOSTILE), &log());
    assert_eq!(text, converted(OtlpJson::new(HOSTILE), &log()));
    let (mut traces, mut spans) = (HashSet::new(), HashSet::new());
    for (number, line) in text.lines().enumerate() {
        let data: Value = serde_json::from_str(line).unwrap();
        let resource = &data["resourceSpans"][0];
        assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], HOSTILE);
        let all = resource["scopeSpans"][0]["spans"].as_array().unwrap();
        assert_eq!(all.len(), 4);
        let root = &all[0];
        traces.insert(root["traceId"].as_str().unwrap().to_owned());
        for span in all {
            let id = span["spanId"].as_str().unwrap();
            assert!(spans.insert(id.to_owned()) && id.len() == 16);
            assert_eq!(span["traceId"], root["traceId"]);
            let parent = if span == root { "" } else { root["spanId"].as_str().unwrap() };
            assert_eq!(span["parentSpanId"], parent);
            let nanos = |key: &str| span[key].as_str().unwrap().parse::<u64>().unwrap();
            assert!(nanos("startTimeUnixNano") < nanos("endTimeUnixNano"));
        }
        let failed = number % 10 == 0;
        assert_eq!(root["status"]["code"], if failed { 2 } else { 1 });
        assert_eq!(all[3]["status"]["code"], if failed { 2 } else { 1 });
        let attribute = |key: &str| {
            let all = root["attributes"].as_array().unwrap();
            all.iter().find(|a| a["key"] == key).map(|a| a["value"].clone())
        };
        assert_eq!(attribute("k").unwrap()["intValue"], number.to_string());
        assert_eq!(attribute("deep").unwrap()["stringValue"], "{\"x\":[1]}");
        assert_eq!(
            (attribute("none"), attribute("request_id").unwrap()["stringValue"].as_str()),
            (None, Some(HOSTILE))
        );
    }
    assert_eq!((traces.len(), traces.iter().all(|id| id.len() == 32)), (400, true));
    let same = "{\"start_time\":5.0,\"total_time\":1.0}\n".repeat(2);
    let ids: HashSet<_> = converted(OtlpJson::new("x"), &same)
        .lines()
        .map(|line| line.split("\"traceId\":\"").nth(1).unwrap()[..32].to_owned())
        .collect();
    assert_eq!(ids.len(), 2, "requests without an id are told apart");
}

#[test]
fn folded_stacks_sum_what_each_took_and_what_none_accounts_for() {
    let text = converted(Folded::new("request"), &log());
    let mut all = HashMap::new();
    for line in text.lines() {
        let (stack, micros) = line.rsplit_once(' ').unwrap();
        assert!(stack.matches(';').count() <= 1, "{line}");
        all.insert(stack.to_owned(), micros.parse::<u64>().unwrap());
    }
    assert_eq!(all.len(), 4);
    // 200 ms less 10..120 and 150..175: what ran side by side is covered once.
    assert_eq!(all["request"], 400 * 65_000);
    assert_eq!(
        (all["request;retrieval"], all["request;side by side"]),
        (400 * 62_500, 400 * 100_000)
    );
    assert_eq!(all["request;=cmd|'x'!A1,\",\\___[31m{}__ 7"], 400 * 25_000);
}

#[test]
fn times_at_the_edge_of_what_can_be_told_are_no_panic() {
    let mut entry = Entry::default();
    (entry.started, entry.total) =
        (Some(Duration::from_nanos(u64::MAX)), Duration::from_nanos(u64::MAX));
    let mut span = perf_export::Span::default();
    (span.start, span.duration) = (entry.total, entry.total);
    entry.spans.push(span);
    let formats: [Box<dyn Convert>; 5] = [
        Box::new(Csv::new()),
        Box::new(Prometheus::new()),
        Box::new(ChromeTrace::new()),
        Box::new(OtlpJson::new("")),
        Box::new(Folded::new("")),
    ];
    for mut format in formats {
        let mut out = Vec::new();
        for started in [Some(Duration::ZERO), entry.started, None] {
            entry.started = started;
            format.entry(&entry, &mut out).unwrap();
        }
        format.finish(&mut out).unwrap();
        assert!(!out.is_empty());
    }
}
