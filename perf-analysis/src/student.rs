//! Student's distribution: how far the mean of a few values may lie from the true one.

use std::f64::consts::FRAC_2_PI;

/// The probability of a value of `t` or more with so many degrees of freedom, at least 1 (Abramowitz and
/// Stegun, "Handbook of Mathematical Functions", 1964, formulas 26.7.3 and 26.7.4): within 1e-15, so that
/// smaller ones are only known to be small.
pub(crate) fn at_least(t: f64, degrees: usize) -> f64 {
    if t < 0.0 {
        return 1.0 - at_least(-t, degrees);
    }
    let angle = (t / (degrees as f64).sqrt()).atan();
    let square = angle.cos().powi(2);
    // Each term of the series is the one before times the square and a ratio of neighbours.
    let (mut term, first) = if degrees % 2 == 1 { (angle.cos(), 3) } else { (1.0, 2) };
    let mut sum = if degrees == 1 { 0.0 } else { term };
    for i in (first..degrees.saturating_sub(1)).step_by(2) {
        term *= square * (i - 1) as f64 / i as f64;
        sum += term;
    }
    let within = match degrees % 2 {
        1 => FRAC_2_PI * (angle + angle.sin() * sum),
        _ => angle.sin() * sum,
    };
    ((1.0 - within) / 2.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_published_table() {
        // Fisher and Yates, "Statistical tables", 1938, table III: degrees, tail, value.
        let table = [
            (1, 0.05, 6.314),
            (2, 0.05, 2.920),
            (3, 0.025, 3.182),
            (4, 0.01, 3.747),
            (5, 0.000_5, 6.869),
            (6, 0.005, 3.707),
            (11, 0.000_5, 4.437),
            (12, 0.1, 1.356),
            (23, 0.000_5, 3.768),
            (30, 0.025, 2.042),
        ];
        for (degrees, tail, value) in table {
            let seen = at_least(value, degrees);
            assert!((seen / tail - 1.0).abs() < 2e-3, "{degrees}: {seen} for {tail}");
            assert!((at_least(-value, degrees) + seen - 1.0).abs() < 1e-15);
        }
        assert_eq!(at_least(0.0, 5), 0.5);
        assert!(at_least(f64::INFINITY, 5) < 1e-15);
    }
}
