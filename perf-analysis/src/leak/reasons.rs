//! Why a series has its grade, in sentences.

use super::amount::{Amount, seconds};
use super::floors::Floors;
use super::growth::PACE;
use super::suffix::{LOOKS, Suffix, after_warm_up};
use super::verdict::{LeakGrade, LeakVerdict};

/// How many stretches of the whole series are looked at for what came before.
const STRETCHES: usize = 36;

/// One for the growth itself, then one for each thing that it was held against and that says something.
pub(super) fn reasons(
    points: &[(f64, f64)],
    suffix: &Suffix,
    verdict: &LeakVerdict,
    amount: Amount,
) -> Vec<String> {
    let series = Series { points, suffix, verdict, amount };
    let reasons = [
        Some(series.growth()),
        series.start(),
        series.evenness(),
        series.pace(),
        series.given_back(),
        series.too_short(),
    ];
    reasons.into_iter().flatten().collect()
}

struct Series<'a> {
    points: &'a [(f64, f64)],
    suffix: &'a Suffix,
    verdict: &'a LeakVerdict,
    amount: Amount,
}

impl Series<'_> {
    fn growth(&self) -> String {
        let LeakVerdict { grade, growth, rate_per_hour: rate, .. } = self.verdict;
        let judged = seconds(self.verdict.judged.as_secs_f64());
        if *grade == LeakGrade::NotGrowing {
            return format!(
                "over the last {judged} it did not grow by more than its noise and 1% of its level"
            );
        }
        let (growth, hourly) = (self.written(*growth), self.written(rate.value));
        let interval = match (rate.low, rate.high) {
            (Some(low), Some(high)) => {
                format!(", at 95% between {} and {}", self.written(low), self.written(high))
            }
            _ => String::new(),
        };
        format!("it grew by {growth} in the last {judged}: {hourly} an hour{interval}")
    }

    /// Warm-up, or since when.
    fn start(&self) -> Option<String> {
        let (first, warm_up) = (self.points[0].0, after_warm_up(self.points));
        let left_out = seconds(warm_up - first);
        if self.suffix.start > warm_up {
            let since = self.verdict.since.unwrap_or(self.suffix.start);
            let calm = seconds(since - first);
            return Some(format!("in the first {calm} it rose more slowly, and was never as high"));
        }
        if self.is_sustained() {
            return Some(format!("the first {left_out} are left out, as a program warms up"));
        }
        let floors = Floors::of(self.points, first, STRETCHES)?.values;
        let warmed_up = floors[STRETCHES / 3] - floors[0];
        let is_most = warmed_up > self.verdict.growth.max(super::FLOOR * floors[0].abs());
        is_most.then(|| {
            let warmed_up = self.written(warmed_up);
            format!(
                "in the first {left_out}, which are left out as warm-up, it grew by {warmed_up}"
            )
        })
    }

    /// Noise and steps.
    fn evenness(&self) -> Option<String> {
        if self.verdict.grade == LeakGrade::NotGrowing {
            return None;
        }
        if self.is_sustained() {
            // As many looks, as many chances.
            let times = (1.0 / (LOOKS * self.suffix.growth.chance)).min(1e6);
            return Some(format!(
                "noise or a few steps would rise so evenly once in {times:.0} times or less often"
            ));
        }
        let floors = Floors::of(self.points, self.suffix.start, super::STRETCHES[0])?;
        let rises = floors.rises();
        let (at, step) = rises.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        let others = rises.iter().enumerate().filter(|(index, _)| *index != at);
        let next = others.map(|(_, rise)| rise.abs()).fold(0.0, f64::max);
        Some(if *step >= 3.0 * next {
            // Within the stretch before the first higher floor.
            let ago = (rises.len() - at) as f64 * floors.stretch + floors.stretch / 2.0;
            format!(
                "{} came at once, about {} before the end: a step",
                self.written(*step),
                seconds(ago)
            )
        } else {
            "it did not rise all the time: a few steps, a wandering level or a warm-up that ended \
             look like this"
                .to_owned()
        })
    }

    /// A cache that fills.
    fn pace(&self) -> Option<String> {
        let pace = percent(self.suffix.growth.pace);
        match self.verdict.grade {
            LeakGrade::SuspectedLeak => Some(format!(
                "it does not level off as a cache does: the second half grew at {pace} of the rate \
                 of the first, surely more than {}",
                percent(PACE)
            )),
            LeakGrade::SustainedGrowth if self.suffix.growth.chance_of_pace > 0.05 => {
                Some(format!(
                    "it may level off, as a cache does: the second half grew at {pace} of the rate of \
                 the first"
                ))
            }
            _ => None,
        }
    }

    /// A sawtooth, or a restart.
    fn given_back(&self) -> Option<String> {
        if self.is_sustained() {
            return None;
        }
        let floors = Floors::of(self.points, self.points[0].0, STRETCHES)?;
        let now = floors.values[STRETCHES - 1];
        let highest = floors.points().into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
        // Twice what would matter if it were growth.
        (highest.1 - now > 2.0 * super::FLOOR * now.abs()).then(|| {
            format!(
                "about {} after the first point it was {} higher, and that was given back",
                seconds(highest.0 - self.points[0].0),
                self.written(highest.1 - now)
            )
        })
    }

    fn too_short(&self) -> Option<String> {
        let is_short = self.verdict.judged < super::SHORTEST;
        (self.is_sustained() && is_short).then(|| {
            let shortest = seconds(super::SHORTEST.as_secs_f64());
            format!("what is seen for less than {shortest} is not called a leak: programs warm up")
        })
    }

    fn is_sustained(&self) -> bool {
        self.verdict.grade >= LeakGrade::SustainedGrowth
    }

    fn written(&self, value: f64) -> String {
        self.amount.written(value)
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}
