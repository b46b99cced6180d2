//! Did something get slower, or is that noise?

use crate::confidence::Confidence;
use crate::estimate::Estimate;
use crate::floor::Floor;
use crate::hodges_lehmann::hodges_lehmann;
use crate::holm::holm;
use crate::mann_whitney::{fewest_runs, mann_whitney};
use crate::normal;
use crate::values::{InvalidValues, median};
use std::error::Error;
use std::fmt;

/// More runs a side than this are not asked for.
const MOST_RUNS_ASKED_FOR: f64 = 1_000.0;

/// One number of a benchmark, as two sets of runs measured it.
///
/// The run is the replicate: one value a run, such as its median, in any unit. Runs of the two sides
/// should take turns, so that what the machine does meanwhile meets both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric<'a> {
    /// What it is called in the answer.
    pub name: &'a str,
    /// One value of each run before the change.
    pub baseline: &'a [f64],
    /// One value of each run after it.
    pub candidate: &'a [f64],
    /// Which values are the good ones.
    pub better: Better,
    /// How large a shift must be to matter, against the median of the baseline.
    pub floor: Floor,
}

/// Which values are the good ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Low ones: a latency.
    Lower,
    /// High ones: a throughput.
    Higher,
}

/// What two sets of runs say of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The metric's name.
    pub name: String,
    /// The median of the baseline's runs.
    pub old_median: f64,
    /// The median of the candidate's runs.
    pub new_median: f64,
    /// By how much the candidate is shifted, in the metric's unit, with its interval (not corrected for
    /// the number of metrics): [`hodges_lehmann`].
    pub shift: Estimate,
    /// The shift as a share of the old median: 0.3 for 30 % more. `None` when that is 0.
    pub relative_shift: Option<f64>,
    /// How often chance alone shifts this metric as far: [`mann_whitney`].
    pub p: f64,
    /// The same, corrected for the number of metrics: [`holm`].
    pub corrected_p: f64,
    /// What follows.
    pub outcome: Outcome,
}

/// What follows from a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It got worse: surely, and by more than the floor.
    Regressed,
    /// It got better: surely, and by more than the floor.
    Improved,
    /// If it changed at all, then by no more than the floor: the interval of the shift lies within.
    Unchanged,
    /// None of these; it may be any of them.
    NotEnoughEvidence {
        /// How many more runs each side needs. When the runs there are could not be sure enough whatever
        /// they measured, the fewest with which they could; else an estimate of those that will do if
        /// shift and noise stay as they are: the interval shrinks with the root of the runs (in the
        /// simulation they do three times of four). `None` when that is more than 1,000: the shift is as
        /// large as the floor.
        runs_needed: Option<usize>,
    },
}

