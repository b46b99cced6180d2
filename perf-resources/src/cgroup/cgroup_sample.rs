//! What a container allows and uses, at one moment.

use crate::process::CpuUsage;
use std::time::{Duration, Instant};

/// One reading of a [`Cgroup`](crate::Cgroup).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CgroupSample {
    /// When it was read.
    pub at: Instant,
    /// Memory; `None` where no group counts it.
    pub memory: Option<CgroupMemory>,
    /// CPU; `None` where no group counts it.
    pub cpu: Option<CgroupCpu>,
}

impl CgroupSample {
    /// The CPU time that everything under the tightest quota used since `earlier`, over time and over the
    /// quota: at 1.0 all of it is used, and who wants more is throttled. `None` without a quota.
    pub fn quota_ratio_since(&self, earlier: &CgroupSample) -> Option<f64> {
        let (now, before) = (self.cpu?, earlier.cpu?);
        let Limit::At(cores) = now.quota else { return None };
        let cpu_time = now.cpu_time?.saturating_sub(before.cpu_time?);
        let interval = self.at.saturating_duration_since(earlier.at);
        CpuUsage::new(cpu_time, interval)?.share_of(cores)
    }

    /// The share of the quota's periods since `earlier` in which somebody was throttled, 0 to 1; `None`
    /// without a quota, and when no period went by.
    pub fn throttled_ratio_since(&self, earlier: &CgroupSample) -> Option<f64> {
        let (now, before) = (self.cpu?, earlier.cpu?);
        let periods = now.periods?.checked_sub(before.periods?)?;
        let throttled = now.throttled_periods?.checked_sub(before.throttled_periods?)?;
        (periods > 0).then(|| (throttled as f64 / periods as f64).min(1.0))
    }
}

/// Memory of the own group, and the limits of all groups around it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CgroupMemory {
    /// What the own group uses, page cache included, in bytes.
    pub used_bytes: Option<u64>,
    /// The same without the page cache that nobody has used lately and that the kernel drops first: what
    /// Kubernetes calls the working set.
    pub working_set_bytes: Option<u64>,
    /// The lowest limit of the own group and those around it, in bytes. Of groups around it that cannot be
    /// seen, as in a container, version 1 alone tells the limit.
    pub limit: Limit<u64>,
    /// How full the fullest of those groups is, its working set over its limit. That need not be the group of
    /// the lowest limit: a parent is filled by others too. `None` when none has a limit.
    pub ratio: Option<f64>,
}

/// CPU of the group with the tightest quota; of the own group if none has one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CgroupCpu {
    /// How many cores may be used on average over a period: the lowest of the own group and those around
    /// it.
    pub quota: Limit<f64>,
    /// CPU time of everything in the group since it was made.
    pub cpu_time: Option<Duration>,
    /// Periods of the quota in which something ran.
    pub periods: Option<u64>,
    /// Periods in which the quota was used up and something had to wait.
    pub throttled_periods: Option<u64>,
    /// How long, all cores together, there was waiting for the next period.
    pub throttled: Option<Duration>,
}

/// A limit, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit<T> {
    /// So much.
    At(T),
    /// The groups say that there is none.
    Unlimited,
    /// No group says anything that can be read.
    Unreadable,
}

impl<T> Limit<T> {
    /// The limit, if there is one and it can be read.
    pub fn value(self) -> Option<T> {
        match self {
            Limit::At(limit) => Some(limit),
            Limit::Unlimited | Limit::Unreadable => None,
        }
    }
}

impl<T: PartialOrd> Limit<T> {
    /// The tighter of two: a known limit before "unlimited", which goes before "unreadable".
    pub(super) fn tighter(self, other: Self) -> Self {
        match (self, other) {
            (Limit::At(a), Limit::At(b)) => Limit::At(if b < a { b } else { a }),
            (Limit::At(limit), _) | (_, Limit::At(limit)) => Limit::At(limit),
            (Limit::Unlimited, _) | (_, Limit::Unlimited) => Limit::Unlimited,
            (Limit::Unreadable, Limit::Unreadable) => Limit::Unreadable,
        }
    }
}
