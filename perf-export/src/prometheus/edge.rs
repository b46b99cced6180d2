//! The upper edges of buckets.

use super::names::Scale;
use super::number::{Number, push_edge};

/// One edge, and how it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    /// As the metric records its values.
    pub(crate) value: u64,
    decimals: u8,
    multiply: u64,
    text: [u8; 24],
    length: u8,
}

impl Edge {
    pub(crate) fn new(value: u64, scale: Scale) -> Self {
        let mut digits = Vec::with_capacity(24);
        push_edge(&mut digits, scale.integer(value.into()), scale.decimals);
        let (mut text, length) = ([0; 24], digits.len().min(24));
        text[..length].copy_from_slice(&digits[..length]);
        let Scale { multiply, decimals } = scale;
        Edge { value, decimals, multiply, text, length: length as u8 }
    }

    /// As `le` has it.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text[..self.length.into()]
    }

    pub(crate) fn float(&self) -> f64 {
        let value = u128::from(self.value) * u128::from(self.multiply);
        Number::Scaled { value, decimals: self.decimals }.float()
    }
}

/// The default edges of latencies, in ns: those that OpenTelemetry's HTTP conventions advise.
pub(crate) const LATENCIES: [u64; 14] = [
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    75_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    750_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    7_500_000_000,
    10_000_000_000,
];

/// The default edges of values that are no times: those that OpenTelemetry advises for tokens.
pub(crate) fn powers_of_four() -> impl Iterator<Item = u64> {
    (0..14).map(|power| 4u64.pow(power))
}

/// `edges` with `more` among them, ascending, each value once.
pub(crate) fn with_more(edges: &[Edge], more: &[u64], scale: Scale) -> Vec<Edge> {
    let mut all = Vec::with_capacity(edges.len() + more.len());
    all.extend_from_slice(edges);
    for &value in more {
        if let Err(at) = all.binary_search_by_key(&value, |edge| edge.value) {
            all.insert(at, Edge::new(value, scale));
        }
    }
    all
}
