//! Where a mean lies.

use crate::confidence::Confidence;
use crate::normal;
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
        self.standard_error * normal::reached_by(confidence.alpha())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_all_the_same_have_no_error() {
        let mean = MeanEstimate::of(&Distribution::from_values([100; 50])).unwrap();
        assert_eq!((mean.mean, mean.standard_error), (100.0, 0.0));
        assert_eq!(MeanEstimate::of(&Distribution::from_values([1])), None);
    }
}
