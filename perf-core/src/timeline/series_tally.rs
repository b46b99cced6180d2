//! What the timeline knows of a counter, a gauge or a histogram: packed, and added up again.

use super::throughput::Busiest;
use crate::distribution::{Body, Distribution, Head};
use crate::varint::{Reader, put};

/// The growth of a counter.
#[derive(Clone, Copy, Default)]
pub(super) struct CounterTally {
    pub(super) growth: u64,
    pub(super) busiest: Busiest,
}

impl CounterTally {
    pub(super) fn pack(&self, bytes: &mut Vec<u8>) {
        put(bytes, self.growth);
        if self.busiest != Busiest::default() {
            self.busiest.pack(bytes);
        }
    }

    /// The growth in several intervals, each with its span.
    pub(super) fn sum<'a>(intervals: impl Iterator<Item = (u64, Reader<'a>)>) -> Self {
        let mut sum = CounterTally::default();
        for (span, mut packed) in intervals {
            let growth = packed.number();
            let busiest = match packed.is_empty() {
                true => Busiest::of(growth, span),
                false => Busiest::unpack(&mut packed),
            };
            sum.growth = sum.growth.wrapping_add(growth);
            sum.busiest = sum.busiest.or(busiest);
        }
        sum
    }
}

/// The values of a gauge at the ends of the intervals of a [`Window`](crate::Window).
///
/// What happened between the ends is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GaugeRange {
    /// The value at the end of the window.
    pub last: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The arithmetic mean, each interval counted once.
    pub mean: f64,
}

/// The values of a gauge, oldest first.
#[derive(Clone, Copy)]
pub(super) struct GaugeTally {
    samples: u64,
    last: f64,
    min: f64,
    max: f64,
    mean: f64,
}

impl GaugeTally {
    pub(super) const NOTHING: Self =
        GaugeTally { samples: 0, last: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY, mean: 0.0 };

    pub(super) fn of(value: f64) -> Self {
        GaugeTally { samples: 1, last: value, min: value, max: value, mean: value }
    }

    pub(super) fn pack(&self, bytes: &mut Vec<u8>) {
        put(bytes, self.samples);
        let several = [self.last, self.min, self.max, self.mean];
        let values = if self.samples == 1 { &several[..1] } else { &several };
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    fn unpack(mut packed: Reader<'_>) -> Self {
        let samples = packed.number();
        let mut value = || f64::from_le_bytes(*packed.array());
        let last = value();
        if samples == 1 {
            return GaugeTally::of(last);
        }
        GaugeTally { samples, last, min: value(), max: value(), mean: value() }
    }

    /// Adds a packed interval that is later than all before.
    pub(super) fn add(&mut self, packed: Reader<'_>) {
        let later = GaugeTally::unpack(packed);
        self.samples += later.samples;
        let share = later.samples as f64 / self.samples.max(1) as f64;
        // Weights instead of a sum: the sum of two finite values may be infinite.
        self.mean = self.mean * (1.0 - share) + later.mean * share;
        self.last = later.last;
        (self.min, self.max) = (self.min.min(later.min), self.max.max(later.max));
    }

    pub(super) fn range(&self) -> Option<GaugeRange> {
        let GaugeTally { samples, last, min, max, mean } = *self;
        (samples > 0).then(|| GaugeRange { last, min, max, mean: mean.clamp(min, max) })
    }
}

/// The values of a histogram.
#[derive(Clone, Default)]
pub(super) struct HistogramTally {
    head: Head,
    body: Body,
}

impl HistogramTally {
    pub(super) fn pack(distribution: &Distribution, bytes: &mut Vec<u8>) {
        distribution.head().pack(true, bytes);
        distribution.pack_body(bytes);
    }

    pub(super) fn add(&mut self, mut packed: Reader<'_>) {
        let head = Head::unpack(true, &mut packed);
        self.head.add(&head);
        self.body.unpack::<true>(&head, &mut packed);
    }

    pub(super) fn distribution(&self) -> Distribution {
        self.body.distribution(&self.head)
    }
}
