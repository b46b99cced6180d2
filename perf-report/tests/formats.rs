//! What every format of a report shows. A test's name is the claim.

use perf_core::{Clock, Profiler};
use perf_report::{Console, Report};
use perf_sla::SlaConfig;
use serde_json::Value;
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

const HOSTILE: &str = "<script>alert(\"1\")</script>|`x`\n\u{1b}[31m*\u{202e}*[a](b)";

/// A run of one second with a violated, a met and an inconclusive target.
fn report() -> Report {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let sla = SlaConfig::from_toml(
        r#"
        overall_operation = "end_to_end"
        [overall]
        max_p95 = "300ms"
        min_success_rate = "90%"
        [operations.retrieval]
        max_p95 = "100ms"
        [operations.batch_job]
        max_p99 = "500ms"
        "#,
    )
    .unwrap();
    sla.watch(&profiler).unwrap();
    for i in 0..1_000_u64 {
        let mut timer = profiler.timer("end_to_end");
        timer.metadata("query_id", i);
        profiler.record("retrieval", Duration::from_micros(20_000 + 100 * i));
        profiler.record("generation", Duration::from_micros(100_000 + 50 * i));
        hand.advance(Duration::from_millis(250));
    }
    (0..120).for_each(|_| profiler.record("batch_job", Duration::from_millis(80)));
    (0..50).for_each(|_| profiler.record_failure("end_to_end", Duration::from_millis(1)));
    profiler.operation("retrieval").record_failure_with(Duration::from_millis(1), "timeout");
    profiler.counter_with("cache_lookups", &[("result", "hit")]).add(1_234_567);
    profiler.operation("retrieval").timer().discard();
    let mut bad = profiler.timer("retrieval");
    bad.metadata("attempt", "bad7");
    bad.mark_failure_with("timeout");
    drop(bad);
    profiler.gauge("queue_length").set(12.5);
    (1..=8).for_each(|size| profiler.histogram("batch_size").record(size));
    profiler.operation("retrieval").record_secs_f64(f64::NAN);
    let snapshot = profiler.snapshot();
    Report::new(&snapshot).with_sla(&sla.evaluate(&snapshot))
}

fn json(report: &Report) -> Value {
    serde_json::from_str(&report.to_json().unwrap()).unwrap()
}

/// HTML without its tags, one line a row.
fn html_text(html: &str) -> String {
    let body = html.split("<body>").nth(1).unwrap();
    let mut text = String::new();
    let mut inside = false;
    for c in body.replace("</tr>", "\n").replace("</td>", " | </td>").chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", "\"")
}

#[test]
fn the_same_numbers_stand_in_console_markdown_and_html() {
    let report = report();
    let formats = [
        report.to_console(&Console::plain(200)),
        report.to_markdown().unwrap(),
        html_text(&report.to_html().unwrap()),
    ];
    let json = json(&report);
    let retrieval = &json["operations"].as_array().unwrap()[3];
    assert_eq!(retrieval["name"], "retrieval");
    let p95 = retrieval["p95_ns"].as_u64().unwrap() as f64 / 1e6;
    for format in &formats {
        for number in [
            format!("{p95:.1} ms"),
            "100.0 ms".to_owned(),
            "250.0 ms".to_owned(),
            "1,050".to_owned(),
            "199 of 1,000 over the limit".to_owned(),
            "0 of 120 over the limit, 179 more needed to be sure".to_owned(),
            "50 of 1,050 failed".to_owned(),
            "95.2 %".to_owned(),
            "1 of 4 targets violated".to_owned(),
            "1,050 requests in 4.2 min".to_owned(),
            "1,234,567".to_owned(),
            "12.5".to_owned(),
            "attempt=bad7".to_owned(),
            "8 values, p50 4, p95 8, p99 8, max 8".to_owned(),
        ] {
            assert!(format.contains(&number), "{number} is missing in:\n{format}");
        }
    }
}

#[test]
fn the_verdict_is_the_first_thing_in_every_format() {
    let report = report();
    let console = report.to_console(&Console::plain(120));
    assert!(console.starts_with(" SLA  VIOLATED ✗"), "{console}");
    let markdown = report.to_markdown().unwrap();
    assert!(markdown.starts_with("**SLA VIOLATED** ✗ 1 of 4 targets violated"), "{markdown}");
    assert!(report.to_html().unwrap().contains("<strong>SLA violated ✗</strong>"));
    assert_eq!(json(&report)["verdict"]["status"], "violated");
}

