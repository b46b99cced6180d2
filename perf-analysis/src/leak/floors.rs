//! What memory never falls below: the level that is left when everything that is given back was.

/// The lowest value of each of some equally long stretches of time, oldest first.
///
/// Of a garbage collector's sawtooth that is what it comes down to, and of spikes nothing, once a stretch
/// is longer than a tooth.
#[derive(Clone, Debug)]
pub(super) struct Floors {
    /// When the first stretch begins, in seconds.
    pub(super) from: f64,
    /// How long each is, in seconds.
    pub(super) stretch: f64,
    pub(super) values: Vec<f64>,
}

impl Floors {
    /// Of the points from `from` to the last, in so many stretches. `None` when more than a quarter of them
    /// have no point. One without has the floor of the one before: growth that was not seen counts as a
    /// jump, and not as growth that went on.
    pub(super) fn of(points: &[(f64, f64)], from: f64, stretches: usize) -> Option<Floors> {
        let stretch = (points.last()?.0 - from) / stretches as f64;
        let mut lowest = vec![f64::INFINITY; stretches];
        for (time, value) in points.iter().filter(|(time, _)| *time >= from) {
            let index = ((time - from) / stretch) as usize;
            let floor = &mut lowest[index.min(stretches - 1)];
            *floor = floor.min(*value);
        }
        let empty = lowest.iter().filter(|floor| floor.is_infinite()).count();
        if 4 * empty > stretches {
            return None;
        }
        let mut known = lowest.iter().copied().find(|floor| floor.is_finite())?;
        for floor in &mut lowest {
            known = if floor.is_finite() { *floor } else { known };
            *floor = known;
        }
        Some(Floors { from, stretch, values: lowest })
    }

    /// The middle of each stretch and its floor.
    pub(super) fn points(&self) -> Vec<(f64, f64)> {
        let middle = |index: usize| self.from + (index as f64 + 0.5) * self.stretch;
        self.values.iter().enumerate().map(|(index, floor)| (middle(index), *floor)).collect()
    }

    /// The time of all stretches, in seconds.
    pub(super) fn span(&self) -> f64 {
        self.stretch * self.values.len() as f64
    }

    /// By how much each floor is above the one before.
    pub(super) fn rises(&self) -> Vec<f64> {
        self.values.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    /// By how much the last floor is above the first.
    pub(super) fn rise(&self) -> f64 {
        self.values[self.values.len() - 1] - self.values[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A point a second from 10 s on.
    fn points(values: &[f64]) -> Vec<(f64, f64)> {
        values.iter().enumerate().map(|(second, value)| (10.0 + second as f64, *value)).collect()
    }

    #[test]
    fn a_floor_is_the_lowest_value_of_its_stretch() {
        let teeth = points(&[5.0, 6.0, 7.0, 5.5, 6.5, 7.5, 6.0, 7.0, 8.0]);
        let floors = Floors::of(&teeth, 10.0, 3).unwrap();
        assert_eq!(floors.values, [5.0, 5.5, 6.0]);
        assert_eq!((floors.rises(), floors.rise()), (vec![0.5, 0.5], 1.0));
        assert_eq!(floors.points()[0].1, 5.0);
        // What came before is not looked at.
        assert_eq!(Floors::of(&teeth, 13.0, 2).unwrap().values, [5.5, 6.0]);
    }

    #[test]
    fn a_stretch_without_a_point_has_the_floor_of_the_one_before() {
        let mut gap = points(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        gap.drain(2..4);
        assert_eq!(Floors::of(&gap, 10.0, 4).unwrap().values, [1.0, 1.0, 5.0, 7.0]);
        gap.drain(2..4);
        assert!(Floors::of(&gap, 10.0, 4).is_none(), "two of four");
        assert!(Floors::of(&[], 10.0, 4).is_none());
    }
}
