//! What could not be kept as it came: counted, never silent.

use crate::sync::{AtomicU64, Relaxed};

/// How often something was refused, clamped or dropped, in one interval.
///
/// All zero in a healthy process, but for a rare sample that came while a reader held its list;
/// [`is_empty`](Self::is_empty) asks for that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Losses {
    /// Values that are no duration or number (NaN, infinite, negative): not recorded.
    pub invalid_values: u64,
    /// Durations beyond `u64::MAX` nanoseconds (584 years): recorded as that.
    pub clamped_values: u64,
    /// Look-ups of an operation beyond the cap (or with a name that is too long): answered with the
    /// overflow operation.
    pub refused_operations: u64,
    /// Look-ups of a counter, gauge or histogram beyond the cap (or over 4 KB with its labels): answered with the overflow series.
    pub refused_series: u64,
    /// Scopes whose path is beyond the cap of the call tree, or has more than 64 names: counted in its
    /// overflow nodes.
    pub refused_paths: u64,
    /// Scopes that the call tree does not hold: forgotten, ended after the scope that they began in, or
    /// begun on a thread without an index (it is ending, or 4,096 others are alive). All that ended
    /// are recorded as calls of their operations.
    pub unplaced_scopes: u64,
    /// Samples that were slow or failed enough to be kept, while a reader held the list: their
    /// values are counted, their metadata is gone.
    pub unkept_samples: u64,
    /// Metadata beyond 16 pairs a sample: dropped; texts beyond 256 bytes: shortened.
    pub dropped_metadata: u64,
    /// Requests by id that never ended, given up because too many were in flight.
    pub abandoned_requests: u64,
    /// Measurements and batches of trackers that were never stopped by their id, given up because
    /// 10,000 of their tracker were running.
    pub abandoned_tracks: u64,
    /// Times an observer of requests panicked: the others were told all the same.
    pub observer_panics: u64,
    /// Intervals of the timeline that were merged or given up before their time, because its budget was
    /// used up: windows reach less far back, or less finely.
    pub early_merges: u64,
    /// Records in a bucket that was full (4.3 billion while its reader never let go): not counted.
    pub saturated: u64,
    /// Times a clock of this process went backwards between start and stop: recorded as 0 ns.
    pub clock_backwards: u64,
    /// Times this process's time-stamp counter and the system's clock drifted apart: it was calibrated
    /// anew.
    pub clock_faults: u64,
}

impl Losses {
    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        *self == Losses::default()
    }

    /// Each loss with its name, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("invalid_values", self.invalid_values),
            ("clamped_values", self.clamped_values),
            ("refused_operations", self.refused_operations),
            ("refused_series", self.refused_series),
            ("refused_paths", self.refused_paths),
            ("unplaced_scopes", self.unplaced_scopes),
            ("unkept_samples", self.unkept_samples),
            ("dropped_metadata", self.dropped_metadata),
            ("abandoned_requests", self.abandoned_requests),
            ("abandoned_tracks", self.abandoned_tracks),
            ("observer_panics", self.observer_panics),
            ("early_merges", self.early_merges),
            ("saturated", self.saturated),
            ("clock_backwards", self.clock_backwards),
            ("clock_faults", self.clock_faults),
        ]
        .into_iter()
    }

    /// The count with this name, as [`iter`](Self::iter) has it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut u64> {
        Some(match name {
            "invalid_values" => &mut self.invalid_values,
            "clamped_values" => &mut self.clamped_values,
            "refused_operations" => &mut self.refused_operations,
            "refused_series" => &mut self.refused_series,
            "refused_paths" => &mut self.refused_paths,
            "unplaced_scopes" => &mut self.unplaced_scopes,
            "unkept_samples" => &mut self.unkept_samples,
            "dropped_metadata" => &mut self.dropped_metadata,
            "abandoned_requests" => &mut self.abandoned_requests,
            "abandoned_tracks" => &mut self.abandoned_tracks,
            "observer_panics" => &mut self.observer_panics,
            "early_merges" => &mut self.early_merges,
            "saturated" => &mut self.saturated,
            "clock_backwards" => &mut self.clock_backwards,
            "clock_faults" => &mut self.clock_faults,
            _ => return None,
        })
    }

    pub(crate) fn combine(&self, other: &Losses, with: impl Fn(u64, u64) -> u64) -> Losses {
        Losses {
            invalid_values: with(self.invalid_values, other.invalid_values),
            clamped_values: with(self.clamped_values, other.clamped_values),
            refused_operations: with(self.refused_operations, other.refused_operations),
            refused_series: with(self.refused_series, other.refused_series),
            refused_paths: with(self.refused_paths, other.refused_paths),
            unplaced_scopes: with(self.unplaced_scopes, other.unplaced_scopes),
            unkept_samples: with(self.unkept_samples, other.unkept_samples),
            dropped_metadata: with(self.dropped_metadata, other.dropped_metadata),
            abandoned_requests: with(self.abandoned_requests, other.abandoned_requests),
            abandoned_tracks: with(self.abandoned_tracks, other.abandoned_tracks),
            observer_panics: with(self.observer_panics, other.observer_panics),
            early_merges: with(self.early_merges, other.early_merges),
            saturated: with(self.saturated, other.saturated),
            clock_backwards: with(self.clock_backwards, other.clock_backwards),
            clock_faults: with(self.clock_faults, other.clock_faults),
        }
    }
}

/// The live side of [`Losses`]: one for each profiler, written only off the fast path.
#[derive(Default)]
pub(crate) struct LossCounters {
    pub(crate) invalid_values: AtomicU64,
    pub(crate) clamped_values: AtomicU64,
    pub(crate) refused_operations: AtomicU64,
    pub(crate) refused_series: AtomicU64,
    pub(crate) refused_paths: AtomicU64,
    pub(crate) unplaced_scopes: AtomicU64,
    pub(crate) unkept_samples: AtomicU64,
    pub(crate) dropped_metadata: AtomicU64,
    pub(crate) abandoned_requests: AtomicU64,
    pub(crate) abandoned_tracks: AtomicU64,
    pub(crate) observer_panics: AtomicU64,
    pub(crate) early_merges: AtomicU64,
    pub(crate) saturated: AtomicU64,
}

impl LossCounters {
    /// The counts since the profiler was made; the clock adds its own.
    pub(crate) fn read(&self) -> Losses {
        Losses {
            invalid_values: self.invalid_values.load(Relaxed),
            clamped_values: self.clamped_values.load(Relaxed),
            refused_operations: self.refused_operations.load(Relaxed),
            refused_series: self.refused_series.load(Relaxed),
            refused_paths: self.refused_paths.load(Relaxed),
            unplaced_scopes: self.unplaced_scopes.load(Relaxed),
            unkept_samples: self.unkept_samples.load(Relaxed),
            dropped_metadata: self.dropped_metadata.load(Relaxed),
            abandoned_requests: self.abandoned_requests.load(Relaxed),
            abandoned_tracks: self.abandoned_tracks.load(Relaxed),
            observer_panics: self.observer_panics.load(Relaxed),
            early_merges: self.early_merges.load(Relaxed),
            saturated: self.saturated.load(Relaxed),
            clock_backwards: 0,
            clock_faults: 0,
        }
    }
}
