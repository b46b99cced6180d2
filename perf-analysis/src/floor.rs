//! How small a difference is too small to matter, however sure it is.

use crate::values::InvalidValues;

/// How large a difference must be to matter: larger than a share of what it is compared with **and**
/// larger than an absolute value.
///
/// The share alone calls 2 ns of 15 ns a change; the absolute value alone calls 1 ms of 10 s one.
///
/// ```
/// # use perf_analysis::Floor;
/// let floor = Floor { relative: 0.10, absolute: 5.0 };
/// assert_eq!(floor.of(15.0), 5.0);
/// assert_eq!(floor.of(1_000.0), 100.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// A share, such as 0.1 for 10 %.
    pub relative: f64,
    /// A value in the unit of what is compared.
    pub absolute: f64,
}

impl Floor {
    /// The difference from `reference` that must be exceeded: the larger of the two.
    pub fn of(&self, reference: f64) -> f64 {
        (self.relative * reference.abs()).max(self.absolute)
    }

    pub(crate) fn check(&self) -> Result<(), InvalidValues> {
        let is_possible = |value: f64| value.is_finite() && value >= 0.0;
        if is_possible(self.relative) && is_possible(self.absolute) {
            Ok(())
        } else {
            Err(InvalidValues::InvalidFloor)
        }
    }
}

impl Default for Floor {
    /// 10 %.
    fn default() -> Self {
        Floor { relative: 0.1, absolute: 0.0 }
    }
}
