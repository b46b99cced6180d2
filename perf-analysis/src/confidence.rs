//! How sure a firm answer must be.

use std::error::Error;
use std::fmt;

/// How sure a firm answer must be, above 0.5 and below 1.0: at 0.95 it is wrong in at most one of
/// twenty runs of a service that is exactly at its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence {
    /// The chance of a wrong answer that is allowed.
    alpha: f64,
}

impl Confidence {
    /// 95 %.
    pub const P95: Confidence = Confidence { alpha: 0.05 };

    /// Takes a share such as `0.99`.
    ///
    /// # Errors
    ///
    /// [`InvalidConfidence`] unless it is above 0.5 and below 1.0.
    pub fn new(confidence: f64) -> Result<Self, InvalidConfidence> {
        if confidence > 0.5 && confidence < 1.0 {
            // In decimal, so that 0.95 allows 0.05 and not 0.050000000000000044.
            let alpha = ((1.0 - confidence) * 1e15).round() / 1e15;
            Ok(Confidence { alpha: alpha.max(1e-15) })
        } else {
            Err(InvalidConfidence(confidence))
        }
    }

    /// As a share, such as `0.95`.
    pub fn get(self) -> f64 {
        1.0 - self.alpha
    }

    /// The chance of a wrong answer that is allowed: `0.05` at 95 %.
    pub fn alpha(self) -> f64 {
        self.alpha
    }

    /// How sure each of `count` answers must be so that all of them together are this sure
    /// (Bonferroni): for the worst of so many windows.
    ///
    /// ```
    /// # use perf_analysis::Confidence;
    /// assert_eq!(Confidence::P95.of_each(5).alpha(), 0.01);
    /// ```
    pub fn of_each(self, count: usize) -> Confidence {
        Confidence { alpha: self.alpha / count.max(1) as f64 }
    }
}

impl PartialOrd for Confidence {
    /// The surer one is the greater one.
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        other.alpha.partial_cmp(&self.alpha)
    }
}

impl Default for Confidence {
    /// 95 %.
    fn default() -> Self {
        Confidence::P95
    }
}

impl fmt::Display for Confidence {
    /// `95%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = format!("{:.9}", self.get() * 100.0);
        write!(f, "{}%", percent.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// A confidence that is not between 0.5 and 1.0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InvalidConfidence(f64);

impl fmt::Display for InvalidConfidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no confidence; it lies above 0.5 and below 1, such as 0.95", self.0)
    }
}

impl Error for InvalidConfidence {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surer_is_the_greater() {
        assert!(Confidence::new(0.99).unwrap() > Confidence::P95);
        assert!(Confidence::P95.of_each(10) > Confidence::P95);
    }

    #[test]
    fn what_is_no_confidence_is_refused() {
        for wrong in [f64::NAN, f64::INFINITY, -1.0, 0.0, 0.5, 1.0, 95.0] {
            assert!(Confidence::new(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Confidence::new(0.95), Ok(Confidence::P95));
        assert_eq!(Confidence::new(0.999).unwrap().to_string(), "99.9%");
    }
}
