//! Entries recorded into a profiler, at a time that somebody sets.

use super::Entry;
use perf_core::{Clock, ManualClock, MetadataValue, Operation, Profiler};
use std::collections::HashMap;
use std::time::Duration;

/// Calls of an operation that keep their metadata, as a profiler does by itself.
const KEPT: usize = 8;

/// What a request is called that nobody named, as [`Profiler::request`] calls it.
const NAMELESS: &str = "request";

/// Records entries of logs, stages and failures and all, into a profiler whose clock somebody sets: what
/// [`Replay`](super::Replay) does, for whoever has to look in between.
///
/// ```
/// use perf_export::{EntryRecorder, LogFormat, LogReader};
/// use std::time::Duration;
///
/// # let path = &std::env::temp_dir().join(format!("perf-export-recorder-{}.jsonl", std::process::id()));
/// std::fs::write(path, "{\"start_time\":1.0,\"total_time\":0.5,\"stages\":{\"search\":{\"duration\":0.2}}}")?;
/// let mut recorder = EntryRecorder::new(Duration::ZERO, "request");
/// LogReader::open(path, LogFormat::Requests)?.read(&mut |entry| {
///     recorder.record(entry, entry.ended().unwrap_or_default());
/// })?;
/// assert_eq!(recorder.profiler().snapshot().operation("search").unwrap().count(), 1);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct EntryRecorder {
    profiler: Profiler,
    hand: ManualClock,
    /// What entries are that name no operation; where none stands for the whole, once there is one.
    nameless: Option<Recorded>,
    /// Places in `operations`, by name.
    places: HashMap<String, usize>,
    operations: Vec<Recorded>,
    with_requests: bool,
    requests: u64,
}

/// An operation and what its slowest calls took, so that metadata is made for these alone.
struct Recorded {
    operation: Operation,
    slowest: Vec<u64>,
}

impl EntryRecorder {
    /// A profiler whose time is `start`, since 1970; `overall` is what the entries are recorded as that name no
    /// operation. With `None` they are `request`, and all operations together are the whole: for logs whose lines
    /// are operations.
    pub fn new<'a>(start: Duration, overall: impl Into<Option<&'a str>>) -> Self {
        let (clock, hand) = Clock::manual();
        hand.set(start);
        let builder = Profiler::builder().clock(clock).kept_samples(KEPT);
        let overall = overall.into();
        let profiler = match overall {
            Some(name) => builder.overall_operation(name).build(),
            None => builder.build(),
        };
        let nameless = overall.map(|name| Recorded::new(&profiler, name));
        EntryRecorder {
            profiler,
            hand,
            nameless,
            places: HashMap::new(),
            operations: Vec::new(),
            with_requests: false,
            requests: 0,
        }
    }

    /// Records each entry as a request, so that observers of requests are told: three times as slow.
    #[must_use]
    pub fn with_requests(self) -> Self {
        EntryRecorder { with_requests: true, ..self }
    }

    /// What is recorded into.
    pub fn profiler(&self) -> &Profiler {
        &self.profiler
    }

    /// Sets the time of the profiler.
    pub fn clock(&self) -> &ManualClock {
        &self.hand
    }

    /// Records an entry as one that ends at `now`, since 1970. The clock is at `now` after it.
    pub fn record(&mut self, entry: &Entry<'_>, now: Duration) {
        self.hand.set(now);
        match (self.with_requests, &entry.operation) {
            (true, None) => self.request(entry, now),
            _ => self.operations(entry, now),
        }
    }

    fn operations(&mut self, entry: &Entry<'_>, now: Duration) {
        for span in &entry.spans {
            let recorded = self.recorded(&span.stage);
            let nanos = span.duration.as_nanos() as u64;
            match &span.failure {
                None => recorded.operation.record_nanos(nanos),
                Some(kind) => recorded.fail(span.duration, kind),
            }
        }
        let hand = self.hand.clone();
        let recorded = match &entry.operation {
            Some(name) => self.recorded(name),
            None => self.nameless.get_or_insert_with(|| Recorded::new(&self.profiler, NAMELESS)),
        };
        let nanos = entry.total.as_nanos() as u64;
        match &entry.failure {
            None if !recorded.is_slow(nanos) => recorded.operation.record_nanos(nanos),
            failure => {
                // Timed by the log's own clock, so that it can be told more.
                let mut timer = recorded.operation.timer();
                if let Some(kind) = failure {
                    mark(&mut timer, kind);
                }
                if let Some(id) = &entry.id {
                    timer.metadata("request_id", id.as_ref());
                }
                for (key, value) in metadata(entry) {
                    timer.metadata(key, value);
                }
                hand.set(now.saturating_add(entry.total));
                drop(timer);
                hand.set(now);
            }
        }
    }

    /// As [`Profiler::start_request`] and what follows.
    fn request(&mut self, entry: &Entry<'_>, now: Duration) {
        self.requests += 1;
        let id = match &entry.id {
            Some(id) => id.to_string(),
            None => self.requests.to_string(),
        };
        let start = now.saturating_sub(entry.total);
        self.hand.set(start);
        let request = self.profiler.request(&id);
        let mut by_name = stage_metadata(entry);
        for span in &entry.spans {
            self.hand.set(start.saturating_add(span.start).saturating_add(span.duration));
            let metadata = match &span.metadata {
                Some(text) => pairs(text),
                None => by_name.remove(&*span.stage).unwrap_or_default(),
            };
            match &span.failure {
                None => request.log_stage(span.stage.to_string(), span.duration, metadata),
                Some(kind) => {
                    self.hand.set(start.saturating_add(span.start));
                    let mut stage = request.stage(span.stage.to_string());
                    stage.mark_failure_with(kind.to_string());
                    metadata.into_iter().for_each(|(key, value)| stage.metadata(key, value));
                    self.hand.set(start.saturating_add(span.start).saturating_add(span.duration));
                }
            }
        }
        for (key, value) in metadata(entry) {
            request.metadata(key, value);
        }
        if let Some(kind) = &entry.failure {
            request.mark_failure_with(kind.to_string());
        }
        self.hand.set(now);
        drop(request);
    }

    fn recorded(&mut self, name: &str) -> &mut Recorded {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None => {
                self.operations.push(Recorded::new(&self.profiler, name));
                self.places.insert(name.to_owned(), self.operations.len() - 1);
                self.operations.len() - 1
            }
        };
        &mut self.operations[place]
    }
}

