//! The page, JUnit XML and Markdown of a full report: what stands in it, and what does not.

use jiff::{SignedDuration, Timestamp};
use perf_analysis::RequestWatch;
use perf_core::{Clock, ManualClock, Profiler};
use perf_report::{Console, Report, Templates};
use perf_sla::{SlaConfig, Targets};
use serde_json::{Value, json};
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

const HOSTILE: &str =
    "</script><script>alert('1')</script>\"<!--|`x`\n\u{1b}[31m*\u{202e}*[a](b)]]>&amp;\u{0}";

fn profiler() -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    let profiler =
        Profiler::builder().clock(clock).overall_operation("answer").call_tree(100).build();
    (profiler, hand)
}

/// A minute of requests with stages, of which the slow ones wait for `slow`; everything that a report can hold.
/// Names are prefixed.
fn full(prefix: &str) -> Report {
    let (profiler, hand) = profiler();
    let slow = &format!("{prefix}slow");
    let fast = &format!("{prefix}fast");
    let sla = SlaConfig::builder()
        .overall_operation("answer")
        .operation(slow, Targets::new().max_p95(Duration::from_millis(30)))
        .operation(fast, Targets::new().max_p99(Duration::from_millis(3)))
        .build()
        .unwrap();
    sla.watch(&profiler).unwrap();
    let requests = RequestWatch::new(&profiler);
    let timeline = profiler.timeline();
    for second in 0..60_u64 {
        for call in 0..5 {
            let request = profiler.request(&format!("{prefix}{second}-{call}"));
            request.metadata(format!("{prefix}query"), format!("{prefix}why"));
            request.time(fast.clone(), || hand.advance(Duration::from_millis(2)));
            let long = if call == 4 { 60 + second } else { 20 };
            request.time(slow.clone(), || hand.advance(Duration::from_millis(long)));
            if (second, call) == (7, 0) {
                request.mark_failure_with(format!("{prefix}timeout"));
            }
        }
        profiler.in_scope(&format!("{prefix}outer"), || {
            profiler.in_scope(&format!("{prefix}inner"), || hand.advance(Duration::from_millis(3)));
        });
        profiler.gauge_with("queue_depth", &[("queue", prefix)]).set(second as f64);
        profiler.counter_with(slow, &[(fast, prefix)]).increment();
        hand.advance(Duration::from_millis(800 - 2 * second));
        timeline.tick();
    }
    let snapshot = profiler.snapshot();
    let verdict = sla.evaluate_run(&snapshot, &timeline);
    Report::new(&snapshot)
        .titled(format!("{prefix}title"))
        .with_timeline(&timeline)
        .with_requests(&requests.read())
        .with_call_tree(&profiler.call_tree())
        .labelled(format!("{prefix}commit"), format!("{prefix}abc"))
        .with_sla(&verdict)
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

/// What a reader sees of a page: the texts between its tags, without scripts, styles and data.
fn text_of(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page.split_once("<body>").unwrap().1;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, behind) = after.split_once('>').unwrap();
        rest = behind;
        if tag.starts_with("script") {
            rest = rest.split_once("</script>").unwrap().1;
        }
        if ["/td", "/th", "/li", "/p", "/span"].contains(&tag) {
            text.push_str(" | ");
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[test]
fn a_full_report_has_every_section_and_each_chart_a_title_and_a_description() {
    let page = full("").to_html().unwrap();
    for heading in [
        "Targets",
        "The run over time",
        "How the latencies are spread",
        "Where the time goes",
        "What would save time",
        "Real requests",
        "Operations",
        "Function profile",
        "Slowest calls",
        "Metrics",
    ] {
        assert!(page.contains(&format!(">{heading}</h")), "{heading} is missing");
    }
    let charts: Vec<&str> = page.split("<svg class=\"chart\"").skip(1).collect();
    // Latency, rate, heat, gauge, spread, percentiles, shares, 4 requests, flame; 3 of each other operation.
    assert_eq!(charts.len(), 12 + 3 * 4, "operations: fast, slow, outer, inner");
    for chart in charts {
        let chart = chart.split("</svg>").next().unwrap();
        assert!(chart.contains("<title") && chart.contains("<desc"), "{chart}");
    }
    let mut ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "each id once");
    for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&link), "#{link} leads nowhere");
    }
}

