//! Does memory only grow, or is it lost?

mod amount;
mod floors;
mod growth;
mod reasons;
mod suffix;
mod verdict;

pub use amount::Amount;
pub(crate) use amount::seconds;
pub use verdict::{LeakGrade, LeakVerdict, TimeToLimit};

use crate::confidence::Confidence;
use crate::estimate::Estimate;
use crate::floor::Floor;
use crate::trend::{Direction, Trend, trend};
use crate::values::{self, InvalidValues};
use floors::Floors;
use std::time::Duration;
use suffix::Suffix;
use verdict::duration;

/// Fewer points than this say nothing.
const FEWEST: usize = 30;

/// What is judged must be as long to be called a leak, two thirds of 20 minutes: programs warm up for
/// minutes.
const SHORTEST: Duration = Duration::from_secs(13 * 60);

/// How much the level must have risen to matter, as a share of it.
const FLOOR: f64 = 0.01;

/// How many floors growth that is not sustained is looked for in: as many as there can be without too many
/// being empty.
const STRETCHES: [usize; 3] = [25, 13, 7];

/// Judges whether what is counted leaks: at least 30 points, each a time in seconds and how much there
/// was, earliest first; they need not be evenly spaced. For memory, bytes that an allocator counts as
/// live say more than the resident set, which also holds what was freed and not given back.
///
/// What is judged is the floor, the lowest value of each of 7, 13 and 25 stretches of equal length: what
/// is left when everything that is given back was. The first third is left out, as warm-up. Growth is
///
/// * [sustained](LeakGrade::SustainedGrowth) when the floor rose so evenly that chance would do it in at
///   most 5 % of series (Student's test of the rises, which one jump never passes), and in each half for
///   itself;
/// * a [suspected leak](LeakGrade::SuspectedLeak) when chance would do it in at most 0.5 %, over 13 minutes
///   or more (a series of 20), and the second half surely grew at more than 0.7 of the rate of the first,
///   as what levels off does not.
///
/// A trend test alone says neither: it calls every warm-up and every cache a trend, and most steps (Machida
/// and others, "On the effectiveness of Mann-Kendall test for detection of software aging", ISSREW 2013);
/// here it only tells [growing](LeakGrade::Growing). What began to grow later is found by the same tests
/// since half or two thirds of the time, if the level rose slowly before and was never as high. 361 points
/// take 80 µs.
///
/// # What it may be relied on for
///
/// Percent of 1,000 made-up series each with that grade: an hour by ten seconds, days by the quarter of an
/// hour, 200 MiB at the start, noise of 1 MiB (standard deviation) where none is named. The settings were
/// chosen on other series of the same kinds, and none of them was recorded from a program.
///
/// | series | none | growing | sustained | leak |
/// |---|---|---|---|---|
/// | noise of 3 MiB | 97.6 | 2.4 | 0.0 | 0.0 |
/// | noise that lasts (AR(1), 0.95) | 82.5 | 17.5 | 0.0 | 0.0 |
/// | random walk | 65.5 | 32.5 | 1.9 | 0.1 |
/// | one step of 64 MiB | 59.9 | 40.1 | 0.0 | 0.0 |
/// | 3 steps of 20 MiB | 19.6 | 80.4 | 0.0 | 0.0 |
/// | 10 steps of 20 MiB | 0.4 | 72.6 | 26.1 | 0.9 |
/// | warm-up, τ 5 min | 100.0 | 0.0 | 0.0 | 0.0 |
/// | cache that fills, τ 30 min | 0.0 | 0.0 | 100.0 | 0.0 |
/// | cache that fills, τ 1 h | 0.0 | 0.0 | 98.5 | 1.5 |
/// | cache that fills, τ 2 h | 0.0 | 0.0 | 87.4 | 12.6 |
/// | growth with the logarithm | 0.0 | 0.0 | 100.0 | 0.0 |
/// | 40 teeth of 50 MiB | 99.8 | 0.2 | 0.0 | 0.0 |
/// | 7 teeth | 100.0 | 0.0 | 0.0 | 0.0 |
/// | 2.3 teeth | 85.2 | 9.2 | 4.1 | 1.5 |
/// | 14 days, daily cycle of ±20 MiB | 100.0 | 0.0 | 0.0 | 0.0 |
/// | 3 days of it | 99.5 | 0.5 | 0.0 | 0.0 |
/// | half a day of it | 56.3 | 15.7 | 16.0 | 12.0 |
/// | leak of 60 MiB/h for 20 min | 0.0 | 19.2 | 71.8 | 9.0 |
/// | 300 MiB/h for 20 min | 0.0 | 0.0 | 2.9 | 97.1 |
/// | leak of 5 MiB/h | 0.3 | 98.0 | 1.5 | 0.2 |
/// | 20 MiB/h | 0.0 | 4.6 | 80.9 | 14.5 |
/// | 60 MiB/h | 0.0 | 0.0 | 9.1 | 90.9 |
/// | 20 MiB/h for 4 h | 0.0 | 0.0 | 2.9 | 97.1 |
/// | 60 MiB/h in noise of 3 MiB | 0.0 | 4.6 | 80.9 | 14.5 |
/// | 60 MiB/h below 40 teeth | 0.0 | 0.0 | 52.8 | 47.2 |
/// | 300 MiB/h below 7 teeth | 0.0 | 3.8 | 96.2 | 0.0 |
/// | 14 days, daily cycle, 0.1 MiB/h | 0.0 | 41.5 | 54.6 | 3.9 |
/// | 14 days, daily cycle, 0.5 MiB/h | 0.0 | 0.0 | 90.5 | 9.5 |
/// | 60 MiB/h after a warm-up, τ 4 min | 0.0 | 0.0 | 16.3 | 83.7 |
/// | 60 MiB/h since 15 to 36 min | 0.0 | 0.0 | 7.0 | 93.0 |
/// | 60 MiB/h, restart after 18 to 42 min | 44.0 | 1.6 | 14.6 | 39.8 |
///
/// So at most 1 % of what only wobbles, wanders, warms up, jumps up to ten times, or is given back three
/// times or more in the series is called a suspected leak. A leak that is slow against the noise, the teeth or
/// the cycle is first called growth: a longer series tells. It is not told from what takes longer than the series: a
/// cache that takes twice as long to fill, or half a day of a daily cycle; a
/// [`Window`](perf_core::Window) has about an hour. A leak that is cut by restarts is a sawtooth until it is
/// higher than it was before.
///
/// ```
/// use perf_analysis::{Amount, LeakGrade, gauge_points, leak};
/// use perf_core::{Clock, Profiler};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let memory = profiler.gauge("process_resident_memory_bytes");
/// let timeline = profiler.timeline();
/// for minute in 0..60 {
///     // 200 MiB, and 100 KiB more by the minute.
///     memory.set(f64::from(200 * 1_024 * 1_024 + 100 * 1_024 * minute));
///     hand.advance(Duration::from_secs(60));
///     timeline.tick();
/// }
/// let window = timeline.window(Duration::from_secs(3_600));
///
/// let points = gauge_points(&window, "process_resident_memory_bytes", &[], |range| range.min);
/// let verdict = leak(&points, Amount::Bytes)?;
/// assert_eq!(verdict.grade, LeakGrade::SuspectedLeak);
/// assert!(verdict.reasons[0].starts_with("it grew by 3.8 MiB in the last 39min: 5.8 MiB an hour"));
/// let left = verdict.time_to(256.0 * 1_024.0 * 1_024.0).unwrap();
/// assert_eq!(left.expected.as_secs() / 3_600, 8);
/// # Ok::<(), perf_analysis::InvalidValues>(())
/// ```
///
/// # Errors
///
/// [`InvalidValues`] when there are fewer than 30 points, a time or a value is not finite, a point is not
/// later than the one before it, or more than a quarter of the time has no point.
pub fn leak(points: &[(f64, f64)], amount: Amount) -> Result<LeakVerdict, InvalidValues> {
    check(points)?;
    let suffix = Suffix::worst(points).ok_or(InvalidValues::TooUneven)?;
    let seen = rate(points, &suffix)?;
    let grade = match seen.direction {
        Direction::Increasing => suffix.grade.max(LeakGrade::Growing),
        _ => suffix.grade,
    };
    let (first, last) = (points[0].0, points[points.len() - 1].0);
    let mut verdict = LeakVerdict {
        grade,
        points: points.len(),
        span: duration(last - first),
        judged: duration(last - suffix.start),
        since: None,
        rate_per_hour: per_hour(&seen),
        growth: seen.slope.value * (last - suffix.start),
        peak: peak(points, suffix.start),
        reasons: Vec::new(),
    };
    if grade >= LeakGrade::SustainedGrowth {
        verdict.since = Some(since(points, &suffix, seen.slope.value));
    }
    verdict.reasons = reasons::reasons(points, &suffix, &verdict, amount);
    Ok(verdict)
}

