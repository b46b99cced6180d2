//! CPU time over time.

use std::time::Duration;

/// CPU time that was used in an interval.
///
/// ```
/// use perf_resources::CpuUsage;
/// use std::time::Duration;
///
/// let usage = CpuUsage::new(Duration::from_millis(30), Duration::from_millis(20)).unwrap();
/// assert_eq!((usage.ratio(), usage.share_of(4.0)), (1.5, Some(0.375)));
/// assert!(CpuUsage::new(Duration::from_millis(30), Duration::ZERO).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuUsage {
    cpu_time: Duration,
    interval: Duration,
}

impl CpuUsage {
    /// So much CPU time in `interval`; `None` when no time went by.
    pub fn new(cpu_time: Duration, interval: Duration) -> Option<Self> {
        (!interval.is_zero()).then_some(CpuUsage { cpu_time, interval })
    }

    /// The CPU time, of all threads together.
    pub fn cpu_time(&self) -> Duration {
        self.cpu_time
    }

    /// The time that went by; never zero.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// CPU time over time that went by: 1.0 is one core, 2.5 are two and a half.
    pub fn ratio(&self) -> f64 {
        self.cpu_time.as_secs_f64() / self.interval.as_secs_f64()
    }

    /// The [`ratio`](Self::ratio) as a share of what can be had, such as the quota of a container or the
    /// cores of the machine; `None` unless `cores` is a number above zero.
    pub fn share_of(&self, cores: f64) -> Option<f64> {
        (cores > 0.0 && cores.is_finite()).then(|| self.ratio() / cores)
    }
}
