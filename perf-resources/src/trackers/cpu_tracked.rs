//! What a CPU tracker tells.

use crate::process::CpuUsage;
use crate::system::SystemCpu;
use std::time::SystemTime;

/// The share that findings of a report begin at, too: what comes then waits four times as long as it is
/// served.
const SATURATED: f64 = 0.8;

/// One reading of a [`CpuTracker`](crate::CpuTracker).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CpuReading {
    /// The process since the reading before, or since the tracker was made; `None` where it is not
    /// tracked, and when no time went by.
    pub process: Option<CpuUsage>,
    /// The machine, since the reading at least 200 ms before; `None` where it is not tracked, before
    /// there is such a one, and without the feature `system`. Without cores where they are not tracked.
    pub system: Option<SystemCpu>,
    /// When it was read; `None` where timestamps are not wanted.
    pub at: Option<SystemTime>,
}

/// A measurement that was stopped.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CpuTracked {
    /// The label it was started with.
    pub label: Box<str>,
    /// The process from start to stop, other threads included; `None` where it is not tracked, and when
    /// no time went by.
    pub process: Option<CpuUsage>,
    /// The highest [`CpuUsage::ratio`] between two readings at least 10 ms apart, or of the whole; `None`
    /// as `process`.
    pub peak_ratio: Option<f64>,
    /// Cores that can be had: those the process may run on, or the quota of its container, as they were
    /// when the tracker was made.
    pub capacity: Option<f64>,
    /// The machine when it was stopped, as in [`CpuReading::system`].
    pub system: Option<SystemCpu>,
    /// When it was stopped; `None` where timestamps are not wanted.
    pub at: Option<SystemTime>,
}

impl CpuTracked {
    /// The process in percent of one core: 250 are two cores and a half.
    pub fn percent(&self) -> Option<f64> {
        self.process.map(|usage| usage.ratio() * 100.0)
    }

    /// Whether the process used at least 80 % of the cores that can be had; `None` when either is not
    /// known.
    pub fn is_saturated(&self) -> Option<bool> {
        Some(self.process?.share_of(self.capacity?)? >= SATURATED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn saturation_is_of_the_cores_that_can_be_had() {
        let used = |millis, capacity| CpuTracked {
            label: "a".into(),
            process: CpuUsage::new(Duration::from_millis(millis), Duration::from_secs(1)),
            peak_ratio: None,
            capacity,
            system: None,
            at: None,
        };
        assert_eq!(used(400, Some(0.5)).is_saturated(), Some(true));
        assert_eq!(used(390, Some(0.5)).is_saturated(), Some(false));
        assert_eq!(used(450, Some(2.0)).is_saturated(), Some(false));
        assert_eq!(used(450, None).is_saturated(), None);
        assert_eq!(used(2_500, None).percent(), Some(250.0));
    }
}
