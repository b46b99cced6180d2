//! What one GPU says of itself, at one moment.

use super::reading::Reading;
use super::throttle::ThrottleReasons;

/// One reading of one GPU. Each figure says for itself why it is missing, where it is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GpuSample {
    /// Its number in NVML, which counts in the order of the PCI bus. That of CUDA is another: it counts
    /// the fastest first, and only those of `CUDA_VISIBLE_DEVICES`. The [`uuid`](Self::uuid) is the same
    /// everywhere.
    pub index: u32,
    /// What it is called, such as `NVIDIA H200`.
    pub name: Reading<String>,
    /// What it is called alone.
    pub uuid: Reading<String>,
    /// How much of the time it worked. Not supported while it is divided (MIG).
    pub utilization: Reading<GpuUtilization>,
    /// Its memory.
    pub memory: Reading<GpuMemory>,
    /// What it draws, in watts: on newer GPUs the mean of the last second.
    pub power_watts: Reading<f64>,
    /// What it may draw, in watts.
    pub power_limit_watts: Reading<f64>,
    /// What it has drawn since the driver was loaded, in joules. The difference of two readings is exact
    /// where sums over [`power_watts`](Self::power_watts) are not.
    pub energy_joules: Reading<f64>,
    /// How hot the chip is, in degrees Celsius.
    pub temperature_celsius: Reading<f64>,
    /// What its clocks run at.
    pub clocks: GpuClocks,
    /// Why the clocks are not higher.
    pub throttle: Reading<ThrottleReasons>,
    /// Memory errors that were corrected.
    pub ecc_corrected: EccErrors,
    /// Memory errors that could not be corrected.
    pub ecc_uncorrected: EccErrors,
    /// The processes that use it, by number. In a container the numbers are those of the host, so that
    /// none need be [`is_own`](GpuProcess::is_own).
    pub processes: Reading<Vec<GpuProcess>>,
    /// What it is divided into; empty where it could be and is not.
    pub mig: Reading<Vec<MigInstance>>,
}

/// Shares of the time, 0 to 1. The driver has them of the last 1/6 s to 1 s, by GPU: to ask more often
/// tells nothing more.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GpuUtilization {
    /// The time in which something ran, on however few of its cores.
    pub gpu: f64,
    /// The time in which its memory was read or written.
    pub memory: f64,
}

/// Memory in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GpuMemory {
    /// Given to somebody.
    pub used_bytes: u64,
    /// All of it.
    pub total_bytes: u64,
    /// What the driver keeps for itself, which is neither used nor free.
    pub reserved_bytes: u64,
}

/// Clocks in hertz.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GpuClocks {
    /// Graphics.
    pub graphics_hertz: Reading<u64>,
    /// The multiprocessors.
    pub sm_hertz: Reading<u64>,
    /// Memory.
    pub memory_hertz: Reading<u64>,
}

/// Counts of memory errors. Not supported where there is no ECC memory, or it is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EccErrors {
    /// Since the driver was loaded.
    pub volatile: Reading<u64>,
    /// In the life of the GPU.
    pub aggregate: Reading<u64>,
}

/// A process that uses a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GpuProcess {
    /// Its number, on the host.
    pub pid: u32,
    /// Whether it has the number of this process. In a container that has numbers of its own it is
    /// another process, or none.
    pub is_own: bool,
    /// The memory it has there, in bytes.
    pub used_bytes: Reading<u64>,
    /// Whether it computes.
    pub compute: bool,
    /// Whether it draws.
    pub graphics: bool,
    /// Which part of a divided GPU it uses.
    pub mig_instance: Option<u32>,
}

/// A part of a divided GPU (MIG).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MigInstance {
    /// Its number on the GPU; they need not follow one another.
    pub index: u32,
    /// What it is called, with its size, such as `NVIDIA H200 MIG 1g.18gb`.
    pub name: Reading<String>,
    /// What it is called alone.
    pub uuid: Reading<String>,
    /// Its memory.
    pub memory: Reading<GpuMemory>,
    /// How much of the time it worked, which most drivers do not say.
    pub utilization: Reading<GpuUtilization>,
}

impl GpuSample {
    /// The memory of this process, in bytes; as `processes` where that is not told, and 0 where this
    /// process is not among them.
    pub fn own_memory_bytes(&self) -> Reading<u64> {
        let own = |processes: &Vec<GpuProcess>| -> Reading<u64> {
            let mut sum = 0_u64;
            for process in processes.iter().filter(|process| process.is_own) {
                match process.used_bytes {
                    Reading::Value(bytes) => sum = sum.saturating_add(bytes),
                    unknown => return unknown,
                }
            }
            Reading::Value(sum)
        };
        match self.processes.as_ref().map(own) {
            Reading::Value(bytes) => bytes,
            Reading::NotSupported => Reading::NotSupported,
            Reading::NoPermission => Reading::NoPermission,
            Reading::Failed(code) => Reading::Failed(code),
        }
    }
}
