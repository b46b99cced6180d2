//! Messages read back with the field numbers of prometheus/client_model, by somebody else's decoder.

use super::exposition::{encoded, service};
use super::strict_parser::{Sample, parse_text, value};
use perf_core::{Distribution, Snapshot};
use perf_export::prometheus::{Exposition, Format};
use prost::Message;

#[derive(Clone, PartialEq, Message)]
struct LabelPair {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(string, optional, tag = "2")]
    value: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Timestamp {
    #[prost(int64, optional, tag = "1")]
    seconds: Option<i64>,
    #[prost(int32, optional, tag = "2")]
    nanos: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct Gauge {
    #[prost(double, optional, tag = "1")]
    value: Option<f64>,
}

#[derive(Clone, PartialEq, Message)]
struct Exemplar {
    #[prost(message, repeated, tag = "1")]
    label: Vec<LabelPair>,
    #[prost(double, optional, tag = "2")]
    value: Option<f64>,
    #[prost(message, optional, tag = "3")]
    timestamp: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
struct Counter {
    #[prost(double, optional, tag = "1")]
    value: Option<f64>,
    #[prost(message, optional, tag = "2")]
    exemplar: Option<Exemplar>,
    #[prost(message, optional, tag = "3")]
    created_timestamp: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
struct Bucket {
    #[prost(uint64, optional, tag = "1")]
    cumulative_count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    upper_bound: Option<f64>,
    #[prost(message, optional, tag = "3")]
    exemplar: Option<Exemplar>,
}

#[derive(Clone, PartialEq, Message)]
struct BucketSpan {
    #[prost(sint32, optional, tag = "1")]
    offset: Option<i32>,
    #[prost(uint32, optional, tag = "2")]
    length: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
struct Histogram {
    #[prost(uint64, optional, tag = "1")]
    sample_count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    sample_sum: Option<f64>,
    #[prost(message, repeated, tag = "3")]
    bucket: Vec<Bucket>,
    #[prost(sint32, optional, tag = "5")]
    schema: Option<i32>,
    #[prost(double, optional, tag = "6")]
    zero_threshold: Option<f64>,
    #[prost(uint64, optional, tag = "7")]
    zero_count: Option<u64>,
    #[prost(message, repeated, tag = "12")]
    positive_span: Vec<BucketSpan>,
    #[prost(sint64, repeated, packed = "false", tag = "13")]
    positive_delta: Vec<i64>,
    #[prost(message, optional, tag = "15")]
    created_timestamp: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(message, repeated, tag = "1")]
    label: Vec<LabelPair>,
    #[prost(message, optional, tag = "2")]
    gauge: Option<Gauge>,
    #[prost(message, optional, tag = "3")]
    counter: Option<Counter>,
    #[prost(message, optional, tag = "7")]
    histogram: Option<Histogram>,
}

#[derive(Clone, PartialEq, Message)]
struct MetricFamily {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(string, optional, tag = "2")]
    help: Option<String>,
    #[prost(int32, optional, tag = "3")]
    r#type: Option<i32>,
    #[prost(message, repeated, tag = "4")]
    metric: Vec<Metric>,
    #[prost(string, optional, tag = "5")]
    unit: Option<String>,
}

fn decoded(exposition: &Exposition, snapshot: &Snapshot) -> Vec<MetricFamily> {
    let mut out = b"before".to_vec();
    exposition.encode(snapshot, Format::Protobuf, &mut out);
    let mut rest = out.strip_prefix(b"before").unwrap();
    let mut families = Vec::new();
    while !rest.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut rest).unwrap();
        families.push(family);
    }
    let again: Vec<u8> =
        families.iter().flat_map(MetricFamily::encode_length_delimited_to_vec).collect();
    // A field that these messages lack is dropped without a word.
    assert_eq!(again.len(), out.len() - b"before".len());
    families
}

fn labels(metric: &Metric) -> Vec<(&str, &str)> {
    let pairs = metric.label.iter();
    pairs.map(|pair| (pair.name.as_deref().unwrap(), pair.value.as_deref().unwrap())).collect()
}

