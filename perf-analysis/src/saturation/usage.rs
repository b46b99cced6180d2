//! A sample of what is used.

/// How much of something was used at a time, and how much of it there was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// When, in seconds.
    pub at: f64,
    /// How much was used.
    pub used: f64,
    /// How much of it there was, in the same unit; infinite where there is no limit.
    pub limit: f64,
}
