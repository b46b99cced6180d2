//! What happens in the tests of an alert.

/// Which series make an alert fire, and which leave it quiet.
pub(in crate::generate) enum Traffic {
    /// Counters of good and all events.
    Events {
        /// So many are enough for every guard.
        events: u64,
        /// Whether a single bad event says nothing.
        is_guarded: bool,
        good: Series,
        total: Series,
    },
    /// A counter that grows too slowly, or too fast.
    Growth {
        counter: Series,
        /// What it may grow a second.
        limit: f64,
        is_least: bool,
    },
    /// The sum and the count of a histogram whose mean is too high.
    Mean {
        sum: Series,
        count: Series,
        /// In the unit of the sum.
        limit: f64,
        /// So many values are enough.
        events: u64,
    },
    /// A gauge that is too high, or too low.
    Value { gauge: Series, limit: f64, is_least: bool },
    /// A series that is missing.
    Absence { present: Series },
}

/// A series, without the labels of the process.
#[derive(Clone)]
pub(in crate::generate) struct Series {
    pub(in crate::generate) name: String,
    pub(in crate::generate) labels: Vec<(&'static str, String)>,
}
