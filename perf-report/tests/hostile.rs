//! Every text of a report file, which may be anybody's: none means anything to a terminal, Markdown, HTML or XML.

use jiff::{SignedDuration, Timestamp};
use perf_analysis::RequestWatch;
use perf_core::{Clock, Profiler};
use perf_report::{Console, Report, Trends};
use perf_sla::SlaConfig;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const HOSTILE: &str =
    "\nFORGED\u{1b}[31m<script>alert(1)</script>|`x`[a](b)\u{202e}\u{61c}\u{ffff}@all#1";

const SLA: &str = r#"
    overall_operation = "answer"
    [overall]
    max_p95 = "1ms"
    [operations.search]
    max_p99 = "40ms"
    [metrics.cache]
    good = "cache_hits"
    bad = "cache_misses"
    by = "tenant"
    min_ratio = "80%"
    [[objectives]]
    name = "fast answers"
    operation = "answer"
    good = "latency <= 1ms"
    target = "99%"
    [[exclusions]]
    name = "maintenance"
    reason = "database upgrade"
    from = "1970-01-01T00:00:00Z"
    to = "1970-01-01T00:00:01Z"
"#;

/// A few seconds of everything that a report can hold.
fn everything() -> Report {
    let (clock, hand) = Clock::manual();
    let profiler =
        Profiler::builder().clock(clock).overall_operation("answer").call_tree(100).build();
    let sla = SlaConfig::from_toml(SLA).unwrap();
    sla.watch(&profiler).unwrap();
    let requests = RequestWatch::new(&profiler);
    let timeline = profiler.timeline();
    for second in 0..5_u64 {
        for call in 0..20 {
            let request = profiler.request(&format!("{second}-{call}"));
            request.metadata("query", "why");
            request.time("search", || hand.advance(Duration::from_millis(3 + call)));
            request.time("rank", || hand.advance(Duration::from_millis(10)));
            if call == 0 {
                request.mark_failure_with("timeout");
            }
        }
        profiler.in_scope("outer", || {
            profiler.in_scope("inner", || hand.advance(Duration::from_millis(3)));
        });
        profiler.gauge("process_cpu_cores").set(1.8);
        profiler.gauge("process_cpu_ratio").set(0.9);
        profiler.gauge_with("queue_depth", &[("queue", "in")]).set(second as f64);
        profiler.counter_with("cache_hits", &[("tenant", "acme")]).add(700);
        profiler.histogram("size").record(3);
        timeline.tick();
    }
    let snapshot = profiler.snapshot();
    Report::new(&snapshot)
        .with_timeline(&timeline)
        .with_requests(&requests.read())
        .with_call_tree(&profiler.call_tree())
        .labelled("commit", "abc")
        .with_sla(&sla.evaluate_run(&snapshot, &timeline))
}

/// The same run a day before: a run beside itself is no comparison.
fn the_day_before(report: &Report) -> Report {
    let mut json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    for key in ["started_at", "ended_at"] {
        let then: Timestamp = json["run"][key].as_str().unwrap().parse().unwrap();
        json["run"][key] = (then - SignedDuration::from_hours(24)).to_string().into();
    }
    Report::from_json(&json.to_string()).unwrap()
}

/// A place in JSON for each text of another kind: the keys that lead to it, and a pointer to the last of them.
fn texts(value: &Value, keys: &str, pointer: &str, all: &mut BTreeMap<String, String>) {
    match value {
        Value::String(_) => {
            all.insert(keys.to_owned(), pointer.to_owned());
        }
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                texts(value, &format!("{keys}/*"), &format!("{pointer}/{place}"), all);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                texts(value, &format!("{keys}/{key}"), &format!("{pointer}/{key}"), all);
            }
        }
        _ => {}
    }
}

fn cells(row: &str) -> usize {
    row.replace(r"\|", "").matches('|').count()
}

fn assert_inert(place: &str, report: &Report) {
    let page = report.to_html().unwrap();
    let markdown = report.to_markdown().unwrap();
    let junit = report.to_junit().unwrap();
    let console = report.to_console(&Console::plain(100));
    let runs = Trends::of([("a".to_owned(), report.clone()), ("b".to_owned(), report.clone())]);
    let (trends, trends_page) = (runs.to_console(&Console::plain(100)), runs.to_html().unwrap());
    let annotations = report.to_github_annotations();
    for text in [&page, &markdown, &junit, &console, &trends, &trends_page, &annotations] {
        for forbidden in ['\u{1b}', '\u{202e}', '\u{61c}', '\u{ffff}'] {
            assert!(!text.contains(forbidden), "{place}: {forbidden:?} in {text}");
        }
        assert!(
            !text.lines().any(|line| line.trim_start().starts_with("FORGED")),
            "{place}: {text}"
        );
    }
    assert_eq!(page.matches("<script").count(), 2, "{place}");
    assert!(!trends_page.contains("<script"), "{place}");
    if let Err(error) = roxmltree::Document::parse(&junit) {
        panic!("{place}: {error}: {junit}");
    }
    for meant in ["<script", "](b)", "`x`", "@all", "#1"] {
        assert!(!markdown.contains(meant), "{place}: {meant} in {markdown}");
    }
    let lines: Vec<&str> = markdown.lines().collect();
    for pair in lines.windows(2).filter(|pair| pair.iter().all(|line| line.starts_with('|'))) {
        assert_eq!(cells(pair[0]), cells(pair[1]), "{place}: {pair:?}");
    }
    let html_lines = lines.iter().filter(|line| line.contains("<summary>"));
    assert_eq!(html_lines.filter(|line| line.contains(r"\\")).count(), 0, "{place}: {markdown}");
}

#[test]
fn no_text_of_a_report_file_means_anything_in_any_format() {
    let report = everything().with_baseline([&the_day_before(&everything())]);
    let mut json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    json["verdict"]["notes"] = json!(["the run was short"]);
    json["verdict"]["source"] = json!("sla.toml");
    json["verdict"]["checks"][0]["note"] = json!("no data");
    json["verdict"]["checks"][1]["did_you_mean"] = json!("research");
    json["resource_findings"] =
        json!([{"resource": "memory", "kind": "suspected leak", "text": "it grows"}]);
    json["baseline"]["differences"] = json!(["another machine"]);
    let mut places = BTreeMap::new();
    texts(&json, "", "", &mut places);
    let mut all = json.clone();
    let mut taken = 0;
    for place in places.values() {
        let mut spoilt = json.clone();
        *spoilt.pointer_mut(place).unwrap() = HOSTILE.into();
        // A text that has to be one of a few is refused.
        let Ok(report) = Report::from_json(&spoilt.to_string()) else { continue };
        assert_inert(place, &report);
        *all.pointer_mut(place).unwrap() = HOSTILE.into();
        taken += 1;
    }
    for known in ["period", "severity", "status_without_exclusions", "outcome", "operation"] {
        let known = format!("/{known}");
        assert!(places.keys().any(|keys| keys.ends_with(&known)), "{known}: {places:?}");
    }
    let markdown = report.to_markdown().unwrap();
    assert!(
        markdown.contains("<summary>What the work cost: CPU 1.80 cores (90.0 %)</summary>"),
        "no backslash is seen: {markdown}"
    );
    assert!(taken > 60, "{taken} of {places:?}");
    assert_inert("all", &Report::from_json(&all.to_string()).unwrap());
}
