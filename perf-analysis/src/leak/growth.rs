//! Whether growth goes on and on, or is chance, a few jumps, or on its way to an end.

use crate::student;

/// How fast the second half must grow at least, as a share of the first, to be no cache that fills: what
/// grows with the logarithm of time is at 0.59 when the first third is left out.
pub(super) const PACE: f64 = 0.7;

/// What the rises of a level, one for each of some equally long stretches of time, say of its growth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    /// How often rises as uneven as these add up to as much when the true growth is none.
    ///
    /// This is what tells growth from a walk: one jump, however large, makes the mean of the rises no
    /// larger than its own error, and two or three little more.
    pub(super) chance: f64,
    /// The same of the half in which it is larger.
    pub(super) chance_of_half: f64,
    /// The rate of the second half as a share of that of the first.
    pub(super) pace: f64,
    /// How often rises as uneven as these seem so steady when the second half really grows at [`PACE`] or
    /// less of the rate of the first.
    pub(super) chance_of_pace: f64,
}

impl Growth {
    /// Of an even number of rises, at least 4.
    pub(super) fn of(rises: &[f64]) -> Growth {
        let (first, second) = rises.split_at(rises.len() / 2);
        let (early, late) = (mean(first), mean(second));
        let degrees = rises.len() - 2;
        let spread = (squares(first) + squares(second)) / degrees as f64;
        let error = (spread * (1.0 + PACE * PACE) / first.len() as f64).sqrt();
        Growth {
            chance: chance_of_mean(rises),
            chance_of_half: chance_of_mean(first).max(chance_of_mean(second)),
            pace: late / early,
            chance_of_pace: chance(late - PACE * early, error, degrees),
        }
    }
}

/// How often values as uneven as these have as large a mean when the true one is 0 (Student, "The probable
/// error of a mean", Biometrika 6, 1908).
fn chance_of_mean(values: &[f64]) -> f64 {
    let degrees = values.len() - 1;
    let error = (squares(values) / (degrees * values.len()) as f64).sqrt();
    chance(mean(values), error, degrees)
}

/// How often a value with this error is as large when the true one is 0. Nothing that is asked here is
/// true of what does not grow, so 1 for that.
fn chance(value: f64, error: f64, degrees: usize) -> f64 {
    if value > 0.0 { student::at_least(value / error, degrees) } else { 1.0 }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The squares of the distances from the mean, together.
fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_never_growth_however_large_it_is() {
        for size in [1.0, 1e12] {
            for at in 0..24 {
                let mut rises = [0.0; 24];
                rises[at] = size;
                // One value of n makes Student's t exactly 1.
                assert!((Growth::of(&rises).chance - student::at_least(1.0, 23)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn even_rises_are_growth_that_keeps_its_pace() {
        let growth = Growth::of(&[2.0; 6]);
        assert_eq!((growth.chance, growth.chance_of_half, growth.chance_of_pace), (0.0, 0.0, 0.0));
        assert_eq!(growth.pace, 1.0);
    }

    #[test]
    fn what_slows_down_does_not_keep_its_pace() {
        let rises: Vec<f64> = (0..12).map(|i| 0.8_f64.powi(i)).collect();
        let growth = Growth::of(&rises);
        assert!(growth.chance < 1e-3 && growth.chance_of_pace == 1.0, "{growth:?}");
        assert!((growth.pace - 0.8_f64.powi(6)).abs() < 1e-12);
    }

    #[test]
    fn what_stands_still_or_falls_is_not_growth() {
        for rise in [0.0, -1.0, f64::NAN] {
            let growth = Growth::of(&[rise; 6]);
            assert_eq!(
                (growth.chance, growth.chance_of_half, growth.chance_of_pace),
                (1.0, 1.0, 1.0)
            );
        }
    }
}
