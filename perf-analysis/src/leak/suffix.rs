//! What the last part of a series says: growth is looked for since several times.

use super::LeakGrade;
use super::floors::Floors;
use super::growth::Growth;

/// Which share of the series is not looked at. The first third is warm-up, always; what began later is
/// found by itself.
const STARTS: [f64; 3] = [1.0 / 3.0, 1.0 / 2.0, 2.0 / 3.0];

/// How many rises a part is divided into: few, each longer than a tooth, and many, which noise hides less.
const RISES: [usize; 3] = [6, 12, 24];

/// All of these are looked at, so each may be wrong that much less often.
pub(super) const LOOKS: f64 = (STARTS.len() * RISES.len()) as f64;

/// How often growth that is none may be taken for sustained growth, and for a leak.
const CHANCE_SUSTAINED: f64 = 0.05 / LOOKS;
const CHANCE_SUSPECTED: f64 = 0.005 / LOOKS;

/// How often one of the two halves may seem to grow by chance, and a pace to be kept.
const CHANCE_OF_HALF: f64 = 0.05;
const CHANCE_OF_PACE: f64 = 0.05;

/// How fast the level may have risen before growth began, as a share of its rate since.
const RATE_BEFORE: f64 = 0.5;

/// How many stretches what came before is divided into.
const BEFORE: usize = 24;

/// The last part of a series, and how its floors grew.
#[derive(Clone, Debug)]
pub(super) struct Suffix {
    pub(super) grade: LeakGrade,
    /// When it begins, in the time of the points.
    pub(super) start: f64,
    /// How many rises it was divided into.
    pub(super) rises: usize,
    pub(super) growth: Growth,
}

impl Suffix {
    /// The one with the highest grade; of several the first that began after the warm-up, and of that the
    /// clearest division. `None` when the points are too uneven.
    pub(super) fn worst(points: &[(f64, f64)]) -> Option<Suffix> {
        let (first, span) = (points[0].0, points[points.len() - 1].0 - points[0].0);
        let first_start = after_warm_up(points);
        let mut worst: Option<Suffix> = None;
        for share in STARTS {
            let start = first + share * span;
            for rises in RISES {
                let Some(floors) = Floors::of(points, start, rises + 1) else { continue };
                let growth = Growth::of(&floors.rises());
                let is_own = share == STARTS[0] || began(points, &floors);
                let grade = if is_own { grade(&floors, growth) } else { LeakGrade::NotGrowing };
                // Growth that began later is the better answer: the level rose more slowly before.
                let is_better = |known: &Suffix| match start == known.start {
                    true => growth.chance < known.growth.chance,
                    false => known.start == first_start && grade > LeakGrade::NotGrowing,
                };
                let is_worse = |known: &Suffix| {
                    grade > known.grade || grade == known.grade && is_better(known)
                };
                if worst.as_ref().is_none_or(is_worse) {
                    worst = Some(Suffix { grade, start, rises, growth });
                }
            }
        }
        worst
    }
}

/// From which time on a series is judged: its first third is warm-up.
pub(super) fn after_warm_up(points: &[(f64, f64)]) -> f64 {
    points[0].0 + STARTS[0] * (points[points.len() - 1].0 - points[0].0)
}

/// What these floors are by themselves; never [`LeakGrade::Growing`], which takes no such proof.
fn grade(floors: &Floors, growth: Growth) -> LeakGrade {
    let first = floors.values[0];
    let matters = floors.rise() > super::FLOOR * first.abs();
    let goes_on = growth.chance <= CHANCE_SUSTAINED && growth.chance_of_half <= CHANCE_OF_HALF;
    let keeps_pace = growth.chance <= CHANCE_SUSPECTED && growth.chance_of_pace <= CHANCE_OF_PACE;
    match (matters && goes_on, keeps_pace && floors.span() >= super::SHORTEST.as_secs_f64()) {
        (true, true) => LeakGrade::SuspectedLeak,
        (true, false) => LeakGrade::SustainedGrowth,
        _ => LeakGrade::NotGrowing,
    }
}

/// Whether growth began with the first of these floors: the level rose more slowly before, and was never as
/// high as it is now. Else it is the last part of something longer: a curve that flattens, or a tooth.
fn began(points: &[(f64, f64)], floors: &Floors) -> bool {
    let count = points.partition_point(|(time, _)| *time <= floors.from);
    let Some(before) = Floors::of(&points[..count], points[0].0, BEFORE) else { return false };
    let warm_up = after_warm_up(points);
    let after_warm_up: Vec<_> =
        before.points().into_iter().filter(|(time, _)| *time >= warm_up).collect();
    let rate_before = match (after_warm_up.first(), after_warm_up.last()) {
        (Some(first), Some(last)) if last.0 > first.0 => (last.1 - first.1) / (last.0 - first.0),
        _ => return false,
    };
    let rate = floors.rise() / (floors.stretch * (floors.values.len() - 1) as f64);
    let now = floors.values[floors.values.len() - 1];
    rate_before <= RATE_BEFORE * rate && before.values.iter().all(|floor| *floor < now)
}
