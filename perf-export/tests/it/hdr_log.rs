//! Interval logs, read with the reader of the crate that writes the histograms.

use super::hdr_samples::{Samples, within_error};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use perf_core::{Clock, Distribution, Profiler};
use perf_export::HdrLog;
use proptest::prelude::*;
use std::time::{Duration, SystemTime};

struct Line {
    tag: Option<String>,
    from: Duration,
    length: Duration,
    max_ms: f64,
    histogram: Histogram<u64>,
}

fn read(log: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    for entry in IntervalLogIterator::new(log) {
        let LogEntry::Interval(interval) = entry.expect("a log") else { continue };
        let bytes = STANDARD.decode(interval.encoded_histogram()).expect("base64");
        lines.push(Line {
            tag: interval.tag().map(|tag| tag.to_string()),
            from: interval.start_timestamp(),
            length: interval.duration(),
            max_ms: interval.max(),
            histogram: Deserializer::new().deserialize(&mut &bytes[..]).expect("V2"),
        });
    }
    lines
}

fn one(values: &[u64]) -> Line {
    let mut file = Vec::new();
    let mut log = HdrLog::new(&mut file).expect("memory takes all");
    let values = Distribution::from_values(values.iter().copied());
    log.add("x", SystemTime::UNIX_EPOCH, Duration::from_secs(1), &values).expect("it is written");
    read(&file).pop().expect("a line")
}

/// The values that a reader tells for all ranks, in their order.
fn by_rank(histogram: &Histogram<u64>) -> Vec<u64> {
    let steps = histogram.iter_recorded().flat_map(|step| {
        let value = histogram.highest_equivalent(step.value_iterated_to());
        std::iter::repeat_n(value, step.count_at_value() as usize)
    });
    steps.collect()
}

#[test]
fn a_snapshot_is_a_line_an_operation() {
    let (clock, time) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    for millis in 1..=1000 {
        profiler.record("search", Duration::from_millis(millis));
    }
    profiler.record("embed", Duration::from_millis(5));
    profiler.record_failure("search", Duration::from_secs(9));
    profiler.operation("idle");
    time.advance(Duration::from_secs(20));
    let snapshot = profiler.snapshot();
    let mut file = Vec::new();
    HdrLog::new(&mut file).and_then(|mut log| log.add_snapshot(&snapshot)).expect("written");
    let lines = read(&file);
    let tags: Vec<_> = lines.iter().map(|line| line.tag.as_deref()).collect();
    assert_eq!(tags, [Some("embed"), Some("search")]);
    assert_eq!(lines[1].histogram.len(), 1000);
    assert_eq!(lines[1].length, Duration::from_secs(20));
    assert_eq!(lines[1].max_ms, 1000.0);
    let began = snapshot.taken_at().checked_sub(Duration::from_secs(20)).expect("a time");
    let began = began.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    assert_eq!(lines[1].from.as_micros(), began.as_micros());
    let text = String::from_utf8(file).expect("ASCII");
    assert!(text.starts_with("#[Histogram log format version 1.3]\n"));
    assert_eq!(text.matches("#[StartTime: ").count(), 1);
}

#[test]
fn a_window_is_a_line_an_interval_and_they_add_up() {
    let samples = Samples::record(7);
    let lines = read(&samples.log);
    assert!(lines.windows(2).all(|two| two[0].from <= two[1].from));
    for (name, values) in &samples.by_name {
        let tag = samples.tag(name);
        let mut all = Histogram::<u64>::new_with_bounds(1, 3_600_000_000_000, 3).expect("bounds");
        let of_it = lines.iter().filter(|line| line.tag == tag);
        assert_eq!(of_it.clone().count(), 7, "{name:?}");
        of_it.for_each(|line| all.add(&line.histogram).expect("all have the same room"));
        assert_eq!(all.len(), values.len() as u64, "{name:?}");
        for (told, &exact) in by_rank(&all).into_iter().zip(values) {
            // Values of one bucket change places: its whole width.
            assert!(within_error(told, exact, 2.0), "{told} for {exact} of {name:?}");
        }
    }
}

#[test]
fn the_largest_values_and_counts_are_kept_or_told() {
    let line = one(&[0, 1, u64::MAX]);
    assert_eq!((line.histogram.len(), line.histogram.min()), (3, 0));
    assert_eq!(line.histogram.max(), i64::MAX as u64);
    assert_eq!(one(&[]).histogram.len(), 0);

    let mut values = Distribution::from_values([5]);
    for _ in 0..63 {
        values = values.merge(&values);
    }
    let mut log = HdrLog::new(Vec::new()).expect("memory takes all");
    let error = log.add("x", SystemTime::UNIX_EPOCH, Duration::ZERO, &values).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{error}");
}

proptest! {
    #[test]
    fn counts_are_exact_and_every_rank_is_within_the_error(
        values in prop::collection::vec((0u32..63, any::<u64>()), 1..300),
    ) {
        let mut values: Vec<u64> = values.into_iter().map(|(shift, v)| v >> (1 + shift)).collect();
        let line = one(&values);
        values.sort_unstable();
        prop_assert_eq!(line.histogram.len(), values.len() as u64);
        for (told, &exact) in by_rank(&line.histogram).into_iter().zip(&values) {
            prop_assert!(within_error(told, exact, 1.0), "{} for {}", told, exact);
        }
        let (min, max) = (values[0], values[values.len() - 1]);
        prop_assert_eq!(line.histogram.min(), line.histogram.lowest_equivalent(min));
        prop_assert_eq!(line.histogram.max(), line.histogram.highest_equivalent(max));
    }
}
