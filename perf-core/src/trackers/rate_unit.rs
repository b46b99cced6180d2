//! What rates are shown in.

use super::unknown_unit::UnknownUnit;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How much time a rate is per. It prints as `/s`, `/min` or `/h`, and is read from those, with or
/// without the stroke, and from `m` for a minute.
///
/// ```
/// use perf_core::RateUnit;
/// use std::time::Duration;
///
/// let unit: RateUnit = "m".parse()?;
/// assert_eq!((unit, unit.to_string().as_str()), (RateUnit::PerMinute, "/min"));
/// assert_eq!(unit.of(32, Duration::from_secs(20)), Some(96.0));
/// assert_eq!(unit.of(32, Duration::ZERO), None);
/// assert!("d".parse::<RateUnit>().is_err());
/// # Ok::<(), perf_core::UnknownUnit>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateUnit {
    /// `/s`
    #[default]
    PerSecond,
    /// `/min`
    PerMinute,
    /// `/h`
    PerHour,
}

impl RateUnit {
    /// The rate of `items` in `elapsed`; `None` when no time went by.
    pub fn of(self, items: u64, elapsed: Duration) -> Option<f64> {
        let seconds = elapsed.as_secs_f64();
        (seconds > 0.0).then(|| self.of_per_second(items as f64 / seconds))
    }

    /// A rate per second, such as [`Throughput`](crate::Throughput) has, in this unit.
    pub fn of_per_second(self, rate: f64) -> f64 {
        match self {
            RateUnit::PerSecond => rate,
            RateUnit::PerMinute => rate * 60.0,
            RateUnit::PerHour => rate * 3_600.0,
        }
    }
}

impl fmt::Display for RateUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            RateUnit::PerSecond => "/s",
            RateUnit::PerMinute => "/min",
            RateUnit::PerHour => "/h",
        })
    }
}

impl FromStr for RateUnit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<Self, UnknownUnit> {
        match text {
            "/s" | "s" => Ok(RateUnit::PerSecond),
            "/min" | "min" | "m" => Ok(RateUnit::PerMinute),
            "/h" | "h" => Ok(RateUnit::PerHour),
            _ => Err(UnknownUnit::new(text, "/s, s, /min, min, m, /h or h")),
        }
    }
}
