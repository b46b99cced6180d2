//! Many reports beside each other. A test's name is the claim.

use perf_analysis::{Confidence, quantile_ranks};
use perf_core::{Clock, Profiler, Quantile};
use perf_report::{Console, Report, Templates, Trends};
use perf_sla::SlaConfig;
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;

const HOSTILE: &str = "<script>alert(\"1\")</script>|`x`\n\u{1b}[31m*\u{202e}*[a](b)";
const DAY: u64 = 86_400;

/// Of `day`, a run of a second with a call of each latency in µs.
fn report(day: u64, operations: &[(&str, &[u64])]) -> Report {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    hand.set(Duration::from_secs(day * DAY));
    profiler.reset();
    for (name, latencies) in operations {
        latencies.iter().for_each(|us| profiler.record(name, Duration::from_micros(*us)));
    }
    hand.advance(Duration::from_secs(1));
    Report::new(&profiler.snapshot())
}

/// Latencies around `us`, other ones each day.
fn around(us: u64, day: u64) -> Vec<u64> {
    (0..200).map(|i| us + us * ((i * 7_919 + day * 104_729) % 101) / 1_000).collect()
}

/// A run a day; retrieval takes longer from day `jump` on, generation never does.
fn nights(days: u64, jump: u64) -> Vec<(String, Report)> {
    let night = |day: u64| {
        let retrieval = around(if day < jump { 10_000 } else { 14_000 }, day);
        let generation = around(50_000, day + 1_000);
        let report = report(day, &[("retrieval", &retrieval), ("generation", &generation)]);
        (format!("night-{day:03}.json"), report.labelled("commit", format!("{day:03}ffeeddccbbaa")))
    };
    (0..days).map(night).collect()
}

fn json_of(trends: &Trends) -> Value {
    serde_json::from_str(&trends.to_json().unwrap()).unwrap()
}

/// What is changed in the JSON of a report, as if another machine or program had written it.
fn edited(report: &Report, edit: impl Fn(&mut Value)) -> Report {
    let mut json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    edit(&mut json);
    Report::from_json(&json.to_string()).unwrap()
}

#[test]
fn runs_stand_in_the_order_in_which_they_ended_whatever_their_files_are_called() {
    let mut reports = nights(9, 99);
    reports.reverse();
    reports.swap(2, 7);
    let json = json_of(&Trends::of(reports));
    assert_eq!((&json["schema"], &json["schema_version"]), (&json!("perf-trends"), &json!("1.0")));
    let runs = json["runs"].as_array().unwrap();
    for (day, run) in runs.iter().enumerate() {
        assert_eq!(run["file"], format!("night-{day:03}.json"));
        assert_eq!(run["label"], format!("{day:03}ffeeddc"), "ten characters of the commit");
    }
    assert_eq!(runs.len(), 9);
    let last = json_of(&Trends::of(nights(9, 99)).last(2));
    assert_eq!(last["runs"][0]["file"], "night-007.json");
}

#[test]
fn a_run_without_a_commit_is_called_by_its_version_or_its_time() {
    let named = report(1, &[]).labelled("version", "1.4.0");
    let json = json_of(&Trends::of([("a".into(), named), ("b".into(), report(2, &[]))]));
    assert_eq!(json["runs"][0]["label"], "1.4.0");
    assert_eq!(json["runs"][1]["label"], "1970-01-03 00:00");
}

