//! Names and values that nobody should have chosen: every format is whole for all of them.

use super::exposition::{encoded, one_operation, scraped};
use super::strict_parser::{parse_open_metrics, value};
use perf_core::{Definition, Distribution, Profiler, Series, Snapshot, SnapshotParts};
use perf_export::prometheus::{Exposition, Format};
use proptest::prelude::*;

fn hostile() -> Vec<String> {
    let mut all: Vec<String> = [
        "",
        " ",
        "a\"b",
        "a\\",
        "\\n",
        "a\nb",
        "# EOF\n",
        "\"} 1\nevil 2",
        "nul\0",
        "\u{202e}drawkcab",
        "größe",
        "le",
        "__name__",
        "5xx",
        "{}",
        "a\r\u{85}\u{2028}b",
    ]
    .map(str::to_owned)
    .into();
    all.push("x".repeat(10_000));
    all.push("\"\\\n".repeat(3_000));
    all
}

/// An operation of each name, with as many failures as its place in the list.
pub(crate) fn hostile_operations() -> Snapshot {
    let mut parts = SnapshotParts::default();
    for (failures, name) in (1..).zip(hostile()) {
        let mut operation = one_operation(&name).operations.remove(0);
        operation.latency = Distribution::from_values([1_000]);
        operation.untimed_failures = failures;
        operation.failure_kinds = vec![(name.clone(), failures)];
        parts.operations.push(operation);
    }
    Snapshot::from_parts(parts)
}

#[test]
fn hostile_operations_are_told_apart_by_their_labels() {
    let (snapshot, exposition) = (hostile_operations(), Exposition::new());
    let all = scraped(&exposition, &snapshot);
    for (failures, name) in (1..).zip(hostile()) {
        let labels = [("operation", name.as_str()), ("status", "error")];
        let labels = if name.is_empty() { &labels[1..] } else { &labels };
        assert_eq!(
            value(&all, "perf_operation_requests_total", labels),
            f64::from(failures as u32)
        );
    }
    parse_open_metrics(&encoded(&exposition, &snapshot, Format::OpenMetrics));
    assert_eq!(exposition.skipped_families(), 0);
}

#[test]
fn of_two_metrics_with_one_name_the_one_that_is_called_so_stays_and_the_other_is_counted() {
    let profiler = Profiler::new();
    profiler.counter("hits").add(1);
    profiler.counter("hits_total").add(2);
    profiler.gauge("depth").set(3.0);
    profiler.counter("depth_total").add(3);
    profiler.histogram("wait").record(4);
    profiler.gauge("wait_count").set(5.0);
    profiler.gauge("operation_requests_total").set(6.0);
    profiler.operation("a");
    let exposition = Exposition::new();
    let all = scraped(&exposition, &profiler.lifetime());
    assert_eq!(value(&all, "perf_hits_total", &[]), 2.0);
    assert_eq!(value(&all, "perf_depth", &[]), 3.0);
    assert!(!all.contains_key("perf_depth_total"), "OpenMetrics would call it `depth` too");
    let labels = [("operation", "a"), ("status", "success")];
    assert_eq!(value(&all, "perf_operation_requests_total", &labels), 0.0);
    assert_eq!(value(&all, "perf_wait_count", &[]), 1.0);
    assert_eq!(value(&all, "perf_export_skipped_families_total", &[]), 4.0);
    let all = scraped(&exposition, &profiler.lifetime());
    assert_eq!(value(&all, "perf_export_skipped_families_total", &[]), 8.0, "it is a counter");
    assert_eq!(exposition.skipped_families(), 8);
}

