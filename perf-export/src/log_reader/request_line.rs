//! A line of our own request log, or of the seed's.

use super::entry::{Entry, Span, seconds};
use super::skipped::SkipReason;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

pub(super) fn read(bytes: &[u8], take: &mut dyn FnMut(&Entry<'_>)) -> Result<(), SkipReason> {
    let text = std::str::from_utf8(bytes).map_err(|_| SkipReason::Malformed)?;
    let line: Line<'_> = serde_json::from_str(text).map_err(|_| SkipReason::Malformed)?;
    if line.has_no_time {
        return Err(SkipReason::NoDuration);
    }
    take(&line.entry);
    Ok(())
}

#[derive(Default)]
struct Line<'a> {
    entry: Entry<'a>,
    /// Whether the request or a stage lacks its duration.
    has_no_time: bool,
}

/// By hand, because `stages` is read or passed over depending on whether `spans` has been seen: our lines
/// have each stage in both, and reading is what takes the time.
impl<'de> Deserialize<'de> for Line<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LineVisitor)
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = Line<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Line<'de>, M::Error> {
        let mut line = Line::default();
        let (mut total, mut spans, mut stages, mut error) = (None, None, None, None);
        let mut is_error = false;
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            match &*key {
                "start_time" => {
                    line.entry.started = map.next_value::<Option<f64>>()?.and_then(seconds)
                }
                "total_time" => total = map.next_value::<Option<f64>>()?.and_then(seconds),
                "request_id" => {
                    line.entry.id = map.next_value::<Option<Text<'de>>>()?.map(|text| text.0)
                }
                "outcome" => {
                    let outcome = map.next_value::<Option<Text<'de>>>()?;
                    is_error = outcome.is_some_and(|text| text.0 == "error");
                }
                "error" => error = map.next_value::<Option<Text<'de>>>()?.map(|text| text.0),
                "spans" => spans = Some(map.next_value::<Vec<SpanLine<'de>>>()?),
                "stages" if spans.is_some() => {
                    let stages = map.next_value::<Option<&RawValue>>()?;
                    line.entry.stages = stages.map(|raw| Cow::Borrowed(raw.get()));
                }
                "stages" => stages = map.next_value_seed(Stages)?,
                "metadata" => {
                    let metadata = map.next_value::<Option<&RawValue>>()?;
                    line.entry.metadata = metadata.map(|raw| Cow::Borrowed(raw.get()));
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        line.entry.failure = error.or(is_error.then_some(Cow::Borrowed("")));
        let spans = match spans {
            Some(spans) => spans.into_iter().map(span).collect::<Option<Vec<_>>>().map(|spans| {
                // Those that stood before them know the metadata.
                with_metadata_of(spans, stages.flatten().unwrap_or_default())
            }),
            None => stages.unwrap_or_else(|| Some(Vec::new())),
        };
        line.has_no_time = total.is_none() || spans.is_none();
        line.entry.total = total.unwrap_or_default();
        line.entry.spans = spans.unwrap_or_default();
        Ok(line)
    }
}

/// A text that is borrowed where it holds no escape.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

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

fn span(line: SpanLine<'_>) -> Option<Span<'_>> {
    Some(Span {
        stage: line.stage,
        start: seconds(line.start)?,
        duration: seconds(line.duration)?,
        failure: line.error,
        metadata: None,
    })
}

/// The first span of each name with the metadata of the stage of that name.
fn with_metadata_of<'a>(mut spans: Vec<Span<'a>>, stages: Vec<Span<'a>>) -> Vec<Span<'a>> {
    for stage in stages {
        if let Some(span) = spans.iter_mut().find(|span| span.stage == stage.stage) {
            span.metadata = stage.metadata;
        }
    }
    spans
}

/// Stages by name. They have no start: they are taken to have run one after the other. `None` inside when
/// one has no duration.
struct Stages;

type StageSpans<'a> = Option<Option<Vec<Span<'a>>>>;

impl<'de> DeserializeSeed<'de> for Stages {
    type Value = StageSpans<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Stages {
    type Value = StageSpans<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stages by name")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut spans = Some(Vec::with_capacity(4));
        let mut start = Duration::ZERO;
        while let Some((Text(stage), line)) = map.next_entry::<Text<'de>, StageLine<'de>>()? {
            match line.duration.and_then(seconds) {
                Some(duration) => {
                    if let Some(spans) = &mut spans {
                        let metadata = line.metadata.map(|raw| Cow::Borrowed(raw.get()));
                        spans.push(Span { stage, start, duration, failure: None, metadata });
                    }
                    start = start.saturating_add(duration);
                }
                None => spans = None,
            }
        }
        Ok(Some(spans))
    }
}

#[derive(Deserialize)]
struct StageLine<'a> {
    duration: Option<f64>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
}
