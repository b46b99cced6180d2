//! A target with the answer to it, and the evidence.

use crate::budget::Budget;
use crate::quantity::Quantity;
use crate::status::Status;
use crate::target::{Indicator, Subject, Target};
use perf_core::Window;
use std::fmt;
use std::time::Duration;

/// A target with what was observed and what follows from it.
///
/// Its `Display` is the sentence of a violation, such as
/// `Operation 'retrieval' P95 (125.6ms) exceeds target (100.0ms)`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// What was promised. For an objective: its good ratio.
    pub target: Target,
    /// The label and its value, where each value of a label is judged by itself.
    pub label: Option<(String, String)>,
    /// Whether it is kept.
    pub status: Status,
    /// The indicator's value; `None` without data.
    pub observed: Option<Quantity>,
    /// Where its true value lies, at 95 %: of percentiles and shares. A side without a bound is `None`.
    pub interval: (Option<Quantity>, Option<Quantity>),
    /// How many calls, events or values it was judged on.
    pub samples: u64,
    /// How many of them were bad (over the limit, or failed): at least and at most.
    pub bad: Option<(u64, u64)>,
    /// Where the true share of bad ones lies, at 95 %.
    pub bad_share: Option<(f64, f64)>,
    /// How many more samples it takes at the present rate until the answer is firm.
    pub samples_needed: Option<u64>,
    /// What the answer rests on.
    pub basis: Basis,
    /// The stretch it was judged on, if the file asked for the worst one of a length.
    pub window: Option<WorstWindow>,
    /// The error budget of an objective.
    pub budget: Option<Budget>,
    /// What the reader should know beside.
    pub note: Option<String>,
    /// Without data: the name that was recorded and is like this one's.
    pub did_you_mean: Option<String>,
}

/// What an answer rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Basis {
    /// Events were counted when they happened.
    Counted,
    /// The limit lies in a bucket: of its values those count as bad that would flatter as good.
    Buckets,
    /// What was seen is compared with the limit.
    #[default]
    Compared,
    /// An estimate with its error.
    Estimated,
}

/// The worst of the stretches of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorstWindow {
    /// When it began, on the profiler's clock.
    pub from: Duration,
    /// When it ended.
    pub to: Duration,
    /// How many stretches there were: what the level was corrected for.
    pub of: usize,
}

impl WorstWindow {
    pub(crate) fn new(window: &Window, of: usize) -> Self {
        WorstWindow { from: window.coverage().from(), to: window.coverage().to(), of }
    }
}

impl Check {
    pub(crate) fn without_data(target: Target) -> Self {
        let status = target.rule.on_no_data.status();
        Check {
            target,
            label: None,
            status,
            observed: None,
            interval: (None, None),
            samples: 0,
            bad: None,
            bad_share: None,
            samples_needed: None,
            basis: Basis::default(),
            window: None,
            budget: None,
            note: None,
            did_you_mean: None,
        }
    }

    /// How far the observed value is from the limit, as a share of the limit: above zero for more.
    pub fn margin(&self) -> Option<f64> {
        self.observed?.relative_to(self.target.limit)
    }

    /// With fewer samples than the file wants, nothing is said. Gauges, counters and resources have values
    /// and no samples.
    pub(crate) fn with_enough_samples(mut self) -> Self {
        use Indicator::{Cpu, Growth, Memory, OpenFiles, Rate, Value};
        let fewest = match self.target.indicator {
            Value | Growth | Rate | Memory | Cpu | OpenFiles => 0,
            _ => self.target.rule.min_samples,
        };
        if self.samples > 0 && self.samples < fewest {
            self.status = Status::Inconclusive;
            self.samples_needed = self.samples_needed.max(Some(fewest - self.samples));
        }
        self
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = &self.target;
        match &target.subject {
            Subject::Overall => f.write_str("Overall ")?,
            Subject::Operation(name) => write!(f, "Operation '{name}' ")?,
            Subject::Metric(name) => write!(f, "Metric '{name}' ")?,
            Subject::Objective(name) => write!(f, "Objective '{name}' ")?,
            Subject::Resources { idle: true } => f.write_str("Process, idle: ")?,
            Subject::Resources { idle: false } => f.write_str("Process ")?,
        }
        if let Some((label, value)) = &self.label {
            write!(f, "of {label} '{value}' ")?;
        }
        let of_calls = matches!(target.subject, Subject::Overall | Subject::Operation(_));
        match target.indicator {
            // Seed wording: "Overall P95 latency", but "Operation 'retrieval' P95".
            Indicator::Percentile(quantile) => {
                f.write_str(&quantile.to_string().to_uppercase())?;
                f.write_str(if target.subject == Subject::Overall { " latency" } else { "" })?;
            }
            Indicator::Mean if of_calls => f.write_str("mean latency")?,
            Indicator::Max if of_calls => f.write_str("maximum latency")?,
            Indicator::Max => f.write_str("maximum")?,
            Indicator::Apdex { .. } => f.write_str("Apdex")?,
            Indicator::Cpu => f.write_str("CPU")?,
            other => other.fmt(f)?,
        }
        let Some(observed) = self.observed else {
            write!(f, " has no data for its target ({})", target.limit)?;
            return self.note.iter().try_for_each(|note| write!(f, ": {note}"));
        };
        use crate::target::Bound::{AtLeast, AtMost};
        let relation = match (self.status, target.bound) {
            (Status::Violated, AtLeast) => "below",
            (Status::Violated, AtMost) => "exceeds",
            (Status::Met, _) => "meets",
            (Status::Inconclusive, _) => "is not conclusive against",
        };
        write!(f, " ({observed}) {relation} target ({})", target.limit)
    }
}
