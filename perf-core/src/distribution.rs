//! Values counted in buckets: what quantiles are read from.

mod cumulative;
mod packed;
mod quantile;

pub(crate) use packed::{Body, Head};
pub use quantile::{InvalidQuantile, Quantile};

use crate::losses::LossCounters;
use crate::operation::{MAX_LIMITS, NO_LIMITS};
use crate::storage::{
    Attempt, Cells, CellsReading, PAGES, SLOTS, bucket_range, page_and_slot, pages_in,
};
use crate::sync::AnyWriter;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// An immutable distribution of `u64` values (nanoseconds, for an operation).
///
/// Every distribution has the same buckets, each at most 1/128 as wide as the values in it, so any
/// two merge without loss. The buckets are the truth: the count is their sum, and sum, minimum and
/// maximum are clamped to what they allow, mean and quantiles to minimum and maximum. Read while
/// nobody was recording, all but the quantiles are exact; read while somebody was, they are within
/// 1/128. In an interval ([`Snapshot::since`](crate::Snapshot::since)) minimum and maximum are exact
/// if that extreme is new in it or its only value, else within 1/128.
///
/// An empty distribution answers `None`, never 0 or NaN. About 1 KB for every octave of values.
#[derive(Clone, Default)]
pub struct Distribution {
    /// One bit for each page in `counts`.
    pages: u64,
    /// [`SLOTS`] counts for each page, lowest page first.
    counts: Vec<u64>,
    /// The sum of each page's counts: a quantile skips whole pages.
    totals: Vec<u64>,
    count: u64,
    sum: u128,
    min: u64,
    max: u64,
    lifetime: Lifetime,
}

/// The side fields as they were read, from which later intervals are computed.
#[derive(Clone, Default)]
struct Lifetime {
    /// Wraps.
    sum: u64,
    min: u64,
    max: u64,
    over: [u64; MAX_LIMITS],
}

impl Lifetime {
    fn of(reading: &CellsReading) -> Self {
        let CellsReading { sum, min, max, over, .. } = *reading;
        Lifetime { sum, min, max, over }
    }

    fn since(&self, earlier: &Self) -> Self {
        let over = |i: usize| self.over[i].saturating_sub(earlier.over[i]);
        let sum = self.sum.wrapping_sub(earlier.sum);
        Lifetime { sum, over: std::array::from_fn(over), ..*self }
    }
}

/// One bucket that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its place in the layout, which is the same in every distribution. Below 256 it is the value; above,
    /// the buckets `128 * (k + 1)` to `128 * (k + 2) - 1` cut `2^(k + 7)..2^(k + 8)` into 128 equal parts.
    pub index: u16,
    /// The lowest value that falls into it.
    pub lowest: u64,
    /// The highest value that falls into it.
    pub highest: u64,
    /// How many did.
    pub count: u64,
}

impl Distribution {
    /// The distribution of `values`, for values that were measured elsewhere.
    ///
    /// ```
    /// # use perf_core::{Distribution, Quantile};
    /// let distribution = Distribution::from_values([100, 200, 300]);
    /// assert_eq!(distribution.quantile(Quantile::P50), Some(200));
    /// assert_eq!(distribution.mean(), Some(200.0));
    /// ```
    pub fn from_values(values: impl IntoIterator<Item = u64>) -> Self {
        let cells = Cells::new();
        let losses = LossCounters::default();
        for value in values {
            if cells.record(AnyWriter, value, &NO_LIMITS, &losses) == Attempt::AboveWatermark {
                cells.raise_max(AnyWriter, value);
                cells.raise_watermark_to_max(AnyWriter);
            }
        }
        Distribution::from_reading(CellsReading::of([&cells].into_iter()))
    }

    /// A distribution that was written down as its [`buckets`](Self::buckets), each by
    /// [`Bucket::index`] with its count. Sum, minimum and maximum are clamped to what the buckets allow.
    ///
    /// ```
    /// # use perf_core::Distribution;
    /// let measured = Distribution::from_values([100, 200, 3_000]);
    /// let buckets = measured.buckets().map(|bucket| (bucket.index, bucket.count));
    /// let read = Distribution::from_buckets(buckets, measured.sum(), 100, 3_000)?;
    /// assert_eq!(read, measured);
    /// # Ok::<(), perf_core::UnknownBucket>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnknownBucket`] for an index that the layout does not have.
    pub fn from_buckets(
        buckets: impl IntoIterator<Item = (u16, u64)>,
        sum: u128,
        min: u64,
        max: u64,
    ) -> Result<Self, UnknownBucket> {
        let mut by_index = BTreeMap::new();
        for (index, count) in buckets {
            if usize::from(index) >= PAGES * SLOTS {
                return Err(UnknownBucket(index));
            }
            let known: &mut u64 = by_index.entry(usize::from(index)).or_default();
            *known = known.saturating_add(count);
        }
        let pages = by_index.keys().fold(0, |pages, index| pages | 1 << (index / SLOTS));
        let mut counts = vec![0; u64::count_ones(pages) as usize * SLOTS];
        for (index, count) in by_index {
            counts[place(pages, index / SLOTS) + index % SLOTS] = count;
        }
        let lifetime = Lifetime { sum: sum as u64, min, max, over: [0; MAX_LIMITS] };
        Ok(Distribution::conclude(pages, counts, sum, lifetime))
    }

