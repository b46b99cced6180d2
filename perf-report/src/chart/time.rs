//! Axes of time, marked where clocks are round.

use super::scale::{Scale, Tick, drawable};
use jiff::Timestamp;

/// A stretch of time in seconds since 1970 (UTC).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    /// The left end of the axis.
    pub(crate) from_s: f64,
    /// The right end of the axis.
    pub(crate) to_s: f64,
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

const STEPS: [f64; 24] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
    30.0 * DAY,
    91.0 * DAY,
    365.0 * DAY,
];

impl Time {
    /// The axis, at least a second long.
    pub(super) fn scale(self) -> Scale {
        let (from, to) = self.ends();
        Scale::linear(from, to)
    }

    pub(super) fn ends(self) -> (f64, f64) {
        // Beyond the years that have a date nothing has.
        let end = |seconds: f64| drawable(seconds).unwrap_or(0.0).clamp(-6e10, 2.5e11);
        let from = end(self.from_s);
        (from, end(self.to_s).max(from + 1.0))
    }

    /// At most `most` round times: with seconds below ten minutes, as dates beyond two days.
    pub(super) fn ticks(self, most: usize) -> Vec<Tick> {
        let (from, to) = self.ends();
        let (length, most) = (to - from, most.max(1) as f64);
        let least = if length > 2.0 * DAY { DAY } else { 1.0 };
        let fits = |step: &f64| *step >= least && (to / step).floor() - (from / step).ceil() < most;
        let step = STEPS.into_iter().find(fits).unwrap_or((length / most / DAY).ceil() * DAY);
        let first = (from / step).ceil();
        let count = ((to / step).floor() - first).max(-1.0) as i64 + 1;
        let at = (0..count).map(|place| (first + place as f64) * step);
        at.filter_map(|at| Some(Tick { at, label: word(at, length)? })).collect()
    }
}

fn word(at: f64, length: f64) -> Option<String> {
    let midnight = at.rem_euclid(DAY) == 0.0;
    let format = match length {
        _ if length > 300.0 * DAY => "%Y-%m-%d",
        _ if length > 2.0 * DAY || midnight && length > 600.0 => "%b %-d",
        _ if length < 600.0 => "%H:%M:%S",
        _ => "%H:%M",
    };
    Some(Timestamp::from_second(at as i64).ok()?.strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-11-21 23:30:00 UTC.
    const EVENING: f64 = 1_795_303_800.0;

    fn labels(seconds: f64) -> Vec<String> {
        let time = Time { from_s: EVENING, to_s: EVENING + seconds };
        time.ticks(5).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn times_are_round_and_as_short_as_they_can_be() {
        assert_eq!(labels(5.0), ["23:30:00", "23:30:02", "23:30:04"]);
        assert_eq!(labels(300.0), ["23:30:00", "23:32:00", "23:34:00"]);
        assert_eq!(labels(3_600.0), ["23:30", "23:45", "Nov 22", "00:15", "00:30"]);
        assert_eq!(labels(5.0 * DAY), ["Nov 22", "Nov 23", "Nov 24", "Nov 25", "Nov 26"]);
        assert_eq!(labels(900.0 * DAY), ["2026-12-18", "2027-12-18", "2028-12-17"]);
    }

    #[test]
    fn no_stretch_has_too_many_ticks_or_no_end() {
        for (from_s, to_s) in [
            (0.0, 0.0),
            (9.0, 1.0),
            (f64::NAN, f64::INFINITY),
            (f64::MIN, f64::MAX),
            (0.0, 1e18),
            (0.5, 0.6),
        ] {
            let time = Time { from_s, to_s };
            assert!(time.ticks(6).len() <= 6, "{time:?}");
            assert!(time.ends().1 > time.ends().0);
        }
    }
}
