//! Do two sets of runs come from the same distribution?

use crate::normal;
use crate::rank_sums::rank_sums;
use crate::values::{self, InvalidValues};

/// Values of both sets together up to which the probability is exact.
const MAX_EXACT: usize = 64;

/// Values that a set may have.
pub(crate) const MAX_RUNS: usize = 1_000;

/// What the Mann-Whitney test says of two sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannWhitney {
    /// The pairs, one value of each set, in which the candidate's is the larger; half of those in which
    /// they are equal.
    pub u: f64,
    /// How often sets that differ by chance alone lie as far apart, in either direction.
    pub p: f64,
    /// Whether `p` is exact, and not an approximation.
    pub is_exact: bool,
}

/// The two-sided Mann-Whitney test (Mann and Whitney, "On a test of whether one of two random variables
/// is stochastically larger than the other", Annals of Mathematical Statistics 18, 1947), from 1 to 1,000
/// values a set.
///
/// Up to 64 values together, `p` is exact, with ties too: of all ways to deal the values out to the two
/// sets, the share in which the rank sum is at least as far from its mean, equal values sharing the mean
/// of their ranks. Beyond, it is the normal approximation, corrected for ties and continuity.
///
/// A value must be one whole run: the single requests of one run resemble each other, and then the
/// test finds differences between identical programs.
///
/// ```
/// # use perf_analysis::mann_whitney;
/// let test = mann_whitney(&[12.1, 11.9, 12.4, 12.0], &[15.0, 14.8, 15.3, 15.1])?;
/// assert_eq!(test.u, 16.0);
/// assert!((test.p - 2.0 / 70.0).abs() < 1e-15);
/// # Ok::<(), perf_analysis::InvalidValues>(())
/// ```
///
/// # Errors
///
/// [`InvalidValues`] when a set is empty or has more than 1,000 values, or one is not finite.
pub fn mann_whitney(baseline: &[f64], candidate: &[f64]) -> Result<MannWhitney, InvalidValues> {
    values::check(baseline, 1, MAX_RUNS)?;
    values::check(candidate, 1, MAX_RUNS)?;
    let ranks = Ranks::of(baseline, candidate);
    let (n, m) = (baseline.len(), candidate.len());
    let u = (ranks.candidate_sum as f64 - (m * (m + 1)) as f64) / 2.0;
    let is_exact = n + m <= MAX_EXACT;
    let p = if is_exact { ranks.exact_p() } else { ranks.approximate_p(u) };
    Ok(MannWhitney { u, p: p.min(1.0), is_exact })
}

/// The fewest runs a side with which the test can be as sure as that at all: with all runs of one side
/// above all of the other.
pub(crate) fn fewest_runs(alpha: f64) -> usize {
    // 2 of the (2n choose n) ways.
    let (mut runs, mut ways) = (1, 2.0);
    while 2.0 / ways > alpha {
        runs += 1;
        ways *= (4 * runs - 2) as f64 / runs as f64;
    }
    runs
}

/// The ranks of both sets together, twice their value, so that the mean rank of equal values is whole.
struct Ranks {
    doubled: Vec<usize>,
    sizes: (usize, usize),
    candidate_sum: usize,
    /// How many values each set of equal ones has.
    ties: Vec<usize>,
}

impl Ranks {
    fn of(baseline: &[f64], candidate: &[f64]) -> Ranks {
        let marked = |set: &[f64], is_candidate| {
            // Adding zero makes -0.0 equal to 0.0.
            set.iter().map(|value| (value + 0.0, is_candidate)).collect::<Vec<_>>()
        };
        let mut all = marked(baseline, false);
        all.extend(marked(candidate, true));
        all.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut ranks = Ranks {
            doubled: Vec::with_capacity(all.len()),
            sizes: (baseline.len(), candidate.len()),
            candidate_sum: 0,
            ties: Vec::new(),
        };
        for equal in all.chunk_by(|(a, _), (b, _)| a == b) {
            let before = ranks.doubled.len();
            let rank = 2 * before + equal.len() + 1;
            ranks.doubled.extend(equal.iter().map(|_| rank));
            ranks.candidate_sum += rank * equal.iter().filter(|(_, candidate)| *candidate).count();
            ranks.ties.push(equal.len());
        }
        ranks
    }

