//! One group: its files, and what they say.

use super::cgroup_sample::{CgroupCpu, CgroupMemory, Limit};
use super::controller::{Controller, Version};
use crate::text_file::{Buffer, LazyFile, TextFile, number, number_of};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Version 1 writes "no limit" as the largest number of whole pages, which depends on the size of a page.
/// No machine has half of that.
const NO_LIMIT: u64 = 1 << 62;

/// The memory of one group.
#[derive(Debug)]
pub(super) struct MemoryLevel {
    limit: LimitFile,
    used: LazyFile,
    stat: LazyFile,
    cache_key: &'static str,
}

impl MemoryLevel {
    /// The levels of a controller, the own one first.
    pub(super) fn levels(controller: &Controller) -> Vec<Self> {
        let (limit, used, cache_key) = match controller.version {
            Version::One => {
                ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            }
            Version::Two => ("memory.max", "memory.current", "inactive_file"),
        };
        let level = |folder: &PathBuf| MemoryLevel {
            limit: LimitFile::open(folder, limit, controller.version),
            used: lazy(folder, used),
            stat: lazy(folder, "memory.stat"),
            cache_key,
        };
        controller.folders.iter().map(level).collect()
    }

    /// The own group, and the limits of all.
    pub(super) fn sample(levels: &mut [Self], buffer: &mut Buffer) -> Option<CgroupMemory> {
        let (own, around) = levels.split_first_mut()?;
        let own_use = own.usage(buffer);
        let own_limit = own.limit(buffer).tighter(own_use.limit_around);
        let (mut limit, mut ratio) = (own_limit, own_use.of(own_limit));
        for level in around {
            let of_level = level.limit(buffer);
            limit = limit.tighter(of_level);
            if of_level.value().is_some() {
                let of_level = level.usage(buffer).of(of_level);
                ratio = ratio.into_iter().chain(of_level).reduce(f64::max);
            }
        }
        let MemoryUse { used, working_set, .. } = own_use;
        Some(CgroupMemory { used_bytes: used, working_set_bytes: working_set, limit, ratio })
    }

    fn usage(&mut self, buffer: &mut Buffer) -> MemoryUse {
        let used = self.used.read(buffer).and_then(number);
        let stat = self.stat.read(buffer).unwrap_or(b"");
        let old_cache = number_of(stat, self.cache_key);
        let around = number_of(stat, "hierarchical_memory_limit");
        MemoryUse {
            used,
            working_set: used.zip(old_cache).map(|(used, old)| used.saturating_sub(old)),
            limit_around: around.map_or(Limit::Unreadable, at_most),
        }
    }

    fn limit(&self, buffer: &mut Buffer) -> Limit<u64> {
        match self.limit.read(buffer) {
            Ok("max") => Limit::Unlimited,
            Ok(text) => text.parse().map_or(Limit::Unreadable, at_most),
            Err(limit) => limit,
        }
    }
}

/// What one group uses.
struct MemoryUse {
    used: Option<u64>,
    working_set: Option<u64>,
    /// The lowest limit of the group and all around it, those too that cannot be seen from in here: of
    /// version 1, which has it in `memory.stat`.
    limit_around: Limit<u64>,
}

impl MemoryUse {
    /// How full it is. Old page cache fills no group: the kernel drops it first.
    fn of(&self, limit: Limit<u64>) -> Option<f64> {
        let used = self.working_set.or(self.used)?;
        // A limit of zero is one, and it is used up.
        limit.value().map(|limit| used as f64 / limit.max(1) as f64)
    }
}

fn at_most(bytes: u64) -> Limit<u64> {
    if bytes >= NO_LIMIT { Limit::Unlimited } else { Limit::At(bytes) }
}

/// The CPU of one group.
#[derive(Debug)]
pub(super) struct CpuLevel {
    version: Version,
    /// `cpu.max`, or `cpu.cfs_quota_us`.
    quota: LimitFile,
    /// Version 1 alone: `cpu.cfs_period_us`.
    period: Option<LazyFile>,
    stat: LazyFile,
    /// Version 1 alone: `cpuacct.usage`.
    account: Option<LazyFile>,
}

