//! The counts of one distribution, as one thread writes them.

use super::folded::Folded;
use super::{PAGES, Published, SLOTS, page_and_slot};
use crate::losses::LossCounters;
use crate::operation::{Limits, MAX_LIMITS};
use crate::sync::{AtomicU32, AtomicU64, Relaxed, Writer, array_of, shared};
use std::array;

/// A bucket with this count is folded before it counts on. That leaves room for as many records
/// again while a reader keeps it from being folded.
const FOLD_AT: u32 = 1 << 31;

/// Sum, extremes, counts over the limits, and buckets in pages of one octave each.
///
/// The fields at fixed addresses are written first and the bucket last: docs/performance.md, "Order of
/// stores".
#[repr(C)]
pub(crate) struct Cells {
    sum: AtomicU64,
    min: AtomicU64,
    /// A value above this is told to the caller; never above `max`.
    watermark: AtomicU64,
    over: [AtomicU64; MAX_LIMITS],
    max: AtomicU64,
    pages: [Published<Page>; PAGES],
    folded: Folded,
}

/// How far [`Cells::try_record`] got.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Attempt {
    Done,
    /// Done, and the value is above the watermark: the caller then calls [`Cells::raise_max`] and
    /// may raise the watermark.
    AboveWatermark,
    /// Nothing was counted: the page is missing or the bucket full. [`Cells::record`] can.
    NotReady,
}

/// One octave of buckets. Aligned so that no cache line of it belongs to another thread's page.
#[repr(align(64))]
struct Page([AtomicU32; SLOTS]);

impl Cells {
    pub(crate) fn new() -> Self {
        Cells {
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            watermark: AtomicU64::new(0),
            over: array_of![AtomicU64::new(0); MAX_LIMITS],
            max: AtomicU64::new(0),
            pages: array_of![Published::empty(); PAGES],
            folded: Folded::new(),
        }
    }

    /// Counts `value` if its page is there and its bucket has room; otherwise changes nothing.
    ///
    /// Calls nothing, so it can neither allocate nor be entered again half way.
    #[inline(always)]
    pub(crate) fn try_record(&self, writer: impl Writer, value: u64, limits: &Limits) -> Attempt {
        let (page, slot) = page_and_slot(value);
        let Some(page) = self.pages[page].get() else { return Attempt::NotReady };
        let bucket = &page.0[slot];
        if writer.look(bucket) >= FOLD_AT {
            return Attempt::NotReady;
        }
        self.put(writer, value, bucket, limits)
    }

    /// Counts `value`; makes its page and its bucket's room first.
    #[cold]
    #[inline(never)]
    pub(crate) fn record(
        &self,
        writer: impl Writer,
        value: u64,
        limits: &Limits,
        losses: &LossCounters,
    ) -> Attempt {
        let (page, slot) = page_and_slot(value);
        let bucket = &self.touch(page).0[slot];
        if writer.look(bucket) >= FOLD_AT {
            self.folded.try_fold(bucket, page, slot);
        }
        // Only here, after all that may allocate, is anything read that will be written.
        if writer.look(bucket) == u32::MAX {
            losses.saturated.fetch_add(1, Relaxed);
            return Attempt::Done;
        }
        self.put(writer, value, bucket, limits)
    }

    #[inline(always)]
    fn put(&self, writer: impl Writer, value: u64, bucket: &AtomicU32, limits: &Limits) -> Attempt {
        writer.add(&self.sum, value);
        writer.lower(&self.min, value);
        limits.count_over(writer, value, &self.over);
        let above = value > self.watermark.load(Relaxed);
        writer.increment(bucket);
        if above { Attempt::AboveWatermark } else { Attempt::Done }
    }

    /// Raises the maximum. Called for every value above the watermark.
    pub(crate) fn raise_max(&self, writer: impl Writer, value: u64) {
        writer.raise(&self.max, value);
    }

    /// Sets the watermark; only under the lock of the kept samples.
    pub(crate) fn set_watermark(&self, value: u64) {
        self.watermark.store(value, Relaxed);
    }

    /// Lowers the watermark to `value`; only under the lock of the kept samples.
    pub(crate) fn lower_watermark(&self, value: u64) {
        self.set_watermark(value.min(self.watermark.load(Relaxed)));
    }

    /// Sets the watermark to the maximum, for cells that keep no samples. Only their writer may.
    pub(crate) fn raise_watermark_to_max(&self, writer: impl Writer) {
        writer.raise(&self.watermark, self.max.load(Relaxed));
    }

    fn touch(&self, page: usize) -> &Page {
        self.pages[page].get_or_publish(|| Box::new(Page(array_of![AtomicU32::new(0); SLOTS])))
    }

    /// A number that most likely changes with every record: that of a value above 0 changes the sum,
    /// that of a 0 the first bucket. A record being made may show here before it does in its bucket.
    pub(crate) fn mark(&self) -> u64 {
        let zeros = self.pages[0].get().map_or(0, |page| page.0[0].load(Relaxed));
        self.sum.load(Relaxed).wrapping_mul(31).wrapping_add(zeros.into())
    }

    /// One bit for each page that was touched.
    fn touched(&self) -> u64 {
        let bit =
            |(page, place): (usize, &Published<Page>)| u64::from(place.get().is_some()) << page;
        self.pages.iter().enumerate().map(bit).sum()
    }

    #[cfg(test)]
    pub(crate) fn preload(&self, value: u64, count: u32) {
        let (page, slot) = page_and_slot(value);
        self.touch(page).0[slot].store(count, Relaxed);
    }
}

