//! An immutable copy of everything a profiler knows.

mod parts;

pub use parts::{OperationParts, SnapshotParts};

use crate::distribution::Distribution;
use crate::losses::Losses;
use crate::metric::{Definitions, MetricDefinition, Series};
use crate::operation::OperationSnapshot;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What a profiler has recorded in one interval: from its last reset until now, or between two
/// snapshots ([`since`](Self::since)).
///
/// # What a concurrent reader may see
///
/// A snapshot holds every record that *happens before* it: made earlier on the same thread, or on
/// another one that was joined, sent a message, or released a lock since. Of a record made while the
/// snapshot is taken, it may hold the bucket, or some side fields (sum, minimum, maximum, counts over
/// a limit), or nothing; [`Distribution`](crate::Distribution) says how the side fields are kept
/// within what the buckets allow. Two snapshots of one profiler are ordered, and no bucket is ever
/// lower in the later one.
///
/// Snapshots are values: they hold no lock, stop nobody, and do not change.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub(crate) origin: Origin,
    /// In ns of the profiler's clock.
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) taken_at: SystemTime,
    pub(crate) operations: BTreeMap<Arc<str>, OperationSnapshot>,
    pub(crate) counters: BTreeMap<Series, u64>,
    pub(crate) gauges: BTreeMap<Series, f64>,
    pub(crate) histograms: BTreeMap<Series, Distribution>,
    pub(crate) definitions: Definitions,
    pub(crate) losses: Losses,
    pub(crate) overall_operation: Option<Arc<str>>,
}

/// Where a snapshot or call tree came from: what `since` needs to know to be right.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Origin {
    /// 0 for snapshots of several profilers, and of windows.
    pub(crate) profiler: u64,
    /// Counts the readings of that profiler.
    pub(crate) number: u64,
    /// The number of the snapshot that it counts from: at the last reset, or the earlier one of an
    /// interval; 0 for lifetime values.
    pub(crate) baseline: u64,
}

impl Origin {
    /// Where the interval from `earlier` to this comes from, if there is one.
    pub(crate) fn since(self, earlier: Origin) -> Result<Origin, SinceError> {
        if self.profiler != earlier.profiler || self.profiler == 0 {
            return Err(SinceError::OtherProfiler);
        }
        if self.baseline != earlier.baseline {
            return Err(SinceError::DifferentStarts);
        }
        if self.number <= earlier.number {
            return Err(SinceError::NotEarlier);
        }
        Ok(Origin { baseline: earlier.number, ..self })
    }
}

impl Snapshot {
    /// How long the interval is.
    pub fn interval(&self) -> Duration {
        Duration::from_nanos(self.to.saturating_sub(self.from))
    }

    /// When the interval begins, on the profiler's clock.
    pub fn from(&self) -> Duration {
        Duration::from_nanos(self.from)
    }

    /// When the snapshot was taken, on the profiler's clock.
    pub fn to(&self) -> Duration {
        Duration::from_nanos(self.to)
    }

    /// When the snapshot was taken, by the clock on the wall.
    pub fn taken_at(&self) -> SystemTime {
        self.taken_at
    }

    /// Every operation, by name.
    pub fn operations(&self) -> impl Iterator<Item = &OperationSnapshot> {
        self.operations.values()
    }

    /// The operation called `name`, if it was ever looked up.
    pub fn operation(&self, name: &str) -> Option<&OperationSnapshot> {
        self.operations.get(name)
    }

    /// The operation that stands for the whole
    /// ([`ProfilerBuilder::overall_operation`](crate::ProfilerBuilder::overall_operation)), or else
    /// all operations together, under the name `overall`.
    pub fn overall(&self) -> OperationSnapshot {
        let overall = match &self.overall_operation {
            Some(name) => self.operation(name).cloned(),
            None => OperationSnapshot::merge_all(self.operations()),
        };
        let nothing = || OperationSnapshot::empty(self.from, self.interval());
        overall.unwrap_or_else(nothing).renamed("overall")
    }

    /// The name of the operation that stands for the whole, if one does.
    pub fn overall_operation(&self) -> Option<&str> {
        self.overall_operation.as_deref()
    }

    /// Every counter with its growth in the interval.
    pub fn counters(&self) -> impl Iterator<Item = (&Series, u64)> {
        self.counters.iter().map(|(series, total)| (series, *total))
    }

    /// The growth of the counter with this name and these labels, in any order.
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> Option<u64> {
        self.counters.get(&Series::new(name, labels)).copied()
    }

    /// Every gauge with its value when the snapshot was taken.
    pub fn gauges(&self) -> impl Iterator<Item = (&Series, f64)> {
        self.gauges.iter().map(|(series, value)| (series, *value))
    }

