//! Where the true value lies: of a share, of a percentile.

use crate::binomial::{at_least, at_most};
use crate::confidence::Confidence;
use perf_core::{Distribution, Quantile};

/// Where the true share lies when `bad` of `count` events were seen to be bad: two-sided, after Clopper
/// and Pearson ("The use of confidence or fiducial limits illustrated in the case of the binomial",
/// Biometrika 26, 1934). It holds the true share at least as often as `confidence` says.
///
/// Of nothing it is `(0.0, 1.0)`.
///
/// ```
/// # use perf_analysis::{Confidence, ratio_interval};
/// let (low, high) = ratio_interval(1, 2, Confidence::P95);
/// assert_eq!((format!("{low:.3}"), format!("{high:.3}")), ("0.013".into(), "0.987".into()));
/// ```
pub fn ratio_interval(bad: u64, count: u64, confidence: Confidence) -> (f64, f64) {
    let bad = bad.min(count);
    let alpha = confidence.alpha() / 2.0;
    let low = if bad == 0 { 0.0 } else { bisect(|p| at_least(bad, count, p) <= alpha) };
    let high = if bad == count { 1.0 } else { bisect(|p| at_most(bad, count, p) > alpha) };
    (low, high)
}

/// Where the true value of a quantile lies, as ranks from 1 among `count` values in order: two-sided,
/// by order statistics (Hahn and Meeker, "Statistical Intervals", 1991, section 5.2). `None` for a side
/// on which no value of the sample is far enough out: there is then no bound.
///
/// ```
/// # use perf_analysis::{Confidence, quantile_ranks};
/// # use perf_core::Quantile;
/// assert_eq!(quantile_ranks(Quantile::P95, 1_000, Confidence::P95), (Some(936), Some(964)));
/// assert_eq!(quantile_ranks(Quantile::P99, 50, Confidence::P95), (Some(48), None));
/// ```
pub fn quantile_ranks(
    quantile: Quantile,
    count: u64,
    confidence: Confidence,
) -> (Option<u64>, Option<u64>) {
    let (p, alpha) = (quantile.get(), confidence.alpha() / 2.0);
    if count == 0 {
        return (None, None);
    }
    // P(Bin(n, p) <= l - 1) grows with l: the largest l for which it is small enough.
    let low = partition(count, |l| at_most(l - 1, count, p) <= alpha);
    // P(Bin(n, p) >= u) shrinks with u: the first for which it is small enough.
    let high = partition(count, |u| at_least(u, count, p) > alpha) + 1;
    ((low > 0).then_some(low), (high <= count).then_some(high))
}

/// Where the true value of a quantile lies, in the distribution's unit: the lower edge of the bucket of
/// the lower rank and the upper edge of that of the upper one, so that buckets only make it wider.
///
/// `None` for a side without a bound, and without values.
pub fn quantile_interval(
    values: &Distribution,
    quantile: Quantile,
    confidence: Confidence,
) -> (Option<u64>, Option<u64>) {
    let (low, high) = quantile_ranks(quantile, values.count(), confidence);
    let value = |rank: u64| {
        let mut below = 0;
        values.buckets().find(|bucket| {
            below += bucket.count;
            below >= rank
        })
    };
    let min = values.min().unwrap_or(0);
    let max = values.max().unwrap_or(u64::MAX);
    let low = low.and_then(value).map(|bucket| bucket.lowest.max(min));
    let high = high.and_then(value).map(|bucket| bucket.highest.min(max));
    (low, high)
}

/// The largest `n` in `1..=count` for which `holds`, or 0: it holds up to there and not beyond.
fn partition(count: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut below, mut beyond) = (0, count + 1);
    while below + 1 < beyond {
        let middle = below + (beyond - below) / 2;
        *(if holds(middle) { &mut below } else { &mut beyond }) = middle;
    }
    below
}

/// The share up to which `holds`, to the last bit.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut below, mut beyond) = (0.0_f64, 1.0_f64);
    loop {
        let middle = below + (beyond - below) / 2.0;
        if middle <= below || middle >= beyond {
            return middle;
        }
        *(if holds(middle) { &mut below } else { &mut beyond }) = middle;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_ranks_are_those_of_the_published_table() {
        type Ranks = (u64, Option<u64>);
        let table: [(u64, [Ranks; 4]); 5] = [
            (50, [(18, Some(33)), (44, None), (48, None), (49, None)]),
            (100, [(40, Some(61)), (90, Some(100)), (97, None), (99, None)]),
            (500, [(228, Some(273)), (465, Some(485)), (490, Some(500)), (498, None)]),
            (1_000, [(469, Some(532)), (936, Some(964)), (983, Some(997)), (997, None)]),
            (
                10_000,
                [
                    (4_902, Some(5_099)),
                    (9_457, Some(9_543)),
                    (9_880, Some(9_920)),
                    (9_983, Some(9_997)),
                ],
            ),
        ];
        let quantiles = [Quantile::P50, Quantile::P95, Quantile::P99, Quantile::P999];
        for (count, ranks) in table {
            for (quantile, (low, high)) in quantiles.into_iter().zip(ranks) {
                let seen = quantile_ranks(quantile, count, Confidence::P95);
                assert_eq!(seen, (Some(low), high), "{quantile} of {count}");
            }
        }
    }

    #[test]
    fn a_share_of_nothing_can_be_any() {
        assert_eq!(ratio_interval(0, 0, Confidence::P95), (0.0, 1.0));
        assert_eq!(quantile_ranks(Quantile::P50, 0, Confidence::P95), (None, None));
        assert_eq!(quantile_ranks(Quantile::P50, 1, Confidence::P95), (None, None));
    }

    #[test]
    fn an_interval_of_buckets_holds_that_of_the_values() {
        let values = Distribution::from_values((1..=1_000).map(|i| i * 1_000));
        let (low, high) = quantile_interval(&values, Quantile::P95, Confidence::P95);
        let (low, high) = (low.unwrap(), high.unwrap());
        assert!((936_000 - 936_000 / 128..=936_000).contains(&low), "{low}");
        assert!((964_000..=964_000 + 964_000 / 128).contains(&high), "{high}");
    }
}
