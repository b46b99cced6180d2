//! What a memory tracker tells.

use super::byte_unit::ByteUnit;
use crate::system::SystemSample;
use std::time::{Duration, SystemTime};

/// One reading of a [`MemoryTracker`](crate::MemoryTracker).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MemoryReading {
    /// Memory in RAM (RSS), in bytes.
    pub resident_bytes: u64,
    /// Address space (VMS), in bytes.
    pub virtual_bytes: u64,
    /// The most that was in RAM since the process began, in bytes; `None` where it is not told.
    pub peak_resident_bytes: Option<u64>,
    /// Memory of the GPU; `None` without a source
    /// ([`MemoryTracker::gpu`](crate::MemoryTracker::gpu)), and when that knows nothing.
    pub gpu_bytes: Option<u64>,
    /// The machine; `None` without the feature `system`.
    pub system: Option<SystemSample>,
    /// When it was read; `None` where timestamps are not wanted.
    pub at: Option<SystemTime>,
}

/// A measurement that was stopped.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MemoryTracked {
    /// The label it was started with.
    pub label: Box<str>,
    /// What the methods tell amounts in.
    pub unit: ByteUnit,
    /// Resident memory of the process when it was started, in bytes.
    pub start_bytes: u64,
    /// Resident memory of the process when it was stopped, in bytes.
    pub end_bytes: u64,
    /// The most resident memory between start and stop, in bytes: of the whole process, which other
    /// threads use too. `None` where peaks are not tracked.
    pub peak_bytes: Option<u64>,
    /// How well the peak is known.
    pub peak_source: PeakSource,
    /// How long it took.
    pub elapsed: Duration,
    /// Memory of the GPU when it was stopped, in bytes.
    pub gpu_bytes: Option<u64>,
    /// When it was stopped; `None` where timestamps are not wanted.
    pub at: Option<SystemTime>,
}

/// Where the peak of a measurement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeakSource {
    /// The peak of the process since it began rose meanwhile, so it lies in this measurement: no spike is
    /// missed, however short.
    HighWaterMark,
    /// The process had used more before, so it is the highest of so many readings: shorter spikes are
    /// missed.
    Readings(u64),
}

impl MemoryTracked {
    /// Resident memory when it was stopped, in the unit.
    pub fn value(&self) -> f64 {
        self.unit.of(self.end_bytes)
    }

    /// The peak, in the unit.
    pub fn peak(&self) -> Option<f64> {
        self.peak_bytes.map(|bytes| self.unit.of(bytes))
    }

    /// What was added from start to stop, in the unit; negative when memory was given back.
    pub fn change(&self) -> f64 {
        self.unit.of(self.end_bytes) - self.unit.of(self.start_bytes)
    }
}