#[test]
fn the_json_has_its_units_in_the_keys_and_whole_nanoseconds() {
    let json = json(&report());
    assert_eq!((&json["schema"], &json["schema_version"]), (&"perf-report".into(), &"1.1".into()));
    assert_eq!(json["run"]["duration_ns"], 250_000_000_000_u64);
    assert_eq!(json["overall_operation"], "end_to_end");
    assert_eq!(
        json["counters"][0],
        serde_json::json!({"name": "cache_lookups", "labels": {"result": "hit"}, "growth": 1_234_567})
    );
    assert_eq!(json["losses"]["invalid_values"], 1);
    assert_eq!(
        (&json["gauges"][0]["value"], &json["histograms"][0]["p50"]),
        (&12.5.into(), &4.into())
    );
    let checks = json["verdict"]["checks"].as_array().unwrap();
    assert_eq!(checks[2]["limit_ns"], 100_000_000);
    let interval = ["interval_low_ns", "observed_ns", "interval_high_ns"];
    assert!(interval.map(|key| checks[2][key].as_u64().unwrap()).is_sorted());
    assert_eq!(checks[3]["interval_high_ns"], Value::Null, "120 calls are no bound of a p99");
    assert_eq!((&checks[2]["bad_at_least"], &checks[2]["bad_at_most"]), (&199.into(), &199.into()));
    assert_eq!(checks[3]["samples_needed"], 179);
    let end_to_end = &json["operations"].as_array().unwrap()[1];
    assert_eq!(
        end_to_end["slowest"][0]["metadata"]["query_id"].as_u64().map(|id| id < 1_000),
        Some(true)
    );
    let buckets = end_to_end["latency"]["buckets"].as_array().unwrap();
    let counts = buckets.iter().skip(1).step_by(2).filter_map(Value::as_u64);
    assert_eq!(counts.sum::<u64>(), 1_000);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let profiler = Profiler::new();
    let wide = "検索と生成の長い名前".repeat(4);
    for words in ["with a rather long list of words in it, as a query has", &"x".repeat(300), &wide]
    {
        let mut timer = profiler.timer("query");
        timer.metadata("query", words);
        timer.metadata("another key", words);
        profiler.counter(words).increment();
        profiler.operation(words).record_failure_with(Duration::from_millis(1), words);
    }
    let long = Report::new(&profiler.snapshot());
    let reports = [report(), budgets(), long];
    let widths = [0, 1, 3, 10, 20, 40, 50, 60, 66, 72, 80, 100, 120, 200].into_iter();
    for (report, width) in widths.flat_map(|w| reports.clone().map(|report| (report, w))) {
        let console = report.to_console(&Console::plain(width));
        let widest = console.lines().map(UnicodeWidthStr::width).max().unwrap();
        assert!(widest <= width, "{widest} columns for {width}:\n{console}");
        let ascii = report.to_console(&Console::new(width, false, false));
        assert!(ascii.lines().all(|line| line.len() <= width), "{width}:\n{ascii}");
    }
}

#[test]
fn a_target_that_is_met_says_of_how_many_calls_where_there_is_room_for_more_than_a_table() {
    let report = report();
    for width in [60, 66, 72, 80, 100] {
        let console = report.to_console(&Console::plain(width));
        assert!(console.contains("50 of 1,050") || width < 66, "{width}:\n{console}");
        assert!(
            console.contains("199 of 1,000 over the limit") || width < 66,
            "{width}:\n{console}"
        );
    }
    let narrow = report.to_console(&Console::plain(40));
    let words = narrow.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("overall success rate · 95.2 % ≥ 90.0 % · +5.2 pp · 50 of 1,050"),
        "{narrow}"
    );
}

#[test]
fn an_ascii_terminal_gets_ascii_and_a_colourless_one_no_escapes() {
    let report = report();
    assert!(report.to_console(&Console::new(80, false, false)).is_ascii());
    assert!(!report.to_console(&Console::plain(80)).contains('\u{1b}'));
    let coloured = report.to_console(&Console::new(80, true, true));
    assert!(coloured.contains("\u{1b}[31m") && coloured.contains("\u{1b}[32m"));
}

#[test]
fn hostile_texts_are_inert_in_every_format() {
    let profiler = Profiler::new();
    for _ in 0..10 {
        let mut timer = profiler.timer(HOSTILE);
        timer.metadata(HOSTILE, HOSTILE);
        timer.mark_failure_with(HOSTILE);
    }
    let mut timer = profiler.timer(HOSTILE);
    timer.metadata("query", HOSTILE);
    drop(timer);
    profiler.record(&"long ".repeat(200), Duration::from_millis(1));
    profiler.counter_with(HOSTILE, &[(HOSTILE, HOSTILE)]).increment();
    let report = Report::new(&profiler.snapshot()).titled(HOSTILE);

    let html = report.to_html().unwrap();
    assert_eq!(html.matches("<script").count(), 2, "no element of theirs");
    assert!(!html.contains("alert(\""), "no quote of theirs");
    for text in [html, report.to_markdown().unwrap(), report.to_console(&Console::plain(80))] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    }
    let markdown = report.to_markdown().unwrap();
    let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with("| ")).collect();
    for row in rows {
        let unescaped = row.replace("\\|", "").matches('|').count();
        assert!([12, 5, 4, 3].contains(&unescaped), "{unescaped} cells: {row}");
    }
    assert!(!markdown.contains("<script>") && !markdown.contains("[a](b)"));
    let json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    assert_eq!(json["title"], HOSTILE, "JSON keeps what was given");
}

