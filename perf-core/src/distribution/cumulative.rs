//! How many values are at or below edges of somebody else's choice.

use crate::distribution::Distribution;

impl Distribution {
    /// For each of `edges`, how many values are at or below it: one pass over the buckets if the edges
    /// ascend; in any order the answers are right.
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
        let mut buckets = self.buckets().peekable();
        let (mut passed, mut last) = (0_u64, 0);
        edges.iter().map(move |&edge| {
            if edge < last {
                (buckets, passed) = (self.buckets().peekable(), 0);
            }
            last = edge;
            while let Some(bucket) = buckets.next_if(|bucket| bucket.lowest <= edge) {
                passed = passed.saturating_add(bucket.count);
            }
            passed
        })
    }
}
