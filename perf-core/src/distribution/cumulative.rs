//! How many values are at or below edges of somebody else's choice, and how many above.

use super::place;
use crate::distribution::Distribution;
use crate::storage::{SLOTS, bucket_range, page_and_slot};

impl Distribution {
    /// For each of `edges`, in any order, how many values are at or below it: at most 128 buckets are
    /// looked at for each.
    ///
    /// An edge counts the whole of the bucket that it lies in: every value at or below the edge, and
    /// none that is more than 1/128 above it. It is exact where the edge is the highest value of its
    /// [`Bucket`](crate::Bucket), as every edge below 256 is, and everywhere else never too low. So
    /// a higher edge never has a lower count, none is above [`count`](Self::count), the counts of
    /// two distributions add up to those of their [`merge`](Self::merge), and as more is recorded
    /// no count goes back.
    ///
    /// ```
    /// # use perf_core::Distribution;
    /// let tokens = Distribution::from_values([0, 16, 17, 1_000, 5_000]);
    /// assert!(tokens.cumulative(&[16, 256, 1_024]).eq([2, 3, 4]));
    /// ```
    pub fn cumulative(&self, edges: &[u64]) -> impl Iterator<Item = u64> {
        edges.iter().map(|&edge| {
            let (page, slot) = page_and_slot(edge);
            let (pages_below, counts) = self.page(page);
            let below = self.add(&self.totals[..pages_below]);
            below.saturating_add(counts.map_or(0, |counts| self.add(&counts[..=slot])))
        })
    }

    /// How many values are above `limit`, at least and at most: they differ by the values in the
    /// limit's own bucket. [`OperationSnapshot::over`](crate::OperationSnapshot::over) is exact.
    pub fn count_above(&self, limit: u64) -> (u64, u64) {
        if limit >= self.max {
            return (0, 0);
        }
        let (page, slot) = page_and_slot(limit);
        let (pages_below, counts) = self.page(page);
        let Some(counts) = counts else {
            let all = self.add(&self.totals[pages_below..]);
            return (all, all);
        };
        let pages_above = self.add(&self.totals[pages_below + 1..]);
        let surely = pages_above.saturating_add(self.add(&counts[slot + 1..]));
        let is_cut = bucket_range(page, slot).1 > limit;
        (surely, surely.saturating_add(if is_cut { counts[slot] } else { 0 }))
    }

    /// How many pages are below `page`, and its counts, if it has any.
    fn page(&self, page: usize) -> (usize, Option<&[u64]>) {
        let at = place(self.pages, page);
        let is_there = self.pages >> page & 1 == 1;
        (at / SLOTS, is_there.then(|| &self.counts[at..at + SLOTS]))
    }

    /// The sum of some of its counts. Where all of them together do not overflow, a part cannot, and
    /// plain sums are vectors' work.
    fn add(&self, counts: &[u64]) -> u64 {
        match self.count {
            u64::MAX => counts.iter().fold(0, |sum, count| count.saturating_add(sum)),
            _ => counts.iter().sum(),
        }
    }
}
