//! Reports that were written as JSON and are read back, and reports of several processes as one.

use perf_core::{Clock, Distribution, ManualClock, Profiler, Quantile, Snapshot};
use perf_report::{LoadError, Report};
use perf_sla::{SlaConfig, Status};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const SLA: &str = r#"
    overall_operation = "answer"
    [overall]
    max_p95 = "60ms"
    min_success_rate = "99%"
    [operations.search]
    max_p99 = "40ms"
"#;

fn profiler() -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    (Profiler::builder().clock(clock).overall_operation("answer").build(), hand)
}

/// `seconds` of a service whose calls take `base` to `base + 49` ms.
fn run(seconds: u64, base: u64) -> (Profiler, SlaConfig) {
    let (profiler, hand) = profiler();
    let sla = SlaConfig::from_toml(SLA).unwrap();
    sla.watch(&profiler).unwrap();
    let timeline = profiler.timeline();
    for second in 0..seconds {
        for call in 0..50 {
            let mut timer = profiler.timer("search");
            timer.metadata("call", 50 * second + call);
            drop(timer);
            profiler.record("search", Duration::from_millis(base + call));
            profiler.record("answer", Duration::from_millis(2 * (base + call)));
        }
        profiler.operation("answer").record_failure_with(Duration::from_millis(1), "timeout");
        profiler.gauge("depth").set(second as f64);
        profiler.counter_with("hits", &[("cache", "l1")]).add(7);
        profiler.histogram("size").record(base);
        hand.advance(Duration::from_secs(1));
        timeline.tick();
    }
    (profiler, sla)
}

fn report(profiler: &Profiler, sla: &SlaConfig) -> Report {
    let snapshot = profiler.snapshot();
    Report::new(&snapshot)
        .with_sla(&sla.evaluate(&snapshot))
        .with_timeline(&profiler.timeline())
        .labelled("commit", "abc123")
}

fn changed(report: &Report, change: impl FnOnce(&mut Value)) -> Result<Report, LoadError> {
    let mut json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    change(&mut json);
    Report::from_json(&json.to_string())
}

/// Everything that a judge or a reader may ask for.
fn numbers(snapshot: &Snapshot) -> Vec<(String, u64, u64, Distribution, Distribution, Vec<u64>)> {
    let operations = snapshot.operations().map(|operation| {
        let over = operation.over_limits().flat_map(|o| [o.successes, o.failures]).collect();
        let (good, bad) = (operation.latency().clone(), operation.failure_latency().clone());
        (operation.name().to_owned(), operation.count(), operation.failures(), good, bad, over)
    });
    operations.collect()
}

#[test]
fn a_report_read_back_is_the_same_report_and_the_same_snapshot() {
    let (profiler, sla) = run(5, 10);
    let written = report(&profiler, &sla);
    let read = Report::from_json(&written.to_json().unwrap()).unwrap();
    let (now, then) = (read.to_json().unwrap(), written.to_json().unwrap());
    let difference = now.lines().zip(then.lines()).find(|(now, then)| now != then);
    assert_eq!(difference, None);
    assert!(now == then && read.model() == written.model());

    let (before, after) = (profiler.snapshot(), read.snapshot());
    assert_eq!(numbers(&after), numbers(&before));
    assert_eq!(after.interval(), before.interval());
    assert_eq!(after.counter("hits", &[("cache", "l1")]), Some(35));
    assert_eq!(after.gauge("depth", &[]), Some(4.0));
    assert_eq!(after.histogram("size", &[]), before.histogram("size", &[]));
    assert_eq!(
        after.operation("search").unwrap().slowest(),
        before.operation("search").unwrap().slowest()
    );
    assert_eq!(
        sla.evaluate(&after).checks(),
        sla.evaluate(&before).checks(),
        "judged with the same evidence, limits counted at record time too"
    );
}

#[test]
fn the_series_holds_every_call_once() {
    let (profiler, sla) = run(5, 10);
    let report = report(&profiler, &sla);
    let series = report.model().series.as_ref().unwrap();
    assert_eq!(series.ends_ns, [1, 2, 3, 4, 5].map(|second| second * 1_000_000_000));
    let answer = &series.operations["answer"];
    assert_eq!((&answer.counts, &answer.failures), (&vec![51; 5], &vec![1; 5]));
    assert_eq!(series.gauges[0].values, [0.0, 1.0, 2.0, 3.0, 4.0].map(Some));
    let all = answer.latencies.iter().flatten().flat_map(|latency| &latency.buckets);
    assert_eq!(all.skip(1).step_by(2).sum::<u64>(), 250);
}