#[test]
fn runs_with_the_same_label_are_told_apart_by_when_they_ended() {
    let version = |day: u64| report(day, &[]).labelled("version", "0.1.0-rc.1+long.build.name");
    let twice = |report: Report| [("b".to_owned(), report.clone()), ("c".to_owned(), report)];
    let runs = [("a".to_owned(), version(1)), ("d".to_owned(), version(40))];
    let short = [5, 6].map(|day| (day.to_string(), report(day, &[]).labelled("version", "0.1.0")));
    let all = runs.into_iter().chain(short).chain(twice(report(3, &[])));
    let json = json_of(&Trends::of(all.chain([("e".to_owned(), version(41).titled("x"))])));
    let labels: Vec<&str> =
        json["runs"].as_array().unwrap().iter().map(|run| run["label"].as_str().unwrap()).collect();
    assert_eq!(
        labels,
        [
            "0.1.0-rc.1+l… 01-02 00:00",
            "1970-01-04 00:00:01",
            "1970-01-04 00:00:01",
            "0.1.0 01-06 00:00",
            "0.1.0 01-07 00:00",
            "0.1.0-rc.1+l… 02-10 00:00",
            "0.1.0-rc.1+l… 02-11 00:00",
        ]
    );
}

#[test]
fn percentiles_and_their_intervals_are_those_of_the_sorted_latencies() {
    let latencies: Vec<u64> = (0..1_000).map(|i| 1_000 + i * 7_919 % 10_007).collect();
    let json = json_of(&Trends::of([("a".into(), report(1, &[("query", &latencies)]))]));
    let mut sorted = latencies;
    sorted.sort_unstable();
    let query = &json["operations"][0];
    for (key, quantile) in
        [("p50_ns", Quantile::P50), ("p95_ns", Quantile::P95), ("p99_ns", Quantile::P99)]
    {
        let rank = (quantile.get() * 1_000.0).ceil() as u64;
        let (low, high) = quantile_ranks(quantile, 1_000, Confidence::P95);
        for (list, rank) in [("values", rank), ("low", low.unwrap()), ("high", high.unwrap())] {
            let seen = query[key][list][0].as_u64().unwrap() as f64;
            let exact = sorted[rank as usize - 1] as f64 * 1_000.0;
            assert!((seen / exact - 1.0).abs() <= 1.0 / 128.0, "{key} {list}: {seen} {exact}");
        }
    }
    assert_eq!(query["throughput_per_second"]["values"], json!([1000]));
    assert_eq!(query["error_ratio"]["values"], json!([0]));
    assert_eq!(query["counts"], json!([1000]));
}

#[test]
fn an_operation_without_calls_in_a_run_has_no_value_there() {
    let few = (0..5).map(|day| match day {
        2 => (day.to_string(), report(day, &[("other", &[1])])),
        _ => (day.to_string(), report(day, &[("query", &[5_000])])),
    });
    let json = json_of(&Trends::of(few));
    let query = &json["operations"][0];
    assert_eq!(query["name"], "query");
    assert_eq!(query["p95_ns"]["values"][2], Value::Null);
    assert_eq!(
        query["p95_ns"]["high"],
        json!([null, null, null, null, null]),
        "one call is no bound"
    );
    assert_eq!(query["counts"], json!([1, 1, null, 1, 1]));
}