    pub(crate) fn from_reading(reading: CellsReading) -> Self {
        let lifetime = Lifetime::of(&reading);
        Distribution::conclude(reading.pages, reading.counts, lifetime.sum.into(), lifetime)
    }

    /// Clamps the side fields to what the buckets allow.
    fn conclude(pages: u64, counts: Vec<u64>, sum: u128, lifetime: Lifetime) -> Self {
        let mut bounds = Bounds::default();
        let by_page = pages_in(pages).zip(counts.chunks_exact(SLOTS));
        let totals = by_page.map(|(page, counts)| bounds.add_page(page, counts)).collect();
        if bounds.count == 0 {
            return Distribution { lifetime, ..Distribution::default() };
        }
        let (low, high) = (bounds.lowest, bounds.highest);
        let sum = bounds.unwrapped(sum).clamp(bounds.least_sum, bounds.greatest_sum);
        let (min, max) = match bounds.count {
            // Sums are differences that can be trusted further than extremes of all time.
            1 => (sum as u64, sum as u64),
            _ => (lifetime.min, lifetime.max),
        };
        let min = min.clamp(low.lowest, low.highest);
        Distribution {
            pages,
            counts,
            totals,
            count: bounds.count,
            sum,
            min,
            // Read before the first two values came, the extremes would be the wrong way round.
            max: max.clamp(high.lowest, high.highest).max(min),
            lifetime,
        }
    }

    /// The largest of its values is known to be in `values`, if it is not the maximum as it stands.
    pub(crate) fn know_max(&mut self, values: impl Iterator<Item = u64>) {
        let (page, slot) = page_and_slot(self.max);
        let (lowest, highest) = bucket_range(page, slot);
        let in_its_bucket = values.filter(|value| (lowest..=highest).contains(value));
        if let Some(max) = in_its_bucket.max() {
            self.max = max.max(self.min);
        }
    }

    /// How many values were recorded.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The sum of all values.
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// The arithmetic mean, within [min, max].
    pub fn mean(&self) -> Option<f64> {
        let mean = self.sum as f64 / self.count as f64;
        (!self.is_empty()).then(|| mean.clamp(self.min as f64, self.max as f64))
    }

    /// The smallest value.
    pub fn min(&self) -> Option<u64> {
        (!self.is_empty()).then_some(self.min)
    }

    /// The largest value.
    pub fn max(&self) -> Option<u64> {
        (!self.is_empty()).then_some(self.max)
    }

    /// The value at `quantile`: the midpoint of the bucket of the value with that rank, at most
    /// 1/256 from the truth, and within [min, max].
    pub fn quantile(&self, quantile: Quantile) -> Option<u64> {
        let [value] = self.quantiles(&[quantile]);
        value
    }

    /// Several quantiles in one pass if they ascend; in any order the answers are right.
    pub fn quantiles<const N: usize>(&self, quantiles: &[Quantile; N]) -> [Option<u64>; N] {
        let mut cursor = Cursor::start(self);
        quantiles.map(|quantile| {
            let bucket = cursor.bucket_at(quantile.rank(self.count))?;
            Some(bucket.midpoint().clamp(self.min, self.max))
        })
    }

    /// The lowest and the highest value that the value at `quantile` can have had.
    pub fn quantile_bounds(&self, quantile: Quantile) -> Option<(u64, u64)> {
        let bucket = Cursor::start(self).bucket_at(quantile.rank(self.count))?;
        Some((bucket.lowest.max(self.min), bucket.highest.min(self.max)))
    }

