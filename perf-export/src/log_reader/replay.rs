//! A log recorded once more, into a profiler whose clock is that of the log.

use super::{Entry, LogError, LogReader};
use perf_core::{Clock, ManualClock, MetadataValue, Operation, Profiler, Snapshot, Timeline};
use std::collections::HashMap;
use std::time::Duration;

/// Calls of an operation that keep their metadata, as a profiler does by itself.
const KEPT: usize = 8;

/// Records the entries of logs into a profiler whose clock is that of the log, so that everything that works
/// on a running service works on its log.
///
/// ```
/// use perf_export::{LogFormat, LogReader, Replay};
///
/// # let path = &std::env::temp_dir().join(format!("perf-export-replay-{}.jsonl", std::process::id()));
/// std::fs::write(path, "{\"start_time\":1.0,\"total_time\":0.5,\"stages\":{\"search\":{\"duration\":0.2}}}")?;
/// let mut replay = Replay::new("request", |profiler| {
///     // Here an SLA file would be told to watch.
///     let _ = profiler;
/// });
/// replay.read(&mut LogReader::open(path, LogFormat::Requests)?)?;
/// let replayed = replay.finish();
/// assert_eq!(replayed.snapshot.operation("search").unwrap().count(), 1);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Replay {
    overall: String,
    /// Called with the profiler before anything is recorded.
    prepare: Option<Prepare>,
    recorder: Option<Recorder>,
    with_requests: bool,
    with_timeline: bool,
}

type Prepare = Box<dyn FnOnce(&Profiler)>;

/// What a replay has recorded.
#[derive(Debug)]
#[non_exhaustive]
pub struct Replayed {
    /// Everything, from the start of the first entry to the end of the last.
    pub snapshot: Snapshot,
    /// The same by time, if that was asked for.
    pub timeline: Timeline,
}

impl Replay {
    /// `overall` is what the entries are recorded as that name no operation; `prepare` is handed the
    /// profiler before anything is recorded.
    pub fn new(overall: &str, prepare: impl FnOnce(&Profiler) + 'static) -> Self {
        Replay {
            overall: overall.to_owned(),
            prepare: Some(Box::new(prepare)),
            recorder: None,
            with_requests: false,
            with_timeline: false,
        }
    }

    /// Replays each entry as a request, so that observers of requests are told: three times as slow.
    pub fn with_requests(mut self) -> Self {
        self.with_requests = true;
        self
    }

    /// Keeps the timeline too.
    pub fn with_timeline(mut self) -> Self {
        self.with_timeline = true;
        self
    }

    /// Records all that is left of a log. The clock never goes back: what is older than what was already
    /// recorded is recorded as of then.
    ///
    /// # Errors
    ///
    /// As [`LogReader::read`].
    pub fn read(&mut self, reader: &mut LogReader) -> Result<(), LogError> {
        reader.read(&mut |entry| self.entry(entry))
    }

    /// Records one entry.
    pub fn entry(&mut self, entry: &Entry<'_>) {
        let recorder = match &mut self.recorder {
            Some(recorder) => recorder,
            None => {
                let recorder = Recorder::new(entry.started.unwrap_or_default(), &self.overall);
                if let Some(prepare) = self.prepare.take() {
                    prepare(&recorder.profiler);
                }
                self.recorder.insert(recorder)
            }
        };
        recorder.move_to(entry, self.with_timeline);
        match (self.with_requests, &entry.operation) {
            (true, None) => recorder.request(entry),
            _ => recorder.operations(entry),
        }
    }

    /// What was recorded.
    pub fn finish(mut self) -> Replayed {
        let recorder = self.recorder.take().unwrap_or_else(|| {
            let recorder = Recorder::new(Duration::ZERO, &self.overall);
            if let Some(prepare) = self.prepare.take() {
                prepare(&recorder.profiler);
            }
            recorder
        });
        // A reset ends the last interval of the timeline too.
        let snapshot = recorder.profiler.reset();
        Replayed { snapshot, timeline: recorder.profiler.timeline() }
    }
}

struct Recorder {
    profiler: Profiler,
    hand: ManualClock,
    now: Duration,
    /// What entries are that name no operation.
    whole: Recorded,
    /// Places in `operations`, by name.
    places: HashMap<String, usize>,
    operations: Vec<Recorded>,
    requests: u64,
}

/// An operation and what its slowest calls took, so that metadata is made for these alone.
struct Recorded {
    operation: Operation,
    slowest: Vec<u64>,
}

impl Recorder {
    fn new(start: Duration, overall: &str) -> Self {
        let (clock, hand) = Clock::manual();
        hand.set(start);
        let profiler =
            Profiler::builder().clock(clock).overall_operation(overall).kept_samples(KEPT).build();
        let whole = Recorded { operation: profiler.operation(overall), slowest: Vec::new() };
        Recorder {
            profiler,
            hand,
            now: start,
            whole,
            places: HashMap::new(),
            operations: Vec::new(),
            requests: 0,
        }
    }

    /// Sets the clock to the end of the entry.
    fn move_to(&mut self, entry: &Entry<'_>, with_timeline: bool) {
        let Some(end) = entry.ended() else { return };
        if end <= self.now {
            return;
        }
        if with_timeline && end.as_secs() > self.now.as_secs() {
            // What was recorded until now ends with its second.
            self.hand.set(Duration::from_secs(self.now.as_secs() + 1));
            self.profiler.timeline().tick();
        }
        self.now = end.max(self.now);
        self.hand.set(self.now);
    }

    fn operations(&mut self, entry: &Entry<'_>) {
        for span in &entry.spans {
            let recorded = self.recorded(&span.stage);
            let nanos = span.duration.as_nanos() as u64;
            match &span.failure {
                None => recorded.operation.record_nanos(nanos),
                Some(kind) => recorded.fail(span.duration, kind),
            }
        }
        let (hand, now) = (self.hand.clone(), self.now);
        let recorded = match &entry.operation {
            Some(name) => self.recorded(name),
            None => &mut self.whole,
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
    fn request(&mut self, entry: &Entry<'_>) {
        self.requests += 1;
        let id = match &entry.id {
            Some(id) => id.to_string(),
            None => self.requests.to_string(),
        };
        let start = self.now.saturating_sub(entry.total);
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
        self.hand.set(self.now);
        drop(request);
    }

    fn recorded(&mut self, name: &str) -> &mut Recorded {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None => {
                let operation = self.profiler.operation(name);
                self.operations.push(Recorded { operation, slowest: Vec::new() });
                self.places.insert(name.to_owned(), self.operations.len() - 1);
                self.operations.len() - 1
            }
        };
        &mut self.operations[place]
    }
}

impl Recorded {
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
