//! A distribution of values that are no latencies.

use crate::distribution::Distribution;
use crate::losses::LossCounters;
use crate::metric::Series;
use crate::operation::NO_LIMITS;
use crate::storage::{Attempt, Cells, CellsReading, ShardTable, ThreadIndex};
use crate::sync::{AnyWriter, Writer};
use std::fmt;
use std::sync::Arc;

/// A handle to a histogram of a [`Profiler`](crate::Profiler): batch sizes, tokens, bytes; cheap to
/// clone.
///
/// Values are whole numbers in a unit of the user's choice; what has fractions is scaled (euros to
/// cents). The buckets are those of every [`Distribution`], so a value is known to 1/128. Recording
/// costs what it costs an operation without limits, about 2 ns from any number of threads.
///
/// ```
/// # use perf_core::{Profiler, Quantile};
/// let profiler = Profiler::new();
/// let batches = profiler.histogram_with("batch_size", &[("model", "small")]);
/// for size in [1, 8, 8, 16] {
///     batches.record(size);
/// }
/// let snapshot = profiler.snapshot();
/// let batches = snapshot.histogram("batch_size", &[("model", "small")]).unwrap();
/// assert_eq!((batches.count(), batches.quantile(Quantile::P50)), (4, Some(8)));
/// ```
#[derive(Clone)]
pub struct ValueHistogram(Arc<HistogramCore>);

impl ValueHistogram {
    pub(crate) fn new(core: Arc<HistogramCore>) -> Self {
        ValueHistogram(core)
    }

    /// The name and labels it records under.
    pub fn series(&self) -> &Series {
        &self.0.series
    }

    /// Records one value.
    #[inline]
    pub fn record(&self, value: u64) {
        if let Some((thread, shard)) = self.0.shards.near() {
            match shard.0.try_record(thread.writer(), value, &NO_LIMITS) {
                Attempt::Done => return,
                Attempt::AboveWatermark => return shard.raise(thread.writer(), value),
                Attempt::NotReady => {}
            }
        }
        self.0.record(value);
    }
}

impl fmt::Debug for ValueHistogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValueHistogram({})", self.0.series)
    }
}

pub(crate) struct HistogramCore {
    pub(crate) series: Series,
    losses: Arc<LossCounters>,
    shards: ShardTable<Shard>,
}

/// The cells of one thread, on cache lines of their own.
#[repr(align(128))]
struct Shard(Cells);

impl HistogramCore {
    pub(crate) fn new(series: Series, losses: Arc<LossCounters>) -> Self {
        HistogramCore { series, losses, shards: ShardTable::new() }
    }

    pub(crate) fn distribution(&self) -> Distribution {
        Distribution::from_reading(self.read())
    }

    pub(crate) fn read(&self) -> CellsReading {
        CellsReading::of(self.shards.iter().map(|shard| &shard.0))
    }

    /// A number that most likely changes with every record.
    pub(crate) fn mark(&self) -> u64 {
        let marks = self.shards.iter().map(|shard| shard.0.mark());
        marks.fold(0, |all: u64, mark| all.wrapping_mul(31).wrapping_add(mark))
    }

    /// The first value of a thread or octave, or one of a thread without an index.
    #[cold]
    #[inline(never)]
    fn record(&self, value: u64) {
        let new = || Box::new(Shard(Cells::new()));
        match ThreadIndex::claim() {
            Some(thread) => {
                let shard = self.shards.get_or_publish(&thread, new);
                shard.record(thread.writer(), value, &self.losses);
            }
            None => self.shards.shared(new).record(AnyWriter, value, &self.losses),
        }
    }
}

impl Shard {
    fn record(&self, writer: impl Writer, value: u64, losses: &LossCounters) {
        if self.0.record(writer, value, &NO_LIMITS, losses) == Attempt::AboveWatermark {
            self.raise(writer, value);
        }
    }

    #[cold]
    fn raise(&self, writer: impl Writer, value: u64) {
        self.0.raise_max(writer, value);
        self.0.raise_watermark_to_max(writer);
    }
}
