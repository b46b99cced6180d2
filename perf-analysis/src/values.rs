//! What numbers must be before anything is said of them.

use std::error::Error;
use std::fmt;

/// Why nothing can be said of some numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidValues {
    /// There are fewer than it takes.
    TooFew {
        /// How many it takes.
        needed: usize,
    },
    /// There are more than are looked at: the work grows with their square.
    TooMany {
        /// How many are looked at.
        most: usize,
    },
    /// One is not a number, or is infinite.
    NotFinite {
        /// Its place, from 0.
        index: usize,
    },
    /// A point is not later than the one before it.
    NotLater {
        /// Its place, from 0.
        index: usize,
    },
    /// More than a quarter of the time has no point.
    TooUneven,
    /// A floor is negative, infinite, or not a number.
    InvalidFloor,
}

impl fmt::Display for InvalidValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidValues::TooFew { needed } => {
                write!(f, "too few values; at least {needed} are needed")
            }
            InvalidValues::TooMany { most } => write!(f, "more than {most} values"),
            InvalidValues::NotFinite { index } => write!(f, "value {index} is no finite number"),
            InvalidValues::NotLater { index } => {
                write!(f, "point {index} is not later than the one before it")
            }
            InvalidValues::TooUneven => f.write_str("more than a quarter of the time has no point"),
            InvalidValues::InvalidFloor => {
                f.write_str("a floor must be a finite number and not negative")
            }
        }
    }
}

impl Error for InvalidValues {}

/// Refuses other numbers of values than `fewest..=most`, and values that are not finite.
pub(crate) fn check(values: &[f64], fewest: usize, most: usize) -> Result<(), InvalidValues> {
    if values.len() < fewest {
        return Err(InvalidValues::TooFew { needed: fewest });
    }
    if values.len() > most {
        return Err(InvalidValues::TooMany { most });
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(InvalidValues::NotFinite { index }),
        None => Ok(()),
    }
}

/// The middle one, or the mean of the two in the middle; of none, not a number.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    median_of_sorted(&sorted)
}

pub(crate) fn median_of_sorted(sorted: &[f64]) -> f64 {
    match sorted {
        [] => f64::NAN,
        _ => f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]),
    }
}
