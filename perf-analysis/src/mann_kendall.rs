//! Do values rise or fall in the order in which they came?

use crate::normal;
use crate::rank_sums::u_distribution;
use crate::values::{self, InvalidValues};

/// Values up to which the probability is exact.
pub(crate) const MAX_EXACT: usize = 40;

/// Values that are looked at: two million pairs.
pub(crate) const MAX_POINTS: usize = 2_000;

/// What the Mann-Kendall test says of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannKendall {
    /// The pairs of which the later value is the larger, less those of which it is the smaller.
    pub s: i64,
    /// The variance of `s` when the order is chance, corrected for ties.
    pub variance: f64,
    /// `s` in standard deviations, corrected for continuity; 0 when all values are equal.
    pub z: f64,
    /// How often chance alone orders the values as clearly, in either direction.
    pub p: f64,
    /// Whether `p` is exact, and not the normal approximation of `z`.
    pub is_exact: bool,
}

/// The two-sided Mann-Kendall test for a trend (Mann, "Nonparametric tests against trend", Econometrica 13,
/// 1945; Kendall, "Rank Correlation Methods", 1948) over 2 to 2,000 values in the order in which they came.
///
/// Up to 40 values `p` is exact, with ties too: the share of all orders of these values that have as large
/// an `s`. Beyond, it is the normal approximation. It takes values to be independent: of values that
/// drift, as latencies of neighbouring seconds do, it is surer than it should be.
///
/// ```
/// # use perf_analysis::mann_kendall;
/// let test = mann_kendall(&[1.0, 2.0, 4.0, 3.0, 5.0, 6.0])?;
/// assert_eq!(test.s, 13);
/// // Of the 720 orders, 1 has no inversion and 5 have one; so many again fall instead.
/// assert!((test.p - 2.0 * 6.0 / 720.0).abs() < 1e-15);
/// # Ok::<(), perf_analysis::InvalidValues>(())
/// ```
///
/// # Errors
///
/// [`InvalidValues`] when there are fewer than 2 values or more than 2,000, or one is not finite.
pub fn mann_kendall(values: &[f64]) -> Result<MannKendall, InvalidValues> {
    values::check(values, 2, MAX_POINTS)?;
    let s = score(values);
    let ties = ties(values);
    let variance = variance(&ties);
    let z = if variance > 0.0 { (s - s.signum()) as f64 / variance.sqrt() } else { 0.0 };
    let is_exact = values.len() <= MAX_EXACT;
    let p = if is_exact { exact_p(s, &ties) } else { 2.0 * normal::at_least(z.abs()) };
    Ok(MannKendall { s, variance, z, p: p.min(1.0), is_exact })
}

/// The probability of each number of pairs out of order, as index, in a random order of values of which
/// so many are equal each; pairs of equal values are never out of order.
pub(crate) fn inversions(ties: &[usize]) -> Vec<f64> {
    let mut probabilities = vec![1.0];
    let mut below = 0;
    // A group of equal values among the smaller ones: its pairs out of order are a Mann-Whitney U.
    for group in ties {
        let more = u_distribution(below, *group);
        let mut sums = vec![0.0; probabilities.len() + more.len() - 1];
        for (i, p) in probabilities.iter().enumerate() {
            for (sum, q) in sums[i..].iter_mut().zip(&more) {
                *sum += p * q;
            }
        }
        probabilities = sums;
        below += group;
    }
    probabilities
}

/// The variance of `s` for values of which so many are equal each.
pub(crate) fn variance(ties: &[usize]) -> f64 {
    let part = |count: usize| {
        let count = count as f64;
        count * (count - 1.0) * (2.0 * count + 5.0)
    };
    (part(ties.iter().sum()) - ties.iter().map(|group| part(*group)).sum::<f64>()) / 18.0
}

/// How many values each group of equal ones has, the smallest value first.
pub(crate) fn ties(values: &[f64]) -> Vec<usize> {
    // Adding zero makes -0.0 equal to 0.0.
    let mut sorted: Vec<f64> = values.iter().map(|value| value + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).collect()
}

fn score(values: &[f64]) -> i64 {
    let pairs = values.iter().enumerate().flat_map(|(i, earlier)| {
        values[i + 1..].iter().map(move |later| (later > earlier, later < earlier))
    });
    pairs.map(|(rises, falls)| i64::from(rises) - i64::from(falls)).sum()
}

fn exact_p(s: i64, ties: &[usize]) -> f64 {
    let probabilities = inversions(ties);
    let pairs = probabilities.len() as i64 - 1;
    let as_far = |inversions: usize| (pairs - 2 * inversions as i64).abs() >= s.abs();
    let counted = probabilities.iter().enumerate();
    counted.filter(|(inversions, _)| as_far(*inversions)).map(|(_, p)| p).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_are_those_of_the_published_table() {
        // The smallest S that is significant, two-sided at 5 %: Kaarsemaker and van Wijngaarden, "Tables
        // for use in rank correlation", Statistica Neerlandica 7, 1953.
        let table = [(5, 10), (6, 13), (7, 15), (8, 18), (9, 20), (10, 23), (15, 41), (20, 62)];
        for (n, critical) in table {
            assert!(exact_p(critical, &vec![1; n]) <= 0.05, "{n}");
            assert!(exact_p(critical - 2, &vec![1; n]) > 0.05, "{n}");
        }
    }

    #[test]
    fn small_sets_are_those_of_kendalls_table() {
        // P(S at least 2, 4, ...): Kendall, "Rank Correlation Methods", 1948, appendix table 1.
        let table: [(&[f64], usize); 2] =
            [(&[0.375, 0.167, 0.042], 4), (&[0.408, 0.242, 0.117, 0.042, 0.0083], 5)];
        for (tails, n) in table {
            for (s, tail) in (2..).step_by(2).zip(tails) {
                let p = exact_p(s, &vec![1; n]);
                assert!((p / 2.0 - tail).abs() < 0.000_5, "{s} of {n}: {p}");
            }
        }
        let test = mann_kendall(&[10.0, 15.0, 14.0, 20.0]).unwrap();
        assert_eq!((test.s, test.is_exact), (4, true));
    }

    #[test]
    fn equal_values_are_no_trend() {
        for count in [2, 40, 41, 2_000] {
            let test = mann_kendall(&vec![1.0; count]).unwrap();
            assert_eq!((test.s, test.z), (0, 0.0));
            assert!(test.p > 0.999_999);
        }
    }

    #[test]
    fn the_approximation_goes_on_where_the_exact_test_ends() {
        for s in [80, 130, 180] {
            let exact = exact_p(s, &[1; MAX_EXACT]);
            let z = (s - 1) as f64 / variance(&[1; MAX_EXACT]).sqrt();
            let ratio = 2.0 * normal::at_least(z) / exact;
            assert!((ratio - 1.0).abs() < 0.05, "{s}: {ratio}");
        }
    }
}
