//! The binomial distribution: how likely it is that so many of `n` events are bad.
//!
//! Every verdict rests on these tails, so they are here, to read and to test: full precision from 1 to
//! 10^12 events, in at most some thousand steps.

/// The probability of `k` or fewer bad events of `n`, each with probability `p`.
pub(crate) fn at_most(k: u64, n: u64, p: f64) -> f64 {
    // Good and bad change places: that few bad events are that many good ones.
    at_least(n - k, n, 1.0 - p)
}

/// The probability of `k` or more bad events of `n`, each with probability `p`.
pub(crate) fn at_least(k: u64, n: u64, p: f64) -> f64 {
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
pub(crate) fn probability(k: u64, n: u64, p: f64) -> f64 {
    let (k, n) = (k as f64, n as f64);
    if k == n {
        return p.powf(n);
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
    use serde_json::Value;

    #[test]
    fn the_tails_are_those_of_another_implementation() {
        let text = include_str!("../tests/reference/reference.json");
        let reference: Value = serde_json::from_str(text).unwrap();
        let rows = reference["binomial"].as_array().unwrap();
        assert!(rows.len() > 400);
        for row in rows {
            let (k, n) = (row[0].as_u64().unwrap(), row[1].as_u64().unwrap());
            let p = row[2].as_f64().unwrap();
            for (seen, expected) in [(at_least(k, n, p), &row[3]), (at_most(k, n, p), &row[4])] {
                let expected = expected.as_f64().unwrap();
                // SciPy gives 0 for what is smaller than any number there is.
                let error = (seen - expected).abs() / expected.max(1e-300);
                assert!(error < 1e-10, "{row}: {seen}");
            }
        }
    }
}