#[test]
fn messages_say_what_the_text_says() {
    let (exposition, snapshot) = (Exposition::new(), service().lifetime());
    let text = parse_text(&encoded(&exposition, &snapshot, Format::Text));
    let families = decoded(&exposition, &snapshot);
    assert_eq!(families.len(), text.len());
    for family in &families {
        let name = family.name.as_deref().unwrap();
        let (kind, known) = (["counter", "gauge", "", "", "histogram"], &text[name]);
        assert_eq!(known.kind, kind[family.r#type.unwrap() as usize]);
        assert_eq!(known.help, family.help);
        for metric in &family.metric {
            let labels = labels(metric);
            let of = |suffix: &str, more: &[(&str, &str)]| {
                value(&text, &format!("{name}{suffix}"), &[&labels, more].concat())
            };
            if let Some(counter) = &metric.counter {
                assert_eq!(counter.value, Some(of("", &[])));
            } else if let Some(gauge) = &metric.gauge {
                assert_eq!(gauge.value, Some(of("", &[])));
            } else {
                let histogram = metric.histogram.as_ref().unwrap();
                assert_eq!(histogram.sample_count.unwrap() as f64, of("_count", &[]));
                assert_eq!(histogram.sample_sum, Some(of("_sum", &[])));
                let edge_of = |sample: &Sample| sample.labels.get("le")?.parse().ok();
                for bucket in &histogram.bucket {
                    let known = known.samples.iter().find(|sample| {
                        edge_of(sample) == bucket.upper_bound
                            && labels.iter().all(|(key, value)| sample.labels[*key] == *value)
                    });
                    assert_eq!(known.unwrap().value, bucket.cumulative_count.unwrap() as f64);
                }
            }
        }
    }
}

#[test]
fn native_buckets_have_every_value_within_the_stated_error() {
    let snapshot = service().lifetime();
    let families = decoded(&Exposition::new().with_created(), &snapshot);
    let durations =
        families.iter().find(|f| f.name() == "perf_operation_duration_seconds").unwrap();
    assert_eq!(durations.unit.as_deref(), Some("seconds"));
    for metric in &durations.metric {
        let histogram = metric.histogram.as_ref().unwrap();
        let operation = snapshot.operation(labels(metric)[0].1).unwrap();
        let base = (0.5f64).powi(histogram.schema()).exp2();
        let (mut index, mut count, mut deltas) = (0, 0, histogram.positive_delta.iter());
        let mut passed = histogram.zero_count();
        for span in &histogram.positive_span {
            index += span.offset();
            for _ in 0..span.length() {
                count += deltas.next().unwrap();
                passed += count as u64;
                let edge = base.powi(index) * 1e9;
                let (least, most) = bounds(operation.latency(), edge);
                assert!(
                    (least..=most).contains(&passed),
                    "{passed} not in {least}..={most} at {edge}"
                );
                index += 1;
            }
        }
        assert_eq!((passed, deltas.next()), (operation.latency().count(), None));
        let created = histogram.created_timestamp.as_ref().unwrap();
        assert!(created.seconds.is_some());
    }
    let exemplars = durations.metric.iter().flat_map(|m| &m.histogram.as_ref().unwrap().bucket);
    let exemplars: Vec<_> = exemplars.filter_map(|bucket| bucket.exemplar.as_ref()).collect();
    assert_eq!(exemplars.len(), 1);
    assert_eq!(exemplars[0].value, Some(20.0));
}

/// How many values are below `edge` by more than 1/256, and how many by less than so much above.
fn bounds(latency: &Distribution, edge: f64) -> (u64, u64) {
    let up_to = |edge: f64| {
        let below = latency.buckets().filter(|bucket| bucket.highest as f64 <= edge);
        below.map(|bucket| bucket.count).sum::<u64>()
    };
    (up_to(edge * (1.0 - 1.0 / 128.0)), up_to(edge * (1.0 + 1.0 / 64.0)))
}
