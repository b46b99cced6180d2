//! A position in a distribution.

use std::error::Error;
use std::fmt;

/// A checked quantile in `0.0..=1.0`; it prints as the percentile people say.
///
/// ```
/// use perf_core::Quantile;
///
/// let p999 = Quantile::new(0.999)?;
/// assert_eq!(p999.to_string(), "p99.9");
/// assert!(Quantile::new(99.0).is_err());
/// assert!(Quantile::new(f64::NAN).is_err());
/// # Ok::<(), perf_core::InvalidQuantile>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Quantile(f64);

impl Quantile {
    /// The median.
    pub const P50: Quantile = Quantile(0.5);
    /// One value in ten is larger.
    pub const P90: Quantile = Quantile(0.9);
    /// One value in twenty is larger.
    pub const P95: Quantile = Quantile(0.95);
    /// One value in a hundred is larger.
    pub const P99: Quantile = Quantile(0.99);
    /// One value in a thousand is larger.
    pub const P999: Quantile = Quantile(0.999);

    /// Checks `value` and keeps it.
    ///
    /// # Errors
    ///
    /// [`InvalidQuantile`] when `value` is NaN or outside `0.0..=1.0`.
    pub const fn new(value: f64) -> Result<Quantile, InvalidQuantile> {
        if value >= 0.0 && value <= 1.0 {
            Ok(Quantile(value + 0.0)) // -0.0 becomes 0.0
        } else {
            Err(InvalidQuantile(value))
        }
    }

    /// The number in `0.0..=1.0`.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The rank of this quantile among `count` values, from 1: the smallest rank that has at least
    /// this share of the values at or below it (nearest rank; Hyndman & Fan 1996, type 1).
    pub fn rank(self, count: u64) -> u64 {
        let exact = self.0 * count as f64;
        let nearest = exact.round();
        // 0.07 * 100 is 7.000000000000001: what is a whole number on paper stays one.
        let rank = if (exact - nearest).abs() <= nearest * 1e-14 { nearest } else { exact.ceil() };
        (rank as u64).clamp(1, count.max(1))
    }
}

impl fmt::Display for Quantile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded to a ten-millionth of a percent, because 0.57 * 100.0 alone would print
        // p56.99999999999999.
        write!(f, "p{}", (self.0 * 1e9).round() / 1e7)
    }
}

/// A number that is no quantile: NaN, or outside `0.0..=1.0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InvalidQuantile(f64);

impl fmt::Display for InvalidQuantile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a quantile lies in 0.0..=1.0, {} does not", self.0)?;
        if self.0 > 1.0 && self.0 <= 100.0 {
            write!(f, " (the {}th percentile is the quantile {})", self.0, self.0 / 100.0)?;
        }
        Ok(())
    }
}

impl Error for InvalidQuantile {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_print_as_the_percentile_people_say() {
        for (value, text) in [
            (0.5, "p50"),
            (0.57, "p57"),
            (0.07, "p7"),
            (0.9999, "p99.99"),
            (0.0, "p0"),
            (1.0, "p100"),
        ] {
            assert_eq!(Quantile(value).to_string(), text);
        }
    }

    #[test]
    fn the_rank_is_not_moved_by_rounding() {
        for percent in 0..=100u64 {
            for count in [1, 7, 20, 100, 1_000, 12_345] {
                let exact = (percent * count).div_ceil(100).max(1);
                let quantile = Quantile(percent as f64 / 100.0);
                assert_eq!(quantile.rank(count), exact, "p{percent} of {count}");
            }
        }
    }

    #[test]
    fn a_percentile_given_as_a_quantile_is_told_so() {
        let error = Quantile::new(99.0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a quantile lies in 0.0..=1.0, 99 does not (the 99th percentile is the quantile 0.99)"
        );
    }
}
