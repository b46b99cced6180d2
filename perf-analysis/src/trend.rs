//! Does something get slower as time goes by, or is that noise?

use crate::confidence::Confidence;
use crate::estimate::Estimate;
use crate::floor::Floor;
use crate::mann_kendall::{MAX_EXACT, inversions, mann_kendall, ties, variance};
use crate::normal;
use crate::rank_sums::outer_rank;
use crate::values::{InvalidValues, median};
use std::fmt;

/// What a series says about its own direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Where it goes.
    pub direction: Direction,
    /// How many points it is judged by.
    pub points: usize,
    /// By how much the value grows in a unit of time, with its interval.
    pub slope: Estimate,
    /// By how much it grew from the first point to the last, at that slope.
    pub change: f64,
    /// The same as a share of the median value: 0.2 for 20 %. `None` when that is 0.
    pub relative_change: Option<f64>,
    /// How often chance alone orders the values as clearly: [`mann_kendall`].
    pub p: f64,
}

/// Where a series goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Up: surely, and by more than the floor.
    Increasing,
    /// Down: surely, and by more than the floor.
    Decreasing,
    /// If it goes anywhere, then by no more than the floor: the interval of the change lies within.
    Stable,
    /// None of these; it may be any of them. More points, or a longer time, would tell.
    NotEnoughEvidence,
}

/// Judges a series of 2 to 2,000 points, each a time and a value, earliest first; they need not be evenly
/// spaced, and the time may be in any unit: seconds, or the number of a build.
///
/// It goes up or down when the Mann-Kendall test is significant at `confidence` and the change over the
/// whole time exceeds `floor`, against the median value. The slope is the median of those of all pairs
/// (Theil, "A rank-invariant method of linear and polynomial regression analysis", 1950; Sen, "Estimates
/// of the regression coefficient based on Kendall's tau", Journal of the American Statistical Association
/// 63, 1968), so that some wild points do not move it. Its interval is exact up to 40 points, and by
/// the normal approximation beyond. It has no ends when there are fewer than 5 points, at 95 %.
///
/// Points that depend on each other, as those of one bad minute do, look more like a trend than they are.
///
/// ```
/// use perf_analysis::{Confidence, Direction, Floor, trend};
///
/// // Latency in ms by the hour; one hour is wild, and one is missing.
/// let p95 = [(0.0, 20.0), (1.0, 21.1), (2.0, 22.0), (3.0, 90.0), (5.0, 25.2), (6.0, 25.9), (7.0, 27.0)];
/// let seen = trend(&p95, Floor::default(), Confidence::P95)?;
/// assert_eq!(seen.direction, Direction::Increasing);
/// assert_eq!(format!("{:.2} ms an hour", seen.slope.value), "1.00 ms an hour");
/// # Ok::<(), perf_analysis::InvalidValues>(())
/// ```
///
/// # Errors
///
/// [`InvalidValues`] when there are fewer than 2 points or more than 2,000, a time or a value is not
/// finite, a point is not later than the one before it, or the floor is negative or not finite.
pub fn trend(
    points: &[(f64, f64)],
    floor: Floor,
    confidence: Confidence,
) -> Result<Trend, InvalidValues> {
    floor.check()?;
    let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    let test = mann_kendall(&values)?;
    if let Some(index) = points.iter().position(|(time, _)| !time.is_finite()) {
        return Err(InvalidValues::NotFinite { index });
    }
    if let Some(index) = points.windows(2).position(|pair| pair[1].0 <= pair[0].0) {
        return Err(InvalidValues::NotLater { index: index + 1 });
    }
    let slope = theil_sen(points, &ties(&values), confidence.alpha() / 2.0);
    let span = points[points.len() - 1].0 - points[0].0;
    let (change, middle) = (slope.value * span, median(&values));
    let matters = floor.of(middle);
    let direction = if test.p <= confidence.alpha() && change.abs() > matters {
        if change > 0.0 { Direction::Increasing } else { Direction::Decreasing }
    } else if slope.is_within(matters / span) {
        Direction::Stable
    } else {
        Direction::NotEnoughEvidence
    };
    Ok(Trend {
        direction,
        points: points.len(),
        slope,
        change,
        relative_change: (middle != 0.0).then(|| change / middle.abs()),
        p: test.p,
    })
}

impl fmt::Display for Direction {
    /// `increasing`, `not enough evidence`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Direction::Increasing => "increasing",
            Direction::Decreasing => "decreasing",
            Direction::Stable => "stable",
            Direction::NotEnoughEvidence => "not enough evidence",
        })
    }
}

fn theil_sen(points: &[(f64, f64)], ties: &[usize], tail: f64) -> Estimate {
    let count = points.len();
    let mut slopes = Vec::with_capacity(count * (count - 1) / 2);
    for (i, earlier) in points.iter().enumerate() {
        let slope = |later: &(f64, f64)| (later.1 - earlier.1) / (later.0 - earlier.0);
        slopes.extend(points[i + 1..].iter().map(slope));
    }
    slopes.sort_unstable_by(f64::total_cmp);
    let rank = if count <= MAX_EXACT {
        outer_rank(&inversions(&vec![1; count]), tail)
    } else {
        let reach = normal::reached_by(tail) * variance(ties).sqrt();
        ((slopes.len() as f64 - reach) / 2.0).round() as usize
    };
    Estimate::from_sorted(&slopes, rank)
}
