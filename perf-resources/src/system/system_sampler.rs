//! Readings of the whole machine.

use super::system_sample::{SystemCpu, SystemMemory, SystemSample};
use std::io;
use std::time::{Duration, Instant};
use sysinfo::{MemoryRefreshKind, System};

/// Reads memory, swap, load and CPU of the machine through `sysinfo`, which knows many systems. Feature
/// `system`.
///
/// ```
/// use perf_resources::SystemSampler;
///
/// let mut sampler = SystemSampler::new()?;
/// let sample = sampler.sample();
/// println!("{} of {} bytes used", sample.memory.used_bytes(), sample.memory.total_bytes);
/// assert_eq!(sample.cpu, None, "there is no CPU figure before an interval has gone by");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct SystemSampler {
    system: System,
    /// When the CPU figures were last brought up to date.
    updated: Instant,
    cpu: Option<SystemCpu>,
}

impl SystemSampler {
    /// The CPU figures change this often at most: `sysinfo` is wrong about shorter intervals.
    pub const MIN_INTERVAL: Duration = sysinfo::MINIMUM_CPU_UPDATE_INTERVAL;

    /// Begins the first interval.
    ///
    /// # Errors
    ///
    /// `Unsupported` on a system that `sysinfo` does not know.
    pub fn new() -> io::Result<Self> {
        if !sysinfo::IS_SUPPORTED_SYSTEM {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let mut system = System::new();
        system.refresh_cpu_usage();
        Ok(SystemSampler { system, updated: Instant::now(), cpu: None })
    }

    /// Reads now. The CPU is that of the time since the last reading that was at least
    /// [`MIN_INTERVAL`](Self::MIN_INTERVAL) after the one before; until there is such a one it is `None`,
    /// and not the 0 % that `sysinfo` has then.
    pub fn sample(&mut self) -> SystemSample {
        let at = Instant::now();
        self.system.refresh_memory_specifics(MemoryRefreshKind::everything());
        let cpu = self.cpu();
        let load = System::load_average();
        let system = &self.system;
        let of = |total_bytes, available_bytes| SystemMemory { total_bytes, available_bytes };
        SystemSample {
            at,
            memory: of(system.total_memory(), system.available_memory()),
            swap: of(system.total_swap(), system.free_swap()),
            load: (!cfg!(windows)).then_some([load.one, load.five, load.fifteen]),
            cpu,
        }
    }

    /// The CPU alone, as [`sample`](Self::sample) has it.
    pub(super) fn cpu(&mut self) -> Option<SystemCpu> {
        let at = Instant::now();
        let interval = at.saturating_duration_since(self.updated);
        if interval >= Self::MIN_INTERVAL {
            self.system.refresh_cpu_usage();
            self.updated = at;
            self.cpu = cpu(&self.system, interval);
        }
        self.cpu.clone()
    }
}

fn cpu(system: &System, interval: Duration) -> Option<SystemCpu> {
    let ratio = |percent: f32| (f64::from(percent) / 100.0).clamp(0.0, 1.0);
    let cores: Box<[f64]> = system.cpus().iter().map(|core| ratio(core.cpu_usage())).collect();
    let known = !cores.is_empty();
    known.then(|| SystemCpu { ratio: ratio(system.global_cpu_usage()), cores, interval })
}
