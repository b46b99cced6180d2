//! The time-stamp counter of x86-64, where the kernel itself trusts it.
#![allow(unsafe_code)]

use crate::sync::{AtomicU64, Mutex, Relaxed, lock, shared};
use std::sync::OnceLock;
use std::time::Instant;

shared! {
    /// Nanoseconds a tick, as a 32.32 fixed-point number.
    static NANOS_PER_TICK: AtomicU64 = AtomicU64::new(0);
}
shared! {
    static FAULTS: AtomicU64 = AtomicU64::new(0);
}
shared! {
    /// The first reading of both clocks, and the last.
    static ANCHORS: Mutex<Option<(Anchor, Anchor)>> = Mutex::new(None);
}

/// How long the first calibration watches both clocks: long enough for 10 ppm.
const CALIBRATION_NANOS: u64 = 500_000;
/// Checks closer together than this are skipped.
const CHECK_INTERVAL_NANOS: u64 = 100_000_000;
/// A difference beyond this share of the interval, and 1 ms, is a fault: the machine was migrated
/// or suspended.
const FAULT_SHARE: f64 = 200e-6;
const FAULT_NANOS: f64 = 1e6;

/// Both clocks, read as close together as can be.
#[derive(Clone, Copy)]
struct Anchor {
    ticks: u64,
    instant: Instant,
}

/// Whether this machine's counter may stand for time. Calibrates it the first time.
pub(super) fn is_trusted() -> bool {
    static TRUSTED: OnceLock<bool> = OnceLock::new();
    *TRUSTED.get_or_init(|| {
        let trusted = is_invariant() && kernel_uses_it();
        if trusted {
            let start = Anchor::now();
            *lock(&ANCHORS) = Some((start, start));
            NANOS_PER_TICK.store(calibrate(start), Relaxed);
        }
        trusted
    })
}

#[inline(always)]
pub(super) fn to_nanos(ticks: u64) -> u64 {
    ((u128::from(ticks) * u128::from(NANOS_PER_TICK.load(Relaxed))) >> 32) as u64
}

/// Compares the counter with the system's clock. While they agree the factor gets better with every
/// check, since it rests on all the time from the first; when they do not, that is counted and the
/// factor measured anew.
pub(super) fn check() {
    let mut anchors = lock(&ANCHORS);
    let Some((first, last)) = *anchors else { return };
    if last.instant.elapsed().as_nanos() < u128::from(CHECK_INTERVAL_NANOS) {
        return;
    }
    let now = Anchor::now();
    let counted = to_nanos(now.ticks.saturating_sub(last.ticks));
    if is_fault(counted, now.nanos_since(&last)) {
        FAULTS.fetch_add(1, Relaxed);
        NANOS_PER_TICK.store(calibrate(now), Relaxed);
        *anchors = Some((now, now));
    } else {
        NANOS_PER_TICK.store(nanos_per_tick(&first, &now), Relaxed);
        *anchors = Some((first, now));
    }
}

pub(super) fn faults() -> u64 {
    FAULTS.load(Relaxed)
}

fn is_fault(counted_nanos: u64, true_nanos: u64) -> bool {
    let gap = counted_nanos.abs_diff(true_nanos) as f64;
    gap > true_nanos as f64 * FAULT_SHARE + FAULT_NANOS
}

impl Anchor {
    /// The tightest of eight tries.
    fn now() -> Anchor {
        let one_try = || {
            let before = ticks();
            let instant = Instant::now();
            let after = ticks();
            let width = after.wrapping_sub(before);
            (width, Anchor { ticks: before.wrapping_add(width / 2), instant })
        };
        (0..8).map(|_| one_try()).min_by_key(|(width, _)| *width).expect("eight tries").1
    }

    fn nanos_since(&self, earlier: &Anchor) -> u64 {
        self.instant.duration_since(earlier.instant).as_nanos() as u64
    }
}

fn calibrate(start: Anchor) -> u64 {
    while start.instant.elapsed().as_nanos() < u128::from(CALIBRATION_NANOS) {
        std::hint::spin_loop();
    }
    nanos_per_tick(&start, &Anchor::now())
}

fn nanos_per_tick(start: &Anchor, end: &Anchor) -> u64 {
    let ticks = u128::from(end.ticks.saturating_sub(start.ticks).max(1));
    ((u128::from(end.nanos_since(start)) << 32) / ticks) as u64
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn ticks() -> u64 {
    // SAFETY: RDTSC is part of x86-64 and touches no memory.
    unsafe { std::arch::x86_64::_rdtsc() }
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn ticks() -> u64 {
    0
}

/// CPUID leaf 0x8000_0007, EDX bit 8: the counter runs at one rate in every power state (Intel SDM
/// vol. 3B, 19.17.1; AMD APM vol. 3, appendix E.4.6).
#[cfg(target_arch = "x86_64")]
fn is_invariant() -> bool {
    use std::arch::x86_64::__cpuid;
    #[allow(unused_unsafe, reason = "the older compilers we support call it unsafe")]
    // SAFETY: CPUID is part of x86-64, and touches no memory.
    let cpuid = |leaf| unsafe { __cpuid(leaf) };
    cpuid(0x8000_0000).eax >= 0x8000_0007 && cpuid(0x8000_0007).edx & (1 << 8) != 0
}

#[cfg(not(target_arch = "x86_64"))]
fn is_invariant() -> bool {
    false
}

/// The kernel has compared the counters of all sockets and goes on watching them. On other systems
/// nobody tells us, so the answer there is no.
fn kernel_uses_it() -> bool {
    let source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    cfg!(target_os = "linux")
        && std::fs::read_to_string(source).is_ok_and(|name| name.trim() == "tsc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_above_200_ppm_and_1_ms_is_a_fault() {
        let second = 1_000_000_000;
        assert!(!is_fault(second, second));
        assert!(!is_fault(second + 1_190_000, second), "1.19 ms a second: within 200 ppm + 1 ms");
        assert!(is_fault(second + 1_210_000, second));
        assert!(is_fault(second - 1_210_000, second));
        assert!(is_fault(61 * second, second), "slept for a minute");
    }
}
