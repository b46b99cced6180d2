//! How much happens a second.

use super::SLOT;
use crate::varint::{Reader, put};

/// Events a second in a [`Window`](crate::Window).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Throughput {
    /// In the interval that ended last: of the last second, if the timeline is ticked each second.
    pub current: f64,
    /// In the whole window.
    pub average: f64,
    /// In the busiest interval of the window. Intervals of less than half a second, as a reset can
    /// leave behind, are not looked at for this. It is known to the second also where the timeline has
    /// only minutes left.
    pub peak: f64,
}

/// The number of events in one metric of one entry, and in the busiest interval that went into it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Busiest {
    count: u64,
    /// In ns; 0 when there was no interval long enough.
    span: u64,
}

impl Busiest {
    /// One interval of its own.
    pub(super) fn of(count: u64, span: u64) -> Self {
        if span >= SLOT / 2 { Busiest { count, span } } else { Busiest::default() }
    }

    /// The busier one.
    pub(super) fn or(self, other: Self) -> Self {
        if other.per_second() > self.per_second() || self.span == 0 { other } else { self }
    }

    pub(super) fn per_second(&self) -> f64 {
        per_second(self.count, self.span).unwrap_or(0.0)
    }

    pub(super) fn pack(&self, bytes: &mut Vec<u8>) {
        put(bytes, self.count);
        put(bytes, self.span);
    }

    pub(super) fn unpack(packed: &mut Reader<'_>) -> Self {
        Busiest { count: packed.number(), span: packed.number() }
    }
}

pub(super) fn per_second(count: u64, span: u64) -> Option<f64> {
    (span > 0).then(|| count as f64 / (span as f64 / 1e9))
}
