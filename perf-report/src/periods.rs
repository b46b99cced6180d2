//! Requests by the minute, the hour or the day, and where they go.

mod chart;
mod console;

use crate::Console;
use perf_analysis::{Confidence, Floor, InvalidValues, Trend, trend};
use perf_core::{Distribution, Quantile};
use std::time::Duration;

/// The stretch that a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day of UTC.
    Day,
}

/// What happened in one step of time.
#[derive(Clone, Debug, Default)]
pub struct Period {
    /// Requests that ended in it, failed ones too.
    pub requests: u64,
    /// Those that failed.
    pub failures: u64,
    /// What all of them took, in ns.
    pub latency: Distribution,
}

/// Requests by time, for people: as text for a terminal, and as a chart in SVG.
///
/// ```
/// use perf_core::Distribution;
/// use perf_report::{Console, Period, Periods, Step};
/// use std::time::Duration;
///
/// let hour = |n: u64| Period {
///     requests: 100,
///     failures: n,
///     latency: Distribution::from_values((0..100).map(|_| (20 + n) * 1_000_000)),
/// };
/// let first = Duration::from_secs(1_795_219_200);
/// let last = first + Duration::from_secs(8 * 3_600);
/// let periods = Periods::new("logs", Step::Hour, first, last, (0..8).map(hour).collect());
/// let text = periods.to_console(&Console::plain(100));
/// assert!(text.contains("p95") && text.contains("increasing"), "{text}");
/// assert!(periods.to_svg().starts_with("<svg"));
/// ```
#[derive(Clone, Debug)]
pub struct Periods {
    title: String,
    step: Step,
    first: Duration,
    last: Duration,
    periods: Vec<Period>,
}

/// One number of each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Rate,
    P50,
    P95,
    P99,
    FailureRate,
}

impl Step {
    /// How long it is.
    pub fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Step::Minute => 60,
            Step::Hour => 3_600,
            Step::Day => 86_400,
        })
    }

    /// The next longer one.
    pub fn longer(self) -> Option<Step> {
        match self {
            Step::Minute => Some(Step::Hour),
            Step::Hour => Some(Step::Day),
            Step::Day => None,
        }
    }

    /// The number of the step since 1970 that a time lies in.
    pub fn of(self, time: Duration) -> u64 {
        time.as_secs() / self.duration().as_secs()
    }

    fn word(self) -> &'static str {
        match self {
            Step::Minute => "minute",
            Step::Hour => "hour",
            Step::Day => "day",
        }
    }
}

impl Periods {
    /// All steps from that of `first` on, without a gap: when the first request began and when the last one
    /// ended, since 1970. At most 2,000 can be judged.
    pub fn new(
        title: &str,
        step: Step,
        first: Duration,
        last: Duration,
        periods: Vec<Period>,
    ) -> Self {
        Periods { title: title.to_owned(), step, first, last: last.max(first), periods }
    }

    /// As text for a terminal.
    pub fn to_console(&self, console: &Console) -> String {
        console::render(self, console)
    }

    /// As a chart that stands by itself: percentiles as lines and the rate as bars.
    pub fn to_svg(&self) -> String {
        chart::render(self)
    }

    /// When a period begins.
    fn start(&self, place: usize) -> Duration {
        let step = self.step.duration();
        step * u32::try_from(self.step.of(self.first) + place as u64).unwrap_or(u32::MAX)
    }

    /// How much of a period the log covers, in s.
    fn covered(&self, place: usize) -> f64 {
        let start = self.start(place);
        let end = start + self.step.duration();
        end.min(self.last).saturating_sub(start.max(self.first)).as_secs_f64()
    }

    /// `None` where there is nothing to read.
    fn read(&self, reading: Reading, place: usize) -> Option<f64> {
        let period = &self.periods[place];
        let quantile = |q| period.latency.quantile(q).map(|nanos| nanos as f64);
        match reading {
            Reading::Rate => {
                let covered = self.covered(place);
                (covered > 0.0).then(|| period.requests as f64 / covered)
            }
            Reading::P50 => quantile(Quantile::P50),
            Reading::P95 => quantile(Quantile::P95),
            Reading::P99 => quantile(Quantile::P99),
            Reading::FailureRate => {
                (period.requests > 0).then(|| period.failures as f64 / period.requests as f64)
            }
        }
    }

    /// Where a reading goes, a step at a time. The rate of a period that the log covers by less than half is
    /// left out: what is there of it may be a single request.
    fn trend(&self, reading: Reading) -> Result<Trend, InvalidValues> {
        let half = self.step.duration().as_secs_f64() / 2.0;
        let places = (0..self.periods.len())
            .filter(|place| reading != Reading::Rate || self.covered(*place) >= half);
        let points: Vec<(f64, f64)> =
            places.filter_map(|place| Some((place as f64, self.read(reading, place)?))).collect();
        let floor = match reading {
            // Of failures the share itself is what matters: a tenth of nearly none is none.
            Reading::FailureRate => Floor { relative: 0.1, absolute: 0.001 },
            _ => Floor::default(),
        };
        trend(&points, floor, Confidence::P95)
    }
}