#[test]
fn a_jump_is_told_at_its_run_with_the_medians_of_both_sides() {
    let trends = Trends::of(nights(20, 12));
    let json = json_of(&trends);
    let operations = json["operations"].as_array().unwrap();
    let of = |name: &str| operations.iter().find(|o| o["name"] == name).unwrap();
    for key in ["p50_ns", "p95_ns", "p99_ns"] {
        let series = &of("retrieval")[key];
        let changes = series["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 1, "{key}");
        assert_eq!(changes[0]["run"], 12);
        let median = |values: &[Value]| {
            let mut values: Vec<f64> = values.iter().map(|v| v.as_f64().unwrap()).collect();
            values.sort_by(f64::total_cmp);
            (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
        };
        let values = series["values"].as_array().unwrap();
        assert_eq!(changes[0]["before"].as_f64(), Some(median(&values[..12])));
        assert_eq!(changes[0]["after"].as_f64(), Some(median(&values[12..])));
        assert_eq!(of("generation")[key]["changes"], json!([]));
    }
    let console = trends.to_console(&Console::plain(80));
    assert!(console.contains("changed at 012ffeeddc: 10.5 ms -> 14.7 ms (+39.9 %, p"), "{console}");
    let html = trends.to_html().unwrap();
    assert!(html.contains("p50 +39.9 %, p95 +39.4 %"), "one mark for what changed together");
    let changes =
        html.split("<h2 id=\"changes\">").nth(1).unwrap().split("</table>").next().unwrap();
    assert_eq!(changes.matches("<tr>").count(), 1 + 3);
}

#[test]
fn a_jump_of_less_than_a_tenth_is_none() {
    let night = |day: u64| {
        let query = around(if day < 10 { 10_000 } else { 10_800 }, day);
        (day.to_string(), report(day, &[("query", &query)]))
    };
    let console = Trends::of((0..20).map(night)).to_console(&Console::plain(80));
    assert!(!console.contains("changed"), "{console}");
}

#[test]
fn those_of_the_newest_run_come_first_and_of_them_what_took_most_time() {
    let old = report(1, &[("gone", &[900_000]), ("small", &[700_000]), ("large", &[1])]);
    let new = report(2, &[("small", &[1_000]), ("large", &[5_000])]);
    let trends = Trends::of([("new".into(), new), ("old".into(), old)]);
    assert_eq!(trends.operations().collect::<Vec<_>>(), ["large", "small", "gone"]);
    let only = trends.only(["gone", "missing"]);
    assert_eq!(only.operations().collect::<Vec<_>>(), ["gone"]);
    assert_eq!(only.runs(), 2);
}

#[test]
fn the_verdicts_stand_in_a_row_and_the_limit_in_the_chart() {
    let judged = |day: u64, limit: &str| {
        let report = report(day, &[("query", &around(10_000, day))]);
        let sla = format!("[operations.query]\nmax_p95 = \"{limit}\"");
        let sla = SlaConfig::from_toml(&sla).unwrap();
        let verdict = sla.evaluate(&report.snapshot());
        (format!("{day}.json"), report.with_sla(&verdict))
    };
    let few = ("4.json".to_owned(), report(4, &[("query", &[10_000])]));
    let sla = SlaConfig::from_toml("[operations.query]\nmax_p99 = \"1s\"").unwrap();
    let verdict = sla.evaluate(&few.1.snapshot());
    let few = (few.0, few.1.with_sla(&verdict));
    let unjudged = ("5.json".to_owned(), report(5, &[("query", &[10_000])]));
    let runs =
        [judged(1, "1s"), judged(2, "1ms"), judged(3, "2s"), few, unjudged, judged(6, "12ms")];
    let trends = Trends::of(runs);
    let console = trends.to_console(&Console::plain(80));
    assert!(console.contains(" verdicts    ✓✗✓?–✓\n"), "{console}");
    let ascii = trends.to_console(&Console::new(80, false, false));
    assert!(ascii.contains(" verdicts    +x+?-+\n") && ascii.is_ascii(), "{ascii}");
    let html = trends.to_html().unwrap();
    assert!(html.contains("p95 ≤ 12.0 ms") && !html.contains("p95 ≤ 2.00 s"), "the newest one's");
    assert!(html.contains("<span aria-hidden=\"true\">✓✗✓?–✓</span>"), "{html}");
    assert_eq!(json_of(&trends)["runs"][3]["status"], "inconclusive");
}

#[test]
fn a_run_on_another_machine_is_marked_and_not_left_out() {
    let mut reports = nights(4, 99);
    reports[1].1 = edited(&reports[1].1, |json| json["run"]["host"]["cpus"] = 4_096.into());
    reports[2].1 = edited(&reports[2].1, |json| {
        json["run"].as_object_mut().unwrap().remove("host");
    });
    let trends = Trends::of(reports);
    let comparable: Vec<Value> = json_of(&trends)["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["is_comparable"].clone())
        .collect();
    assert_eq!(comparable, [json!(true), json!(false), json!(true), json!(true)]);
    let console = trends.to_console(&Console::plain(200));
    assert!(console.contains("not comparable with the newest"), "{console}");
    assert!(console.contains("processors: 001ffeeddc\n"), "only that one: {console}");
    assert_eq!(trends.to_html().unwrap().matches("<td>another</td>").count(), 1);
}

#[test]
fn no_runs_one_run_and_300_runs_make_a_page_and_fit_the_terminal() {
    for (runs, words) in [(0, "no report to follow"), (1, "1 run ·"), (300, "300 runs ·")] {
        let trends = Trends::of(nights(runs, 150));
        for width in [60, 80, 200] {
            let console = trends.to_console(&Console::plain(width));
            assert!(console.contains(words), "{console}");
            let widest = console.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width, "{widest} columns for {width}:\n{console}");
        }
        let html = trends.to_html().unwrap();
        assert_eq!(html.matches("<figure").count(), if runs == 0 { 0 } else { 2 });
        assert!(html.contains("script-src 'none'"));
        roxmltree::Document::parse(&svg(&html)).unwrap();
        assert_eq!(json_of(&trends)["runs"].as_array().unwrap().len(), runs as usize);
    }
}

/// The charts of a page as one document.
fn svg(html: &str) -> String {
    let charts = html.split("<svg").skip(1).filter_map(|rest| rest.split_once("</svg>"));
    let charts: String = charts.map(|(chart, _)| format!("<svg{chart}</svg>")).collect();
    format!("<all>{charts}</all>")
}

#[test]
fn hostile_texts_are_inert_in_every_format() {
    let hostile = |day: u64| {
        let report = report(day, &[(HOSTILE, &around(if day < 6 { 1_000 } else { 9_000 }, day))]);
        let report = report.labelled("commit", HOSTILE).titled(HOSTILE);
        let edit = |json: &mut Value| {
            json["run"]["host"]["os"] = format!("{HOSTILE}{}", day % 2).into();
            json["verdict"] = json!({"status": HOSTILE});
            json["run"]["ended_at"] = format!("1970-01-0{}T{HOSTILE}", day % 9 + 1).into();
        };
        (format!("{day}\" onclick=\"{HOSTILE}"), edited(&report, edit))
    };
    let trends = Trends::of((0..12).map(hostile));
    let html = trends.to_html().unwrap();
    assert!(!html.contains("<script") && !html.contains("alert(\""), "nothing of theirs runs");
    assert!(!html.contains("\" onclick"), "no attribute of theirs");
    assert!(!html.contains("<a href=\"0"), "no link to what is no plain name");
    for text in [html, trends.to_console(&Console::plain(80))] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    }
    assert_eq!(json_of(&trends)["operations"][0]["name"], HOSTILE, "JSON keeps what was given");
}

#[test]
fn a_folder_can_hold_another_template_for_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let text = "{% extends \"perfkit/trends.html\" %}{% block footer %}<p>ours</p>{% endblock %}";
    fs::write(folder.path().join("trends.html"), text).unwrap();
    let templates = Templates::from_dir(folder.path()).unwrap();
    let html = Trends::of(nights(2, 9)).with_templates(&templates).to_html().unwrap();
    assert!(html.contains("<p>ours</p>") && html.contains("night-001.json"), "{html}");
}

#[test]
fn a_broken_template_is_named_with_its_file_and_line() {
    for (name, text, place) in [
        ("report.html", "<p>\n<p>{{ title </p>", "report.html:2:"),
        ("trends.html", "a\nb\n{% block x %}", "trends.html:3:"),
        ("report.md", "{{ no_such_thing }}", "report.md:1:"),
        ("report.md", "a\n{% include \"missing.md\" %}", "report.md:2:"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        let error = Templates::from_dir(folder.path()).and_then(|templates| {
            report(1, &[]).with_templates(&templates).to_markdown().map(|_| ())
        });
        let error = error.unwrap_err().to_string();
        let place = folder.path().join(place).display().to_string();
        assert!(error.starts_with(&place), "{place} is not in:\n{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}