fn check(points: &[(f64, f64)]) -> Result<(), InvalidValues> {
    let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    values::check(&values, FEWEST, usize::MAX)?;
    if let Some(index) = points.iter().position(|(time, _)| !time.is_finite()) {
        return Err(InvalidValues::NotFinite { index });
    }
    match points.windows(2).position(|pair| pair[1].0 <= pair[0].0) {
        Some(index) => Err(InvalidValues::NotLater { index: index + 1 }),
        None => Ok(()),
    }
}

/// Where the floors go, a second at a time: those in which growth was found, if it was.
fn rate(points: &[(f64, f64)], suffix: &Suffix) -> Result<Trend, InvalidValues> {
    let is_sustained = suffix.grade >= LeakGrade::SustainedGrowth;
    let found = is_sustained.then_some(suffix.rises + 1);
    let mut stretches = found.into_iter().chain(STRETCHES);
    let floors = stretches.find_map(|stretches| Floors::of(points, suffix.start, stretches));
    let floors = floors.ok_or(InvalidValues::TooUneven)?;
    trend(&floors.points(), Floor { relative: FLOOR, absolute: 0.0 }, Confidence::P95)
}

fn per_hour(seen: &Trend) -> Estimate {
    let hour = |rate: f64| rate * 3_600.0;
    Estimate {
        value: hour(seen.slope.value),
        low: seen.slope.low.map(hour),
        high: seen.slope.high.map(hour),
    }
}