impl CpuLevel {
    /// The levels of a controller, the own one first.
    pub(super) fn levels(controller: &Controller) -> Vec<Self> {
        let version = controller.version;
        // The two hierarchies of version 1 may be of different depth: from outside in they agree.
        let missing = controller.folders.len().saturating_sub(controller.accounts.len());
        let level = |(index, folder): (usize, &PathBuf)| {
            let account = index.checked_sub(missing).and_then(|index| {
                let deeper = controller.accounts.len().saturating_sub(controller.folders.len());
                controller.accounts.get(index + deeper)
            });
            match version {
                Version::One => CpuLevel {
                    version,
                    quota: LimitFile::open(folder, "cpu.cfs_quota_us", version),
                    period: Some(lazy(folder, "cpu.cfs_period_us")),
                    stat: lazy(folder, "cpu.stat"),
                    account: account.map(|folder| lazy(folder, "cpuacct.usage")),
                },
                Version::Two => CpuLevel {
                    version,
                    quota: LimitFile::open(folder, "cpu.max", version),
                    period: None,
                    stat: lazy(folder, "cpu.stat"),
                    account: None,
                },
            }
        };
        controller.folders.iter().enumerate().map(level).collect()
    }

    /// The group with the tightest quota.
    pub(super) fn sample(levels: &mut [Self], buffer: &mut Buffer) -> Option<CgroupCpu> {
        let (mut quota, mut tightest) = (Limit::Unreadable, 0);
        for (index, level) in levels.iter_mut().enumerate() {
            let tighter = quota.tighter(level.quota(buffer));
            if tighter != quota && tighter.value().is_some() {
                tightest = index;
            }
            quota = tighter;
        }
        Some(levels.get_mut(tightest)?.read(quota, buffer))
    }

    fn read(&mut self, quota: Limit<f64>, buffer: &mut Buffer) -> CgroupCpu {
        let account = self.account.as_mut().and_then(|file| number(file.read(buffer)?));
        let stat = self.stat.read(buffer).unwrap_or(b"");
        let (cpu_time, throttled) = match self.version {
            Version::One => (
                account.map(Duration::from_nanos),
                number_of(stat, "throttled_time").map(Duration::from_nanos),
            ),
            Version::Two => (
                number_of(stat, "usage_usec").map(Duration::from_micros),
                number_of(stat, "throttled_usec").map(Duration::from_micros),
            ),
        };
        CgroupCpu {
            quota,
            cpu_time,
            periods: number_of(stat, "nr_periods"),
            throttled_periods: number_of(stat, "nr_throttled"),
            throttled,
        }
    }

    fn quota(&mut self, buffer: &mut Buffer) -> Limit<f64> {
        let quota = match self.quota.read(buffer) {
            // Without a look at the period, which is another file.
            Ok("-1") => return Limit::Unlimited,
            Ok(quota) => quota,
            Err(limit) => return limit,
        };
        let (quota, period) = match (&mut self.period, quota.split_once(' ')) {
            (Some(period), _) => (quota.parse::<u64>().ok(), period.read(buffer).and_then(number)),
            (None, Some(("max", _))) => return Limit::Unlimited,
            (None, Some((quota, period))) => (quota.parse().ok(), period.parse().ok()),
            (None, None) => (None, None),
        };
        match (quota, period) {
            (Some(quota), Some(period)) if period > 0 => Limit::At(quota as f64 / period as f64),
            _ => Limit::Unreadable,
        }
    }
}

/// A file with a limit, or what it means that there is none.
#[derive(Debug)]
enum LimitFile {
    Open(TextFile),
    /// Of version 2: the outermost group, and one for which the controller is not on. Neither limits.
    Absent,
    Unreadable,
}

impl LimitFile {
    fn open(folder: &Path, name: &str, version: Version) -> Self {
        match TextFile::open(&folder.join(name)) {
            Ok(file) => LimitFile::Open(file),
            Err(error) if error.kind() == ErrorKind::NotFound && version == Version::Two => {
                LimitFile::Absent
            }
            Err(_) => LimitFile::Unreadable,
        }
    }

    /// The text, or the limit that it means to have none.
    fn read<'b, T>(&self, buffer: &'b mut Buffer) -> Result<&'b str, Limit<T>> {
        match self {
            LimitFile::Open(file) => read_text(file, buffer).ok_or(Limit::Unreadable),
            LimitFile::Absent => Err(Limit::Unlimited),
            LimitFile::Unreadable => Err(Limit::Unreadable),
        }
    }
}

fn lazy(folder: &Path, name: &str) -> LazyFile {
    LazyFile::new(folder.join(name))
}

fn read_text<'b>(file: &TextFile, buffer: &'b mut Buffer) -> Option<&'b str> {
    std::str::from_utf8(file.read(buffer).ok()?).ok().map(str::trim)
}
