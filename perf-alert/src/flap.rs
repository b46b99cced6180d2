//! Whether something changes all the time.

use serde::{Deserialize, Serialize};

/// States that are looked at, as Nagios does.
const STATES: u32 = 21;
/// Changes of these, weighted, from which on it flaps.
const HIGH: f64 = 0.20;
/// And up to which it has settled again.
const LOW: f64 = 0.05;

/// Flap detection after Nagios (`base/flapping.c`): the share of changes among the last 21 states, later
/// ones weighted more, from 0.75 to 1.25. From 20 % on it flaps, until it is down to 5 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flap {
    /// The latest state in the lowest bit; all quiet before the first one.
    states: u32,
    is_flapping: bool,
}

impl Flap {
    /// Adds a state and says whether it flaps now.
    pub(crate) fn push(&mut self, is_violated: bool) -> bool {
        self.states = (self.states << 1 | u32::from(is_violated)) & ((1 << STATES) - 1);
        let share = self.share();
        self.is_flapping = share >= HIGH || self.is_flapping && share > LOW;
        self.is_flapping
    }

    pub(crate) fn is_flapping(&self) -> bool {
        self.is_flapping
    }

    /// Nothing is remembered that anything could follow from.
    pub(crate) fn is_quiet(&self) -> bool {
        *self == Flap::default()
    }

    /// How often it has changed in the states that are known.
    pub(crate) fn changes(&self) -> u32 {
        let pairs = (1 << (STATES - 1)) - 1;
        ((self.states ^ self.states >> 1) & pairs).count_ones()
    }

    fn share(&self) -> f64 {
        let changed = self.states ^ self.states >> 1;
        let weight = |place: u32| 1.25 - 0.5 * f64::from(place) / f64::from(STATES - 2);
        let changes = (0..STATES - 1).filter(|place| changed >> place & 1 == 1).map(weight);
        changes.sum::<f64>() / f64::from(STATES - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula as Nagios has it, oldest state first.
    fn nagios(states: &[bool]) -> f64 {
        let mut ring = vec![false; 21_usize.saturating_sub(states.len())];
        ring.extend(&states[states.len().saturating_sub(21)..]);
        let mut sum = 0.0;
        for x in 1..21 {
            if ring[x] != ring[x - 1] {
                sum += (x as f64 - 1.0) * (1.25 - 0.75) / 19.0 + 0.75;
            }
        }
        sum / 20.0
    }

    #[test]
    fn the_share_is_that_of_nagios() {
        let mut seed = 7_u64;
        let (mut flap, mut states) = (Flap::default(), Vec::new());
        let mut expected = false;
        for _ in 0..2_000 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            states.push(seed >> 61 == 0);
            let is_flapping = flap.push(*states.last().unwrap());
            let share = nagios(&states);
            assert!((flap.share() - share).abs() < 1e-12);
            expected = if expected { share > 0.05 } else { share >= 0.20 };
            assert_eq!(is_flapping, expected);
        }
    }

    #[test]
    fn one_incident_is_no_flapping() {
        let mut flap = Flap::default();
        let mut states = [false; 30].into_iter().chain([true; 30]).chain([false; 30]);
        assert!(!states.any(|state| flap.push(state)));
        assert!(flap.is_quiet());
    }
}