    /// The buckets that are not empty, lowest first.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        let pages = pages_in(self.pages).zip(self.counts.chunks_exact(SLOTS));
        let all = pages.flat_map(|(page, counts)| (0..).zip(counts).map(move |slot| (page, slot)));
        all.filter(|(_, (_, count))| **count > 0)
            .map(|(page, (slot, count))| Bucket::new(page, slot, *count))
    }

    /// Both distributions together. Counts that would pass `u64::MAX` stay there.
    pub fn merge(&self, other: &Distribution) -> Distribution {
        self.merge_with(other, &[])
    }

    /// As [`merge`](Self::merge); the counts over the limits are added for those places that are in
    /// `limits`, as pairs of ours and theirs, and get the place they have there.
    pub(crate) fn merge_with(
        &self,
        other: &Distribution,
        limits: &[(usize, usize)],
    ) -> Distribution {
        let pages = self.pages | other.pages;
        let mut counts = vec![0; pages.count_ones() as usize * SLOTS];
        for source in [self, other] {
            let from = pages_in(source.pages).zip(source.counts.chunks_exact(SLOTS));
            for (page, from) in from {
                let at = place(pages, page);
                let into = counts[at..at + SLOTS].iter_mut();
                into.zip(from).for_each(|(into, from)| *into = from.saturating_add(*into));
            }
        }
        let lifetime = Lifetime {
            sum: self.lifetime.sum.wrapping_add(other.lifetime.sum),
            min: smallest(self, other),
            max: self.max.max(other.max),
            over: std::array::from_fn(|i| match limits.get(i) {
                Some(&(ours, theirs)) => {
                    self.lifetime.over[ours].saturating_add(other.lifetime.over[theirs])
                }
                None => 0,
            }),
        };
        Distribution::conclude(pages, counts, self.sum.saturating_add(other.sum), lifetime)
    }

    /// What came after `earlier`, which must be an earlier state of the same cells: every bucket
    /// here has at least its count.
    pub(crate) fn since(&self, earlier: &Distribution) -> Distribution {
        let counts = subtract(self.pages, &self.counts, earlier.pages, &earlier.counts);
        let lifetime = self.lifetime.since(&earlier.lifetime);
        Distribution::conclude(self.pages, counts, lifetime.sum.into(), lifetime)
    }

    /// What lies between two readings of the same cells.
    pub(crate) fn between(earlier: &CellsReading, later: &CellsReading) -> Distribution {
        let counts = subtract(later.pages, &later.counts, earlier.pages, &earlier.counts);
        let lifetime = Lifetime::of(later).since(&Lifetime::of(earlier));
        Distribution::conclude(later.pages, counts, lifetime.sum.into(), lifetime)
    }

    /// With these counts over the limits of its operation.
    pub(crate) fn with_over(mut self, over: [u64; MAX_LIMITS]) -> Self {
        self.lifetime.over = over;
        self
    }

    /// How many values are above `limit`, which is number `index` of the operation's limits:
    /// counted at record time and clamped to what the buckets allow.
    pub(crate) fn over(&self, index: usize, limit: u64) -> u64 {
        let (least, most) = self.count_above(limit);
        self.lifetime.over[index].clamp(least, most)
    }
}

impl PartialEq for Distribution {
    /// Same buckets, sum, minimum and maximum.
    fn eq(&self, other: &Self) -> bool {
        let sides = |d: &Self| (d.count, d.sum, d.min, d.max);
        sides(self) == sides(other) && self.buckets().eq(other.buckets())
    }
}

impl fmt::Debug for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Distribution")
            .field("count", &self.count)
            .field("min", &self.min())
            .field("mean", &self.mean())
            .field("p99", &self.quantile(Quantile::P99))
            .field("max", &self.max())
            .finish()
    }
}

impl Bucket {
    fn new(page: usize, slot: usize, count: u64) -> Self {
        let (lowest, highest) = bucket_range(page, slot);
        Bucket { index: (page * SLOTS + slot) as u16, lowest, highest, count }
    }

    /// The value in the middle, rounded down.
    pub fn midpoint(&self) -> u64 {
        self.lowest + (self.highest - self.lowest) / 2
    }
}

/// A bucket was named that no distribution has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownBucket(u16);

impl fmt::Display for UnknownBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no bucket {}: the last one is {}", self.0, PAGES * SLOTS - 1)
    }
}

impl Error for UnknownBucket {}

/// What the buckets say about sum and extremes.
struct Bounds {
    count: u64,
    least_sum: u128,
    greatest_sum: u128,
    lowest: Bucket,
    highest: Bucket,
}

impl Default for Bounds {
    fn default() -> Self {
        let none = Bucket::new(0, 0, 0);
        Bounds { count: 0, least_sum: 0, greatest_sum: 0, lowest: none, highest: none }
    }
}

