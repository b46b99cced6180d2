//! A number that only grows.

use crate::metric::Series;
use crate::storage::{ShardTable, ThreadIndex};
use crate::sync::{AnyWriter, AtomicU64, Relaxed, Writer};
use std::fmt;
use std::sync::Arc;

/// A handle to a counter of a [`Profiler`](crate::Profiler); cheap to clone.
///
/// Every thread adds to a cell of its own with a plain load and store (about 1 ns), and a snapshot
/// sums the cells. The total wraps at 2^64.
///
/// ```
/// # use perf_core::Profiler;
/// let profiler = Profiler::new();
/// let hits = profiler.counter_with("cache_lookups", &[("result", "hit")]);
/// hits.increment();
/// hits.add(2);
/// let snapshot = profiler.snapshot();
/// assert_eq!(snapshot.counter("cache_lookups", &[("result", "hit")]), Some(3));
/// ```
#[derive(Clone)]
pub struct Counter(Arc<CounterCore>);

impl Counter {
    pub(crate) fn new(core: Arc<CounterCore>) -> Self {
        Counter(core)
    }

    /// The name and labels it counts under.
    pub fn series(&self) -> &Series {
        &self.0.series
    }

    /// Adds one.
    #[inline]
    pub fn increment(&self) {
        self.add(1);
    }

    /// Adds `n`.
    #[inline]
    pub fn add(&self, n: u64) {
        match self.0.cells.near() {
            Some((thread, cell)) => thread.writer().add(&cell.0, n),
            None => self.0.first_add(n),
        }
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counter({})", self.0.series)
    }
}

pub(crate) struct CounterCore {
    pub(crate) series: Series,
    cells: ShardTable<Cell>,
}

/// On a cache line of its own, so that threads do not slow each other down.
#[repr(align(64))]
struct Cell(AtomicU64);

impl CounterCore {
    pub(crate) fn new(series: Series) -> Self {
        CounterCore { series, cells: ShardTable::new() }
    }

    pub(crate) fn total(&self) -> u64 {
        self.cells.iter().fold(0, |total, cell| total.wrapping_add(cell.0.load(Relaxed)))
    }

    #[cold]
    #[inline(never)]
    fn first_add(&self, n: u64) {
        let new = || Box::new(Cell(AtomicU64::new(0)));
        match ThreadIndex::claim() {
            Some(thread) => {
                thread.writer().add(&self.cells.get_or_publish(&thread, new).0, n);
            }
            None => AnyWriter.add(&self.cells.shared(new).0, n),
        }
    }
}
