//! A text that is no unit.

use crate::metadata::cut;
use std::error::Error;
use std::fmt;

/// Bytes of a refused text that are told.
const MAX_TOLD: usize = 64;

/// A text that names none of the units it was read as: of [`TimeUnit`](crate::TimeUnit) or
/// [`RateUnit`](crate::RateUnit). Capitals and spaces count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownUnit {
    text: Box<str>,
    expected: &'static str,
}

impl UnknownUnit {
    pub(super) fn new(text: &str, expected: &'static str) -> Self {
        UnknownUnit { text: cut(text, MAX_TOLD).into(), expected }
    }

    /// The text, cut at 64 bytes.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for UnknownUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown unit {:?}: expected {}", self.text, self.expected)
    }
}

impl Error for UnknownUnit {}
