//! What can run out, when that is near, and what to do then.

use std::fmt;

/// What has a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// Memory of the container or the process.
    Memory,
    /// CPU time, against the quota of the container or the CPUs there are.
    Cpu,
    /// The periods of the CPU quota in which the container was stopped, of all its periods.
    Throttling,
    /// File descriptors.
    OpenFiles,
}

impl Resource {
    /// From which share of the limit on it is near.
    ///
    /// * Memory, 0.9: beyond the limit the kernel ends the process, and the last tenth is what a burst of
    ///   requests takes.
    /// * CPU, 0.8: what waits for a server that is busy for a share ρ of the time waits ρ / (1 − ρ) times
    ///   as long as it is served, four times at 0.8 (the M/M/1 queue, with one CPU).
    /// * Throttling, 0.25: in a quarter of the periods of 100 ms all threads stood still; it is the
    ///   threshold of the alert `CPUThrottlingHigh` of the kubernetes-mixin project.
    /// * Open files, 0.8: at the limit, connections are no longer accepted at once, and they come in bursts.
    ///
    /// Only the third is somebody else's practice; the others are choices.
    pub fn threshold(self) -> f64 {
        match self {
            Resource::Memory => 0.9,
            Resource::Cpu | Resource::OpenFiles => 0.8,
            Resource::Throttling => 0.25,
        }
    }

    /// Whether it stays taken until it is given back, as memory and files do: then the last sample alone
    /// can be near the limit. Of CPU, one busy second is none.
    pub fn is_stock(self) -> bool {
        matches!(self, Resource::Memory | Resource::OpenFiles)
    }

    pub(super) fn recommendation(self, p95: f64) -> String {
        let p95 = percent(p95);
        match self {
            Resource::Memory => format!(
                "p95 is {p95}, and the kernel ends the process at the limit; raise it, bound caches \
                 and queues, or see whether it leaks"
            ),
            Resource::Cpu => format!(
                "p95 is {p95}, and what comes waits the longer for its turn the nearer that is to \
                 100%; raise the quota, add instances, or make the hottest operation cheaper"
            ),
            Resource::Throttling => format!(
                "the quota stopped all threads in {p95} of its periods at p95, which latency shows \
                 before the CPU is full; raise the quota or run fewer threads"
            ),
            Resource::OpenFiles => format!(
                "p95 is {p95}, and at the limit neither files nor connections open; raise it (ulimit \
                 -n), bound the connections, or see whether they are closed"
            ),
        }
    }

    /// What the share is one of.
    pub(super) fn of_what(self) -> &'static str {
        match self {
            Resource::Throttling => "of the periods",
            _ => "of its limit",
        }
    }
}

impl fmt::Display for Resource {
    /// `open files`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Resource::Memory => "memory",
            Resource::Cpu => "CPU",
            Resource::Throttling => "throttling",
            Resource::OpenFiles => "open files",
        })
    }
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}
