//! Is a share of slow calls above what was promised, or is the sample too small to say?
//!
//! The value at a quantile `q` is at most `T` exactly when at least a share `q` of the values is at
//! most `T`. So a percentile limit is judged by a count: `k` of `n` values were over the limit, and
//! the promise allows a share of `1 - q`. If that promise just held, `k` would be binomial.

/// How sure a firm verdict must be: wrong in at most one of twenty runs of a service exactly at its
/// limit.
pub(crate) const ALPHA: f64 = 0.05;

/// What `bad` events of `count` say of a promise that allows a share of `allowed` bad ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Evidence {
    FirmlyMet,
    FirmlyViolated,
    /// And how many more events it takes at the present rate, where that can be said.
    Open(Option<u64>),
}

/// Judges a count that is known to lie in `least..=most`: in the direction that cannot flatter.
pub(crate) fn judge(least: u64, most: u64, count: u64, allowed: f64) -> Evidence {
    if count == 0 {
        return Evidence::Open(needed(0, 0, allowed));
    }
    if at_least(least, count, allowed) <= ALPHA {
        Evidence::FirmlyViolated
    } else if at_most(most, count, allowed) <= ALPHA {
        Evidence::FirmlyMet
    } else {
        Evidence::Open(needed(most, count, allowed))
    }
}

/// How many more events until the present rate is firmly one side or the other, up to 10^9.
fn needed(bad: u64, count: u64, allowed: f64) -> Option<u64> {
    let decided = |total: u64| {
        let bad = (bad as u128 * total as u128 / u128::from(count.max(1))) as u64;
        at_least(bad, total, allowed) <= ALPHA || at_most(bad, total, allowed) <= ALPHA
    };
    let mut enough = count.max(1);
    while !decided(enough) {
        enough = enough.checked_mul(2).filter(|total| *total <= 1_000_000_000)?;
    }
    let mut too_few = enough / 2;
    while too_few + 1 < enough {
        let middle = too_few + (enough - too_few) / 2;
        *(if decided(middle) { &mut enough } else { &mut too_few }) = middle;
    }
    Some(enough.saturating_sub(count).max(1))
}

/// The probability of `k` or fewer bad events of `n`, each with probability `p`.
fn at_most(k: u64, n: u64, p: f64) -> f64 {
    // Good and bad change places: that few bad events are that many good ones.
    at_least(n - k, n, 1.0 - p)
}

/// The probability of `k` or more bad events of `n`, each with probability `p`.
fn at_least(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 || p >= 1.0 {
        return 1.0;
    }
    if p <= 0.0 || k > n {
        return 0.0;
    }
    if (k as f64) < n as f64 * p {
        // Below the mean the other tail is the small one.
        return 1.0 - at_least(n - k + 1, n, 1.0 - p);
    }
    // Above the mean each term is smaller than the one before, so the sum soon stands still.
    let odds = p / (1.0 - p);
    let mut term = probability(k, n, p);
    let mut sum = term;
    for i in k..n {
        term *= (n - i) as f64 / (i + 1) as f64 * odds;
        if term <= sum * f64::EPSILON {
            break;
        }
        sum += term;
    }
    sum.min(1.0)
}

/// The binomial probability of exactly `k` of `n`, by the saddle-point expansion (Loader, "Fast and
/// accurate computation of binomial probabilities", 2000): full precision also for large `n`.
fn probability(k: u64, n: u64, p: f64) -> f64 {
    let (k, n) = (k as f64, n as f64);
    if k == n {
        return (n * p.ln()).exp();
    }
    let log = stirling_error(n)
        - stirling_error(k)
        - stirling_error(n - k)
        - deviance(k, n * p)
        - deviance(n - k, n * (1.0 - p));
    log.exp() * (n / (std::f64::consts::TAU * k * (n - k))).sqrt()
}

/// `ln n!` minus Stirling's approximation of it.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        let log_factorial: f64 = (1..=n as u64).map(|i| (i as f64).ln()).sum();
        return log_factorial - ((n + 0.5) * n.ln() - n + std::f64::consts::TAU.ln() / 2.0);
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1_260.0 - 1.0 / 1_680.0 / square) / square) / square) / n
}

/// `x ln(x / mean) + mean - x`, also where `x` is close to `mean`.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() + mean - x;
    }
    // The series of Loader's section 3.
    let v = difference / (x + mean);
    let mut sum = difference * v;
    let mut term = 2.0 * x * v;
    for i in 1.. {
        term *= v * v;
        let next = sum + term / f64::from(2 * i + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest count of bad events that firmly violates.
    fn smallest_violation(count: u64, allowed: f64) -> u64 {
        let firm = |bad: &u64| judge(*bad, *bad, count, allowed) == Evidence::FirmlyViolated;
        (0..=count).find(firm).expect("all bad is a violation")
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
            assert_ne!(judge(0, 0, fewest - 1, allowed), Evidence::FirmlyMet);
            assert_eq!(judge(0, 0, fewest, allowed), Evidence::FirmlyMet);
            assert_eq!(judge(0, 0, 1, allowed), Evidence::Open(Some(fewest - 1)));
            assert_eq!(judge(0, 0, 0, allowed), Evidence::Open(Some(fewest)));
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
        assert_eq!(judge(10_000_200_000, 10_000_200_000, count, 0.01), Evidence::FirmlyViolated);
        assert_eq!(judge(9_999_800_000, 9_999_800_000, count, 0.01), Evidence::FirmlyMet);
        assert_eq!(judge(10_000_000_000, 10_000_000_000, count, 0.01), Evidence::Open(None));
    }

    #[test]
    fn a_count_that_is_known_to_a_bucket_is_judged_so_that_it_cannot_flatter() {
        assert_eq!(judge(0, 0, 400, 0.01), Evidence::FirmlyMet);
        assert!(matches!(judge(0, 9, 400, 0.01), Evidence::Open(_)));
        assert_eq!(judge(9, 20, 400, 0.01), Evidence::FirmlyViolated);
    }
}
