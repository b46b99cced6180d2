//! What a request was: its whole, its stages, and what no stage accounts for.

use crate::metadata::{Details, MetadataValue};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A request that has ended, or one in flight as it is until now.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSummary {
    pub(crate) id: Arc<str>,
    pub(crate) started_at: SystemTime,
    pub(crate) total: u64,
    pub(crate) failed: bool,
    pub(crate) details: Details,
    pub(crate) stages: Vec<StageSummary>,
    pub(crate) dropped_stages: u64,
}

/// A stage of a request that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct StageSummary {
    pub(crate) name: Cow<'static, str>,
    pub(crate) offset: u64,
    pub(crate) nanos: u64,
    pub(crate) details: Details,
    pub(crate) failed: bool,
}

impl RequestSummary {
    /// What the request was called.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it started, by the clock on the wall.
    pub fn started_at(&self) -> SystemTime {
        self.started_at
    }

    /// From its start to its end.
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.total)
    }

    /// Whether it succeeded.
    pub fn is_success(&self) -> bool {
        !self.failed
    }

    /// Why it failed, if it did and the reason was given.
    pub fn failure_kind(&self) -> Option<&str> {
        self.details.failure_kind.as_deref()
    }

    /// The pairs the request was given.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &MetadataValue)> {
        self.details.pairs()
    }

    /// Every stage, in the order in which they ended.
    pub fn stages(&self) -> &[StageSummary] {
        &self.stages
    }

    /// Stages beyond the 256 a request remembers: recorded, and not in [`stages`](Self::stages).
    pub fn dropped_stages(&self) -> u64 {
        self.dropped_stages
    }

    /// The share of the total that the stages called `name` took together, overlaps counted twice.
    pub fn share(&self, name: &str) -> Option<f64> {
        let nanos = self.stages.iter().filter(|stage| stage.name == name).map(|stage| stage.nanos);
        let nanos = nanos.reduce(u64::saturating_add)?;
        (self.total > 0).then(|| nanos as f64 / self.total as f64)
    }

    /// The part of the total in which no stage ran.
    pub fn unattributed(&self) -> Duration {
        Duration::from_nanos(self.total.saturating_sub(self.covered()))
    }

    /// The time of all stages together beyond that in which at least one ran: what ran side by side.
    pub fn overlap(&self) -> Duration {
        let sum = self.stages.iter().fold(0, |sum: u64, stage| sum.saturating_add(stage.nanos));
        Duration::from_nanos(sum.saturating_sub(self.covered()))
    }

    /// The names of the stages whose share is at least `min_share` (in `0.0..=1.0`), largest first,
    /// each with its share. A stage repeated under one name counts as one.
    pub fn bottlenecks(&self, min_share: f64) -> Vec<(&str, f64)> {
        let mut names: Vec<&str> = self.stages.iter().map(|stage| &*stage.name).collect();
        names.sort_unstable();
        names.dedup();
        let shares = names.into_iter().filter_map(|name| Some((name, self.share(name)?)));
        let mut slow: Vec<_> = shares.filter(|(_, share)| *share >= min_share).collect();
        slow.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        slow
    }

    /// The time in which at least one stage ran.
    fn covered(&self) -> u64 {
        let ends = |stage: &StageSummary| (stage.offset, stage.offset.saturating_add(stage.nanos));
        let mut spans: Vec<(u64, u64)> = self.stages.iter().map(ends).collect();
        spans.sort_unstable();
        let mut covered = 0;
        let mut end = 0;
        for (start, stop) in spans {
            covered += stop.saturating_sub(start.max(end));
            end = end.max(stop);
        }
        covered
    }
}

impl StageSummary {
    /// Its name, which is that of its operation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it started, from the start of the request.
    pub fn offset(&self) -> Duration {
        Duration::from_nanos(self.offset)
    }

    /// How long it took.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    /// Whether it succeeded.
    pub fn is_success(&self) -> bool {
        !self.failed
    }

    /// Why it failed, if it did and the reason was given.
    pub fn failure_kind(&self) -> Option<&str> {
        self.details.failure_kind.as_deref()
    }

    /// The pairs it was given.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &MetadataValue)> {
        self.details.pairs()
    }
}
