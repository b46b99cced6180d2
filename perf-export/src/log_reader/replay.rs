//! A log recorded once more, into a profiler whose clock is that of the log.

use super::{Entry, EntryRecorder, LogError, LogReader};
use perf_core::{Profiler, Snapshot, Timeline};
use std::time::Duration;

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
    overall: Option<String>,
    /// Called with the profiler before anything is recorded.
    prepare: Option<Prepare>,
    recorder: Option<EntryRecorder>,
    now: Duration,
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
    /// `overall` is what the entries are recorded as that name no operation, as for [`EntryRecorder::new`];
    /// `prepare` is handed the profiler before anything is recorded.
    pub fn new<'a>(
        overall: impl Into<Option<&'a str>>,
        prepare: impl FnOnce(&Profiler) + 'static,
    ) -> Self {
        Replay {
            overall: overall.into().map(str::to_owned),
            prepare: Some(Box::new(prepare)),
            recorder: None,
            now: Duration::ZERO,
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
        let mut recorder = match self.recorder.take() {
            Some(recorder) => recorder,
            None => self.begin(entry.started.unwrap_or_default()),
        };
        self.move_to(entry, &recorder);
        recorder.record(entry, self.now);
        self.recorder = Some(recorder);
    }

    /// What was recorded.
    pub fn finish(mut self) -> Replayed {
        let recorder = self.recorder.take().unwrap_or_else(|| self.begin(Duration::ZERO));
        // A reset ends the last interval of the timeline too.
        let snapshot = recorder.profiler().reset();
        Replayed { snapshot, timeline: recorder.profiler().timeline() }
    }

    fn begin(&mut self, start: Duration) -> EntryRecorder {
        self.now = start;
        let mut recorder = EntryRecorder::new(start, self.overall.as_deref());
        if self.with_requests {
            recorder = recorder.with_requests();
        }
        if let Some(prepare) = self.prepare.take() {
            prepare(recorder.profiler());
        }
        recorder
    }

    /// Goes on to the end of the entry.
    fn move_to(&mut self, entry: &Entry<'_>, recorder: &EntryRecorder) {
        let Some(end) = entry.ended().filter(|end| *end > self.now) else { return };
        if self.with_timeline && end.as_secs() > self.now.as_secs() {
            // What was recorded until now ends with its second.
            recorder.clock().set(Duration::from_secs(self.now.as_secs() + 1));
            recorder.profiler().timeline().tick();
        }
        self.now = end;
    }
}
