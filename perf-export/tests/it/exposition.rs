//! What a scraper gets: names, counts, exemplars and all the formats, read back.

use super::strict_parser::{Families, Sample, parse_open_metrics, parse_text, value};
use perf_core::{Clock, Definition, OperationParts, Profiler, Snapshot, SnapshotParts};
use perf_export::prometheus::{Exposition, Format, Naming, Part, SlaEvents};
use std::process::{Command, Stdio};
use std::time::Duration;

pub(crate) fn encoded(exposition: &Exposition, snapshot: &Snapshot, format: Format) -> String {
    let mut out = Vec::new();
    exposition.encode(snapshot, format, &mut out);
    String::from_utf8(out).unwrap()
}

pub(crate) fn scraped(exposition: &Exposition, snapshot: &Snapshot) -> Families {
    parse_text(&encoded(exposition, snapshot, Format::Text))
}

/// A service with something of everything.
pub(crate) fn service() -> Profiler {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).overall_operation("request").build();
    let request = profiler.operation("request");
    request.limits(&[Duration::from_millis(300)]).unwrap();
    for millis in 1..=1_000 {
        request.record(Duration::from_millis(millis));
        profiler.record("inference", Duration::from_micros(millis));
    }
    let mut timer = profiler.timer("request");
    timer.metadata("trace_id", "4bf92f3577b34da6");
    hand.advance(Duration::from_millis(20_000));
    timer.stop();
    let mut timer = profiler.timer("request");
    timer.mark_failure_with("time out");
    timer.stop();
    profiler.record_failure("request", Duration::from_millis(2));
    let define = |name, unit, text| Definition::new(name).unit(unit).description(text);
    let wait = define("wait", "ms", "Time in the queue").buckets(&[10, 100]).labels(&["queue"]);
    let wait = profiler.define_histogram(wait).unwrap();
    for millis in [5, 10, 11, 500] {
        wait.with(&[("queue", "fast")]).unwrap().record(millis);
    }
    profiler.define_gauge(define("used", "%", "Share in use")).unwrap();
    profiler.gauge("used").set(12.5);
    profiler.define_counter(define("read", "KiB", "What was read")).unwrap();
    profiler.counter("read").add(3);
    profiler.histogram("batch_size").record(32);
    profiler.hit_counter("cache").hit();
    profiler.gauge("process_resident_memory_bytes").set(1e9);
    profiler.gauge("process_cpu_seconds_total").set(1.5);
    profiler.counter("process_read_bytes_total").add(77);
    profiler
}

