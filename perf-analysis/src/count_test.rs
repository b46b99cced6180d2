//! Is a share of bad events above what was promised, or is the sample too small to say?

use crate::binomial::{at_least, at_most};
use crate::confidence::Confidence;

/// A promise that at most a share of all events is bad, judged by a count of them.
///
/// The value at a quantile `q` is at most `T` exactly when at least a share `q` of the values is at
/// most `T`. So a percentile limit is judged by a count: `k` of `n` values were over the limit, and
/// the promise allows a share of `1 - q`. If that promise just held, `k` would be binomial; the answer
/// is firm when the tail beyond `k` is at most `1 - confidence`.
///
/// It takes events to be independent. Those of one bad minute are not: then a firm answer is less sure
/// than it says.
///
/// ```
/// use perf_analysis::{Confidence, CountTest, Evidence};
///
/// let p99 = CountTest::new(0.01, Confidence::P95);
/// assert_eq!(p99.judge((3, 3), 50), Evidence::FirmlyViolated);
/// assert_eq!(p99.judge((0, 0), 50), Evidence::Open { needed: Some(249) });
/// assert_eq!(p99.judge((0, 0), 299), Evidence::FirmlyMet);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountTest {
    allowed: f64,
    confidence: Confidence,
}

/// What a count says of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A service exactly at its limit would seldom look this good.
    FirmlyMet,
    /// A service exactly at its limit would seldom look this bad.
    FirmlyViolated,
    /// Neither.
    Open {
        /// How many more events until the present rate is firmly one side or the other, up to 10^9.
        needed: Option<u64>,
    },
}

impl CountTest {
    /// A promise that at most a share of `allowed`, in `0.0..=1.0`, is bad.
    pub fn new(allowed: f64, confidence: Confidence) -> Self {
        CountTest { allowed, confidence }
    }

    /// Judges a count of bad events of `count` that is known to lie in `least..=most`: in the direction
    /// that cannot flatter.
    pub fn judge(&self, (least, most): (u64, u64), count: u64) -> Evidence {
        if self.is_violated_by(least, count) {
            Evidence::FirmlyViolated
        } else if self.is_met_by(most, count) {
            Evidence::FirmlyMet
        } else {
            Evidence::Open { needed: self.needed(most, count) }
        }
    }

    /// How many events it takes, none of them bad, to be firmly met: 299 for a p99 at 95 %. `None` when
    /// no number of them is enough.
    pub fn fewest_to_meet(&self) -> Option<u64> {
        self.fewest(|count| self.is_met_by(0, count), 0)
    }

    /// The most bad events of `count` that are still firmly met; `None` if not even none is.
    pub fn most_bad_to_meet(&self, count: u64) -> Option<u64> {
        let most = bisect(count, |bad| !self.is_met_by(bad, count));
        most.checked_sub(1)
    }

    /// The fewest bad events of `count` that firmly violate; `None` if not even all do.
    pub fn fewest_bad_to_violate(&self, count: u64) -> Option<u64> {
        let fewest = bisect(count, |bad| self.is_violated_by(bad, count));
        (fewest <= count).then_some(fewest)
    }

    /// Whether `bad` of `count` firmly violate it: the first half of [`judge`](Self::judge), without how many
    /// events it would take.
    pub fn is_violated_by(&self, bad: u64, count: u64) -> bool {
        count > 0 && at_least(bad, count, self.allowed) <= self.confidence.alpha()
    }

    /// Whether `bad` of `count` are firmly within it.
    pub fn is_met_by(&self, bad: u64, count: u64) -> bool {
        count > 0 && at_most(bad, count, self.allowed) <= self.confidence.alpha()
    }

    fn needed(&self, bad: u64, count: u64) -> Option<u64> {
        let decided = |total: u64| {
            let bad = (bad as u128 * total as u128 / u128::from(count.max(1))) as u64;
            self.is_violated_by(bad, total) || self.is_met_by(bad, total)
        };
        Some(self.fewest(decided, count)?.saturating_sub(count).max(1))
    }

    /// The smallest total above `count` from which on `decided` holds, up to 10^9.
    fn fewest(&self, decided: impl Fn(u64) -> bool, count: u64) -> Option<u64> {
        let mut enough = count.max(1);
        while !decided(enough) {
            enough = enough.checked_mul(2).filter(|total| *total <= 1_000_000_000)?;
        }
        let mut too_few = enough / 2;
        while too_few + 1 < enough {
            let middle = too_few + (enough - too_few) / 2;
            *(if decided(middle) { &mut enough } else { &mut too_few }) = middle;
        }
        Some(enough)
    }
}

