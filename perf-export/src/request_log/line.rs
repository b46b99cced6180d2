//! One request as a line of JSON.

use jiff::Timestamp;
use perf_core::{MetadataValue, RequestSummary, StageSummary};
use std::io::Write;
use std::time::{Duration, SystemTime};

/// Writes `request` and a line feed to the end of `line`.
pub(super) fn write(line: &mut Vec<u8>, request: &RequestSummary) {
    let started = request.started_at();
    let ended = started.checked_add(request.total()).unwrap_or(started);
    line.extend(b"{\"start_time\":");
    seconds(line, started.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
    line.extend(b",\"total_time\":");
    seconds(line, request.total());
    line.extend(b",\"timestamp\":");
    let timestamp = Timestamp::try_from(ended).unwrap_or_default();
    text(line, &format!("{timestamp:.6}"));
    line.extend(b",\"request_id\":");
    text(line, request.id());
    line.extend(if request.is_success() {
        &b",\"outcome\":\"ok\""[..]
    } else {
        b",\"outcome\":\"error\""
    });
    if let Some(kind) = request.failure_kind() {
        line.extend(b",\"error\":");
        text(line, kind);
    }
    // Before the stages, so that a reader can pass over these.
    line.extend(b",\"spans\":[");
    for (i, stage) in request.stages().iter().enumerate() {
        span(line, stage, i > 0);
    }
    line.extend(b"],\"stages\":{");
    stages(line, request.stages());
    line.push(b'}');
    if request.dropped_stages() > 0 {
        line.extend(b",\"dropped_stages\":");
        line.extend(request.dropped_stages().to_string().bytes());
    }
    if request.metadata().next().is_some() {
        line.extend(b",\"metadata\":");
        metadata(line, request.metadata());
    }
    line.extend(b"}\n");
}

/// By name in the order in which they first ended; repeated ones are summed, their metadata put together.
fn stages(line: &mut Vec<u8>, stages: &[StageSummary]) {
    for (i, first) in stages.iter().enumerate() {
        if stages[..i].iter().any(|earlier| earlier.name() == first.name()) {
            continue;
        }
        let same = || stages[i..].iter().filter(|stage| stage.name() == first.name());
        line.extend(if i > 0 { &b","[..] } else { b"" });
        text(line, first.name());
        line.extend(b":{\"duration\":");
        seconds(
            line,
            same().map(StageSummary::duration).fold(Duration::ZERO, Duration::saturating_add),
        );
        line.extend(b",\"metadata\":");
        let mut pairs: Vec<(&str, &MetadataValue)> = Vec::new();
        for (key, value) in same().flat_map(StageSummary::metadata) {
            match pairs.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = value,
                None => pairs.push((key, value)),
            }
        }
        metadata(line, pairs.into_iter());
        line.push(b'}');
    }
}

fn span(line: &mut Vec<u8>, stage: &StageSummary, is_further: bool) {
    line.extend(if is_further { &b",{\"stage\":"[..] } else { b"{\"stage\":" });
    text(line, stage.name());
    line.extend(b",\"start\":");
    seconds(line, stage.offset());
    line.extend(b",\"duration\":");
    seconds(line, stage.duration());
    if !stage.is_success() {
        line.extend(b",\"error\":");
        text(line, stage.failure_kind().unwrap_or("failed"));
    }
    line.push(b'}');
}

fn metadata<'a>(line: &mut Vec<u8>, pairs: impl Iterator<Item = (&'a str, &'a MetadataValue)>) {
    line.push(b'{');
    for (i, (key, value)) in pairs.enumerate() {
        line.extend(if i > 0 { &b","[..] } else { b"" });
        text(line, key);
        line.push(b':');
        match value {
            MetadataValue::Text(value) => text(line, value),
            // JSON has no number for these.
            MetadataValue::Float(value) if !value.is_finite() => line.extend(b"null"),
            value => line.extend(value.to_string().bytes()),
        }
    }
    line.push(b'}');
}

/// Seconds, to the nanosecond, without zeros at the end.
fn seconds(line: &mut Vec<u8>, time: Duration) {
    let start = line.len();
    // Writing to memory cannot fail.
    let _ = write!(line, "{}.{:09}", time.as_secs(), time.subsec_nanos());
    while line.len() > start + 2 && line.ends_with(b"0") && !line.ends_with(b".0") {
        line.pop();
    }
}

fn text(line: &mut Vec<u8>, text: &str) {
    // Text is always valid JSON, and memory can always be written to.
    let _ = serde_json::to_writer(line, text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use perf_core::{Clock, Profiler};
    use serde_json::{Value, json};

    #[test]
    fn a_line_has_the_shape_of_the_seed_and_what_it_lacked() {
        let (clock, hand) = Clock::manual();
        let profiler = Profiler::builder().clock(clock).build();
        hand.set(Duration::from_millis(1_642_598_400_123));
        profiler.start_request("query-\"1\"").unwrap();
        for (stage, ms, key, value) in [
            ("retrieval", 1_500, "k", 50),
            ("grading", 800, "graded", 7),
            ("retrieval", 250, "k", 20),
        ] {
            hand.advance(Duration::from_millis(ms));
            profiler
                .log_stage("query-\"1\"", stage, Duration::from_millis(ms), [(key, value)])
                .unwrap();
        }
        hand.advance(Duration::from_nanos(1));
        let request = profiler.fail_request("query-\"1\"", "time\nout").unwrap();
        let mut line = Vec::new();
        write(&mut line, &request);
        let text = String::from_utf8(line).unwrap();
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        assert!(
            text.starts_with("{\"start_time\":1642598400.123,\"total_time\":2.550000001,"),
            "{text}"
        );
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["timestamp"], "2022-01-19T13:20:02.673000Z");
        assert_eq!(value["request_id"], "query-\"1\"");
        assert_eq!((&value["outcome"], &value["error"]), (&json!("error"), &json!("time\nout")));
        assert_eq!(
            value["stages"],
            json!({
                "retrieval": { "duration": 1.75, "metadata": { "k": 20 } },
                "grading": { "duration": 0.8, "metadata": { "graded": 7 } },
            })
        );
        assert_eq!(
            value["spans"],
            json!([
                { "stage": "retrieval", "start": 0.0, "duration": 1.5 },
                { "stage": "grading", "start": 1.5, "duration": 0.8 },
                { "stage": "retrieval", "start": 2.3, "duration": 0.25 },
            ])
        );
    }

    #[test]
    fn seconds_are_exact_and_short() {
        for (nanos, written) in [
            (0, "0.0"),
            (1, "0.000000001"),
            (1_000_000_000, "1.0"),
            (10_500_000_000, "10.5"),
            (u64::MAX, "18446744073.709551615"),
        ] {
            let mut line = Vec::new();
            seconds(&mut line, Duration::from_nanos(nanos));
            assert_eq!(String::from_utf8(line).unwrap(), written);
        }
    }
}
