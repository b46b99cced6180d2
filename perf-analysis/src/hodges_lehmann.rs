//! By how much do two sets of runs differ?

use crate::confidence::Confidence;
use crate::estimate::Estimate;
use crate::mann_whitney::MAX_RUNS;
use crate::normal;
use crate::rank_sums::{outer_rank, u_distribution};
use crate::values::{self, InvalidValues};

/// Values of both sets together up to which the interval is exact.
const MAX_EXACT: usize = 64;

/// By how much the candidate is shifted against the baseline, in their unit: the median of all
/// differences between a value of the one and one of the other (Hodges and Lehmann, "Estimates of location
/// based on rank tests", Annals of Mathematical Statistics 34, 1963).
///
/// The interval is that of the Mann-Whitney test, with no assumption on the distribution of values but that
/// the two are alike in form: between two of the ordered differences, exact up to 64 values together and
/// by the normal approximation beyond. With ties it is wider than it need be. It has no ends when there
/// are fewer than 4 and 4 values, at 95 %.
///
/// ```
/// # use perf_analysis::{Confidence, hodges_lehmann};
/// let old = [12.1, 11.9, 12.4, 12.0];
/// let new = [15.0, 14.8, 15.3, 15.1];
/// let shift = hodges_lehmann(&old, &new, Confidence::P95)?;
/// assert_eq!(format!("{:.2}", shift.value), "2.95");
/// assert_eq!(format!("{:.1}..{:.1}", shift.low.unwrap(), shift.high.unwrap()), "2.4..3.4");
/// # Ok::<(), perf_analysis::InvalidValues>(())
/// ```
///
/// # Errors
///
/// [`InvalidValues`] when a set is empty or has more than 1,000 values, or one is not finite.
pub fn hodges_lehmann(
    baseline: &[f64],
    candidate: &[f64],
    confidence: Confidence,
) -> Result<Estimate, InvalidValues> {
    values::check(baseline, 1, MAX_RUNS)?;
    values::check(candidate, 1, MAX_RUNS)?;
    let differences = candidate.iter().flat_map(|new| baseline.iter().map(move |old| new - old));
    let mut differences: Vec<f64> = differences.collect();
    differences.sort_unstable_by(f64::total_cmp);
    let rank = interval_rank(baseline.len(), candidate.len(), confidence.alpha() / 2.0);
    Ok(Estimate::from_sorted(&differences, rank))
}

/// The rank, from 1 on either side, of the difference at which the interval ends; 0 for no end.
fn interval_rank(n: usize, m: usize, tail: f64) -> usize {
    if n + m <= MAX_EXACT {
        return outer_rank(&u_distribution(n, m), tail);
    }
    let (n, m) = (n as f64, m as f64);
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    (n * m / 2.0 - normal::reached_by(tail) * deviation).max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_ranks_are_those_of_the_published_table() {
        // One more than the critical values of the test, in `mann_whitney.rs`.
        let table = [(3, 3, 0), (4, 4, 1), (5, 5, 3), (8, 8, 14), (10, 10, 24), (20, 20, 128)];
        for (n, m, rank) in table {
            assert_eq!(interval_rank(n, m, 0.025), rank, "{n} and {m}");
        }
    }

    #[test]
    fn the_interval_goes_on_smoothly_beyond_the_exact_one() {
        let exact = interval_rank(32, 32, 0.025);
        let approximate = interval_rank(33, 32, 0.025);
        assert!((exact..exact + 20).contains(&approximate), "{exact}, {approximate}");
    }
}