/// The highest value of the last sixth of what is judged: that is what meets a limit, and not the floor.
fn peak(points: &[(f64, f64)], start: f64) -> f64 {
    let last = points[points.len() - 1].0;
    let recent = last - (last - start) / 6.0;
    let recent = points.iter().filter(|(time, _)| *time >= recent);
    recent.map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max)
}

/// When the floor began to follow the line that it follows now: not later than the judged part begins.
fn since(points: &[(f64, f64)], suffix: &Suffix, slope: f64) -> f64 {
    // So many that each part that is judged begins with one.
    let Some(floors) = Floors::of(points, points[0].0, 36) else { return suffix.start };
    let floors = floors.points();
    let at = floors.partition_point(|(time, _)| *time < suffix.start);
    let levels: Vec<f64> = floors.iter().map(|(time, floor)| floor - slope * time).collect();
    let level = values::median(&levels[at..]);
    let off = |value: &f64| (value - level).abs();
    let span = floors[floors.len() - 1].0 - floors[at].0;
    // Half as far again as in what is judged, as that is not the whole of its noise.
    let near =
        levels[at..].iter().map(|value| 1.5 * off(value)).fold(0.02 * slope * span, f64::max);
    match levels[..at].iter().rev().take_while(|value| off(value) <= near).count() {
        0 => suffix.start,
        followed if followed == at => points[0].0,
        followed => floors[at - followed].0,
    }
}