impl Recorded {
    fn new(profiler: &Profiler, name: &str) -> Self {
        Recorded { operation: profiler.operation(name), slowest: Vec::new() }
    }

    /// Whether it is one of the slowest until now.
    fn is_slow(&mut self, nanos: u64) -> bool {
        let place = self.slowest.partition_point(|slower| *slower >= nanos);
        if place >= KEPT {
            return false;
        }
        self.slowest.insert(place, nanos);
        self.slowest.truncate(KEPT);
        true
    }

    fn fail(&self, duration: Duration, kind: &str) {
        match kind {
            "" => self.operation.record_failure(duration),
            kind => self.operation.record_failure_with(duration, kind),
        }
    }
}

fn mark(timer: &mut perf_core::Timer<'_>, kind: &str) {
    match kind {
        "" => timer.mark_failure(),
        kind => timer.mark_failure_with(kind.to_owned()),
    }
}

/// What else is known of the entry; nested values are left as their JSON.
fn metadata(entry: &Entry<'_>) -> Vec<(String, MetadataValue)> {
    entry.metadata.as_deref().map(pairs).unwrap_or_default()
}

/// The metadata of stages, by name, where it stands apart from the spans.
fn stage_metadata(entry: &Entry<'_>) -> HashMap<String, Vec<(String, MetadataValue)>> {
    #[derive(serde::Deserialize)]
    struct Stage<'a> {
        #[serde(borrow)]
        metadata: Option<&'a serde_json::value::RawValue>,
    }
    let stages = entry.stages.as_deref().unwrap_or("{}");
    let stages: HashMap<String, Stage<'_>> = serde_json::from_str(stages).unwrap_or_default();
    let metadata =
        |stage: Stage<'_>| stage.metadata.map(|raw| pairs(raw.get())).unwrap_or_default();
    stages.into_iter().map(|(name, stage)| (name, metadata(stage))).collect()
}

/// The pairs of an object.
fn pairs(text: &str) -> Vec<(String, MetadataValue)> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).unwrap_or_default();
    let pair = |(key, value): (String, serde_json::Value)| {
        use serde_json::Value;
        let value = match value {
            Value::Null => return None,
            Value::Bool(truth) => truth.into(),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => number.into(),
                (None, Some(number)) => number.into(),
                _ => number.as_f64().unwrap_or(f64::NAN).into(),
            },
            Value::String(text) => text.into(),
            other => other.to_string().into(),
        };
        Some((key, value))
    };
    object.into_iter().filter_map(pair).collect()
}
