//! One target, judged on one snapshot.

use crate::quantity::Quantity;
use crate::target::{Indicator, Target};
use perf_analysis::{Confidence, CountTest, Evidence};
use perf_core::{OperationSnapshot, Quantile};
use std::fmt;
use std::time::Duration;

/// The answer to a check, or to all checks of a verdict together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The target is met. For percentiles and success rates firmly: in at most one of twenty runs
    /// would a service that is exactly at its limit look like this. Throughput, mean, maximum and a
    /// success rate of 100 % are compared plainly: they say what was seen, not what is to come.
    Met,
    /// There is too little evidence to say, or none.
    Inconclusive,
    /// The target is violated, as firmly.
    Violated,
}

impl Status {
    /// The exit code of every command that judges: 0 met, 1 violated, 2 inconclusive. 3 is for bad
    /// input, configuration and usage.
    pub fn exit_code(self) -> u8 {
        match self {
            Status::Met => 0,
            Status::Violated => 1,
            Status::Inconclusive => 2,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Status::Met => "met",
            Status::Violated => "violated",
            Status::Inconclusive => "inconclusive",
        })
    }
}

/// A target with what was observed and what follows from it.
///
/// Its `Display` is the sentence of a violation, such as
/// `Operation 'retrieval' P95 (125.6ms) exceeds target (100.0ms)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What was promised.
    pub target: Target,
    /// Whether it is kept.
    pub status: Status,
    /// The indicator's value; `None` without data.
    pub observed: Option<Quantity>,
    /// How many calls it was judged on.
    pub samples: u64,
    /// How many calls were bad (over the limit, or failed): at least and at most. They are the same
    /// where the operation counted them at record time ([`SlaConfig::watch`](crate::SlaConfig)).
    pub bad: Option<(u64, u64)>,
    /// How many more calls it takes at the present rate until the answer is firm.
    pub samples_needed: Option<u64>,
    /// Without data: the operation that was recorded and has a name like this one's.
    pub did_you_mean: Option<String>,
}

impl Check {
    pub(crate) fn new(target: Target, operation: Option<&OperationSnapshot>) -> Self {
        let Some(operation) = operation.filter(|operation| operation.count() > 0) else {
            return Check {
                target,
                status: Status::Inconclusive,
                observed: None,
                samples: 0,
                bad: None,
                samples_needed: None,
                did_you_mean: None,
            };
        };
        match target.indicator {
            Indicator::Percentile(quantile) => Check::percentile(target, operation, quantile),
            Indicator::Max => Check::max(target, operation),
            Indicator::SuccessRate => Check::success_rate(target, operation),
            Indicator::Mean => {
                let mean = operation.mean().map(Quantity::Time);
                Check::compare(target, operation.latency().count(), mean)
            }
            Indicator::Throughput => {
                let throughput = operation.throughput().map(Quantity::Rate);
                Check::compare(target, operation.count(), throughput)
            }
        }
    }

    /// By the count of calls over the limit: exact where the operation has that limit, else as far
    /// as the limit's bucket tells.
    fn percentile(target: Target, operation: &OperationSnapshot, quantile: Quantile) -> Self {
        let samples = operation.latency().count();
        let bad = over(&target, operation);
        let observed = operation.quantile(quantile).map(Quantity::Time);
        let evidence = CountTest::new(1.0 - quantile.get(), Confidence::P95).judge(bad, samples);
        Check { observed, bad: Some(bad), ..Check::of_evidence(target, samples, evidence) }
    }

    /// One call over the limit violates it; what is to come cannot be known, so none meets it.
    fn max(target: Target, operation: &OperationSnapshot) -> Self {
        let bad = over(&target, operation);
        let max = operation.max().map(Quantity::Time);
        Check { bad: Some(bad), ..Check::compare(target, operation.latency().count(), max) }
    }

    fn success_rate(target: Target, operation: &OperationSnapshot) -> Self {
        let (samples, bad) = (operation.count(), operation.failures());
        let observed = operation.success_rate().map(Quantity::Ratio);
        let counted = Some((bad, bad));
        match target.limit {
            // Nothing can be firm about "never fails": this is what was seen.
            Quantity::Ratio(limit) if limit < 1.0 => {
                let evidence =
                    CountTest::new(1.0 - limit, Confidence::P95).judge((bad, bad), samples);
                Check { observed, bad: counted, ..Check::of_evidence(target, samples, evidence) }
            }
            _ => Check { bad: counted, ..Check::compare(target, samples, observed) },
        }
    }

    fn of_evidence(target: Target, samples: u64, evidence: Evidence) -> Self {
        let (status, samples_needed) = match evidence {
            Evidence::FirmlyMet => (Status::Met, None),
            Evidence::FirmlyViolated => (Status::Violated, None),
            Evidence::Open { needed } => (Status::Inconclusive, needed),
        };
        Check {
            target,
            status,
            observed: None,
            samples,
            bad: None,
            samples_needed,
            did_you_mean: None,
        }
    }

    /// Plainly: the interval was watched whole, so its throughput, mean and maximum are known.
    fn compare(target: Target, samples: u64, observed: Option<Quantity>) -> Self {
        let kept = observed.map(|observed| {
            if target.indicator.is_minimum() {
                observed >= target.limit
            } else {
                observed <= target.limit
            }
        });
        let status = match kept {
            Some(true) => Status::Met,
            Some(false) => Status::Violated,
            None => Status::Inconclusive,
        };
        Check {
            target,
            status,
            observed,
            samples,
            bad: None,
            samples_needed: None,
            did_you_mean: None,
        }
    }

    /// How far the observed value is from the limit, as a share of the limit: above zero for more.
    pub fn margin(&self) -> Option<f64> {
        self.observed?.relative_to(self.target.limit)
    }
}

/// How many successes took longer than the target's limit: at least and at most.
fn over(target: &Target, operation: &OperationSnapshot) -> (u64, u64) {
    let limit = target.record_limit().unwrap_or(Duration::MAX);
    match operation.over(limit) {
        Some(over) if over.exact => (over.successes, over.successes),
        _ => operation.latency().count_above(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX)),
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target.operation {
            Some(operation) => write!(f, "Operation '{operation}' ")?,
            None => f.write_str("Overall ")?,
        }
        match self.target.indicator {
            // Seed wording: "Overall P95 latency", but "Operation 'retrieval' P95".
            Indicator::Percentile(quantile) => {
                f.write_str(&quantile.to_string().to_uppercase())?;
                f.write_str(if self.target.operation.is_none() { " latency" } else { "" })?;
            }
            Indicator::Mean => f.write_str("mean latency")?,
            Indicator::Max => f.write_str("maximum latency")?,
            Indicator::Throughput => f.write_str("throughput")?,
            Indicator::SuccessRate => f.write_str("success rate")?,
        }
        let limit = self.target.limit;
        let Some(observed) = self.observed else {
            return write!(f, " has no data for its target ({limit})");
        };
        let relation = match (self.status, self.target.indicator.is_minimum()) {
            (Status::Violated, true) => "below",
            (Status::Violated, false) => "exceeds",
            (Status::Met, _) => "meets",
            (Status::Inconclusive, _) => "is not conclusive against",
        };
        write!(f, " ({observed}) {relation} target ({limit})")
    }
}