impl Bounds {
    /// Takes a page in and says how many values are in it.
    fn add_page(&mut self, page: usize, counts: &[u64]) -> u64 {
        // The largest count is at most this. Where no sum can overflow, plain sums are vectors' work.
        let most = counts.iter().fold(0, |bits, count| bits | count);
        if most == 0 {
            return 0;
        }
        let count: u64 = if most < u64::MAX / SLOTS as u64 {
            counts.iter().sum()
        } else {
            counts.iter().fold(0, |sum, count| count.saturating_add(sum))
        };
        // Bucket `slot` starts at `first + slot * width`, so the bounds of the sum need only the
        // counts and the counts times their slots.
        let (first, first_end) = bucket_range(page, 0);
        let width = u128::from(first_end - first) + 1;
        let slots = slots_weighted(counts, most).saturating_mul(width);
        let least = (u128::from(count) * u128::from(first)).saturating_add(slots);
        let greatest = least.saturating_add(u128::from(count) * (width - 1));
        self.least_sum = self.least_sum.saturating_add(least);
        self.greatest_sum = self.greatest_sum.saturating_add(greatest);
        let occupied = |slot: &usize| counts[*slot] > 0;
        if self.count == 0 {
            let slot = (0..SLOTS).find(occupied).unwrap_or(0);
            self.lowest = Bucket::new(page, slot, counts[slot]);
        }
        let slot = (0..SLOTS).rfind(occupied).unwrap_or(0);
        self.highest = Bucket::new(page, slot, counts[slot]);
        self.count = self.count.saturating_add(count);
        count
    }

    /// A sum of cells that wrap at 2^64, put back to where the buckets say that it is.
    fn unwrapped(&self, sum: u128) -> u128 {
        const WRAP: u128 = 1 << 64;
        let wraps = self.least_sum.saturating_sub(sum).div_ceil(WRAP);
        let unwrapped = sum.saturating_add(wraps.saturating_mul(WRAP));
        if unwrapped <= self.greatest_sum { unwrapped } else { sum }
    }
}

/// The sum of each count times its slot. No count is above `most`.
fn slots_weighted(counts: &[u64], most: u64) -> u128 {
    if most <= u64::from(u32::MAX) {
        // 32-bit factors, which the compiler turns into vector instructions.
        let products = (0u32..).zip(counts).map(|(slot, &n)| u64::from(n as u32) * u64::from(slot));
        u128::from(products.sum::<u64>())
    } else {
        (0..).zip(counts).map(|(slot, &n)| u128::from(n) * slot).sum()
    }
}

/// A walk over the buckets that goes on where the last rank was found.
struct Cursor<'a> {
    distribution: &'a Distribution,
    /// Index into `counts` of the next bucket.
    next: usize,
    /// Values in the buckets before it.
    passed: u64,
}

impl<'a> Cursor<'a> {
    fn start(distribution: &'a Distribution) -> Self {
        Cursor { distribution, next: 0, passed: 0 }
    }

    fn bucket_at(&mut self, rank: u64) -> Option<Bucket> {
        let Distribution { pages, counts, totals, .. } = self.distribution;
        if rank <= self.passed {
            (self.next, self.passed) = (0, 0);
        }
        while self.next < counts.len() {
            let (page, slot) = (self.next / SLOTS, self.next % SLOTS);
            let (of_page, of_bucket) = (
                self.passed.saturating_add(totals[page]),
                self.passed.saturating_add(counts[self.next]),
            );
            if slot == 0 && of_page < rank {
                self.passed = of_page;
                self.next += SLOTS;
            } else if of_bucket < rank {
                self.passed = of_bucket;
                self.next += 1;
            } else {
                let page = pages_in(*pages).nth(page)?;
                return Some(Bucket::new(page, slot, counts[self.next]));
            }
        }
        None
    }
}

/// The counts of `pages`, less those of the same pages earlier on.
fn subtract(pages: u64, counts: &[u64], earlier_pages: u64, earlier: &[u64]) -> Vec<u64> {
    let mut counts = counts.to_vec();
    for page in pages_in(earlier_pages & pages) {
        let (at, before) = (place(pages, page), place(earlier_pages, page));
        let earlier = &earlier[before..before + SLOTS];
        for (count, earlier) in counts[at..at + SLOTS].iter_mut().zip(earlier) {
            *count = count.saturating_sub(*earlier);
        }
    }
    counts
}

/// Where the counts of `page` start among those of `pages`.
fn place(pages: u64, page: usize) -> usize {
    (pages & ((1 << page) - 1)).count_ones() as usize * SLOTS
}

fn smallest(a: &Distribution, b: &Distribution) -> u64 {
    a.min().into_iter().chain(b.min()).min().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_that_began_before_the_first_record_has_its_extremes_in_order() {
        // The extremes are read first; then two values come, and then their bucket is read.
        let (page, slot) = page_and_slot(1_000_000);
        let mut counts = vec![0; SLOTS];
        counts[slot] = 2;
        let reading = CellsReading { pages: 1 << page, counts, ..CellsReading::NOTHING };
        let distribution = Distribution::from_reading(reading);
        let (min, max) = (distribution.min, distribution.max);
        assert!(min <= max, "{min} to {max}");
        assert!((min..=max).contains(&distribution.quantile(Quantile::P50).unwrap_or(0)));
        assert!(distribution.mean().is_some());
    }
}