/// What was read of the cells of all threads together, before anything is concluded from it.
pub(crate) struct CellsReading {
    /// One bit for each page in `counts`.
    pub(crate) pages: u64,
    /// [`SLOTS`] counts for each page, lowest page first.
    pub(crate) counts: Vec<u64>,
    /// Wraps.
    pub(crate) sum: u64,
    /// `u64::MAX` while empty.
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) over: [u64; MAX_LIMITS],
}

impl CellsReading {
    /// What cells hold before anything is recorded.
    pub(crate) const NOTHING: Self = CellsReading {
        pages: 0,
        counts: Vec::new(),
        sum: 0,
        min: u64::MAX,
        max: 0,
        over: [0; MAX_LIMITS],
    };

    /// Bytes in memory, besides itself.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&*self.counts)
    }

    /// Reads `cells` while their owners may be writing. Every record that happened before is in it;
    /// one made meanwhile may show in some fields and not in others.
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a Cells> + Clone) -> Self {
        let pages = cells.clone().map(Cells::touched).fold(0, |all, pages| all | pages);
        let counts = vec![0; pages.count_ones() as usize * SLOTS];
        let mut reading = CellsReading { pages, counts, ..Self::NOTHING };
        let cells: Vec<&Cells> = cells.collect();
        let (fours, rest) = cells.as_chunks();
        let (twos, rest) = rest.as_chunks();
        fours.iter().for_each(|cells: &[&Cells; 4]| reading.add(cells));
        twos.iter().for_each(|cells: &[&Cells; 2]| reading.add(cells));
        rest.iter().for_each(|cells| reading.add(&[*cells]));
        reading
    }

    /// Adds several cells at once: a total is then loaded and stored once for all of them.
    fn add<const N: usize>(&mut self, cells: &[&Cells; N]) {
        for cells in cells {
            self.sum = self.sum.wrapping_add(cells.sum.load(Relaxed));
            self.min = self.min.min(cells.min.load(Relaxed));
            self.max = self.max.max(cells.max.load(Relaxed));
            self.over = array::from_fn(|i| self.over[i] + cells.over[i].load(Relaxed));
        }
        // Held until all pages are read, so that no count is on its way from one place to the other.
        let folded = cells.map(|cells| cells.folded.lock());
        let (totals, _) = self.counts.as_chunks_mut::<SLOTS>();
        for (page, totals) in pages_in(self.pages).zip(totals) {
            let buckets = cells.map(|cells| cells.pages[page].get().unwrap_or(&UNTOUCHED));
            for (slot, total) in totals.iter_mut().enumerate() {
                let counts = buckets.map(|page| u64::from(page.0[slot].load(Relaxed)));
                *total += counts.iter().sum::<u64>();
            }
            for folded in folded.iter().filter_map(|folded| folded.page(page)) {
                totals.iter_mut().zip(folded).for_each(|(total, count)| *total += count);
            }
        }
    }
}

impl Default for CellsReading {
    fn default() -> Self {
        CellsReading::NOTHING
    }
}

shared! {
    /// What is read where a page was never touched.
    static UNTOUCHED: Page = Page(array_of![AtomicU32::new(0); SLOTS]);
}

/// The numbers of the bits that are set, lowest first.
pub(crate) fn pages_in(mut pages: u64) -> impl Iterator<Item = usize> + Clone {
    std::iter::from_fn(move || {
        let page = (pages != 0).then(|| pages.trailing_zeros() as usize)?;
        pages &= pages - 1;
        Some(page)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{AnyWriter, SoleWriter};

    fn count_of(cells: &Cells) -> u64 {
        CellsReading::of([cells].into_iter()).counts.iter().sum()
    }

    fn record_around_the_fold(writer: impl Writer) {
        let (cells, limits, losses) = (Cells::new(), Limits::new(), LossCounters::default());
        cells.preload(1_000, FOLD_AT - 10);
        let mut last = count_of(&cells);
        for _ in 0..20 {
            if cells.try_record(writer, 1_000, &limits) == Attempt::NotReady {
                cells.record(writer, 1_000, &limits, &losses);
            }
            let count = count_of(&cells);
            assert_eq!(count, last + 1);
            last = count;
        }
        assert_eq!(count_of(&cells), u64::from(FOLD_AT) + 10);
        assert_eq!(losses.saturated.load(Relaxed), 0);
    }

    #[test]
    fn a_bucket_past_two_to_the_31_is_folded_and_stays_exact() {
        record_around_the_fold(SoleWriter::promise());
        record_around_the_fold(AnyWriter);
    }

    #[test]
    fn a_bucket_that_cannot_be_folded_counts_on_and_then_counts_what_it_loses() {
        let (cells, limits, losses) = (Cells::new(), Limits::new(), LossCounters::default());
        cells.preload(1_000, u32::MAX - 5);
        let reader = cells.folded.lock();
        for _ in 0..8 {
            cells.record(AnyWriter, 1_000, &limits, &losses);
        }
        drop(reader);
        assert_eq!(losses.saturated.load(Relaxed), 3);
        assert_eq!(count_of(&cells), u64::from(u32::MAX));
        cells.record(AnyWriter, 1_000, &limits, &losses);
        assert_eq!(count_of(&cells), u64::from(u32::MAX) + 1, "the reader has gone");
    }

    #[test]
    fn the_thread_that_records_writes_no_line_of_another_page() {
        assert_eq!(align_of::<Page>(), 64);
        assert_eq!(size_of::<Page>(), 512);
        assert_eq!(align_of::<crate::storage::Shard>(), 128);
    }
}
