//! What a running request knows, whoever holds it.

use crate::metadata::{Details, MetadataValue};
use crate::profiler::Profiler;
use crate::request::{RequestSummary, StageSummary};
use crate::sync::{Mutex, lock};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Stages one request remembers; what is beyond is still recorded, and counted in
/// [`RequestSummary::dropped_stages`].
const MAX_STAGES: usize = 256;

/// A request without the profiler it belongs to, which is handed in: the profiler holds these.
pub(crate) struct RequestCore {
    id: Arc<str>,
    /// A reading of the clock.
    start: u64,
    started_at: SystemTime,
    inner: Mutex<Inner>,
}

struct Inner {
    stages: Vec<StageSummary>,
    dropped_stages: u64,
    /// A reading of the clock.
    lap_start: u64,
    details: Details,
    failed: bool,
}

impl RequestCore {
    pub(crate) fn start(profiler: &Profiler, id: &str) -> Self {
        let (started_at, start) = (profiler.clock().time_of_day(), profiler.clock().reading());
        let inner = Inner {
            stages: Vec::new(),
            dropped_stages: 0,
            lap_start: start,
            details: Details::default(),
            failed: false,
        };
        RequestCore { id: id.into(), start, started_at, inner: Mutex::new(inner) }
    }

    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    pub(crate) fn mark_failure_with(&self, kind: Cow<'static, str>) {
        let mut inner = lock(&self.inner);
        inner.failed = true;
        inner.details.set_failure_kind(kind);
    }

    pub(crate) fn is_failed(&self) -> bool {
        lock(&self.inner).failed
    }

    pub(crate) fn metadata(&self, key: Cow<'static, str>, value: MetadataValue) {
        lock(&self.inner).details.insert(key, value);
    }

    /// Ends the running lap and gives its offset and length.
    pub(crate) fn lap(&self, profiler: &Profiler) -> (u64, u64) {
        let now = profiler.clock().reading();
        let start = std::mem::replace(&mut lock(&self.inner).lap_start, now);
        (profiler.clock().between(self.start, start), profiler.clock().between(start, now))
    }

    /// The offset of a stage that started at this reading of the clock.
    pub(crate) fn offset(&self, profiler: &Profiler, start: u64) -> u64 {
        profiler.clock().between(self.start, start)
    }

    /// Adds a stage that was measured elsewhere and ends now.
    pub(crate) fn log_stage<K, V>(
        &self,
        profiler: &Profiler,
        name: Cow<'static, str>,
        duration: Duration,
        metadata: impl IntoIterator<Item = (K, V)>,
    ) where
        K: Into<Cow<'static, str>>,
        V: Into<MetadataValue>,
    {
        let mut details = Details::default();
        metadata.into_iter().for_each(|(key, value)| details.insert(key.into(), value.into()));
        let elapsed = profiler.clock().elapsed(self.start);
        let nanos = profiler.nanos(&name, duration);
        let offset = elapsed.saturating_sub(nanos);
        self.add(profiler, StageSummary { name, offset, nanos, details, failed: false });
    }

    /// Records a stage under its own name and remembers it here.
    pub(crate) fn add(&self, profiler: &Profiler, stage: StageSummary) {
        profiler.record_part(&stage.name, stage.nanos, stage.failed, &stage.details);
        let mut inner = lock(&self.inner);
        if inner.stages.len() < MAX_STAGES {
            inner.stages.push(stage);
        } else {
            inner.dropped_stages += 1;
        }
    }

    /// What is known of it until now.
    pub(crate) fn summary(&self, profiler: &Profiler) -> RequestSummary {
        let total = profiler.clock().elapsed(self.start);
        let inner = lock(&self.inner);
        RequestSummary {
            id: Arc::clone(&self.id),
            started_at: self.started_at,
            total,
            failed: inner.failed,
            details: inner.details.clone(),
            stages: inner.stages.clone(),
            dropped_stages: inner.dropped_stages,
        }
    }
}