/// Compares two sets of runs by every metric.
///
/// A metric has regressed or improved when three things hold: the exact Mann-Whitney test over *runs* is
/// significant at `confidence`, corrected for the number of metrics after Holm; the shift exceeds the
/// relative floor; and it exceeds the absolute one. So of comparisons of a program with itself, at most
/// the share `1 - confidence` says that anything changed, however many metrics it has.
///
/// Eight runs a side are enough for ten metrics on a quiet machine. One run of the baseline that
/// something slowed down beyond all of the candidate's hides a change from them. Where that happens,
/// take twelve: in the simulation in `tests/it/comparison.rs`, 30 % more is found by eight runs of 8 %
/// noise always, with one run in ten disturbed in 65 %, and by twelve in 90 %.
///
/// ```
/// use perf_analysis::{Better, Confidence, Floor, Metric, Outcome, compare};
///
/// let parse = Metric {
///     name: "parse",
///     baseline: &[100.0, 102.0, 99.0, 101.0, 103.0, 98.0],
///     candidate: &[131.0, 128.0, 130.0, 133.0, 129.0, 132.0],
///     better: Better::Lower,
///     floor: Floor { relative: 0.10, absolute: 5.0 },
/// };
/// let print = Metric { name: "print", candidate: parse.baseline, ..parse };
/// let seen = compare(&[parse, print], Confidence::P95)?;
/// assert_eq!(seen[0].outcome, Outcome::Regressed);
/// assert_eq!(seen[0].shift.value, 30.0);
/// assert_eq!(seen[1].outcome, Outcome::Unchanged);
/// # Ok::<(), perf_analysis::InvalidMetric>(())
/// ```
///
/// # Errors
///
/// [`InvalidMetric`] when a side of a metric has no runs or more than 1,000, a value is not finite, or a
/// floor is negative or not finite.
pub fn compare(
    metrics: &[Metric<'_>],
    confidence: Confidence,
) -> Result<Vec<Comparison>, InvalidMetric> {
    let mut seen = Vec::with_capacity(metrics.len());
    for metric in metrics {
        let problem = |problem| InvalidMetric { name: metric.name.to_owned(), problem };
        seen.push(metric.measure(confidence).map_err(problem)?);
    }
    let probabilities: Vec<f64> = seen.iter().map(|comparison| comparison.p).collect();
    for ((metric, comparison), corrected) in metrics.iter().zip(&mut seen).zip(holm(&probabilities))
    {
        comparison.corrected_p = corrected;
        comparison.outcome = metric.judge(comparison, confidence, metrics.len());
    }
    Ok(seen)
}

impl Metric<'_> {
    /// All but the outcome.
    fn measure(&self, confidence: Confidence) -> Result<Comparison, InvalidValues> {
        self.floor.check()?;
        let p = mann_whitney(self.baseline, self.candidate)?.p;
        let shift = hodges_lehmann(self.baseline, self.candidate, confidence)?;
        let old_median = median(self.baseline);
        Ok(Comparison {
            name: self.name.to_owned(),
            old_median,
            new_median: median(self.candidate),
            shift,
            relative_shift: (old_median != 0.0).then(|| shift.value / old_median.abs()),
            p,
            corrected_p: p,
            outcome: Outcome::NotEnoughEvidence { runs_needed: None },
        })
    }

    fn judge(&self, seen: &Comparison, confidence: Confidence, metrics: usize) -> Outcome {
        let floor = self.floor.of(seen.old_median);
        if seen.corrected_p <= confidence.alpha() && seen.shift.value.abs() > floor {
            let is_larger = seen.shift.value > 0.0;
            let is_worse = is_larger == (self.better == Better::Lower);
            return if is_worse { Outcome::Regressed } else { Outcome::Improved };
        }
        if seen.shift.is_within(floor) {
            return Outcome::Unchanged;
        }
        Outcome::NotEnoughEvidence {
            runs_needed: self.runs_needed(&seen.shift, floor, confidence, metrics),
        }
    }

    fn runs_needed(
        &self,
        shift: &Estimate,
        floor: f64,
        confidence: Confidence,
        metrics: usize,
    ) -> Option<usize> {
        let runs = self.baseline.len().min(self.candidate.len());
        let of_each = confidence.of_each(metrics);
        let fewest = fewest_runs(of_each.alpha());
        let (Some(low), Some(high), true) = (shift.low, shift.high, runs >= fewest) else {
            return Some(fewest.saturating_sub(runs).max(1));
        };
        let size = shift.value.abs();
        // How far the interval reaches, and how far it may reach for a firm answer.
        let (reach, allowed) = if size > floor {
            // Towards zero, at the level that is left when there are so many metrics.
            let wider = normal::reached_by(of_each.alpha() / 2.0)
                / normal::reached_by(confidence.alpha() / 2.0);
            let towards_zero =
                if shift.value > 0.0 { shift.value - low } else { high - shift.value };
            (towards_zero * wider, size)
        } else {
            // Out of the floor, on the side on which it is further out.
            let (up, down) = (high - floor, -floor - low);
            if up > down {
                (high - shift.value, floor - shift.value)
            } else {
                (shift.value - low, shift.value + floor)
            }
        };
        let total = (runs as f64 * (reach / allowed).powi(2)).ceil();
        // Not a number when nothing is allowed and nothing is reached.
        if total > MOST_RUNS_ASKED_FOR || total.is_nan() {
            return None;
        }
        Some((total as usize).saturating_sub(runs).max(1))
    }
}

impl fmt::Display for Outcome {
    /// `regressed`, `not enough evidence, 4 more runs each`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Regressed => f.write_str("regressed"),
            Outcome::Improved => f.write_str("improved"),
            Outcome::Unchanged => f.write_str("unchanged"),
            Outcome::NotEnoughEvidence { runs_needed: None } => f.write_str("not enough evidence"),
            Outcome::NotEnoughEvidence { runs_needed: Some(1) } => {
                f.write_str("not enough evidence, 1 more run each")
            }
            Outcome::NotEnoughEvidence { runs_needed: Some(more) } => {
                write!(f, "not enough evidence, {more} more runs each")
            }
        }
    }
}

/// A metric that cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidMetric {
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub problem: InvalidValues,
}

impl fmt::Display for InvalidMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.problem)
    }
}

impl Error for InvalidMetric {}
