//! One request of a log.

use std::borrow::Cow;
use std::time::Duration;

/// One request of a log, as long as its line is in memory.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// When it started, since 1970; `None` in a log without times.
    pub started: Option<Duration>,
    /// How long it took.
    pub total: Duration,
    /// The operation it is one of; `None` is the one that stands for the whole.
    pub operation: Option<Cow<'a, str>>,
    /// What it was called.
    pub id: Option<Cow<'a, str>>,
    /// Why it failed, if it did; empty when no reason is given.
    pub failure: Option<Cow<'a, str>>,
    /// Its stages.
    pub spans: Vec<Span<'a>>,
    /// What else is known of it, as JSON: an object.
    pub metadata: Option<Cow<'a, str>>,
    /// Where `spans` and stages by name stand side by side, the latter as JSON: an object whose values have
    /// the `metadata` of a stage. To be read where that is wanted.
    pub stages: Option<Cow<'a, str>>,
}

/// One stage of a request.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Span<'a> {
    /// Its name.
    pub stage: Cow<'a, str>,
    /// When it started, after the start of the request.
    pub start: Duration,
    /// How long it took.
    pub duration: Duration,
    /// Why it failed, if it did.
    pub failure: Option<Cow<'a, str>>,
    /// What else is known of it, as JSON: an object.
    pub metadata: Option<Cow<'a, str>>,
}

impl Entry<'_> {
    /// When it ended, since 1970; `None` in a log without times.
    pub fn ended(&self) -> Option<Duration> {
        self.started.map(|started| started.saturating_add(self.total))
    }

    /// A copy that outlives its line.
    pub fn into_owned(self) -> Entry<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let span = |span: Span<'_>| Span {
            stage: owned(span.stage),
            start: span.start,
            duration: span.duration,
            failure: span.failure.map(owned),
            metadata: span.metadata.map(owned),
        };
        Entry {
            started: self.started,
            total: self.total,
            operation: self.operation.map(owned),
            id: self.id.map(owned),
            failure: self.failure.map(owned),
            spans: self.spans.into_iter().map(span).collect(),
            metadata: self.metadata.map(owned),
            stages: self.stages.map(owned),
        }
    }
}

/// Seconds as logs have them; `None` of what is no time: negative, NaN, or beyond 584 years.
pub(super) fn seconds(seconds: f64) -> Option<Duration> {
    nanos(seconds * 1e9)
}

/// Nanoseconds with a fraction.
pub(super) fn nanos(nanos: f64) -> Option<Duration> {
    let is_time = (0.0..u64::MAX as f64).contains(&nanos);
    is_time.then(|| Duration::from_nanos(nanos.round() as u64))
}
