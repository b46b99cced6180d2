//! A number, and where the true one lies.

/// An estimate with the interval that holds the true value as often as was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The best single guess.
    pub value: f64,
    /// The lower end; `None` when there are too few values for one.
    pub low: Option<f64>,
    /// The upper end; `None` when there are too few values for one.
    pub high: Option<f64>,
}

impl Estimate {
    /// Whether the whole interval lies in `-distance..=distance`: not when an end is missing.
    ///
    /// ```
    /// # use perf_analysis::Estimate;
    /// let shift = Estimate { value: 0.5, low: Some(-1.0), high: Some(2.0) };
    /// assert!(shift.is_within(2.0));
    /// assert!(!shift.is_within(1.0));
    /// ```
    pub fn is_within(&self, distance: f64) -> bool {
        matches!((self.low, self.high), (Some(low), Some(high)) if -distance <= low && high <= distance)
    }

    /// From sorted candidates for the value, of which the true value lies beyond the `rank` outermost on
    /// a side seldom enough; no interval when that is 0.
    pub(crate) fn from_sorted(sorted: &[f64], rank: usize) -> Estimate {
        let value = crate::values::median_of_sorted(sorted);
        let end = |index: usize| (rank > 0).then(|| sorted.get(index).copied()).flatten();
        let low = rank.saturating_sub(1);
        Estimate { value, low: end(low), high: end(sorted.len().wrapping_sub(rank)) }
    }
}
