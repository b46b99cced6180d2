//! What the numbers of a chart are, so that they are worded as everywhere else.

use crate::wording;

/// What an axis measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A duration in ns.
    Nanos,
    /// A number of something a second.
    PerSecond,
    /// A share, where 1 is all.
    Ratio,
    /// A size in bytes.
    Bytes,
    /// A number of anything.
    Number,
}

const MINUTE: f64 = 60e9;
const HOUR: f64 = 3_600e9;
const DAY: f64 = 86_400e9;

impl Unit {
    /// A value with all its digits that matter.
    pub(super) fn word(self, value: f64) -> String {
        match self {
            Self::Nanos => wording::duration(value as u64),
            Self::PerSecond => format!("{}/s", wording::rate(value)),
            Self::Ratio => wording::percent(value),
            Self::Bytes => wording::bytes(value as u64),
            Self::Number => wording::number(value),
        }
    }

    /// A value on an axis whose marks are `step` apart: no digit more than they need.
    pub(super) fn tick(self, value: f64, step: f64) -> String {
        match self {
            Self::Ratio => {
                let digits = (-(step * 100.0).log10()).ceil().clamp(0.0, 9.0) as usize;
                short(&format!("{:.digits$} %", value * 100.0 + 0.0))
            }
            _ if value == 0.0 => "0".to_owned(),
            _ if value < 0.0 => format!("-{}", self.tick(-value, step)),
            Self::Nanos if value >= 2.0 * MINUTE => wording::span(value / 1e9),
            Self::PerSecond => format!("{}/s", brief(value)),
            Self::Number => brief(value),
            Self::Nanos | Self::Bytes => short(&self.word(value)),
        }
    }

    /// The next round value: of 1, 2 and 5 mostly, but 30 s, 6 h and 256 KiB.
    pub(super) fn step(self, least: f64) -> f64 {
        match self {
            Self::Bytes => 2_f64.powf(least.max(1.0).log2().ceil()),
            Self::Nanos if least <= 20e9 => nice(least.max(1.0)),
            Self::Nanos => {
                let rounds =
                    [30e9, MINUTE, 2.0 * MINUTE, 5.0 * MINUTE, 10.0 * MINUTE, 30.0 * MINUTE]
                        .into_iter()
                        .chain([HOUR, 2.0 * HOUR, 6.0 * HOUR, 12.0 * HOUR]);
                rounds.into_iter().find(|round| *round >= least).unwrap_or(nice(least / DAY) * DAY)
            }
            Self::PerSecond | Self::Ratio | Self::Number => nice(least.max(1e-12)),
        }
    }

    /// How far an axis goes that has nothing to show.
    pub(super) fn one(self) -> f64 {
        match self {
            Self::Nanos => 1e6,
            Self::PerSecond | Self::Ratio => 1.0,
            Self::Bytes => 1_048_576.0,
            Self::Number => 10.0,
        }
    }

    /// All round values of a log axis, rising; `fine` ones between the powers, too.
    pub(super) fn rounds(self, fine: bool) -> Vec<f64> {
        let decades = |from: i32, to: i32| -> Vec<f64> {
            let between: &[f64] = if fine { &[1.0, 2.0, 5.0] } else { &[1.0] };
            let powers = (from..to).map(|power| 10_f64.powi(power));
            powers.flat_map(|power| between.iter().map(move |digit| digit * power)).collect()
        };
        match self {
            Self::Nanos => {
                let days = (0..7).map(|power| 10_f64.powi(power) * DAY);
                let long = [10e9, MINUTE, 10.0 * MINUTE, HOUR].into_iter().chain(days);
                decades(0, 10).into_iter().chain(long).collect()
            }
            Self::Bytes => {
                let step = if fine { 2 } else { 10 };
                (0..64).step_by(step).map(|power| 2_f64.powi(power)).collect()
            }
            Self::PerSecond | Self::Ratio | Self::Number => decades(-9, 20),
        }
    }
}

/// The next of 1, 2 and 5 times a power of ten.
fn nice(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|step| step * power);
    // The value itself may be one of them, and a hair more than what is computed of it.
    steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// `8,000`, `25 M`, `0.05`.
fn brief(value: f64) -> String {
    match value {
        1e15.. => format!("{value:.0e}"),
        1e9.. => format!("{} G", short(&wording::number(value / 1e9))),
        1e6.. => format!("{} M", short(&wording::number(value / 1e6))),
        _ => short(&wording::number(value)),
    }
}

/// A number and its unit without the zeros behind the point: `300 ms` for `300.0 ms`.
fn short(worded: &str) -> String {
    let (number, unit) = match worded.split_once(' ') {
        Some((number, unit)) => (number, format!(" {unit}")),
        None => (worded, String::new()),
    };
    let number = if number.contains('.') && !number.contains('e') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    };
    format!("{number}{unit}")
}
