//! What is said of a series that may leak.

use crate::estimate::Estimate;
use std::fmt;
use std::time::Duration;

/// How much the growth of a series looks like a leak: none, and three grades of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeakGrade {
    /// No growth beyond its noise and 1 % of the level, after the warm-up. That is no proof that nothing
    /// leaks, only that less is lost than would have been seen.
    NotGrowing,
    /// It is higher than it was: a step, the end of a warm-up, a wandering level or a leak.
    Growing,
    /// It rose all the time, too evenly for a few steps: a leak, or a cache that fills.
    SustainedGrowth,
    /// It rose all the time and does not level off.
    SuspectedLeak,
}

/// What [`leak`](crate::leak) says of a series.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LeakVerdict {
    /// How much it looks like a leak.
    pub grade: LeakGrade,
    /// How many points there were.
    pub points: usize,
    /// The time from the first to the last.
    pub span: Duration,
    /// The last part of it, which the verdict is about.
    pub judged: Duration,
    /// Since when it grows as it does now, in the time of the points, if the growth is sustained.
    pub since: Option<f64>,
    /// By how much the floor rises in an hour, with its interval at 95 %.
    pub rate_per_hour: Estimate,
    /// By how much it rose over the judged time, at that rate.
    pub growth: f64,
    /// The highest value of late: of the last sixth of the judged time.
    pub peak: f64,
    /// Why it has its grade, and what it was held against, in sentences.
    pub reasons: Vec<String>,
}

/// How long it takes until a limit is reached, if everything goes on as it does.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct TimeToLimit {
    /// At the estimated rate.
    pub expected: Duration,
    /// At the upper end of its interval.
    pub earliest: Duration,
    /// At the lower end of its interval; `None` when that is no growth.
    pub latest: Option<Duration>,
}

impl LeakVerdict {
    /// The time from the last point until the highest values reach `limit`, such as the memory limit of the
    /// container; 0 when they have. `None` unless the growth is sustained: other growth does not go on.
    pub fn time_to(&self, limit: f64) -> Option<TimeToLimit> {
        if self.grade < LeakGrade::SustainedGrowth || limit.is_nan() {
            return None;
        }
        let left = limit - self.peak;
        let at = |rate: f64| (rate > 0.0).then(|| duration(left / rate * 3_600.0));
        let Estimate { value, low, high } = self.rate_per_hour;
        let expected = at(value)?;
        let earliest = high.and_then(at).unwrap_or(expected);
        Some(TimeToLimit { expected, earliest, latest: low.and_then(at) })
    }
}

impl fmt::Display for LeakGrade {
    /// `not growing`, `suspected leak`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LeakGrade::NotGrowing => "not growing",
            LeakGrade::Growing => "growing",
            LeakGrade::SustainedGrowth => "sustained growth",
            LeakGrade::SuspectedLeak => "suspected leak",
        })
    }
}

impl fmt::Display for LeakVerdict {
    /// `suspected leak: it grew by …; …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.grade, self.reasons.join("; "))
    }
}

impl fmt::Display for TimeToLimit {
    /// `8h 20min, between 7h 40min and 9h 1min`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |time: Duration| super::amount::seconds(time.as_secs_f64());
        write!(f, "{}, ", written(self.expected))?;
        match self.latest {
            Some(latest) => write!(f, "between {} and {}", written(self.earliest), written(latest)),
            None => write!(f, "{} at the earliest", written(self.earliest)),
        }
    }
}

/// A time from seconds that may be anything.
pub(super) fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}