#[test]
fn an_empty_profiler_makes_a_report_all_the_same() {
    let report = Report::new(&Profiler::new().snapshot());
    assert!(report.to_console(&Console::plain(80)).contains("0 calls in"));
    assert!(report.to_html().unwrap().contains("0 calls in"));
    assert!(report.to_markdown().unwrap().contains("0 calls in"));
    assert_eq!(json(&report)["overall"]["p50_ns"], Value::Null);
}

#[test]
fn shares_are_of_the_sum_where_nothing_was_recorded_of_the_whole() {
    let profiler = Profiler::builder().overall_operation("request").build();
    profiler.operation("request");
    let empty = Report::new(&profiler.snapshot());
    assert!(empty.model().time_shares.is_empty());
    profiler.record("search", Duration::from_secs(30));
    profiler.record("login", Duration::from_secs(10));
    let report = Report::new(&profiler.snapshot());
    let read = Report::from_json(&report.to_json().unwrap()).unwrap();
    for report in [report, read] {
        let console = report.to_console(&Console::plain(120));
        assert!(console.contains("where the time goes: search 75 % · login 25 %\n"), "{console}");
        assert!(console.contains("(the whole is all operations together"), "{console}");
        assert!(!report.to_html().unwrap().contains("unattributed"));
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let report = Report::new(&Profiler::new().snapshot());
    let error = report.write_html("no/such/folder/report.html").unwrap_err().to_string();
    assert!(error.starts_with("no/such/folder/report.html: cannot be written:"), "{error}");
}

/// An objective whose budget burns too fast, with an exclusion, beside a ratio, a gauge and a size.
fn budgets() -> Report {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let sla = SlaConfig::from_toml(
        r#"
        [metrics.cache]
        good = "cache_hits"
        bad = "cache_misses"
        by = "tenant"
        min_ratio = "80%"
        [metrics.queue]
        gauge = "queue_depth"
        max = 100
        [resources]
        max_memory = "1GiB"
        [[objectives]]
        name = "fast answers"
        operation = "answer"
        good = "latency <= 100ms"
        target = "99%"
        "#,
    )
    .unwrap();
    sla.watch(&profiler).unwrap();
    for i in 0..10_000_u64 {
        profiler.record("answer", Duration::from_millis(if i % 5 == 0 { 200 } else { 50 }));
    }
    profiler.counter_with("cache_hits", &[("tenant", "acme")]).add(700);
    profiler.counter_with("cache_misses", &[("tenant", "acme")]).add(300);
    profiler.gauge("queue_depth").set(12.5);
    profiler.gauge("process_resident_memory_bytes").set(1.5 * f64::from(1 << 30));
    hand.advance(Duration::from_secs(3_600));
    let snapshot = profiler.snapshot();
    Report::new(&snapshot).with_sla(&sla.evaluate(&snapshot))
}

#[test]
fn budgets_metrics_and_resources_read_the_same_in_console_markdown_and_html() {
    let report = budgets();
    let markdown = report.to_markdown().unwrap().replace('\\', "");
    let formats =
        [report.to_console(&Console::plain(300)), markdown, html_text(&report.to_html().unwrap())];
    for format in &formats {
        for words in [
            "2,000 of 10,000 bad [19.2, 20.8] %",
            "2000 % used: 2,000 bad events of 100 allowed",
            "0.1 % of 30d observed",
            "burns 20.0 times as fast as it may over 1 h, lasts 35 h",
            "critical: burn rate 20.0 over 6 h and 20.0 over 30 min, too fast from 6 on",
            "cache tenant=acme",
            "1.5 GiB",
            "1.0 GiB",
            "12.5",
        ] {
            assert!(format.contains(words), "{words} is missing in:\n{format}");
        }
    }
    let json = json(&report);
    let checks = json["verdict"]["checks"].as_array().unwrap();
    let budget = &checks.last().unwrap()["budget"];
    assert_eq!((&budget["total"], &budget["bad_at_most"]), (&10_000.into(), &2_000.into()));
    assert_eq!(budget["burn_rates"][1]["is_too_fast"], true);
    assert_eq!(checks[0]["label"], serde_json::json!(["tenant", "acme"]));
    assert_eq!(checks[2]["observed_bytes"], 1_610_612_736_u64);
}

#[test]
fn github_is_told_of_each_target_that_is_not_met_at_its_line() {
    let lines = report().to_github_annotations();
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("::error title=SLA violated%3A operations.retrieval.max_p95::"));
    assert!(
        lines[0].contains("Operation 'retrieval' P95 (") && lines[0].contains("exceeds target")
    );
    assert!(lines[0].contains("199 of 1,000 over the limit"), "{}", lines[0]);
    assert!(
        lines[1].starts_with("::warning title=SLA inconclusive%3A operations.batch_job.max_p99::")
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sla,1.toml");
    std::fs::write(&path, "\n[operations.\"a\\nb\"]\nmax_p95 = \"1ms\"\n").unwrap();
    let sla = SlaConfig::from_path(&path).unwrap();
    let snapshot = Profiler::new().snapshot();
    let told = Report::new(&snapshot).with_sla(&sla.evaluate(&snapshot)).to_github_annotations();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("sla%2C1.toml,line=3,title="), "{told}");
}
