//! This process on systems without `/proc`, by `sysinfo`.

use super::process_sample::ProcessSample;
use super::process_sampler::Detail;
use std::io;

#[derive(Debug)]
pub(super) struct Source {
    #[cfg(feature = "system")]
    system: sysinfo::System,
}

impl Source {
    #[cfg(feature = "system")]
    pub(super) fn own() -> io::Result<Self> {
        if sysinfo::IS_SUPPORTED_SYSTEM {
            Ok(Source { system: sysinfo::System::new() })
        } else {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    #[cfg(not(feature = "system"))]
    pub(super) fn own() -> io::Result<Self> {
        let reason = "resources are read on Linux, or with the feature `system`";
        Err(io::Error::new(io::ErrorKind::Unsupported, reason))
    }

    pub(super) fn of(_pid: u32) -> io::Result<Self> {
        let reason = "resources of another process are read on Linux alone";
        Err(io::Error::new(io::ErrorKind::Unsupported, reason))
    }

    /// When the process began, since 1970; known once it was sampled.
    pub(super) fn started(&mut self) -> Option<std::time::Duration> {
        #[cfg(feature = "system")]
        {
            let own = sysinfo::Pid::from_u32(std::process::id());
            let process = self.system.process(own)?;
            Some(std::time::Duration::from_secs(process.start_time()))
        }
        #[cfg(not(feature = "system"))]
        None
    }

    #[cfg(feature = "system")]
    pub(super) fn sample(&mut self, _: Detail) -> io::Result<ProcessSample> {
        use std::time::{Duration, Instant};
        use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate};

        let at = Instant::now();
        let own = Pid::from_u32(std::process::id());
        // All else, threads among them, is on by default and costs.
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, kind);
        let process = self.system.process(own).ok_or(io::ErrorKind::NotFound)?;
        Ok(ProcessSample {
            at,
            // Not `cpu_usage`, which is 0 % at first and wrong at short intervals.
            cpu_time: Duration::from_millis(process.accumulated_cpu_time()),
            cpu_resolution: Duration::from_millis(10),
            resident_bytes: process.memory(),
            virtual_bytes: process.virtual_memory(),
            threads: None,
            open_fds: None,
            max_fds: None,
            minor_faults: None,
            major_faults: None,
            peak_resident_bytes: None,
            proportional_bytes: None,
            context_switches: None,
            io: None,
        })
    }

    #[cfg(not(feature = "system"))]
    pub(super) fn sample(&mut self, _: Detail) -> io::Result<ProcessSample> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sysinfo_and_proc_see_the_same_process() {
        let mut source = Source::own().unwrap();
        let there = source.sample(Detail::default()).unwrap();
        let mut sampler = crate::ProcessSampler::own().unwrap();
        let here = sampler.sample().unwrap();
        // One of them knows whole seconds, of a machine's start in whole seconds.
        let (theirs, ours) = (source.started().unwrap(), sampler.started().unwrap());
        assert!(theirs.abs_diff(ours).as_secs() <= 3, "{theirs:?} {ours:?}");
        // Other tests of this process allocate meanwhile.
        let near = |a: u64, b: u64| a.abs_diff(b) <= a / 2 + (64 << 20);
        assert!(near(there.resident_bytes, here.resident_bytes), "{there:?} {here:?}");
        assert!(near(there.virtual_bytes, here.virtual_bytes), "{there:?} {here:?}");
        assert!(there.cpu_time <= here.cpu_time + there.cpu_resolution);
    }

    #[test]
    fn another_process_is_not_supported() {
        assert_eq!(Source::of(1).unwrap_err().kind(), io::ErrorKind::Unsupported);
    }
}
