//! What the whole machine uses, at one moment.

use std::time::{Duration, Instant};

/// One reading of a `SystemSampler`, which the feature `system` gives.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SystemSample {
    /// When it was read.
    pub at: Instant,
    /// Memory.
    pub memory: SystemMemory,
    /// Swap: all of it and what is used, in bytes.
    pub swap: SystemMemory,
    /// Tasks that run or wait to, on average over the last 1, 5 and 15 minutes; `None` on Windows.
    pub load: Option<[f64; 3]>,
    /// CPU; `None` until a first interval has gone by.
    pub cpu: Option<SystemCpu>,
}

/// Memory or swap of the machine. In a container it is that of the host: see
/// [`Cgroup`](crate::Cgroup).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemMemory {
    /// All of it, in bytes.
    pub total_bytes: u64,
    /// What can be had without swapping, in bytes.
    pub available_bytes: u64,
}

impl SystemMemory {
    /// What cannot be had, in bytes. Some containers tell more available than there is: then it is 0.
    pub fn used_bytes(&self) -> u64 {
        self.total_bytes.saturating_sub(self.available_bytes)
    }
}

/// The CPU of the machine over an interval.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SystemCpu {
    /// The share of all cores that was in use, 0 to 1.
    pub ratio: f64,
    /// The share of each core, 0 to 1.
    pub cores: Box<[f64]>,
    /// What it is the average of.
    pub interval: Duration,
}
