//! What the kernel counts in.

use std::time::Duration;

/// The unit of the CPU times in `/proc/<pid>/stat`.
pub(super) fn of_ticks(ticks: u64) -> Duration {
    let a_second = ticks_per_second();
    let nanos = u128::from(ticks) * 1_000_000_000 / u128::from(a_second);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(target_os = "linux")]
pub(super) fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second().max(1)
}

#[cfg(target_os = "linux")]
pub(super) fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

#[cfg(not(target_os = "linux"))]
pub(super) fn ticks_per_second() -> u64 {
    100
}

#[cfg(not(target_os = "linux"))]
pub(super) fn page_size() -> u64 {
    4_096
}
