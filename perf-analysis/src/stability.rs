//! How much do values of a kind differ from each other?

use crate::values::{self, InvalidValues, median};

/// Fewer values than this have no score.
const FEWEST: usize = 8;

/// What turns a median absolute deviation into the standard deviation of normal values.
const NORMAL: f64 = 1.482_602_218_505_602;

/// So many deviations from the median, a value is an outlier.
const OUTLYING: f64 = 5.0;

/// How steady some values are, and how many of them are not like the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stability {
    /// 1 less the spread, and not below 0: at 0.9, values usually lie within 10 % of the median.
    pub score: f64,
    /// The score in a word.
    pub rating: Rating,
    /// How far values usually lie from the median, as a share of it: the median of their distances, times
    /// 1.4826, so that of normal values it is the standard deviation. When the median is 0: 0 if most
    /// values are, and else infinite.
    pub spread: f64,
    /// The median value.
    pub median: f64,
    /// How many values are further from the median than five times the spread.
    pub outliers: usize,
    /// How many values there are.
    pub values: usize,
}

/// A score in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    /// Below 0.75.
    Unstable,
    /// From 0.75 to 0.9.
    Variable,
    /// From 0.9 to 0.95.
    Stable,
    /// 0.95 and more.
    VeryStable,
}

/// How steady at least 8 values are, in any order.
///
/// The spread is the median absolute deviation over the median (Rousseeuw and Croux, "Alternatives to the
/// median absolute deviation", Journal of the American Statistical Association 88, 1993) and not the
/// standard deviation over the mean: one interval with a pause of a second would make an hour of steady
/// ones unstable by that. Up to half of the values can lie anywhere before the spread breaks down; how
/// many do is in [`outliers`](Stability::outliers). A service that changed its level once is
/// what [`trend`](crate::trend) is for.
///
/// Counts vary by chance: an interval with about 100 calls gives a spread of 0.1 when arrivals are random.
///
/// ```
/// # use perf_analysis::{Rating, stability};
/// let p95 = [20.0, 20.4, 19.8, 20.1, 19.9, 80.0, 20.2, 20.3, 19.7, 20.0];
/// let seen = stability(&p95)?;
/// assert_eq!((seen.rating, seen.outliers), (Rating::VeryStable, 1));
/// # Ok::<(), perf_analysis::InvalidValues>(())
/// ```
///
/// # Errors
///
/// [`InvalidValues`] when there are fewer than 8 values, or one is not finite.
pub fn stability(values: &[f64]) -> Result<Stability, InvalidValues> {
    values::check(values, FEWEST, usize::MAX)?;
    let middle = median(values);
    let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    let deviation = NORMAL * median(&distances);
    let spread = if deviation == 0.0 { 0.0 } else { deviation / middle.abs() };
    let score = (1.0 - spread).max(0.0);
    let outliers = distances.iter().filter(|distance| **distance > OUTLYING * deviation).count();
    let rating = Rating::of(score);
    Ok(Stability { score, rating, spread, median: middle, outliers, values: values.len() })
}

impl Rating {
    fn of(score: f64) -> Rating {
        match score {
            0.95.. => Rating::VeryStable,
            0.9.. => Rating::Stable,
            0.75.. => Rating::Variable,
            _ => Rating::Unstable,
        }
    }
}

impl std::fmt::Display for Rating {
    /// `very stable`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Rating::VeryStable => "very stable",
            Rating::Stable => "stable",
            Rating::Variable => "variable",
            Rating::Unstable => "unstable",
        })
    }
}