#[test]
fn a_run_after_a_reset_has_only_its_own_intervals() {
    let (profiler, sla) = run(3, 10);
    profiler.reset();
    let report = report(&profiler, &sla);
    assert!(report.model().series.is_none(), "nothing has happened since");
}

#[test]
fn what_was_before_the_run_is_known_when_it_is_read_back() {
    let (profiler, hand) = profiler();
    hand.advance(Duration::from_secs(10));
    profiler.reset();
    profiler.record("answer", Duration::from_millis(3));
    hand.advance(Duration::from_secs(1));
    let report = Report::new(&profiler.snapshot());
    let read = Report::from_json(&report.to_json().unwrap()).unwrap().snapshot();
    assert_eq!((read.from(), read.interval()), (Duration::from_secs(10), Duration::from_secs(1)));
    let sla = SlaConfig::from_toml("warm_up = \"5s\"\n[overall]\nmax_p95 = \"1s\"").unwrap();
    assert_eq!(sla.evaluate(&read).notes(), [""; 0], "the warm-up is not part of it");
}

#[test]
fn reports_of_several_processes_merge_exactly() {
    let runs = [run(5, 10), run(7, 100), run(2, 1)];
    let reports = runs.each_ref().map(|(profiler, sla)| report(profiler, sla));
    let merged = reports[0].merge(&reports[1]).merge(&reports[2]);
    let again = reports[2].merge(&reports[1].merge(&reports[0]));

    let mut values: Vec<u64> = Vec::new();
    for (seconds, base) in [(5, 10), (7, 100), (2, 1)] {
        values.extend((0..50 * seconds).map(|call| 2_000_000 * (base + call % 50)));
    }
    let expected = Distribution::from_values(values);
    for merged in [&merged, &again] {
        let snapshot = merged.snapshot();
        let answer = snapshot.operation("answer").unwrap();
        assert_eq!(answer.latency(), &expected);
        assert_eq!((answer.count(), answer.failures()), (51 * 14, 14));
        assert_eq!(snapshot.counter("hits", &[("cache", "l1")]), Some(7 * 14));
        assert_eq!(merged.model().run.sources, 3);
        assert_eq!(merged.model().run.labels["commit"], "abc123");
        assert!(merged.model().verdict.is_none(), "the sum has to be judged anew");
        let series = merged.model().series.as_ref().unwrap();
        let counted: u64 = series.operations["answer"].counts.iter().sum();
        assert_eq!(counted, 51 * 14, "every call of every report is in one slot");
        assert!(series.ends_ns.is_sorted());
        assert_eq!(merged.model().overall.p99_ns, expected.quantile(Quantile::P99));
    }
    // All three began at the same time.
    assert_eq!(merged.snapshot().interval(), Duration::from_secs(7));
    let verdict = runs[0].1.evaluate(&merged.snapshot());
    assert_eq!(verdict.checks()[0].samples, 50 * 14);
    assert!(verdict.checks()[0].bad.is_some_and(|(least, most)| least == most), "limits add too");
}

#[test]
fn merging_reports_of_different_times_adds_their_times() {
    let (profiler, sla) = run(4, 10);
    let report = report(&profiler, &sla);
    let later = changed(&report, |json| {
        json["run"]["started_at"] = "2026-01-01T00:00:00Z".into();
        json["run"]["ended_at"] = "2026-01-01T00:00:04Z".into();
    })
    .unwrap();
    let merged = report.merge(&later);
    assert_eq!(merged.snapshot().interval(), Duration::from_secs(8));
    assert_eq!(merged.model().run.started_at, report.model().run.started_at);
    assert_eq!(merged.model().run.ended_at, "2026-01-01T00:00:04Z");
    assert_eq!(merged.model().overall.throughput_per_second, Some(51.0));
    assert_eq!(merged.model().series.as_ref().unwrap().ends_ns.len(), 8);
}

