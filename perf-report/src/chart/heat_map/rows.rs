//! Rows of a heat map: equally high, whatever their edges are.

use crate::chart::scale::{self, Spacing, Tick, drawable};
use crate::chart::unit::Unit;

/// Where values are among the edges of rows.
#[derive(Debug)]
pub(super) struct Rows {
    edges: Vec<f64>,
}

impl Rows {
    pub(super) fn new(edges: &[f64]) -> Self {
        let above_zero = |edge: &f64| drawable(*edge).unwrap_or(1.0).max(1e-9);
        Self { edges: edges.iter().map(above_zero).collect() }
    }

    pub(super) fn count(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// Round values between the first edge and the last.
    pub(super) fn ticks(&self, unit: Unit) -> Vec<Tick> {
        let (_, ticks) = scale::axis(Spacing::Log, unit, self.edges.iter().copied(), 7);
        let (first, last) = (self.edges.first().copied(), self.edges.last().copied());
        let inside = |tick: &Tick| first <= Some(tick.at) && Some(tick.at) <= last;
        ticks.into_iter().filter(inside).collect()
    }

    /// How many rows are below a value, with the share of the one that it is in.
    pub(super) fn of(&self, value: f64) -> f64 {
        let below = self.edges.partition_point(|edge| *edge <= value);
        let low = below.checked_sub(1).map(|place| self.edges[place]);
        match (low, self.edges.get(below)) {
            (Some(low), Some(high)) => (below - 1) as f64 + (value / low).ln() / (high / low).ln(),
            _ => below.saturating_sub(1) as f64,
        }
    }

    /// As [`of`](Self::of), but what is beyond the last edge is far beyond it.
    pub(super) fn or_beyond(&self, value: f64) -> f64 {
        if self.edges.last().is_some_and(|last| value > *last) { f64::MAX } else { self.of(value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_placed_between_the_edges_of_its_row() {
        let rows = Rows::new(&[1.0, 10.0, 1_000.0]);
        let placed = [0.1, 1.0, 10.0, 100.0, 1_000.0, 1e9].map(|value| rows.of(value));
        assert_eq!(placed, [0.0, 0.0, 1.0, 1.5, 2.0, 2.0]);
        assert_eq!(rows.or_beyond(1e9), f64::MAX);
        assert_eq!(Rows::new(&[]).of(1.0), 0.0);
    }
}