#[test]
fn series_that_would_be_one_are_left_out_together() {
    let profiler = Profiler::new();
    profiler.counter_with("a", &[("x.y", "1")]).add(1);
    profiler.counter_with("a", &[("x_y", "1")]).add(1);
    profiler.counter_with("b", &[("x.y", "1"), ("x_y", "2")]).add(1);
    profiler.counter_with("c", &[("x", "")]).add(1);
    profiler.counter_with("c", &[]).add(1);
    profiler.counter_with("d", &[("x.y", "1")]).add(1);
    profiler.counter_with("d", &[("x_y", "2")]).add(1);
    let exposition = Exposition::new();
    let all = scraped(&exposition, &profiler.lifetime());
    assert_eq!(value(&all, "perf_d_total", &[("x_y", "2")]), 1.0);
    assert_eq!(value(&all, "perf_export_skipped_families_total", &[]), 3.0);
}

#[test]
fn gauges_may_be_no_numbers_and_counters_may_not() {
    let mut parts = SnapshotParts::default();
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e300];
    for (i, value) in odd.into_iter().enumerate() {
        let label = i.to_string();
        parts.gauges.push((Series::new("odd", &[("i", label.as_str())]), value));
    }
    parts.gauges.push((Series::new("process_cpu_seconds_total", &[]), f64::NAN));
    let snapshot = Snapshot::from_parts(parts);
    let all = scraped(&Exposition::new(), &snapshot);
    let of = |i| value(&all, "perf_odd", &[("i", i)]);
    assert!(of("0").is_nan());
    assert_eq!(["1", "2", "4"].map(of), [f64::INFINITY, f64::NEG_INFINITY, 1e300]);
    assert!(!all.contains_key("process_cpu_seconds_total"));
    assert_eq!(value(&all, "perf_export_skipped_families_total", &[]), 1.0);
}

#[test]
fn descriptions_stay_on_their_line() {
    let profiler = Profiler::new();
    let text = "a \"quoted\\\" word\n# EOF\nevil 1";
    profiler.define_gauge(Definition::new("size").description(text)).unwrap();
    profiler.gauge("size").set(1.0);
    let snapshot = profiler.lifetime();
    let all = scraped(&Exposition::new(), &snapshot);
    assert_eq!(all["perf_size"].help.as_deref(), Some(text));
    let open = encoded(&Exposition::new(), &snapshot, Format::OpenMetrics);
    assert_eq!(parse_open_metrics(&open)["perf_size"].help.as_deref(), Some(text));
}

proptest! {
    #[test]
    fn any_names_and_labels_give_whole_expositions(
        names in prop::collection::vec("[a-c_.\\\\\"\n\u{0}é0-9]{0,6}(_total|_bucket|_seconds)?", 1..12),
        keys in prop::collection::vec("[ab_.]{0,3}|le|__a", 12),
        values in prop::collection::vec("\\PC{0,4}|[\"\\\\\n]{0,3}", 12),
        kinds in prop::collection::vec(0..4, 12),
    ) {
        let mut parts = SnapshotParts::default();
        for (i, name) in names.iter().enumerate() {
            let series = Series::new(name, &[(&keys[i], &values[i]), (&keys[11 - i], "x")]);
            match kinds[i] {
                0 => parts.counters.push((series, 1)),
                1 => parts.gauges.push((series, 1.5)),
                2 => parts.histograms.push((series, Distribution::from_values([1, 70]))),
                _ => parts.operations.extend(one_operation(name).operations),
            }
        }
        let snapshot = Snapshot::from_parts(parts);
        let exposition = Exposition::new().build_label(&keys[0], &values[0]);
        scraped(&exposition, &snapshot);
        parse_open_metrics(&encoded(&exposition, &snapshot, Format::OpenMetrics));
        encoded_messages_are_whole(&exposition, &snapshot);
    }
}

/// Lengths lead from one message to the next up to the end.
fn encoded_messages_are_whole(exposition: &Exposition, snapshot: &Snapshot) {
    let mut out = Vec::new();
    exposition.encode(snapshot, Format::Protobuf, &mut out);
    let mut rest = &out[..];
    while !rest.is_empty() {
        let length = prost::decode_length_delimiter(&mut rest).unwrap();
        rest = &rest[length..];
    }
}
