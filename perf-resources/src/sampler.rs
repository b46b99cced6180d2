//! Samples flow into a profiler: as gauges and counters, which all of perfkit reads.

#[cfg(feature = "alloc")]
mod allocations;
mod resource_gauges;
mod sampler_config;
mod series;

pub use resource_gauges::ResourceGauges;
pub use sampler_config::SamplerConfig;

use crate::ticker::Ticker;
use perf_core::Profiler;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Starts a thread that writes what the process uses into `profiler`, now and at an interval, until what
/// this returns is dropped. [`ResourceGauges`] says which names it writes.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// # if cfg!(not(target_os = "linux")) { return Ok(()) }
/// use perf_core::Profiler;
/// use perf_resources::{SamplerConfig, spawn_sampler};
///
/// let profiler = Profiler::new();
/// let sampler = spawn_sampler(&profiler, SamplerConfig::new())?;
/// sampler.sample_now()?; // between two ticks, when a figure is wanted now
/// let memory = profiler.snapshot().gauge("process_resident_memory_bytes", &[]);
/// assert!(memory > Some(0.0));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When this process cannot be read ([`ProcessSampler::own`](crate::ProcessSampler::own)), when the
/// interval is zero, and when the system gives no more threads.
pub fn spawn_sampler(profiler: &Profiler, config: SamplerConfig) -> io::Result<Sampler> {
    let interval = config.every();
    let gauges = Arc::new(Mutex::new(ResourceGauges::new(profiler, config)?));
    let shared = Arc::clone(&gauges);
    let ticker = Ticker::spawn("perfkit-sampler", interval, move |missed| {
        let mut gauges = lock(&shared);
        gauges.add_missed(missed);
        // It is counted; the next tick tries again.
        let _ = gauges.sample_now();
    })?;
    Ok(Sampler { gauges, _ticker: ticker })
}

/// The thread that [`spawn_sampler`] started. Dropped, it stops the thread at once and waits for a sample
/// that is under way, some tens of microseconds. The thread keeps its profiler alive.
#[must_use = "the thread stops when this is dropped"]
pub struct Sampler {
    gauges: Arc<Mutex<ResourceGauges>>,
    _ticker: Ticker,
}

impl Sampler {
    /// Samples now, beside the ticks: what is per interval, such as CPU, is then of the time since the
    /// last sample of either kind.
    ///
    /// # Errors
    ///
    /// As [`ResourceGauges::sample_now`].
    pub fn sample_now(&self) -> io::Result<()> {
        lock(&self.gauges).sample_now()
    }

    /// Says that from now on nothing is asked of the process, or that something is again:
    /// [`ResourceGauges::set_idle`].
    ///
    /// # Errors
    ///
    /// As [`ResourceGauges::sample_now`].
    pub fn set_idle(&self, idle: bool) -> io::Result<()> {
        lock(&self.gauges).set_idle(idle)
    }
}

impl fmt::Debug for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampler").finish_non_exhaustive()
    }
}

/// After a panic elsewhere too: no state is left half changed.
fn lock(gauges: &Mutex<ResourceGauges>) -> MutexGuard<'_, ResourceGauges> {
    gauges.lock().unwrap_or_else(PoisonError::into_inner)
}