    /// The value of the gauge with this name and these labels, in any order.
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.gauges.get(&Series::new(name, labels)).copied()
    }

    /// Every histogram with what was recorded in the interval.
    pub fn histograms(&self) -> impl Iterator<Item = (&Series, &Distribution)> {
        self.histograms.iter()
    }

    /// The histogram with this name and these labels, in any order.
    pub fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> Option<&Distribution> {
        self.histograms.get(&Series::new(name, labels))
    }

    /// Every definition, by name; also of metrics that nobody has used yet.
    pub fn definitions(&self) -> impl Iterator<Item = &MetricDefinition> {
        self.definitions.iter()
    }

    /// The definition of the metric called `name`, if it has one.
    ///
    /// It binds only who records through a [`Family`](crate::Family): there may be a series with this
    /// name that has other labels, or is of another kind.
    pub fn definition(&self, name: &str) -> Option<&MetricDefinition> {
        self.definitions.get(name)
    }

    /// What could not be kept as it came.
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    /// What happened after `earlier`: an interval of its own.
    ///
    /// ```
    /// # use perf_core::Profiler;
    /// # use std::time::Duration;
    /// let profiler = Profiler::new();
    /// let work = profiler.operation("work");
    /// work.record(Duration::from_millis(1));
    /// let before = profiler.snapshot();
    /// work.record(Duration::from_millis(5));
    /// let interval = profiler.snapshot().since(&before)?;
    /// assert_eq!(interval.operation("work").unwrap().count(), 1);
    /// # Ok::<(), perf_core::SinceError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SinceError`] when `earlier` is not earlier, is another profiler's, or when the two count from
    /// different moments: the profiler was reset between them, or one of them is an interval.
    pub fn since(&self, earlier: &Snapshot) -> Result<Snapshot, SinceError> {
        self.origin.since(earlier.origin)?;
        Ok(self.since_unchecked(earlier))
    }

    pub(crate) fn since_unchecked(&self, earlier: &Snapshot) -> Snapshot {
        let from = earlier.to;
        let interval = Duration::from_nanos(self.to.saturating_sub(from));
        let operations = self.operations.iter().map(|(name, operation)| {
            (Arc::clone(name), operation.since(earlier.operation(name), from, interval))
        });
        let counters = self.counters.iter().map(|(series, total)| {
            let before = earlier.counters.get(series).copied().unwrap_or(0);
            (series.clone(), total.wrapping_sub(before))
        });
        let nothing = Distribution::default();
        let histograms = self.histograms.iter().map(|(series, distribution)| {
            let before = earlier.histograms.get(series).unwrap_or(&nothing);
            (series.clone(), distribution.since(before))
        });
        Snapshot {
            // It counts from there, as a snapshot after a reset counts from the reset.
            origin: Origin { baseline: earlier.origin.number, ..self.origin },
            from,
            operations: operations.collect(),
            counters: counters.collect(),
            gauges: self.gauges.clone(),
            histograms: histograms.collect(),
            definitions: self.definitions.clone(),
            losses: self.losses.combine(&earlier.losses, u64::saturating_sub),
            overall_operation: self.overall_operation.clone(),
            ..*self
        }
    }

    /// This snapshot and one of another profiler or process together: counts and buckets add, the
    /// interval is the longer one. Of a metric that both define, this snapshot's definition stays, and
    /// so does what stands for the whole.
    ///
    /// Of a gauge in both only the value of the later snapshot stays, and says nothing of the other
    /// process. Where each process has to be within a limit, give its gauges a label of their own.
    pub fn merge(&self, other: &Snapshot) -> Snapshot {
        let mut merged = self.clone();
        let interval = self.interval().max(other.interval()).as_nanos() as u64;
        merged.origin = Origin::default();
        merged.to = self.from.saturating_add(interval);
        merged.taken_at = self.taken_at.max(other.taken_at);
        for (name, operation) in &other.operations {
            match merged.operations.get_mut(name) {
                Some(known) => *known = known.merge(operation),
                None => drop(merged.operations.insert(Arc::clone(name), operation.clone())),
            }
        }
        for (series, total) in &other.counters {
            let sum = merged.counters.entry(series.clone()).or_default();
            *sum = sum.wrapping_add(*total);
        }
        for (series, value) in &other.gauges {
            let known = merged.gauges.entry(series.clone()).or_insert(*value);
            if other.taken_at > self.taken_at {
                *known = *value;
            }
        }
        for (series, distribution) in &other.histograms {
            let known = merged.histograms.entry(series.clone()).or_default();
            *known = known.merge(distribution);
        }
        merged.definitions.add_missing(&other.definitions);
        merged.losses = self.losses.combine(&other.losses, u64::saturating_add);
        merged
    }
}

/// Why two snapshots have no interval between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SinceError {
    /// The snapshots are of different profilers, of several merged, or of windows of a timeline.
    OtherProfiler,
    /// The snapshots count from different moments: the profiler was reset between them, or one of
    /// them is an interval. [`Profiler::lifetime`](crate::Profiler::lifetime) counts on through
    /// resets.
    DifferentStarts,
    /// The snapshot given as the earlier one is the later one, or the same.
    NotEarlier,
}

impl fmt::Display for SinceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SinceError::OtherProfiler => {
                "the snapshots are not of one and the same profiler, or are of windows"
            }
            SinceError::DifferentStarts => {
                "the snapshots count from different moments; take both with `Profiler::lifetime`"
            }
            SinceError::NotEarlier => "the snapshot given as the earlier one is not earlier",
        })
    }
}

impl Error for SinceError {}
