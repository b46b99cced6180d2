//! Series that leak and series that do not, and what is claimed of them.

use crate::random::Random;
use std::f64::consts::TAU;

const MIB: f64 = 1_048_576.0;

/// A kind of series, and how often it has which grade.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Of [`LeakGrade`](perf_analysis::LeakGrade), in its order.
    pub(crate) percent: [f64; 4],
    hours: f64,
    /// Seconds from a point to the next.
    step: f64,
    /// Makes one such series: MiB beyond 200 by the time in hours.
    make: fn(&mut Random) -> Value,
}

/// How much there is at a time in hours, with noise.
type Value = Box<dyn FnMut(f64, &mut Random) -> f64>;

impl Shape {
    /// The next of its series, in bytes by the second.
    pub(crate) fn series(&self, random: &mut Random) -> Vec<(f64, f64)> {
        let mut value = (self.make)(random);
        let points = (self.hours * 3_600.0 / self.step) as u32;
        let mut point = |index| {
            let seconds = f64::from(index) * self.step;
            (seconds, MIB * (200.0 + value(seconds / 3_600.0, random)))
        };
        (0..=points).map(&mut point).collect()
    }
}

/// An hour by ten seconds.
fn hour(name: &'static str, percent: [f64; 4], make: fn(&mut Random) -> Value) -> Shape {
    Shape { name, percent, hours: 1.0, step: 10.0, make }
}

fn days(days: f64, name: &'static str, percent: [f64; 4], make: fn(&mut Random) -> Value) -> Shape {
    Shape { name, percent, hours: 24.0 * days, step: 900.0, make }
}

/// With noise of 1 MiB.
fn noisy(value: impl Fn(f64) -> f64 + 'static) -> Value {
    Box::new(move |hours, random| value(hours) + random.normal())
}

/// What is left of its difference from a point to the next, in noise that lasts.
fn lasting(left: f64) -> Value {
    let mut value = 0.0;
    Box::new(move |_, random| {
        value = left * value + random.normal();
        value
    })
}

fn steps(random: &mut Random, count: usize, size: f64) -> Value {
    let at: Vec<f64> = (0..count).map(|_| random.uniform()).collect();
    noisy(move |hours| size * at.iter().filter(|at| **at < hours).count() as f64)
}

/// Fills up to 100 MiB, two thirds of what is left in so many hours.
fn filling(hours: f64) -> Value {
    noisy(move |time| 100.0 * (1.0 - (-time / hours).exp()))
}

/// Teeth of 50 MiB, so many an hour, beginning anywhere, and a leak in MiB an hour.
fn teeth(random: &mut Random, an_hour: f64, leak: f64) -> Value {
    let phase = random.uniform();
    noisy(move |hours| 50.0 * ((hours * an_hour + phase) % 1.0) + leak * hours)
}

/// 20 MiB up and down by the day, beginning anywhere, and a leak in MiB an hour.
fn daily(random: &mut Random, leak: f64) -> Value {
    let phase = random.uniform();
    noisy(move |hours| 20.0 * (TAU * (hours / 24.0 + phase)).sin() + leak * hours)
}

