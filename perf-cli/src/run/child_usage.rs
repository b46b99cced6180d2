//! The kernel's account of processes that have ended.

use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;

/// Waits for it; and the memory that the largest process had at most, of it and those that it has waited
/// for. `None` where the system tells it of all children together.
pub(super) fn wait(child: &mut Child) -> io::Result<(ExitStatus, Option<u64>)> {
    #[cfg(any(target_os = "linux", target_os = "macos", target_os = "freebsd"))]
    {
        use wait4::Wait4;
        let ended = child.wait4()?;
        Ok((ended.status, Some(ended.rusage.maxrss)))
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "freebsd")))]
    Ok((child.wait()?, None))
}

/// What all children have used so far that we have waited for, and those that they have waited for.
#[derive(Clone, Copy)]
pub(super) struct ChildrenTotals(ChildUsage);

/// What one run used. It is exact: the kernel adds it up when a process has ended.
#[derive(Clone, Copy)]
pub(super) struct ChildUsage {
    pub(super) user: Duration,
    pub(super) system: Duration,
    /// From storage, and to it; `None` where the system counts something else.
    pub(super) read_bytes: Option<u64>,
    pub(super) written_bytes: Option<u64>,
    pub(super) voluntary_switches: u64,
    pub(super) involuntary_switches: u64,
    pub(super) major_faults: u64,
}

impl ChildrenTotals {
    /// Reads now; `None` where the system does not tell it.
    #[cfg(unix)]
    pub(super) fn read() -> Option<Self> {
        use nix::sys::resource::{UsageWho, getrusage};
        use nix::sys::time::{TimeVal, TimeValLike};

        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
        let time = |time: TimeVal| Duration::from_micros(whole(time.num_microseconds()));
        // Linux counts bytes and tells them in blocks of 512.
        let bytes = |blocks: u64| cfg!(target_os = "linux").then_some(blocks * 512);
        Some(ChildrenTotals(ChildUsage {
            user: time(usage.user_time()),
            system: time(usage.system_time()),
            read_bytes: bytes(whole(usage.block_reads())),
            written_bytes: bytes(whole(usage.block_writes())),
            voluntary_switches: whole(usage.voluntary_context_switches()),
            involuntary_switches: whole(usage.involuntary_context_switches()),
            major_faults: whole(usage.major_page_faults()),
        }))
    }

    #[cfg(not(unix))]
    pub(super) fn read() -> Option<Self> {
        None
    }

    /// What was used between the two.
    pub(super) fn since(&self, before: &ChildrenTotals) -> ChildUsage {
        let (now, before) = (&self.0, &before.0);
        let bytes = |now: Option<u64>, before| Some(now?.saturating_sub(before?));
        ChildUsage {
            user: now.user.saturating_sub(before.user),
            system: now.system.saturating_sub(before.system),
            read_bytes: bytes(now.read_bytes, before.read_bytes),
            written_bytes: bytes(now.written_bytes, before.written_bytes),
            voluntary_switches: now.voluntary_switches.saturating_sub(before.voluntary_switches),
            involuntary_switches: now
                .involuntary_switches
                .saturating_sub(before.involuntary_switches),
            major_faults: now.major_faults.saturating_sub(before.major_faults),
        }
    }
}

/// What the system tells as signed numbers, of 32 or 64 bits.
#[cfg(unix)]
fn whole(count: impl TryInto<u64>) -> u64 {
    count.try_into().unwrap_or(0)
}
