//! Quantiles of those who have buckets and leave the rest to whoever reads them.

/// Those that are asked for, smallest first.
pub const QUANTILES: [f64; 4] = [0.5, 0.9, 0.95, 0.99];

/// The four quantiles of buckets given as upper edge and values up to it, as Prometheus computes them:
/// values are taken to lie evenly in their bucket. Beyond the last edge nothing is known but that edge.
pub fn of_cumulative(buckets: impl Iterator<Item = (f64, u64)>, count: u64) -> [f64; 4] {
    let mut answers = [f64::NAN; 4];
    let (mut open, mut lower, mut below) = (0, 0.0, 0);
    for (upper, up_to) in buckets {
        while open < 4 && up_to as f64 >= QUANTILES[open] * count as f64 {
            let into = QUANTILES[open] * count as f64 - below as f64;
            answers[open] = lower + (upper - lower) * into / (up_to - below) as f64;
            open += 1;
        }
        (lower, below) = (upper, up_to);
    }
    answers[open..].fill(lower);
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lie_evenly_in_their_bucket() {
        let buckets = [(10.0, 0), (20.0, 60), (40.0, 80), (80.0, 94)];
        let quantiles = of_cumulative(buckets.into_iter(), 100);
        let expected = [10.0 + 10.0 * 50.0 / 60.0, 40.0 + 40.0 * 10.0 / 14.0, 80.0, 80.0];
        for (quantile, expected) in quantiles.iter().zip(expected) {
            assert!((quantile - expected).abs() < 1e-9, "{quantiles:?}");
        }
    }
}