#[test]
fn nothing_in_the_page_is_loaded_or_styled_from_within() {
    let page = full("").to_html().unwrap();
    for forbidden in
        [" style=\"", " onclick", " onload", "src=", "@import", "url(", "<link", "<iframe", "http:"]
    {
        let within_the_page = page.replace("url(#", "");
        assert!(!within_the_page.contains(forbidden), "{forbidden}");
    }
    let links = page.matches("http").count() - page.matches("http-equiv").count();
    assert_eq!(links, 0, "no address at all");
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).unwrap();
    let policy = policy.split('"').next().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn all_formats_say_the_same_of_each_target_share_and_finding() {
    let report = full("");
    let model = report.model();
    let markdown = report.to_markdown().unwrap().replace('\\', "").replace("&gt;", ">");
    let formats = [
        ("console", report.to_console(&Console::plain(300))),
        ("markdown", markdown.replace("&amp;", "&")),
        ("html", text_of(&report.to_html().unwrap())),
    ];
    let slow = model.operations.iter().find(|operation| operation.name == "slow").unwrap();
    let tail = model.requests.as_ref().unwrap().tail.as_ref().unwrap();
    let milliseconds = |ns: u64| format!("{:.1} ms", ns as f64 / 1e6);
    let mut said = vec![
        "SLA VIOLATED".to_owned(),
        "1 of 2 targets violated".to_owned(),
        milliseconds(slow.p95_ns.unwrap()),
        milliseconds(slow.p50_ns.unwrap()),
        "60 of 300 over the limit".to_owned(),
        format!("slowest {}, from {} on", tail.requests, milliseconds(tail.from_ns)),
        "queue_depth{queue=\"\"} | 59".to_owned(),
    ];
    for (format, text) in &formats {
        let plain = |text: &str| {
            let text = text.to_lowercase().replace('|', " ").replace("**", "");
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let text = plain(text);
        for number in &mut said {
            assert!(text.contains(&plain(number)), "{number} is missing in {format}:\n{text}");
        }
    }
    for (format, text) in &formats[1..] {
        for finding in &model.findings {
            assert!(text.contains(&finding.recommendation), "{format}: {finding:?}");
        }
    }
    let junit = report.to_junit().unwrap();
    let xml = roxmltree::Document::parse(&junit).unwrap();
    let suite = xml.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    assert_eq!((suite.attribute("tests"), suite.attribute("failures")), (Some("2"), Some("1")));
    let failure = xml.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert_eq!(
        failure.attribute("message"),
        Some(model.verdict.as_ref().unwrap().checks[0].sentence.as_str())
    );
    assert!(failure.text().unwrap().contains(&milliseconds(slow.p95_ns.unwrap())), "{junit}");
}

#[test]
fn hostile_texts_are_inert_in_every_format_wherever_they_stand() {
    let long = "x".repeat(10_000);
    for hostile in [HOSTILE, &format!("{HOSTILE}{long}"), &"é\u{301}\u{200f}".repeat(300)] {
        let report = full(hostile).with_baseline([&the_day_before(&full(hostile))]);
        let page = report.to_html().unwrap();
        assert_eq!(page.matches("<script").count(), 2, "the data and ours");
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(!page.contains("alert('1')") || !hostile.contains("alert"), "no code of theirs");
        assert!(!page.contains("<!--"));
        let junit = report.to_junit().unwrap();
        roxmltree::Document::parse(&junit).unwrap_or_else(|error| panic!("{error}: {junit}"));
        let markdown = report.to_markdown().unwrap();
        assert!(!markdown.contains("<script") && !markdown.contains("](b)"), "{markdown}");
        let console = report.to_console(&Console::plain(80));
        for text in [&page, &junit, &markdown, &console] {
            for forbidden in ['\u{1b}', '\u{202e}', '\u{200f}', '\u{0}'] {
                assert!(!text.contains(forbidden), "{forbidden:?}");
            }
        }
        let too_wide = console.lines().find(|line| line.width() > 80);
        assert_eq!(too_wide, None);
        assert!(page.len() < 300_000, "{} bytes: a long text is cut", page.len());
        assert_eq!(Report::from_json(&report.to_json().unwrap()).unwrap().model(), report.model());
    }
}

#[test]
fn markdown_is_shortened_until_it_fits_and_says_so() {
    let profiler = Profiler::new();
    let sla = (0..400).map(|n| format!("[operations.\"op-{n:04}\"]\nmax_p95 = \"{}ms\"\n", n + 1));
    let sla = SlaConfig::from_toml(&sla.collect::<String>()).unwrap();
    for n in 0..400 {
        (0..60).for_each(|_| profiler.record(&format!("op-{n:04}"), Duration::from_millis(200)));
    }
    let snapshot = profiler.snapshot();
    let report = Report::new(&snapshot).with_sla(&sla.evaluate(&snapshot));
    let whole = report.to_markdown().unwrap();
    assert!(whole.len() > 65_536 && !whole.contains("Left out"), "{}", whole.len());
    for bytes in [65_536, 20_000, 4_000] {
        let cut = report.to_markdown_within(bytes).unwrap();
        assert!(cut.len() <= bytes, "{} of {bytes}", cut.len());
        assert!(cut.starts_with("**SLA VIOLATED** ✗ 199 of 400 targets violated"), "{cut}");
        assert!(cut.contains("Left out to fit: "), "{cut}");
    }
    let few = report.to_markdown_within(4_000).unwrap();
    assert!(
        few.contains("| ✗ violated |") && !few.contains("| ✓ met |"),
        "the bad ones stay: {few}"
    );
}

/// A full report whose lists have 1,000 more entries each.
fn long_lists() -> Report {
    const MORE: usize = 1_000;
    let report = full("").with_baseline([&the_day_before(&full(""))]);
    let mut json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    json["verdict"]["notes"] = json!([]);
    json["resource_findings"] = json!([]);
    json["baseline"]["differences"] = json!([]);
    let name = |n: usize| json!(format!("name {n:04}, which is of some length"));
    for n in 0..MORE {
        for (list, key) in [
            ("/operations", "/name"),
            ("/counters", "/name"),
            ("/time_shares", "/operation"),
            ("/requests/tail/shares", "/stage"),
            ("/findings", "/component"),
            ("/baseline/changes", "/operation"),
        ] {
            let list = json.pointer_mut(list).unwrap().as_array_mut().unwrap();
            let mut more = list[0].clone();
            *more.pointer_mut(key).unwrap() = name(n);
            list.push(more);
        }
        for list in ["/verdict/notes", "/baseline/differences"] {
            json.pointer_mut(list).unwrap().as_array_mut().unwrap().push(name(n));
        }
        let finding = json!({"resource": "memory", "kind": "suspected leak", "text": name(n)});
        json["resource_findings"].as_array_mut().unwrap().push(finding);
        json["gauges"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": format!("process_{n}"), "value": n}));
        json["losses"][format!("loss {n}")] = json!(7);
    }
    for n in 0..MORE {
        json["operations"][0]["failure_kinds"][format!("kind {n}")] = json!(7);
    }
    Report::from_json(&json.to_string()).unwrap()
}

#[test]
fn every_list_is_shortened_and_what_is_gone_is_counted_from_the_whole() {
    let report = long_lists();
    let all = report.model().operations.len();
    for bytes in [65_536, 10_000, 2_000, 300] {
        let cut = report.to_markdown_within(bytes).unwrap();
        assert!(cut.len() <= bytes, "{} of {bytes}", cut.len());
        assert!(cut.starts_with("**SLA VIOLATED** ✗ 1 of 2 targets violated"), "{cut}");
        if bytes < 1_000 {
            continue;
        }
        let table = cut.split("<summary>Operations</summary>").nth(1).unwrap_or_default();
        let table = table.split("</details>").next().unwrap_or_default();
        let shown = table.lines().filter(|line| line.starts_with("| ")).count().saturating_sub(1);
        let left = cut.lines().find(|line| line.starts_with("Left out to fit: ")).unwrap();
        let gone = format!(" {} operations", perf_report::wording::count((all - shown) as u64));
        assert!(left.contains(&gone), "{gone}: {left}");
        assert!(cut.lines().last().unwrap().starts_with('_'), "it is whole: {cut}");
    }
    assert_eq!(report.to_markdown_within(10).unwrap(), "");
}

#[test]
fn a_terminal_has_the_operations_nearest_their_limits_and_the_number_of_the_others() {
    let report = long_lists();
    let console = report.to_console(&Console::plain(100));
    assert!(console.lines().count() < 500, "{} lines", console.lines().count());
    for limited in [" slow ", " fast ", " answer "] {
        assert!(console.contains(limited), "{limited} is missing:\n{console}");
    }
    let rest = report.model().operations.len() - 50;
    let told = console.split(" not shown: ").nth(1).unwrap();
    assert!(
        told.contains(&format!("{} operations", perf_report::wording::count(rest as u64))),
        "{told}"
    );
    assert!(!full("").to_console(&Console::plain(100)).contains("not shown"));
}

#[test]
fn a_baseline_shows_what_differs_and_how_sure_that_is() {
    let run = |base: u64| {
        let (profiler, hand) = profiler();
        (0..1_000_u64)
            .for_each(|n| profiler.record("answer", Duration::from_micros(base + n % 100)));
        hand.advance(Duration::from_secs(1));
        Report::new(&profiler.snapshot())
    };
    let one = run(2_000).with_baseline([&run(1_000)]);
    let changes = &one.model().baseline.as_ref().unwrap().changes;
    let p95 = changes.iter().find(|change| change.indicator == "p95").unwrap();
    assert!(p95.change_ratio.unwrap() > 0.8, "{p95:?}");
    assert_eq!(p95.outcome, "not enough evidence", "one run beside one is never enough");
    let before: Vec<Report> = (0..60).map(|n| run(1_000 + n)).collect();
    let many = run(2_000).with_baseline(&before);
    let changes = &many.model().baseline.as_ref().unwrap().changes;
    let outcome = |name: &str| {
        changes.iter().find(|change| change.indicator == name).unwrap().outcome.as_str()
    };
    assert_eq!((outcome("p50"), outcome("throughput")), ("not enough evidence", "unchanged"));
    let console = many.to_console(&Console::plain(100));
    assert!(console.contains("60 other runs"), "{console}");
    assert!(console.contains("answer     p95  1.1 ms  2.1 ms"), "{console}");
    assert!(many.to_html().unwrap().contains("Beside other runs"));
    assert!(many.to_markdown().unwrap().contains("range of the runs"));
    assert!(Report::new(&profiler().0.snapshot()).with_baseline([]).model().baseline.is_none());
}

#[test]
fn templates_of_a_folder_take_the_place_of_ours_and_can_extend_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("report.md", "{% include \"head.md\" %}{{ summary | md }}\n");
    write("head.md", "# {{ title | md }}\n");
    write(
        "report.html",
        "{% extends \"perfkit/report.html\" %}{% block style %}{{ super() }}<style>b{}</style>\
         {% endblock %}{% block footer %}<footer>of <b>our</b> {{ title }}</footer>{% endblock %}",
    );
    let report = full("<i>").with_templates(&Templates::from_dir(folder.path()).unwrap());
    assert!(report.to_markdown().unwrap().starts_with("# &lt;i&gt;title\n1 of 2 targets violated"));
    let page = report.to_html().unwrap();
    assert!(
        page.contains("<footer>of <b>our</b> &lt;i&gt;title</footer>"),
        "their text is escaped"
    );
    assert!(page.contains("The run over time"), "the rest is ours");
    let policy = page.split("style-src ").nth(1).unwrap().split(';').next().unwrap();
    assert_eq!(policy.matches("'sha256-").count(), 2, "their style sheet is allowed too: {policy}");
    assert!(report.to_junit().unwrap().contains("<testsuites"), "ours where there is none");
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let error = Templates::from_dir(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with(&path) && error.contains("report.html"), "{error}");
    std::fs::write(folder.path().join("report.md"), "one\n{% if %}\n").unwrap();
    let error = Templates::from_dir(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with(&path) && error.contains("report.md:2"), "{error}");
    std::fs::write(folder.path().join("report.md"), "one\n\n{{ nothing.there.of_it }}\n").unwrap();
    let report = full("").with_templates(&Templates::from_dir(folder.path()).unwrap());
    let error = report.to_markdown().unwrap_err().to_string();
    assert!(error.starts_with(&path) && error.contains("report.md:3"), "{error}");
    let error = Templates::from_dir("no/such/folder").unwrap_err().to_string();
    assert_eq!(error.split(": ").take(2).collect::<Vec<_>>(), ["no/such/folder", "cannot be read"]);
}