/// The report as if its run had begun so many seconds after 2026 did, and had been so long.
fn moved(report: &Report, from: u64, seconds: u64) -> Report {
    let at = |second: u64| {
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        format!("2026-01-01T{hour:02}:{minute:02}:{:02}Z", second % 60)
    };
    let moved = changed(report, |json| {
        json["run"]["started_at"] = at(from).into();
        json["run"]["ended_at"] = at(from + seconds).into();
        json["run"]["duration_ns"] = (seconds * 1_000_000_000).into();
    });
    moved.unwrap()
}

#[test]
fn the_time_of_merged_runs_is_what_any_of_them_covers_in_whatever_order() {
    let (profiler, _) = run(1, 10);
    let report = Report::new(&profiler.snapshot());
    let runs = [(0, 60), (300, 60), (0, 60), (300, 60), (330, 40), (90, 10), (100, 5), (3_000, 0)];
    for turn in 0..runs.len() {
        for count in 1..=runs.len() {
            let chosen: Vec<_> = runs.iter().cycle().skip(turn).take(count).copied().collect();
            let covered: BTreeSet<u64> = chosen.iter().flat_map(|(at, s)| *at..at + s).collect();
            let reports = chosen.iter().map(|(from, seconds)| moved(&report, *from, *seconds));
            let merged = reports.reduce(|sum, report| sum.merge(&report)).unwrap();
            let run = &merged.model().run;
            assert_eq!(run.duration_ns, covered.len() as u64 * 1_000_000_000, "{chosen:?}");
            assert_eq!(run.sources, count as u64);
            let read = Report::from_json(&merged.to_json().unwrap()).unwrap();
            assert_eq!(read.model().run, *run, "{chosen:?}");
            let rate = merged.model().overall.throughput_per_second;
            let calls = merged.model().overall.count as f64;
            assert_eq!(rate, (!covered.is_empty()).then(|| calls / covered.len() as f64));
        }
    }
    let two = moved(&report, 0, 60).merge(&moved(&report, 300, 60));
    let second = 1_000_000_000;
    assert_eq!(two.model().run.covered_ns, [(0, 60 * second), (300 * second, 360 * second)]);
    let older = changed(&two, |json| {
        json["schema_version"] = "1.0".into();
        json["run"].as_object_mut().unwrap().remove("covered_ns");
    });
    assert_eq!(older.unwrap().snapshot().interval(), Duration::from_secs(120));
}

#[test]
fn a_limit_on_a_gauge_is_judged_by_the_worst_of_merged_reports() {
    let of = |memory: f64| {
        let (profiler, hand) = profiler();
        hand.advance(Duration::from_secs(1));
        profiler.gauge("process_resident_memory_bytes").set(memory);
        Report::new(&profiler.snapshot())
    };
    let at_most = SlaConfig::from_toml("[resources]\nmax_memory = \"1GiB\"").unwrap();
    let at_least = "[metrics.free]\ngauge = 'process_resident_memory_bytes'\nmin = 100e6";
    let at_least = SlaConfig::from_toml(at_least).unwrap();
    let exit = |sla: &SlaConfig, report: &Report| {
        let read = Report::from_json(&report.to_json().unwrap()).unwrap();
        sla.evaluate(&read.snapshot()).status()
    };
    let (large, small, fine) = (of(5e9), of(20e6), of(500e6));
    for merged in [
        large.merge(&fine).merge(&small),
        small.merge(&fine).merge(&large),
        fine.merge(&small.merge(&large)),
    ] {
        assert_eq!(exit(&at_most, &merged), Status::Violated);
        assert_eq!(exit(&at_least, &merged), Status::Violated);
        let text = merged.to_console(&perf_report::Console::plain(100));
        assert!(text.contains("at the end: the most of any report: memory 4.7 GiB"), "{text}");
    }
    assert_eq!(exit(&at_most, &fine.merge(&small)), Status::Met);
    assert_eq!(exit(&at_least, &fine.merge(&large)), Status::Met);
    let unknown = changed(&small, |json| {
        json["gauges"][0].as_object_mut().unwrap().remove("value");
    })
    .unwrap();
    assert_eq!(exit(&at_most, &fine.merge(&unknown).merge(&small)), Status::Inconclusive);
    assert_eq!(exit(&at_most, &unknown), Status::Inconclusive);
}

