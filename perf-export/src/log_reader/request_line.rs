//! A line of our own request log, or of the seed's.

use super::entry::{Entry, Span, seconds};
use super::skipped::SkipReason;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Deserialize)]
struct Line<'a> {
    start_time: Option<f64>,
    total_time: Option<f64>,
    #[serde(borrow)]
    request_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    outcome: Option<Cow<'a, str>>,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    /// Where each stage stands by itself, they are not read again.
    #[serde(borrow)]
    stages: Option<&'a RawValue>,
    #[serde(borrow)]
    spans: Option<Vec<SpanLine<'a>>>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct SpanLine<'a> {
    #[serde(borrow)]
    stage: Cow<'a, str>,
    #[serde(default)]
    start: f64,
    duration: f64,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct StageLine {
    duration: f64,
}

pub(super) fn read(bytes: &[u8], take: &mut dyn FnMut(&Entry<'_>)) -> Result<(), SkipReason> {
    let line: Line<'_> = serde_json::from_slice(bytes).map_err(|_| SkipReason::Malformed)?;
    let total = line.total_time.and_then(seconds).ok_or(SkipReason::NoDuration)?;
    let failed = match (line.outcome.as_deref(), line.error) {
        (Some("error"), kind) => Some(kind.unwrap_or(Cow::Borrowed(""))),
        (_, kind) => kind,
    };
    let spans = match (line.spans, line.stages) {
        (Some(spans), _) => spans.into_iter().map(span).collect::<Option<_>>(),
        (None, Some(stages)) => stage_map(stages),
        (None, None) => Some(Vec::new()),
    };
    take(&Entry {
        started: line.start_time.and_then(seconds),
        total,
        operation: None,
        id: line.request_id,
        failure: failed,
        spans: spans.ok_or(SkipReason::NoDuration)?,
        metadata: line.metadata.map(|raw| Cow::Borrowed(raw.get())),
    });
    Ok(())
}

fn span(line: SpanLine<'_>) -> Option<Span<'_>> {
    Some(Span {
        stage: line.stage,
        start: seconds(line.start)?,
        duration: seconds(line.duration)?,
        failure: line.error,
    })
}

/// The seed's stages have no start: they are taken to have run one after the other.
fn stage_map<'a>(stages: &'a RawValue) -> Option<Vec<Span<'a>>> {
    let stages: BTreeMap<Cow<'a, str>, StageLine> = serde_json::from_str(stages.get()).ok()?;
    let mut start = Duration::ZERO;
    let mut spans = Vec::with_capacity(stages.len());
    for (stage, line) in stages {
        let duration = seconds(line.duration)?;
        spans.push(Span { stage, start, duration, failure: None });
        start = start.saturating_add(duration);
    }
    Some(spans)
}
