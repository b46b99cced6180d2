//! The samples worth a second look: the slowest, and the failures seen last.

use crate::clock::saturating_nanos;
use crate::metadata::{Details, MetadataValue};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How many samples of each sort an operation may keep a thread.
pub(crate) const MAX_KEPT: usize = 64;

/// One measured call that was kept with what its timer knew.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub(crate) value: u64,
    /// When it ended, in ns of the profiler's clock.
    pub(crate) at: u64,
    pub(crate) details: Option<Arc<Details>>,
}

impl Sample {
    /// A call that was written down: how long it took, when it ended on the profiler's clock, why it failed
    /// and what its timer was given, of which 16 pairs are kept.
    pub fn new(
        duration: Duration,
        at: Duration,
        failure_kind: Option<String>,
        metadata: impl IntoIterator<Item = (String, MetadataValue)>,
    ) -> Self {
        let mut details = Details::default();
        if let Some(kind) = failure_kind {
            details.set_failure_kind(kind.into());
        }
        metadata.into_iter().for_each(|(key, value)| details.insert(key.into(), value));
        Sample {
            value: saturating_nanos(duration),
            at: saturating_nanos(at),
            details: (!details.is_empty()).then(|| Arc::new(details)),
        }
    }

    /// How long it took.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.value)
    }

    /// When it ended, from the same start as [`Snapshot::from`](crate::Snapshot::from).
    pub fn at(&self) -> Duration {
        Duration::from_nanos(self.at)
    }

    /// The pairs its timer was given, in the order of the calls.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &MetadataValue)> {
        self.details.iter().flat_map(|details| details.pairs())
    }

    /// Bytes in memory.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + self.details.as_ref().map_or(0, |details| details.size())
    }

    /// Why it failed, if it did and the reason was given.
    pub fn failure_kind(&self) -> Option<&str> {
        self.details.as_ref()?.failure_kind.as_deref()
    }
}

/// The slowest samples of one shard since the last reset or tick, in no order.
pub(crate) struct Slowest {
    samples: Vec<Sample>,
    capacity: usize,
}

impl Slowest {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        let capacity = capacity.min(MAX_KEPT);
        Slowest { samples: Vec::with_capacity(capacity), capacity }
    }

    /// Takes `sample` in if it is slow enough and gives back what has to go, to be freed once the
    /// lock is released. Never allocates.
    pub(crate) fn offer(&mut self, sample: Sample) -> Option<Sample> {
        if self.samples.len() < self.capacity {
            self.samples.push(sample);
            return None;
        }
        let fastest = self.samples.iter_mut().min_by_key(|kept| kept.value);
        match fastest {
            Some(kept) if kept.value < sample.value => Some(std::mem::replace(kept, sample)),
            _ => Some(sample),
        }
    }

    /// A value up to this one would not be kept; `max` when none is.
    pub(crate) fn threshold(&self, max: u64) -> u64 {
        if self.samples.len() < self.capacity {
            return 0;
        }
        self.samples.iter().map(|sample| sample.value).min().unwrap_or(max)
    }

    pub(crate) fn samples(&self) -> &[Sample] {
        &self.samples
    }

    pub(crate) fn into_samples(self) -> Vec<Sample> {
        self.samples
    }

    /// Forgets the samples of before `moment` and gives them back, to be freed once the lock is
    /// released. `empty` comes from [`with_capacity`](Self::with_capacity), made before the lock was
    /// taken. Never allocates.
    pub(crate) fn forget_before(&mut self, moment: u64, empty: Slowest) -> Slowest {
        let mut forgotten = std::mem::replace(self, empty);
        self.samples.extend(forgotten.samples.extract_if(.., |sample| sample.at >= moment));
        forgotten
    }
}

/// The last failures of one shard since the last tick, oldest first.
pub(crate) struct Recent {
    samples: VecDeque<Sample>,
    capacity: usize,
}

impl Recent {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        let capacity = capacity.min(MAX_KEPT);
        Recent { samples: VecDeque::with_capacity(capacity), capacity }
    }

    /// Takes `sample` in and gives back what has to go. Never allocates.
    pub(crate) fn push(&mut self, sample: Sample) -> Option<Sample> {
        if self.capacity == 0 {
            return Some(sample);
        }
        let oldest =
            if self.samples.len() == self.capacity { self.samples.pop_front() } else { None };
        self.samples.push_back(sample);
        oldest
    }

    pub(crate) fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.samples.iter()
    }

    pub(crate) fn into_samples(self) -> VecDeque<Sample> {
        self.samples
    }
}