/// The smallest number up to `count` for which `holds`, or the next one.
fn bisect(count: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut below, mut beyond) = (0, count + 1);
    while below < beyond {
        let middle = below + (beyond - below) / 2;
        if holds(middle) { beyond = middle } else { below = middle + 1 }
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binomial::probability;

    fn judge(bad: (u64, u64), count: u64, allowed: f64) -> Evidence {
        CountTest::new(allowed, Confidence::P95).judge(bad, count)
    }

    fn open(needed: u64) -> Evidence {
        Evidence::Open { needed: Some(needed) }
    }

    /// The smallest count of bad events that firmly violates.
    fn smallest_violation(count: u64, allowed: f64) -> u64 {
        let firm = |bad: &u64| judge((*bad, *bad), count, allowed) == Evidence::FirmlyViolated;
        (0..=count).find(firm).expect("all bad is a violation")
    }

    #[test]
    fn the_edges_of_the_test_are_where_its_answers_change() {
        for (allowed, count) in [(0.01, 50), (0.01, 1_000), (0.05, 10_000), (0.5, 3)] {
            let test = CountTest::new(allowed, Confidence::P95);
            let violates = test.fewest_bad_to_violate(count);
            assert_eq!(violates, (0..=count).find(|bad| test.is_violated_by(*bad, count)));
            let meets = test.most_bad_to_meet(count);
            assert_eq!(meets, (0..=count).rfind(|bad| test.is_met_by(*bad, count)));
        }
    }

    #[test]
    fn firm_violations_are_those_of_the_published_table() {
        // Smallest K with P(Bin(n, 1 - q) >= K) <= 5 %.
        let table: [(f64, &[(u64, u64)]); 3] = [
            (0.01, &[(20, 2), (50, 3), (100, 4), (200, 6), (500, 10), (1_000, 16), (10_000, 118)]),
            (
                0.05,
                &[(20, 4), (50, 6), (100, 10), (200, 16), (500, 34), (1_000, 63), (10_000, 537)],
            ),
            (0.001, &[(20, 1), (50, 1), (100, 2), (200, 2), (500, 3), (1_000, 4), (10_000, 16)]),
        ];
        for (allowed, counts) in table {
            for &(count, smallest) in counts {
                assert_eq!(smallest_violation(count, allowed), smallest, "{allowed} of {count}");
            }
        }
    }

    #[test]
    fn a_percentile_is_never_firmly_met_by_fewer_samples_than_it_takes() {
        // ln(0.05) / ln(q), rounded up.
        for (allowed, fewest) in [(0.1, 29), (0.05, 59), (0.01, 299), (0.001, 2_995)] {
            assert_ne!(judge((0, 0), fewest - 1, allowed), Evidence::FirmlyMet);
            assert_eq!(judge((0, 0), fewest, allowed), Evidence::FirmlyMet);
            assert_eq!(judge((0, 0), 1, allowed), open(fewest - 1));
            assert_eq!(judge((0, 0), 0, allowed), open(fewest));
        }
    }

    #[test]
    fn the_tails_agree_with_sums_of_exact_probabilities() {
        // P(Bin(10, 0.5) >= 8) = 56 / 1024; P(Bin(5, 0.2) <= 1) = 0.73728.
        assert!((at_least(8, 10, 0.5) - 56.0 / 1_024.0).abs() < 1e-15);
        assert!((at_most(1, 5, 0.2) - 0.737_28).abs() < 1e-14);
        for k in 0..=1_000 {
            let both = at_least(k, 1_000, 0.037) + at_most(k, 1_000, 0.037);
            assert!((both - 1.0 - probability_or_edge(k)).abs() < 1e-12, "{k}");
        }
    }

    fn probability_or_edge(k: u64) -> f64 {
        if k == 0 { 0.963_f64.powi(1_000) } else { probability(k, 1_000, 0.037) }
    }

    #[test]
    fn huge_counts_are_judged_at_once_and_right() {
        let count = 1_000_000_000_000;
        assert_eq!(judge((10_000_200_000, 10_000_200_000), count, 0.01), Evidence::FirmlyViolated);
        assert_eq!(judge((9_999_800_000, 9_999_800_000), count, 0.01), Evidence::FirmlyMet);
        assert_eq!(
            judge((10_000_000_000, 10_000_000_000), count, 0.01),
            Evidence::Open { needed: None }
        );
    }

    #[test]
    fn a_count_that_is_known_to_a_bucket_is_judged_so_that_it_cannot_flatter() {
        assert_eq!(judge((0, 0), 400, 0.01), Evidence::FirmlyMet);
        assert!(matches!(judge((0, 9), 400, 0.01), Evidence::Open { .. }));
        assert_eq!(judge((9, 20), 400, 0.01), Evidence::FirmlyViolated);
    }
}