pub(crate) fn shapes() -> Vec<Shape> {
    let minutes_20 = |shape: Shape| Shape { hours: 1.0 / 3.0, ..shape };
    let hours_4 = |shape: Shape| Shape { hours: 4.0, step: 60.0, ..shape };
    vec![
        hour("noise of 3 MiB", [97.6, 2.4, 0.0, 0.0], |_| {
            Box::new(|_, random| 3.0 * random.normal())
        }),
        hour("noise that lasts (AR(1), 0.95)", [82.5, 17.5, 0.0, 0.0], |_| lasting(0.95)),
        hour("random walk", [65.5, 32.5, 1.9, 0.1], |_| lasting(1.0)),
        hour("one step of 64 MiB", [59.9, 40.1, 0.0, 0.0], |random| steps(random, 1, 64.0)),
        hour("3 steps of 20 MiB", [19.6, 80.4, 0.0, 0.0], |random| steps(random, 3, 20.0)),
        hour("10 steps of 20 MiB", [0.4, 72.6, 26.1, 0.9], |random| steps(random, 10, 20.0)),
        hour("warm-up, τ 5 min", [100.0, 0.0, 0.0, 0.0], |_| filling(1.0 / 12.0)),
        hour("cache that fills, τ 30 min", [0.0, 0.0, 100.0, 0.0], |_| filling(0.5)),
        hour("cache that fills, τ 1 h", [0.0, 0.0, 98.5, 1.5], |_| filling(1.0)),
        hour("cache that fills, τ 2 h", [0.0, 0.0, 87.4, 12.6], |_| filling(2.0)),
        hour("growth with the logarithm", [0.0, 0.0, 100.0, 0.0], |_| {
            noisy(|hours| 30.0 * (1.0 + 60.0 * hours).ln())
        }),
        hour("40 teeth of 50 MiB", [99.8, 0.2, 0.0, 0.0], |random| teeth(random, 40.0, 0.0)),
        hour("7 teeth", [100.0, 0.0, 0.0, 0.0], |random| teeth(random, 7.0, 0.0)),
        hour("2.3 teeth", [85.2, 9.2, 4.1, 1.5], |random| teeth(random, 2.3, 0.0)),
        days(14.0, "14 days, daily cycle of ±20 MiB", [100.0, 0.0, 0.0, 0.0], |random| {
            daily(random, 0.0)
        }),
        days(3.0, "3 days of it", [99.5, 0.5, 0.0, 0.0], |random| daily(random, 0.0)),
        days(0.5, "half a day of it", [56.3, 15.7, 16.0, 12.0], |random| daily(random, 0.0)),
        minutes_20(hour("leak of 60 MiB/h for 20 min", [0.0, 19.2, 71.8, 9.0], |_| {
            noisy(|hours| 60.0 * hours)
        })),
        minutes_20(hour("300 MiB/h for 20 min", [0.0, 0.0, 2.9, 97.1], |_| {
            noisy(|hours| 300.0 * hours)
        })),
        hour("leak of 5 MiB/h", [0.3, 98.0, 1.5, 0.2], |_| noisy(|hours| 5.0 * hours)),
        hour("20 MiB/h", [0.0, 4.6, 80.9, 14.5], |_| noisy(|hours| 20.0 * hours)),
        hour("60 MiB/h", [0.0, 0.0, 9.1, 90.9], |_| noisy(|hours| 60.0 * hours)),
        hours_4(hour("20 MiB/h for 4 h", [0.0, 0.0, 2.9, 97.1], |_| noisy(|hours| 20.0 * hours))),
        hour("60 MiB/h in noise of 3 MiB", [0.0, 4.6, 80.9, 14.5], |_| {
            Box::new(|hours, random| 60.0 * hours + 3.0 * random.normal())
        }),
        hour("60 MiB/h below 40 teeth", [0.0, 0.0, 52.8, 47.2], |random| teeth(random, 40.0, 60.0)),
        hour("300 MiB/h below 7 teeth", [0.0, 3.8, 96.2, 0.0], |random| teeth(random, 7.0, 300.0)),
        days(14.0, "14 days, daily cycle, 0.1 MiB/h", [0.0, 41.5, 54.6, 3.9], |random| {
            daily(random, 0.1)
        }),
        days(14.0, "14 days, daily cycle, 0.5 MiB/h", [0.0, 0.0, 90.5, 9.5], |random| {
            daily(random, 0.5)
        }),
        hour("60 MiB/h after a warm-up, τ 4 min", [0.0, 0.0, 16.3, 83.7], |_| {
            noisy(|hours| 60.0 * hours + 100.0 * (1.0 - (-15.0 * hours).exp()))
        }),
        hour("60 MiB/h since 15 to 36 min", [0.0, 0.0, 7.0, 93.0], |random| {
            let at = 0.25 + 0.35 * random.uniform();
            noisy(move |hours| 60.0 * (hours - at).max(0.0))
        }),
        hour("60 MiB/h, restart after 18 to 42 min", [44.0, 1.6, 14.6, 39.8], |random| {
            let at = 0.3 + 0.4 * random.uniform();
            noisy(move |hours| 60.0 * if hours < at { hours } else { hours - at })
        }),
    ]
}
