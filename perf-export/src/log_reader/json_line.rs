//! A line of JSON of somebody else.

use super::entry::Entry;
use super::mapping::{Mapping, time_of};
use super::skipped::SkipReason;
use serde_json::{Map, Value};
use std::borrow::Cow;

pub(super) fn read(
    bytes: &[u8],
    mapping: &Mapping,
    take: &mut dyn FnMut(&Entry<'_>),
) -> Result<(), SkipReason> {
    let object: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| SkipReason::Malformed)?;
    let text = |field: &str| field_of(&object, field).map(as_text);
    let total = text(&mapping.duration).and_then(|value| mapping.duration_of(&value));
    let total = total.ok_or(SkipReason::NoDuration)?;
    let ended = mapping.time.as_deref().and_then(|field| time_of(&text(field)?));
    let is_ok = mapping.ok.as_ref().is_none_or(|test| {
        // A field that is not there is an empty one: `error=` passes without an error.
        test.passes(&text(&test.field).unwrap_or_default())
    });
    take(&Entry {
        started: ended.map(|ended| ended.saturating_sub(total)),
        total,
        operation: mapping.operation.as_deref().and_then(text),
        failure: (!is_ok).then(|| failure(mapping, text)),
        metadata: std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        ..Entry::default()
    });
    Ok(())
}

/// `status 503`: the field that was tested with its value.
pub(super) fn failure<'a>(
    mapping: &Mapping,
    text: impl Fn(&str) -> Option<Cow<'a, str>>,
) -> Cow<'static, str> {
    let test = mapping.ok.as_ref();
    let told = test.and_then(|test| Some(format!("{} {}", test.field, text(&test.field)?)));
    Cow::Owned(told.unwrap_or_default())
}

/// A field, or one inside of others: `request.duration`.
fn field_of<'a>(object: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    object.get(field).or_else(|| {
        let (outer, inner) = field.split_once('.')?;
        field_of(object.get(outer)?.as_object()?, inner)
    })
}

fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null => Cow::Borrowed(""),
        other => Cow::Owned(other.to_string()),
    }
}