    fn exact_p(&self) -> f64 {
        let (n, m) = self.sizes;
        let all = n + m;
        let distance = self.candidate_sum.abs_diff(m * (all + 1));
        // The sums of the two sets lie equally far from their means: the smaller set is less work.
        let size = n.min(m);
        let sums = rank_sums(&self.doubled, size).into_iter().enumerate();
        sums.filter(|(sum, _)| sum.abs_diff(size * (all + 1)) >= distance).map(|(_, p)| p).sum()
    }

    fn approximate_p(&self, u: f64) -> f64 {
        let (n, m) = (self.sizes.0 as f64, self.sizes.1 as f64);
        let all = n + m;
        let cubes = self.ties.iter().map(|t| *t as f64).map(|t| t * t * t - t).sum::<f64>();
        let variance = n * m / 12.0 * (all + 1.0 - cubes / (all * (all - 1.0)));
        if variance <= 0.0 {
            return 1.0;
        }
        2.0 * normal::at_least((((u - n * m / 2.0).abs() - 0.5) / variance.sqrt()).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets without ties of which `u` pairs have the larger value in the candidate.
    fn sets_with(u: usize, n: usize, m: usize) -> (Vec<f64>, Vec<f64>) {
        let baseline: Vec<f64> = (1..=n).map(|i| i as f64).collect();
        let mut left = u;
        let candidate = (0..m).map(|i| {
            let above = left.min(n);
            left -= above;
            above as f64 + 0.5 + i as f64 / 1_000.0
        });
        (baseline, candidate.collect())
    }

    #[test]
    fn critical_values_are_those_of_the_published_table() {
        // The largest U that is significant, two-sided at 5 %: Milton, "An extended table of critical
        // values for the Mann-Whitney (Wilcoxon) two-sample statistic", JASA 59, 1964.
        let table = [
            (4, 4, 0),
            (5, 5, 2),
            (6, 6, 5),
            (7, 7, 8),
            (8, 8, 13),
            (9, 9, 17),
            (10, 10, 23),
            (12, 12, 37),
            (15, 15, 64),
            (20, 20, 127),
            (5, 8, 6),
            (8, 12, 22),
            (10, 20, 55),
        ];
        for (n, m, critical) in table {
            for (u, is_significant) in [(critical, true), (critical + 1, false)] {
                let (baseline, candidate) = sets_with(u, n, m);
                let test = mann_whitney(&baseline, &candidate).unwrap();
                assert_eq!(test.u, u as f64);
                assert_eq!(test.p <= 0.05, is_significant, "{n} and {m}: {test:?}");
            }
        }
    }

    #[test]
    fn fewest_runs_are_those_with_which_full_separation_is_enough() {
        for (alpha, fewest) in [(0.05, 4), (0.005, 6), (0.000_5, 8)] {
            assert_eq!(fewest_runs(alpha), fewest);
            let p = |runs| {
                let (low, high) = sets_with(runs * runs, runs, runs);
                mann_whitney(&low, &high).unwrap().p
            };
            assert!(p(fewest) <= alpha && p(fewest - 1) > alpha);
        }
    }

    #[test]
    fn sets_that_are_all_one_value_are_no_evidence() {
        for runs in [1, 8, 40] {
            let same = vec![3.0; runs];
            assert!(mann_whitney(&same, &same).unwrap().p > 0.999_999);
        }
        assert!(mann_whitney(&[0.0; 8], &[-0.0; 8]).unwrap().p > 0.999_999);
    }

    #[test]
    fn the_approximation_goes_on_where_the_exact_test_ends() {
        let set = |from: f64| (0..32).map(|i| from + f64::from(i)).collect::<Vec<_>>();
        let (old, new) = (set(0.0), set(4.25));
        let ranks = Ranks::of(&old, &new);
        let test = mann_whitney(&old, &new).unwrap();
        assert!(test.is_exact);
        let ratio = ranks.approximate_p(test.u) / test.p;
        assert!((ratio - 1.0).abs() < 0.01, "{ratio} at {}", test.p);
    }
}
