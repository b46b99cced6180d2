//! A process of Linux, by the process clock and `/proc`.

use super::process_sample::{ContextSwitches, IoBytes, ProcessSample};
use super::process_sampler::Detail;
use super::stat::Stat;
use super::switches::Switches;
use super::units::of_ticks;
use crate::text_file::{Buffer, LazyFile, TextFile, number_of};
use nix::sys::resource::{UsageWho, getrusage};
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// The files of one process.
#[derive(Debug)]
pub(super) struct Source {
    folder: PathBuf,
    is_own: bool,
    stat: TextFile,
    /// The folder, whose size is the number of open files since Linux 6.2.
    fds: Option<TextFile>,
    status: LazyFile,
    io: LazyFile,
    smaps: LazyFile,
    limits: LazyFile,
    switches: Switches,
    peak_resident_bytes: u64,
    buffer: Buffer,
}

impl Source {
    pub(super) fn own() -> io::Result<Self> {
        Self::open("/proc/self".into(), true)
    }

    pub(super) fn of(pid: u32) -> io::Result<Self> {
        Self::open(format!("/proc/{pid}").into(), pid == std::process::id())
    }

    fn open(folder: PathBuf, is_own: bool) -> io::Result<Self> {
        let lazy = |name| LazyFile::new(folder.join(name));
        Ok(Source {
            stat: TextFile::open(&folder.join("stat"))?,
            fds: TextFile::open(&folder.join("fd")).ok(),
            status: lazy("status"),
            io: lazy("io"),
            smaps: lazy("smaps_rollup"),
            limits: lazy("limits"),
            switches: Switches::default(),
            peak_resident_bytes: 0,
            buffer: Buffer::new(),
            folder,
            is_own,
        })
    }

    pub(super) fn sample(&mut self, detail: Detail) -> io::Result<ProcessSample> {
        // Clock beside clock: what is between them is an error of the ratio.
        let at = Instant::now();
        let clock = self.is_own.then(|| clock(ClockId::ProcessCPUTime));
        // Before all others: when the process has ended, nothing is looked up by its number.
        let stat = Stat::parse(self.stat.read(&mut self.buffer)?)?;
        Ok(ProcessSample {
            at,
            cpu_time: clock.unwrap_or(stat.cpu_time),
            cpu_resolution: if self.is_own { Duration::from_nanos(1) } else { of_ticks(1) },
            resident_bytes: stat.resident_bytes,
            virtual_bytes: stat.virtual_bytes,
            threads: Some(stat.threads),
            open_fds: self.open_fds(),
            max_fds: self.max_fds(),
            minor_faults: Some(stat.minor_faults),
            major_faults: Some(stat.major_faults),
            peak_resident_bytes: if detail.peak { self.peak() } else { None },
            proportional_bytes: if detail.proportional { self.proportional() } else { None },
            context_switches: match detail.switches {
                _ if self.is_own => own_switches(),
                true => self.switches.read(&self.folder, &mut self.buffer),
                false => None,
            },
            io: if detail.io { self.io_bytes() } else { None },
        })
    }

    /// When the process began, since 1970.
    pub(super) fn started(&mut self) -> Option<Duration> {
        let stat = Stat::parse(self.stat.read(&mut self.buffer).ok()?).ok()?;
        let age = clock(ClockId::Boottime).saturating_sub(of_ticks(stat.started));
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.checked_sub(age)
    }

    fn open_fds(&self) -> Option<u64> {
        match self.fds.as_ref()?.size() {
            Ok(0) => count_entries(&self.folder.join("fd"), self.is_own),
            size => size.ok(),
        }
    }

    fn max_fds(&mut self) -> Option<u64> {
        if self.is_own {
            return getrlimit(Resource::Nofile).current;
        }
        let text = self.limits.read(&mut self.buffer)?;
        number_of(text, "Max open files")
    }

    fn peak(&mut self) -> Option<u64> {
        let kib = number_of(self.status.read(&mut self.buffer)?, "VmHWM")?;
        // The kernel compares what the cores have handed in, and so sometimes tells less than before.
        self.peak_resident_bytes = self.peak_resident_bytes.max(kib.checked_mul(1_024)?);
        Some(self.peak_resident_bytes)
    }

    fn proportional(&mut self) -> Option<u64> {
        number_of(self.smaps.read(&mut self.buffer)?, "Pss")?.checked_mul(1_024)
    }

    fn io_bytes(&mut self) -> Option<IoBytes> {
        IoBytes::parse(self.io.read(&mut self.buffer)?)
    }
}

/// Of all threads, of those that have ended too.
fn own_switches() -> Option<ContextSwitches> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    Some(ContextSwitches {
        voluntary: u64::try_from(usage.voluntary_context_switches()).ok()?,
        involuntary: u64::try_from(usage.involuntary_context_switches()).ok()?,
    })
}

fn clock(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Before Linux 6.2. The folder that is read here is open itself.
fn count_entries(folder: &Path, is_own: bool) -> Option<u64> {
    let entries = fs::read_dir(folder).ok()?.count() as u64;
    Some(entries.saturating_sub(u64::from(is_own)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_ways_to_count_open_files_agree() {
        let source = Source::own().unwrap();
        let held: Vec<_> = (0..50).map(|_| fs::File::open("/proc/self/stat").unwrap()).collect();
        // Other tests open and close files meanwhile, hence some looks.
        let agree = (0..100).any(|_| {
            let counted = count_entries(&source.folder.join("fd"), true);
            source.open_fds() == counted && counted > Some(50)
        });
        assert!(agree);
        drop(held);
    }
}
