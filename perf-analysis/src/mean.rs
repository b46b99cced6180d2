//! Where a mean lies.

use crate::confidence::Confidence;
use perf_core::Distribution;

/// The mean of values with how sure it is: by the central limit theorem, so that it takes some
/// [`FEWEST`](Self::FEWEST) values, and more where a few of them are far out.
///
/// ```
/// use perf_analysis::{Confidence, MeanEstimate};
/// use perf_core::Distribution;
///
/// let mean = MeanEstimate::of(&Distribution::from_values(1..=100)).unwrap();
/// assert_eq!(mean.mean, 50.5);
/// assert!((mean.standard_error - 2.9).abs() < 0.01);
/// assert!((mean.margin(Confidence::P95) - 4.77).abs() < 0.01);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MeanEstimate {
    /// The mean, exact.
    pub mean: f64,
    /// Its standard error, from the buckets: within 1/128.
    pub standard_error: f64,
    /// How many values.
    pub count: u64,
}

impl MeanEstimate {
    /// Below so many values the theorem is not relied on.
    pub const FEWEST: u64 = 30;

    /// `None` of less than two values.
    pub fn of(values: &Distribution) -> Option<Self> {
        let (count, mean) = (values.count(), values.mean()?);
        if count < 2 {
            return None;
        }
        let squares: f64 = values
            .buckets()
            .map(|bucket| bucket.count as f64 * (bucket.midpoint() as f64 - mean).powi(2))
            .sum();
        let variance = squares / (count - 1) as f64;
        Some(MeanEstimate { mean, standard_error: (variance / count as f64).sqrt(), count })
    }

    /// The true mean lies not further above (or not further below) the mean than this, as surely as
    /// `confidence` says: one-sided.
    pub fn margin(&self, confidence: Confidence) -> f64 {
        self.standard_error * normal_quantile(1.0 - confidence.alpha())
    }
}

/// The quantile of the standard normal distribution, for `p` in `0.5..1.0`: Wichura's AS 241 (Applied
/// Statistics 37, 1988), the routine PPND7 with about seven digits.
fn normal_quantile(p: f64) -> f64 {
    let polynomial = |x: f64, coefficients: [f64; 4]| {
        coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
    };
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        let above =
            polynomial(r, [3.387_132_717_9, 50.434_271_938, 159.291_132_02, 59.109_374_720]);
        let below = polynomial(r, [1.0, 17.895_169_469, 78.757_757_664, 67.187_563_600]);
        return q * above / below;
    }
    let r = (-(1.0 - p).ln()).sqrt();
    if r <= 5.0 {
        let r = r - 1.6;
        let above =
            polynomial(r, [1.423_437_277_7, 2.756_815_39, 1.306_728_481_6, 0.170_238_210_03]);
        above / polynomial(r, [1.0, 0.737_001_642_5, 0.120_211_329_75, 0.0])
    } else {
        let r = r - 5.0;
        let above =
            polynomial(r, [6.657_905_115, 3.081_226_386, 0.428_682_943_37, 0.017_337_203_997]);
        above / polynomial(r, [1.0, 0.241_978_942_25, 0.012_258_202_635, 0.0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_are_those_of_the_tables() {
        for (p, z) in [
            (0.5, 0.0),
            (0.9, 1.281_551_6),
            (0.95, 1.644_853_6),
            (0.99, 2.326_347_9),
            (0.999, 3.090_232_3),
            (0.999_999, 4.753_424_3),
            (1.0 - 1e-12, 7.034_483_8),
        ] {
            assert!((normal_quantile(p) - z).abs() < 2e-5, "{p}: {}", normal_quantile(p));
        }
    }

    #[test]
    fn values_that_are_all_the_same_have_no_error() {
        let mean = MeanEstimate::of(&Distribution::from_values([100; 50])).unwrap();
        assert_eq!((mean.mean, mean.standard_error), (100.0, 0.0));
        assert_eq!(MeanEstimate::of(&Distribution::from_values([1])), None);
    }
}
