//! What a process and its children have used, at one moment.

use super::cpu_usage::CpuUsage;
use super::process_sample::IoBytes;
use std::time::{Duration, Instant};

/// One reading of a [`ProcessTree`](crate::ProcessTree): sums over the process and its descendants.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct TreeSample {
    /// When it was read.
    pub at: Instant,
    /// Processes alive, and ended ones that nobody has waited for yet.
    pub processes: u64,
    /// CPU time used since the tree was first read, by processes that have ended since too. Never less
    /// than before.
    pub cpu_time: Duration,
    /// Resident memory. What processes share is counted in each of them.
    pub resident_bytes: u64,
    /// Address space.
    pub virtual_bytes: u64,
    /// Threads.
    pub threads: u64,
    /// Open files, of the processes whose files may be read; `None` when that is none.
    pub open_fds: Option<u64>,
    /// Page faults served from memory since the tree was first read.
    pub minor_faults: u64,
    /// Page faults that waited for a disk since the tree was first read.
    pub major_faults: u64,
    /// Bytes of IO since the tree was first read, of the processes whose IO may be read; `None` when that
    /// is none.
    pub io: Option<IoBytes>,
    /// The most resident memory of any reading so far: a shorter peak between two readings is not in it.
    pub peak_resident_bytes: u64,
}

impl TreeSample {
    /// The CPU time between `earlier` and this one; `None` when no time went by. In steps of 10 ms for
    /// each process.
    pub fn cpu_since(&self, earlier: &TreeSample) -> Option<CpuUsage> {
        let cpu_time = self.cpu_time.saturating_sub(earlier.cpu_time);
        CpuUsage::new(cpu_time, self.at.saturating_duration_since(earlier.at))
    }
}
