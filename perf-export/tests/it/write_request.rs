//! Requests of remote write 1.0 read back by somebody else's decoders, and held against the protocol.

use super::http_sink::Received;
use super::strict_parser::Families;
use prost::Message;
use std::collections::{BTreeMap, BTreeSet};

const STALE: u64 = 0x7ff0_0000_0000_0002;

#[derive(Clone, PartialEq, Message)]
struct WriteRequest {
    #[prost(message, repeated, tag = "1")]
    timeseries: Vec<TimeSeries>,
}

#[derive(Clone, PartialEq, Message)]
struct TimeSeries {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(message, repeated, tag = "2")]
    samples: Vec<Sample>,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct Sample {
    #[prost(double, optional, tag = "1")]
    value: Option<f64>,
    #[prost(int64, optional, tag = "2")]
    timestamp: Option<i64>,
}

/// What a series is called: all its labels, the name among them.
pub(crate) type Labels = BTreeMap<String, String>;

/// Its time in ms, and its value. That of a series that ends is `None`.
pub(crate) type Point = (i64, Option<f64>);

/// The samples of a request that keeps the rules of the protocol.
pub(crate) fn samples(request: &Received) -> Vec<(Labels, Point)> {
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-encoding"), Some("snappy"));
    assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
    assert_eq!(request.header("x-prometheus-remote-write-version"), Some("0.1.0"));
    assert!(request.header("user-agent").unwrap().starts_with("perfkit/"));
    let raw = snap::raw::Decoder::new().decompress_vec(&request.body).unwrap();
    let message = WriteRequest::decode(&*raw).unwrap();
    // A field that these messages lack is dropped without a word.
    assert_eq!(message.encode_to_vec().len(), raw.len());
    let mut known = BTreeSet::new();
    message
        .timeseries
        .into_iter()
        .map(|series| {
            let names: Vec<&str> = series.labels.iter().map(|label| &*label.name).collect();
            assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
            assert!(names.contains(&"__name__"));
            assert!(series.labels.iter().all(|label| !label.value.is_empty()), "{series:?}");
            let [Sample { value: Some(value), timestamp: Some(timestamp) }] = series.samples[..]
            else {
                panic!("{series:?}")
            };
            let labels: Labels =
                series.labels.into_iter().map(|label| (label.name, label.value)).collect();
            assert!(known.insert(labels.clone()), "{labels:?} is there twice");
            (labels, (timestamp, (value.to_bits() != STALE).then_some(value)))
        })
        .collect()
}

/// The samples of all these requests, by series, in the order in which they came: which is that of time.
pub(crate) fn by_series(requests: &[Received]) -> BTreeMap<Labels, Vec<Point>> {
    let mut all = BTreeMap::<_, Vec<Point>>::new();
    for (labels, point) in requests.iter().flat_map(samples) {
        all.entry(labels).or_default().push(point);
    }
    for (labels, points) in &all {
        assert!(points.is_sorted_by(|a, b| a.0 < b.0), "{labels:?}: {points:?}");
    }
    all
}

/// The samples of a text, with these labels where it has none of the name.
pub(crate) fn expected(families: &Families, common: &[(&str, &str)]) -> BTreeMap<Labels, f64> {
    let samples = families.values().flat_map(|family| &family.samples);
    samples
        .map(|sample| {
            let mut labels: Labels =
                common.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            labels.extend(sample.labels.clone());
            labels.insert("__name__".to_owned(), sample.name.clone());
            labels.retain(|_, value| !value.is_empty());
            (labels, sample.value)
        })
        .collect()
}
