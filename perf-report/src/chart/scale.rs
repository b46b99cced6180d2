//! Where on an axis a value is, and at which round values the axis is marked.

use super::unit::Unit;

/// How far apart equal differences are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spacing {
    /// Equal differences, equally far; with zero.
    Linear,
    /// Equal ratios, equally far; without zero.
    Log,
}

/// From values to px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
    spacing: Spacing,
}

/// A value that is marked, and its words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
}

/// What is beyond any axis: it is drawn at the end of it.
const HUGE: f64 = 1e19;

impl Scale {
    pub(super) fn linear(from: f64, to: f64) -> Self {
        Self::new(Spacing::Linear, from, to)
    }

    /// Both ends must be above zero.
    pub(super) fn log(from: f64, to: f64) -> Self {
        Self::new(Spacing::Log, from.ln(), to.ln())
    }

    fn new(spacing: Spacing, from: f64, to: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self { from, to, start: 0.0, end: 1.0, spacing }
    }

    pub(super) fn onto(self, start: f64, end: f64) -> Self {
        Self { start, end, ..self }
    }

    /// Whether a value is within the ends of the axis.
    pub(super) fn holds(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&self.bent(value))
    }

    /// The place of a value in px, never beyond the ends of the axis.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (self.bent(value) - self.from) / (self.to - self.from);
        // What is no number is at the start, for `max` takes the other.
        self.start + (self.end - self.start) * share.clamp(0.0, 1.0).max(0.0)
    }

    fn bent(&self, value: f64) -> f64 {
        match self.spacing {
            Spacing::Linear => value,
            Spacing::Log => value.max(f64::MIN_POSITIVE).ln(),
        }
    }
}

/// The value if it is a number, within what can be drawn.
pub(super) fn drawable(value: f64) -> Option<f64> {
    value.is_finite().then(|| value.clamp(-HUGE, HUGE))
}

/// An axis of all these values, which ends at round ones, and its ticks.
pub(super) fn axis(
    spacing: Spacing,
    unit: Unit,
    values: impl Iterator<Item = f64>,
    most: usize,
) -> (Scale, Vec<Tick>) {
    let values = values.filter_map(drawable);
    match spacing {
        Spacing::Linear => {
            let (low, high) =
                values.fold((0.0, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
            linear_axis(unit, low, high, most)
        }
        Spacing::Log => {
            let ends = values.filter(|value| *value > 0.0);
            let (low, high) = ends.fold((f64::MAX, 0.0), |(low, high): (f64, f64), value| {
                (low.min(value), high.max(value))
            });
            if high == 0.0 {
                log_axis(unit, 1.0, 10.0, most)
            } else {
                log_axis(unit, low, high, most)
            }
        }
    }
}

fn linear_axis(unit: Unit, low: f64, high: f64, most: usize) -> (Scale, Vec<Tick>) {
    let high = if low == high { low + unit.one() } else { high };
    let step = unit.step((high - low) / most.saturating_sub(1).max(1) as f64);
    let (first, last) = ((low / step).floor(), (high / step).ceil());
    let ticks = (0..=(last - first) as usize).map(|place| {
        let at = (first + place as f64) * step;
        Tick { at, label: unit.tick(at, step) }
    });
    (Scale::linear(first * step, last * step), ticks.collect())
}

fn log_axis(unit: Unit, low: f64, high: f64, most: usize) -> (Scale, Vec<Tick>) {
    // A little room at both ends; for a single value, some around it.
    let (low, high) = (low / 1.1, high * 1.1);
    let within = |values: Vec<f64>| -> Vec<f64> {
        values.into_iter().filter(|value| (low..=high).contains(value)).collect()
    };
    let fine = within(unit.rounds(true));
    let coarse = within(unit.rounds(false));
    let values = if fine.len() <= most { fine } else { coarse };
    let each = values.len().div_ceil(most.max(1)).max(1);
    let ticks = values.into_iter().step_by(each);
    let ticks = ticks.map(|at| Tick { at, label: unit.tick(at, at) });
    (Scale::log(low, high), ticks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(spacing: Spacing, unit: Unit, values: &[f64]) -> Vec<String> {
        let (_, ticks) = axis(spacing, unit, values.iter().copied(), 6);
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_in_the_unit_that_is_read() {
        let linear = |unit, high| labels(Spacing::Linear, unit, &[high]);
        assert_eq!(linear(Unit::Nanos, 310e6), ["0", "100 ms", "200 ms", "300 ms", "400 ms"]);
        assert_eq!(linear(Unit::Nanos, 290e9), ["0", "60 s", "2 min", "3 min", "4 min", "5 min"]);
        assert_eq!(
            linear(Unit::Bytes, 900.0 * 1024.0),
            ["0", "256 KiB", "512 KiB", "768 KiB", "1 MiB"]
        );
        assert_eq!(linear(Unit::Ratio, 0.0012), ["0 %", "0.05 %", "0.1 %", "0.15 %"]);
        assert_eq!(
            linear(Unit::PerSecond, 7_800.0),
            ["0", "2,000/s", "4,000/s", "6,000/s", "8,000/s"]
        );
        assert_eq!(
            labels(Spacing::Linear, Unit::Ratio, &[-0.3, 1.0]),
            ["-50 %", "0 %", "50 %", "100 %"]
        );
    }

    #[test]
    fn a_log_axis_has_decades_or_what_is_between_them() {
        let log = |low, high| labels(Spacing::Log, Unit::Nanos, &[low, high]);
        assert_eq!(log(1e3, 1e9), ["1 µs", "100 µs", "10 ms", "1 s"]);
        assert_eq!(log(1.5e6, 60e6), ["2 ms", "5 ms", "10 ms", "20 ms", "50 ms"]);
        assert_eq!(log(10e9, 86_400e9), ["10 s", "60 s", "10 min", "1 h", "24 h"]);
    }

    #[test]
    fn values_are_placed_within_the_axis() {
        let (scale, _) = axis(Spacing::Linear, Unit::Number, [0.0, 9.0].into_iter(), 6);
        let scale = scale.onto(100.0, 0.0);
        assert_eq!(
            [-1.0, 0.0, 5.0, 10.0, 99.0].map(|v| scale.at(v)),
            [100.0, 100.0, 50.0, 0.0, 0.0]
        );
        let log = Scale::log(1.0, 100.0).onto(0.0, 2.0);
        assert_eq!([0.0, 1.0, 10.0, 100.0].map(|v| log.at(v)), [0.0, 0.0, 1.0, 2.0]);
    }

    #[test]
    fn every_axis_has_an_extent_and_few_ticks() {
        for unit in [Unit::Nanos, Unit::PerSecond, Unit::Ratio, Unit::Bytes, Unit::Number] {
            for spacing in [Spacing::Linear, Spacing::Log] {
                for values in
                    [&[][..], &[0.0], &[1e-9], &[5.0], &[f64::MAX], &[f64::NAN, -3.0], &[1.0, 1e19]]
                {
                    let (scale, ticks) = axis(spacing, unit, values.iter().copied(), 6);
                    assert!(ticks.len() <= 7, "{unit:?} {spacing:?} {values:?}: {ticks:?}");
                    assert!(scale.to > scale.from && scale.to.is_finite());
                    assert!(ticks.windows(2).all(|two| two[0].label != two[1].label), "{ticks:?}");
                }
            }
        }
    }
}