#[test]
fn a_merged_series_has_the_smallest_and_the_largest_value_of_a_gauge() {
    let (a, b) = (run(4, 10), run(4, 20));
    b.0.gauge("depth").set(40.0);
    let reports = [(&a, 0.0), (&b, 100.0)].map(|((profiler, sla), more)| {
        changed(&report(profiler, sla), |json| {
            for value in json["series"]["gauges"][0]["values"].as_array_mut().unwrap() {
                *value = (value.as_f64().unwrap() + more).into();
            }
        })
        .unwrap()
    });
    let merged = reports[0].merge(&reports[1]);
    let gauges = &merged.model().series.as_ref().unwrap().gauges;
    let of = |which: &str| {
        let found = gauges.iter().find(|gauge| gauge.labels["merged"] == which).unwrap();
        found.values.clone()
    };
    assert_eq!(of("min"), [0.0, 1.0, 2.0, 3.0].map(Some));
    assert_eq!(of("max"), [100.0, 101.0, 102.0, 103.0].map(Some));
    assert_eq!(gauges.len(), 2);
}

#[test]
fn kept_calls_of_merged_reports_are_when_they_were_whichever_comes_first() {
    let (profiler, _) = run(2, 10);
    let report = Report::new(&profiler.snapshot());
    let (early, late) = (moved(&report, 0, 2), moved(&report, 100, 2));
    let times = |report: &Report| {
        let slowest = report.model().operations.iter().flat_map(|operation| &operation.slowest);
        slowest.map(|sample| sample.at_ns).collect::<BTreeSet<u64>>()
    };
    let own = times(&report);
    let both: BTreeSet<u64> = own.iter().flat_map(|at| [*at, at + 100_000_000_000]).collect();
    for merged in [early.merge(&late), late.merge(&early)] {
        let times = times(&merged);
        assert!(!times.is_empty() && times.is_subset(&both), "{times:?} of {both:?}");
        assert!(times.iter().any(|at| *at >= 100_000_000_000), "{times:?}");
    }
}

#[test]
fn nothing_stands_for_the_whole_of_reports_that_differ_in_it() {
    let (profiler, sla) = run(2, 10);
    let answer = report(&profiler, &sla);
    let search = SlaConfig::from_toml(&SLA.replace("\"answer\"", "\"search\"")).unwrap();
    let snapshot = profiler.snapshot();
    let search = Report::new(&snapshot).with_sla(&search.evaluate(&snapshot));
    let same = answer.merge(&answer);
    assert_eq!(same.model().overall_operation.as_deref(), Some("answer"));
    assert_eq!(same.model().overall.count, 2 * 102);
    let merged = answer.merge(&search);
    assert_eq!(merged.model().overall_operation, None);
    assert_eq!(merged.model().overall.count, 2 * (102 + 200), "all together");
    assert!(merged.model().time_shares.is_empty());
}

#[test]
fn a_copy_of_a_report_is_the_same_run_and_another_run_is_not() {
    let (profiler, sla) = run(2, 10);
    let report = report(&profiler, &sla);
    let copy = Report::from_json(&report.to_json().unwrap()).unwrap().without_verdict();
    assert!(report.is_same_run(&copy.titled("a copy").labelled("version", "2")));
    assert!(!report.is_same_run(&moved(&report, 0, 2)));
    assert!(!report.is_same_run(&Report::new(&run(2, 20).0.snapshot())));
}

#[test]
fn what_follows_from_the_buckets_is_computed_anew() {
    let (profiler, sla) = run(2, 10);
    let report = report(&profiler, &sla);
    let spoilt = changed(&report, |json| {
        for place in ["/operations/1", "/overall"] {
            let operation = json.pointer_mut(place).unwrap();
            for key in ["total_ns", "min_ns", "mean_ns", "p50_ns", "p95_ns", "p99.9_ns", "max_ns"] {
                operation[key] = 1_000_000_000_000_u64.into();
            }
            operation["success_ratio"] = 0.01.into();
            operation["throughput_per_second"] = 2.3e12.into();
        }
        json["time_shares"][0]["ratio"] = 7.5.into();
        json["histograms"][0]["count"] = 7.into();
        json["operations"].as_array_mut().unwrap().reverse();
    });
    assert_eq!(spoilt.unwrap().model(), report.model());
}