#[test]
fn every_family_has_the_values_that_were_recorded() {
    let exposition = Exposition::new()
        .sla_events(|_| vec![SlaEvents { sla: "fast".to_owned(), good: 301, total: 1_001 }]);
    let all = scraped(&exposition, &service().lifetime());
    let of = |name: &str, labels: &[(&str, &str)]| value(&all, name, labels);
    let request = ("operation", "request");
    let requests = "perf_operation_requests_total";
    assert_eq!(of(requests, &[request, ("status", "success")]), 1_001.0);
    assert_eq!(of(requests, &[request, ("status", "error")]), 2.0);
    let failures = "perf_operation_failures_total";
    assert_eq!(of(failures, &[request, ("kind", "time out")]), 1.0);
    assert_eq!(of("perf_operation_duration_seconds_count", &[request]), 1_001.0);
    assert_eq!(of("perf_operation_duration_seconds_sum", &[request]), 520.5);
    assert_eq!(of("perf_operation_duration_seconds_sum", &[("operation", "inference")]), 0.5005);
    assert_eq!(of("perf_sla_good_total", &[("sla", "fast")]), 301.0);
    assert_eq!(of("perf_sla_events_total", &[("sla", "fast")]), 1_001.0);
    let wait = |edge| of("perf_wait_seconds_bucket", &[("queue", "fast"), ("le", edge)]);
    assert_eq!([wait("0.01"), wait("0.1"), wait("+Inf")], [2.0, 3.0, 4.0]);
    assert_eq!(of("perf_wait_seconds_sum", &[("queue", "fast")]), 0.526);
    assert_eq!(of("perf_used_ratio", &[]), 0.125);
    assert_eq!(of("perf_read_bytes_total", &[]), 3_072.0);
    assert_eq!(of("perf_cache_hits_total", &[]), 1.0);
    assert_eq!(of("perf_batch_size_bucket", &[("le", "16.0")]), 0.0);
    assert_eq!(of("perf_batch_size_bucket", &[("le", "64.0")]), 1.0);
    assert_eq!(of("process_resident_memory_bytes", &[]), 1e9);
    assert_eq!(all["process_cpu_seconds_total"].kind, "counter");
    assert_eq!(of("process_read_bytes_total", &[]), 77.0);
    assert_eq!(of("perf_losses_total", &[("reason", "invalid_values")]), 0.0);
    assert_eq!(of("perf_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1.0);
    assert_eq!(of("perf_export_skipped_families_total", &[]), 0.0);
    assert_eq!(all["perf_wait_seconds"].help.as_deref(), Some("Time in the queue"));
    assert!(all.values().all(|family| family.help.is_some() && !family.samples.is_empty()));
}

#[test]
fn the_bucket_of_a_limit_is_exact_and_others_are_within_a_128th() {
    let profiler = Profiler::new();
    let work = profiler.operation("work");
    let limit = Duration::from_nanos(300_000_001);
    work.limits(&[limit]).unwrap();
    // All in one bucket of the layout, on both sides of the limit and of the edge before it.
    let values: Vec<u64> = (0..1_000).map(|i| 299_999_500 + i).collect();
    values.iter().for_each(|nanos| work.record(Duration::from_nanos(*nanos)));
    let exposition = Exposition::new()
        .limits("work", &[Duration::from_nanos(300_000_000)])
        .limits("others", &[Duration::from_millis(77)]);
    let all = scraped(&exposition, &profiler.lifetime());
    let edges = |le: &str| {
        value(&all, "perf_operation_duration_seconds_bucket", &[("operation", "work"), ("le", le)])
    };
    let below = |edge: u64| values.iter().filter(|value| **value <= edge).count() as f64;
    assert_eq!(edges("0.300000001"), below(limit.as_nanos() as u64));
    assert_eq!(edges("0.3"), edges("0.300000001"), "bounded by the exact one");
    assert_eq!(edges("0.25"), 0.0);
    assert_eq!(edges("0.5"), 1_000.0);
    let bucket = "perf_operation_duration_seconds_bucket{operation=\"work\",le=\"0.077\"}";
    assert!(!encoded(&exposition, &profiler.lifetime(), Format::Text).contains(bucket));
}

#[test]
fn no_count_goes_back_while_more_is_recorded_and_after_a_reset() {
    let profiler = Profiler::new();
    let work = profiler.operation("work");
    work.limits(&[Duration::from_millis(20)]).unwrap();
    let exposition = Exposition::new();
    let mut last = scraped(&exposition, &profiler.lifetime());
    for round in 0..50_u64 {
        (0..20).for_each(|i| work.record(Duration::from_micros(round * 997 + i * 1_301)));
        if round % 10 == 9 {
            profiler.reset();
        }
        let now = scraped(&exposition, &profiler.lifetime());
        for (name, family) in &last {
            for (before, after) in family.samples.iter().zip(&now[name].samples) {
                assert_eq!((&before.name, &before.labels), (&after.name, &after.labels));
                assert!(family.kind == "gauge" || before.value <= after.value, "{after:?}");
            }
        }
        last = now;
    }
}

#[test]
fn open_metrics_says_the_same_as_text_with_units_and_exemplars() {
    let (exposition, snapshot) = (Exposition::new(), service().lifetime());
    let text = scraped(&exposition, &snapshot);
    let open = parse_open_metrics(&encoded(&exposition, &snapshot, Format::OpenMetrics));
    let samples = |families: &Families| {
        let mut all: Vec<_> = families.values().flat_map(|family| family.samples.clone()).collect();
        all.iter_mut().for_each(|sample| sample.exemplar = None);
        all.sort_by(|a, b| (&a.name, &a.labels).partial_cmp(&(&b.name, &b.labels)).unwrap());
        all
    };
    assert_eq!(samples(&text), samples(&open));
    let durations = &open["perf_operation_duration_seconds"];
    assert_eq!(durations.unit.as_deref(), Some("seconds"));
    assert_eq!(open["perf_read_bytes"].unit.as_deref(), Some("bytes"));
    assert_eq!(open["perf_batch_size"].unit, None);
    let with: Vec<_> = durations.samples.iter().filter(|s| s.exemplar.is_some()).collect();
    let [sample] = with[..] else { panic!("{with:?}") };
    let (labels, seconds, _) = sample.exemplar.as_ref().unwrap();
    assert_eq!(sample.labels["le"], "+Inf");
    assert_eq!((labels["trace_id"].as_str(), *seconds), ("4bf92f3577b34da6", 20.0));
}

#[test]
fn a_trace_that_open_metrics_cannot_carry_is_left_out_and_any_other_is_escaped() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let traces = [(10, "x".repeat(121)), (20, "x".repeat(120)), (60, "a\"\n# EOF".to_owned())];
    for (millis, trace) in &traces {
        let mut timer = profiler.timer("work");
        timer.metadata("trace_id", trace.as_str());
        hand.advance(Duration::from_millis(*millis));
        timer.stop();
    }
    let open = encoded(&Exposition::new(), &profiler.lifetime(), Format::OpenMetrics);
    let open = parse_open_metrics(&open);
    let samples = &open["perf_operation_duration_seconds"].samples;
    let of = |sample: &Sample| {
        let (labels, seconds, _) = sample.exemplar.as_ref()?;
        Some((sample.labels["le"].clone(), labels["trace_id"].clone(), *seconds))
    };
    let found: Vec<_> = samples.iter().filter_map(of).collect();
    let expected = [("0.025", &traces[1], 0.02), ("0.075", &traces[2], 0.06)]
        .map(|(edge, trace, seconds)| (edge.to_owned(), trace.1.clone(), seconds));
    assert_eq!(found, expected);
}

#[test]
fn values_that_are_times_have_the_edges_of_latencies() {
    let profiler = Profiler::new();
    for (name, unit) in [("a", "ms"), ("b", "s"), ("c", "ns"), ("d", "h")] {
        profiler.define_histogram(Definition::new(name).unit(unit)).unwrap();
        profiler.histogram(name).record(50);
    }
    let all = scraped(&Exposition::new(), &profiler.lifetime());
    let edges = |name: &str| {
        let samples = all[&format!("perf_{name}_seconds")].samples.iter();
        let edges = samples.filter_map(|sample| sample.labels.get("le").cloned());
        edges.collect::<Vec<_>>().join(" ")
    };
    let all = "0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0 +Inf";
    assert_eq!([edges("a"), edges("c")], [all, all]);
    assert_eq!([edges("b"), edges("d")], ["1.0 2.0 5.0 7.0 10.0 +Inf", "+Inf"]);
}

#[test]
fn created_is_the_start_of_the_snapshot_if_it_is_asked_for() {
    let (exposition, snapshot) = (Exposition::new().with_created(), service().lifetime());
    let open = parse_open_metrics(&encoded(&exposition, &snapshot, Format::OpenMetrics));
    let began = snapshot.taken_at() - snapshot.interval();
    let began = began.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
    let created: Vec<_> = open.values().flat_map(|family| &family.samples).collect();
    let created: Vec<_> = created.iter().filter(|s| s.name.ends_with("_created")).collect();
    assert!(created.len() > 10);
    assert!(created.iter().all(|sample| (sample.value - began).abs() < 0.002));
}

#[test]
fn names_are_those_of_a_pipeline_of_stages() {
    let exposition = Exposition::new().prefix("rag_").unwrap().naming(Naming::Stages);
    let all = scraped(&exposition, &service().lifetime());
    assert_eq!(value(&all, "rag_request_duration_seconds_count", &[]), 1_001.0);
    assert_eq!(value(&all, "rag_requests_total", &[("status", "error")]), 2.0);
    assert_eq!(value(&all, "rag_request_failures_total", &[("kind", "time out")]), 1.0);
    let stage = [("stage", "inference")];
    assert_eq!(value(&all, "rag_stage_duration_seconds_count", &stage), 1_000.0);
    assert!(!all.contains_key("rag_operation_duration_seconds"));
}

#[test]
fn names_are_those_of_a_model_server() {
    let exposition = Exposition::new().prefix("").unwrap().naming(Naming::Inference);
    let all = scraped(&exposition, &service().lifetime());
    assert_eq!(value(&all, "inference_duration_seconds_count", &[]), 1_000.0);
    assert_eq!(value(&all, "request_duration_seconds_count", &[]), 1_001.0);
    assert_eq!(value(&all, "batch_size_count", &[]), 1.0);
    assert_eq!(value(&all, "requests_total", &[]), 1_003.0);
    assert_eq!(value(&all, "errors_total", &[]), 2.0);
    assert_eq!(value(&all, "cache_hits_total", &[]), 1.0);
    assert_eq!(value(&all, "cache_misses_total", &[]), 0.0);
    assert_eq!(value(&all, "throughput_requests_per_second", &[]), 1_003.0 / 20.0);
}

#[test]
fn parts_that_are_left_out_are_not_there() {
    let parts = [Part::Operations, Part::Metrics, Part::Losses, Part::BuildInfo];
    let exposition = parts.into_iter().fold(Exposition::new(), Exposition::without);
    let all = scraped(&exposition, &service().lifetime());
    assert_eq!(all.keys().collect::<Vec<_>>(), ["perf_export_skipped_families_total"]);
    let exposition = Exposition::new().without(Part::FailureKinds);
    let all = scraped(&exposition, &service().lifetime());
    assert!(!all.contains_key("perf_operation_failures_total"));
}

#[test]
fn what_prometheus_cannot_have_as_prefix_or_bucket_is_refused() {
    for wrong in ["1a", "a-b", "ä", "a{", "a b", "a:"] {
        assert!(Exposition::new().prefix(wrong).is_err(), "{wrong}");
    }
    let second = Duration::from_secs(1);
    for wrong in [&[Duration::ZERO][..], &[second, second], &[second * 2, second], &[Duration::MAX]]
    {
        assert!(Exposition::new().buckets(wrong).is_err(), "{wrong:?}");
    }
    let many: Vec<_> = (1..=1_001).map(Duration::from_secs).collect();
    assert!(Exposition::new().buckets(&many).is_err());
    assert!(Exposition::new().buckets(&many[..1_000]).is_ok());
    let few = Exposition::new().buckets(&[]).unwrap();
    let all = scraped(&few, &Snapshot::from_parts(one_operation("a")));
    assert_eq!(value(&all, "perf_operation_duration_seconds_count", &[("operation", "a")]), 0.0);
}

pub(crate) fn one_operation(name: &str) -> SnapshotParts {
    let mut parts = SnapshotParts::default();
    parts.operations.push(OperationParts::new(name));
    parts
}

#[test]
fn promtool_finds_nothing_to_say() {
    let text = encoded(&Exposition::new(), &service().lifetime(), Format::Text);
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped());
    let promtool = promtool.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut promtool) = promtool else {
        return println!(
            "skipped: no promtool on this machine (Debian: apt-get install prometheus)"
        );
    };
    std::io::Write::write_all(&mut promtool.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
}
