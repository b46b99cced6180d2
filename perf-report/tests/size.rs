//! How large a page becomes, beside the data that is packed in it. A test's name is the claim.

#[path = "fixture/full.rs"]
mod full;

use perf_core::{Clock, Profiler};
use perf_report::Report;
use perf_sla::SlaConfig;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// An hour of `count` operations with a target each, in `intervals`; calls are spread over a decade in each.
fn hour(count: usize, intervals: u64) -> Report {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let names: Vec<String> = (0..count).map(|n| format!("operation-{n:03}")).collect();
    let limits = names.iter().map(|name| format!("[operations.{name}]\nmax_p95 = \"5ms\"\n"));
    let sla = SlaConfig::from_toml(&limits.collect::<String>()).unwrap();
    for (n, name) in names.iter().enumerate() {
        for i in (0..300_u64).step_by(12) {
            profiler.record(name, Duration::from_micros(900 + 9 * n as u64 + i * i / 8));
        }
    }
    hand.advance(Duration::from_secs(3_600));
    let snapshot = profiler.snapshot();
    let report = Report::new(&snapshot).with_sla(&sla.evaluate(&snapshot));
    let mut json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    let each = json!({
        "counts": vec![25; intervals as usize],
        "failures": vec![0; intervals as usize],
        "latencies": vec![json["operations"][0]["latency"].clone(); intervals as usize],
    });
    let operations: Map<String, Value> = names.into_iter().map(|n| (n, each.clone())).collect();
    let end = |n| n * 3_600_000_000_000 / intervals;
    let ends: Vec<u64> = (1..=intervals).map(end).collect();
    json["series"] = json!({"from_ns": 0, "ends_ns": ends, "operations": operations});
    Report::from_json(&json.to_string()).unwrap()
}

/// The bytes of a page without the data in it.
fn markup(page: &str) -> usize {
    let data = page.split("id=\"data\">").nth(1).unwrap().split('<').next().unwrap();
    page.len() - data.len()
}

/// Requests, targets, budgets, gauges and resources are in both.
#[test]
fn a_page_of_6_operations_stays_small_with_a_call_tree_and_a_baseline_too() {
    let run = |extra| full::full("", Duration::from_millis(extra)).2;
    let everything = run(20).with_baseline([&run(5), &run(6)]);
    let mut json: Value = serde_json::from_str(&everything.to_json().unwrap()).unwrap();
    json.as_object_mut().unwrap().retain(|key, _| key != "call_tree" && key != "baseline");
    let typical = Report::from_json(&json.to_string()).unwrap();
    for (report, limit) in [(typical, 110_000), (everything, 120_000)] {
        let bytes = markup(&report.to_html().unwrap());
        assert!(bytes <= limit, "{bytes} bytes, not {limit}");
    }
}

#[test]
fn a_page_of_an_hour_of_100_operations_stays_small_and_shows_charts_of_10() {
    let page = hour(100, 200).to_html().unwrap();
    let bytes = markup(&page);
    assert!(bytes <= 250_000, "{bytes} bytes");
    assert!(page.contains("Charts for the 10 operations nearest their limits"));
    assert_eq!(page.matches("<section class=\"op\"").count(), 10);
    for n in 0..100 {
        let id = format!(" id=\"op-operation-{n:03}\"");
        assert_eq!(page.matches(&id).count(), 1, "a link to each: {id}");
    }
}

/// So that an hour of 3,600 intervals is no larger than the one above.
#[test]
fn a_page_grows_no_more_where_there_are_more_intervals_than_columns() {
    let [few, many] = [200, 3_600].map(|intervals| markup(&hour(2, intervals).to_html().unwrap()));
    assert!(many.abs_diff(few) < few / 20, "{few} and {many} bytes");
}