#[test]
fn a_newer_minor_version_is_read_and_another_major_one_refused() {
    let (profiler, sla) = run(1, 10);
    let report = report(&profiler, &sla);
    let newer = changed(&report, |json| {
        json["schema_version"] = "1.7".into();
        json["of_the_future"] = json!({"a": [1]});
        json["operations"][0]["more"] = 3.into();
    });
    assert_eq!(numbers(&newer.unwrap().snapshot()), numbers(&profiler.snapshot()));
    for version in ["2.0", "0.9", "", "x", "11.0"] {
        let told = changed(&report, |json| json["schema_version"] = version.into()).unwrap_err();
        assert!(matches!(told, LoadError::Version { .. }), "{told}");
        assert!(told.to_string().contains(&format!("{version:?}, and this perfkit reads 1.1")));
    }
}

#[test]
fn what_is_no_report_is_refused_with_its_place() {
    for (text, told) in [
        ("", "is no report in JSON: EOF while parsing"),
        ("{", "line 1 column 1"),
        ("[]", "is no report"),
        ("{}", "its key `schema` is not there"),
        ("{\"schema\": \"oha\"}", "its key `schema` is \"oha\""),
        (
            "{\"schema\": \"perf-report\", \"schema_version\": \"1.0\", \"operations\": 3}",
            "expected a sequence at line 1",
        ),
    ] {
        let error = Report::from_json(text).unwrap_err().to_string();
        assert!(error.contains(told), "{text:?}: {error}");
    }
    let (profiler, sla) = run(2, 10);
    let report = report(&profiler, &sla);
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 14] = [
        (
            |json| json["operations"][0]["count"] = 1_102.into(),
            "`operations[\"answer\"].count` cannot be: 1102 calls are not 100 successes and 2 failures",
        ),
        (
            |json| {
                let copy = json["operations"][0].clone();
                json["operations"].as_array_mut().unwrap().push(copy);
            },
            "`operations[2].name` cannot be: \"answer\" is there already",
        ),
        (
            |json| json["operations"][0]["over_limits"][0]["successes"] = 101.into(),
            "`operations[\"answer\"].over_limits` cannot be: 101 successes and 0 failures over \
             60000000 ns are more than 100 and 2",
        ),
        (
            |json| json["histograms"][0]["values"]["buckets"] = json!([5]),
            "`histograms[\"size\"].values.buckets` cannot be: a bucket is without its count",
        ),
        (
            |json| json["verdict"]["status"] = "met".into(),
            "`verdict.status` cannot be: it is met, and the worst of its checks is violated",
        ),
        (
            |json| json["run"]["duration_ns"] = 1.into(),
            "`run.duration_ns` cannot be: 1 ns are not the time from 1970-01-01T00:00:00",
        ),
        (
            |json| json["run"]["covered_ns"] = json!([[0, 5], [7, 8]]),
            "`run.duration_ns` cannot be: 2000000000 ns are not the 6 ns of `run.covered_ns`",
        ),
        (
            |json| json["run"]["covered_ns"] = json!([[7, 8], [0, 5]]),
            "`run.covered_ns` cannot be: the stretches are not in order and apart",
        ),
        (
            |json| json["operations"][1]["latency"]["buckets"] = json!([5]),
            "`operations[\"search\"].latency.buckets` cannot be: a bucket is without its count",
        ),
        (
            |json| json["operations"][1]["latency"]["buckets"][0] = 9_999.into(),
            "`operations[\"search\"].latency.buckets` cannot be: there is no bucket 9999: the last one is 7423",
        ),
        (
            |json| {
                json["operations"][0]["successes"] = 3.into();
                json["operations"][0]["count"] = 5.into();
            },
            "`operations[\"answer\"].latency` cannot be: 100 values in the buckets and 0 untimed are \
             not 3 calls",
        ),
        (|json| json["series"]["ends_ns"] = json!([5, 3]), "`series.ends_ns` cannot be"),
        (
            |json| {
                json["series"]["operations"]["search"]["latencies"][1]["buckets"] =
                    json!([1, 1, 65_535, 1]);
            },
            "`series.operations[\"search\"].latencies[1].buckets` cannot be",
        ),
        (|json| json["run"]["duration_ns"] = (-1).into(), "invalid value: integer `-1`"),
    ];
    for (change, told) in changes {
        let error = changed(&report, change).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn lists_of_a_file_that_are_too_short_are_no_danger() {
    let (profiler, sla) = run(3, 10);
    let report = report(&profiler, &sla);
    let short = changed(&report, |json| {
        json["series"]["operations"]["search"] = json!({"counts": [1], "latencies": []});
        json["series"]["gauges"][0]["values"] = json!([]);
    })
    .unwrap();
    let merged = short.merge(&report);
    assert!(merged.to_html().unwrap().contains("search"));
    let empty = changed(&report, |json| {
        *json = json!({"schema": "perf-report", "schema_version": "1.0"});
    })
    .unwrap();
    assert_eq!(empty.merge(&report).snapshot().operations().count(), 2);
    assert!(empty.to_html().is_ok() && empty.to_markdown().is_ok());
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let error = Report::load("no/such/report.json").unwrap_err().to_string();
    assert!(error.starts_with("no/such/report.json: cannot be read:"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    std::fs::write(&path, "{}").unwrap();
    let error = Report::load(&path).unwrap_err().to_string();
    assert!(error.contains("r.json: is no report of perfkit"), "{error}");
}

/// Every place in a JSON value, as the keys and indices that lead there.
fn places(value: &Value, here: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    all.push(here.clone());
    let mut below = |key: String, value: &Value| {
        here.push(key);
        places(value, here, all);
        here.pop();
    };
    match value {
        Value::Object(keys) => keys.iter().for_each(|(key, value)| below(key.clone(), value)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| below(index.to_string(), value));
        }
        _ => {}
    }
}

#[test]
fn no_number_or_text_of_a_file_makes_a_report_panic() {
    let (profiler, sla) = run(3, 10);
    let requests = perf_analysis::RequestWatch::new(&profiler);
    for n in 0..3 {
        let request = profiler.request(&n.to_string());
        request.time("search", || ());
        request.time("rank", || ());
    }
    let report = report(&profiler, &sla).with_requests(&requests.read());
    let report = report.clone().with_baseline([&report]);
    let json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    let mut all = Vec::new();
    places(&json, &mut Vec::new(), &mut all);
    let strange = [
        json!(0),
        json!(u64::MAX),
        json!(u64::MAX - 1),
        json!(i64::MIN),
        json!(1e308),
        json!(-1e308),
        json!(1e-308),
        json!(""),
        json!("9999-12-31T23:59:59Z"),
        json!("-009999-01-01T00:00:00Z"),
        json!("<script>\u{0}"),
        json!([]),
        json!({}),
        json!(null),
        json!(true),
    ];
    let mut random = 7_u64;
    let mut draw = |below: usize| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    let mut read = 0;
    for _ in 0..300 {
        let mut spoilt = json.clone();
        for _ in 0..=draw(3) {
            let place = &all[1 + draw(all.len() - 1)];
            let mut at = Some(&mut spoilt);
            for key in place {
                at = at.and_then(|value| match value {
                    Value::Array(list) => list.get_mut(key.parse::<usize>().unwrap_or(usize::MAX)),
                    other => other.get_mut(key),
                });
            }
            let Some(value) = at else { continue };
            let like = |new: &&Value| match &*value {
                Value::Number(number) if number.is_u64() => new.is_u64(),
                Value::Number(_) => new.is_number(),
                Value::String(_) => new.is_string(),
                _ => true,
            };
            let fitting: Vec<&Value> = strange.iter().filter(like).collect();
            *value = fitting[draw(fitting.len())].clone();
        }
        let Ok(spoilt) = Report::from_json(&spoilt.to_string()) else { continue };
        read += 1;
        spoilt.to_html().unwrap();
        spoilt.to_markdown().unwrap();
        spoilt.to_junit().unwrap();
        spoilt.to_console(&perf_report::Console::plain(80));
        spoilt.to_json().unwrap();
        report.merge(&spoilt).merge(&spoilt).to_html().unwrap();
        report.clone().with_baseline([&spoilt]).to_console(&perf_report::Console::plain(80));
        perf_report::Trends::of([("a".to_owned(), spoilt), ("b".to_owned(), report.clone())])
            .to_html()
            .unwrap();
    }
    assert!(read > 50, "{read} of 300 could be read");
}
