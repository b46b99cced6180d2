//! When does a series jump to another level?

mod split;

use crate::confidence::Confidence;
use crate::floor::Floor;
use crate::mann_whitney::MAX_RUNS;
use crate::values::{self, InvalidValues, median};
use split::clearest_split;

/// Jumps settle in two or three rounds; on a slope, which has none, splits could go on moving.
const MOST_ROUNDS: usize = 5;

/// A place at which a series changes its level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePoint {
    /// The first value after the change, from 0.
    pub at: usize,
    /// The median of the values before, back to the change before it or to the first value.
    pub before: f64,
    /// The median of the values after, up to the next change or to the last value.
    pub after: f64,
    /// How often chance alone divides a series as clearly, in whichever of its parts and at whichever
    /// place: at most the alpha of the confidence.
    pub p_value: f64,
}

/// The places at which a series of up to 1,000 values, in the order in which they came, jumps to another
/// level by more than `floor` of the level before; the earliest first. None in fewer than 6 values, as
/// it takes 3 on either side; at 95 %, even a clear change takes 8 values, and usually 4 since it happened.
///
/// A series is divided when the ranks on two sides differ enough: by the largest Mann-Whitney statistic,
/// in standard deviations, of all places. Chance alone makes the largest of many large, so it is compared
/// with the largest of the same values in random order, a thousand times or more. It is divided at the
/// place that leaves the values closest to the medians of their sides (Bai, "Least absolute deviation
/// estimation of a shift", Econometric Theory 11, 1995), both sides are divided again, each by itself,
/// and in the end each change is looked for once more between its neighbours. The test is that of Pettitt
/// ("A non-parametric approach to the change-point problem", Applied Statistics 28, 1979) with each place
/// measured in its own standard deviations, so that changes near the ends are found as well; random
/// orders and repeated division are as in E-divisive (Matteson and James, "A nonparametric approach for
/// multiple change point analysis of multivariate data", Journal of the American Statistical Association
/// 109, 2014). A part of the series may be wrong as often as is its share of the values, so that all
/// together are wrong no more often than one (Meinshausen, "Hierarchical testing of variable importance",
/// Biometrika 95, 2008).
///
/// The random orders are always the same ones, so the answer is too. Above a confidence of 99.999 %
/// nothing is found.
///
/// Of 2,000 series of 30 values of normal noise, 87 have a change at 95 %, which is 4.4 %. A jump by
/// three standard deviations in the middle of 20 values is found in 99.9 % of series, and at its place or
/// beside it in 96 %; one by two standard deviations in 92 %. Beside the changes that there are, another
/// is found in about 5 % of series. A jump that is taken back shows less: by three standard deviations,
/// 10 values of 30 in 40 %, 20 of 60 nearly always.
///
/// A value must be one whole run, and runs must not depend on each other. A steady rise is not a jump, but
/// divides as clearly: it is reported as one or more steps. [`trend`](crate::trend) tells how steep it is.
///
/// ```
/// use perf_analysis::{Confidence, Floor, change_points};
///
/// // p95 in ms of ten nightly runs, and of eight since the index was rebuilt.
/// let p95 = [
///     20.1, 19.8, 20.4, 20.0, 19.7, 20.2, 31.0, 20.3, 19.9, 20.0, 24.9, 25.3, 24.6, 25.1, 25.0, 24.8, 25.4,
///     25.2,
/// ];
/// let changes = change_points(&p95, Floor::default(), Confidence::P95)?;
/// assert_eq!(changes.len(), 1);
/// assert_eq!((changes[0].at, changes[0].after), (10, 25.05));
/// # Ok::<(), perf_analysis::InvalidValues>(())
/// ```
///
/// # Errors
///
/// [`InvalidValues`] when there are more than 1,000 values, one is not finite, or the floor is no floor.
pub fn change_points(
    values: &[f64],
    floor: Floor,
    confidence: Confidence,
) -> Result<Vec<ChangePoint>, InvalidValues> {
    floor.check()?;
    values::check(values, 0, MAX_RUNS)?;
    let series = Series { values, alpha: confidence.alpha() };
    let mut splits = Vec::new();
    series.divide(0, values.len(), &mut splits);
    series.settle(&mut splits);
    let mut changes = with_medians(values, &splits);
    // The least of those that do not matter goes first: what is left may then be more.
    while let Some(least) = least_below(&changes, floor) {
        splits.remove(least);
        changes = with_medians(values, &splits);
    }
    Ok(changes)
}

/// Values, and how often a split of any of them may be wrong.
struct Series<'a> {
    values: &'a [f64],
    alpha: f64,
}

impl Series<'_> {
    /// The clearest split from `start` to `end`, with its probability, if that is small enough: both as
    /// if all such stretches were looked at.
    fn split(&self, start: usize, end: usize) -> Option<Split> {
        let share = (end - start) as f64 / self.values.len() as f64;
        let (at, p) = clearest_split(&self.values[start..end], self.alpha * share)?;
        Some(Split { at: start + at, p_value: p / share })
    }

    /// Adds the splits from `start` to `end`, in order.
    fn divide(&self, start: usize, end: usize, splits: &mut Vec<Split>) {
        if let Some(split) = self.split(start, end) {
            self.divide(start, split.at, splits);
            splits.push(split);
            self.divide(split.at, end, splits);
        }
    }

    /// Looks for each split again between its neighbours, which were not known when it was found, until all
    /// stay where they are: one that was only clear because of them goes.
    fn settle(&self, splits: &mut Vec<Split>) {
        for _ in 0..MOST_ROUNDS {
            let before = splits.clone();
            let mut index = 0;
            while index < splits.len() {
                let start = index.checked_sub(1).map_or(0, |before| splits[before].at);
                let end = splits.get(index + 1).map_or(self.values.len(), |split| split.at);
                if let Some(split) = self.split(start, end) {
                    splits[index] = split;
                    index += 1;
                } else {
                    splits.remove(index);
                }
            }
            if *splits == before {
                break;
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Split {
    /// The first value after it.
    at: usize,
    p_value: f64,
}

fn with_medians(values: &[f64], splits: &[Split]) -> Vec<ChangePoint> {
    let change = |(index, split): (usize, &Split)| {
        let start = index.checked_sub(1).map_or(0, |before| splits[before].at);
        let end = splits.get(index + 1).map_or(values.len(), |after| after.at);
        let (before, after) = (median(&values[start..split.at]), median(&values[split.at..end]));
        ChangePoint { at: split.at, before, after, p_value: split.p_value }
    };
    splits.iter().enumerate().map(change).collect()
}

/// The smallest change that is not beyond the floor.
fn least_below(changes: &[ChangePoint], floor: Floor) -> Option<usize> {
    let size = |change: &ChangePoint| (change.after - change.before).abs();
    let below = |(_, change): &(usize, &ChangePoint)| size(change) <= floor.of(change.before);
    let below = changes.iter().enumerate().filter(below);
    below.min_by(|(_, a), (_, b)| size(a).total_cmp(&size(b))).map(|(index, _)| index)
}
