//! How a target is judged: how sure, from how many samples, and what follows from none.

use crate::status::Status;
use perf_analysis::Confidence;
use std::fmt;
use std::time::Duration;

/// How a target is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// How sure an answer must be.
    pub certainty: Certainty,
    /// With fewer samples than this the check is inconclusive.
    pub min_samples: u64,
    /// What follows from no samples at all.
    pub on_no_data: OnNoData,
    /// Judge the worst stretch of this length instead of the whole, where there is a timeline.
    pub window: Option<Duration>,
}

impl Rule {
    /// So sure, from at least so many samples.
    pub fn new(certainty: Certainty, min_samples: u64) -> Self {
        Rule { certainty, min_samples, ..Rule::default() }
    }
}

/// How sure an answer must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Certainty {
    /// The plain comparison of what was seen with the limit.
    Point,
    /// Met and violated only when firm; in between, the check is inconclusive.
    Firm(Confidence),
}

/// How sure an answer must be, and whether its evidence is wanted beside: where the true value lies, and how
/// many samples it still takes. That costs some hundred times what the answer does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    pub(crate) certainty: Certainty,
    pub(crate) with_evidence: bool,
}

impl From<Certainty> for How {
    fn from(certainty: Certainty) -> Self {
        How { certainty, with_evidence: true }
    }
}

impl Default for Certainty {
    /// Firm at 95 %.
    fn default() -> Self {
        Certainty::Firm(Confidence::P95)
    }
}

impl fmt::Display for Certainty {
    /// `point` or `95%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Certainty::Point => f.write_str("point"),
            Certainty::Firm(confidence) => confidence.fmt(f),
        }
    }
}

/// What follows from no samples at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnNoData {
    /// The target is violated: something should have happened.
    Fail,
    /// The target is met.
    Pass,
    /// The check is inconclusive.
    #[default]
    Inconclusive,
}

impl OnNoData {
    pub(crate) fn status(self) -> Status {
        match self {
            OnNoData::Fail => Status::Violated,
            OnNoData::Pass => Status::Met,
            OnNoData::Inconclusive => Status::Inconclusive,
        }
    }

    /// As the file has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            OnNoData::Fail => "fail",
            OnNoData::Pass => "pass",
            OnNoData::Inconclusive => "inconclusive",
        }
    }
}
