//! What durations are shown in.

use super::unknown_unit::UnknownUnit;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A unit of time. It prints as people write it, and is read from `s`, `ms`, `us` or `µs`, `ns`.
///
/// ```
/// use perf_core::TimeUnit;
/// use std::time::Duration;
///
/// let unit: TimeUnit = "us".parse()?;
/// assert_eq!((unit, unit.to_string().as_str()), (TimeUnit::Microseconds, "µs"));
/// assert_eq!(unit.of(Duration::from_millis(2)), 2_000.0);
/// assert!("minutes".parse::<TimeUnit>().is_err());
/// # Ok::<(), perf_core::UnknownUnit>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeUnit {
    /// `s`
    Seconds,
    /// `ms`
    #[default]
    Milliseconds,
    /// `µs`
    Microseconds,
    /// `ns`
    Nanoseconds,
}

impl TimeUnit {
    /// How many of this unit `duration` is: never NaN or infinite.
    pub fn of(self, duration: Duration) -> f64 {
        self.of_nanos(duration.as_nanos() as f64)
    }

    pub(super) fn of_nanos(self, nanos: f64) -> f64 {
        match self {
            TimeUnit::Seconds => nanos / 1e9,
            TimeUnit::Milliseconds => nanos / 1e6,
            TimeUnit::Microseconds => nanos / 1e3,
            TimeUnit::Nanoseconds => nanos,
        }
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            TimeUnit::Seconds => "s",
            TimeUnit::Milliseconds => "ms",
            TimeUnit::Microseconds => "µs",
            TimeUnit::Nanoseconds => "ns",
        })
    }
}

impl FromStr for TimeUnit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<Self, UnknownUnit> {
        match text {
            "s" => Ok(TimeUnit::Seconds),
            "ms" => Ok(TimeUnit::Milliseconds),
            // The micro sign, and the Greek letter that keyboards and normalisation make of it.
            "us" | "\u{b5}s" | "\u{3bc}s" => Ok(TimeUnit::Microseconds),
            "ns" => Ok(TimeUnit::Nanoseconds),
            _ => Err(UnknownUnit::new(text, "s, ms, us, µs or ns")),
        }
    }
}
