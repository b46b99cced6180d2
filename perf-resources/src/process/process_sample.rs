//! What one process has used, at one moment.

use super::cpu_usage::CpuUsage;
use crate::text_file::number_of;
use std::time::{Duration, Instant};

/// One reading of a [`ProcessSampler`](crate::ProcessSampler).
///
/// A figure is `None` where the system does not tell it, where it may not be read (files and IO of
/// somebody else's process), and where nobody asked for it; it is never 0 for "unknown".
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProcessSample {
    /// When it was read.
    pub at: Instant,
    /// CPU time of all threads since the process began, those that have ended included.
    pub cpu_time: Duration,
    /// The step that `cpu_time` advances in: 1 ns of the own process, 10 ms of another.
    pub cpu_resolution: Duration,
    /// Memory in use that is in RAM (RSS). The kernel keeps this number for each core and tells the sum
    /// without what the cores have not yet handed in: a few hundred KB at most.
    pub resident_bytes: u64,
    /// Address space (VMS).
    pub virtual_bytes: u64,
    /// Threads, the first included.
    pub threads: Option<u64>,
    /// Open files, sockets and pipes; the handful that the sampler itself keeps open included.
    pub open_fds: Option<u64>,
    /// How many may be open.
    pub max_fds: Option<u64>,
    /// Page faults that were served from memory, since the process began.
    pub minor_faults: Option<u64>,
    /// Page faults that had to wait for a disk, since the process began.
    pub major_faults: Option<u64>,
    /// The most that ever was resident, with [`with_peak`](crate::ProcessSampler::with_peak).
    pub peak_resident_bytes: Option<u64>,
    /// Resident memory, pages shared with others divided among all who share them (PSS), with
    /// [`with_proportional`](crate::ProcessSampler::with_proportional).
    pub proportional_bytes: Option<u64>,
    /// Of the own process; of another one [on request](crate::ProcessSampler::with_context_switches).
    pub context_switches: Option<ContextSwitches>,
    /// With [`with_io`](crate::ProcessSampler::with_io).
    pub io: Option<IoBytes>,
}

impl ProcessSample {
    /// The CPU time between `earlier` and this one, right from the first interval on and however short it
    /// is, but for [`cpu_resolution`](Self::cpu_resolution); `None` when no time went by.
    pub fn cpu_since(&self, earlier: &ProcessSample) -> Option<CpuUsage> {
        let cpu_time = self.cpu_time.saturating_sub(earlier.cpu_time);
        CpuUsage::new(cpu_time, self.at.saturating_duration_since(earlier.at))
    }
}

/// How often a thread was taken off a core, since the process began.
///
/// Summed over threads: of one that ended, what it had at the last sample stays counted, and what came
/// after is lost, as is a thread that lived between two samples alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContextSwitches {
    /// It waited for something.
    pub voluntary: u64,
    /// Somebody else's turn came.
    pub involuntary: u64,
}

/// Bytes read and written since the process began, those of children that have ended and were waited for
/// included, as the kernel has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IoBytes {
    /// Fetched from storage: what came from the page cache is not here.
    pub read: u64,
    /// Caused to be sent to storage, now or when the page cache is written back.
    pub written: u64,
    /// Asked for by read calls of all kinds: files, pipes, sockets, the page cache.
    pub read_calls: u64,
    /// The same of write calls.
    pub write_calls: u64,
}

impl IoBytes {
    /// Reads `/proc/<pid>/io`.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        Some(IoBytes {
            read: number_of(text, "read_bytes")?,
            written: number_of(text, "write_bytes")?,
            read_calls: number_of(text, "rchar")?,
            write_calls: number_of(text, "wchar")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io_with_a_line_missing_is_no_figure() {
        let text = b"rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n";
        let io = IoBytes { read: 5, written: 6, read_calls: 1, write_calls: 2 };
        assert_eq!(IoBytes::parse(text), Some(io));
        assert_eq!(IoBytes::parse(&text[10..]), None);
        assert_eq!(IoBytes::parse(b""), None);
    }
}
