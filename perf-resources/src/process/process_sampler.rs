//! Readings of one process.

#[cfg(not(target_os = "linux"))]
use super::elsewhere::Source;
#[cfg(target_os = "linux")]
use super::linux::Source;
use super::process_sample::ProcessSample;
use std::io;
use std::time::Duration;

/// Reads what one process uses: this one, or another by its number.
///
/// On Linux it reads the process clock and `/proc`, of which it keeps two to four files open; a reading
/// of the default figures costs 4 to 7 µs, a fifth of what sysinfo needs for fewer, and none allocates after
/// the first (docs/resources.md). On other systems the feature `system` gives the memory and
/// CPU of this process through `sysinfo`.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// # if cfg!(not(target_os = "linux")) { return Ok(()) }
/// use perf_resources::ProcessSampler;
///
/// let mut sampler = ProcessSampler::own()?.with_peak();
/// let before = sampler.sample()?;
/// let squares: Vec<u64> = (0..100_000).map(|n| n * n).collect();
/// let after = sampler.sample()?;
/// let cpu = after.cpu_since(&before).expect("time went by");
/// println!("{:.2} cores, {} bytes resident", cpu.ratio(), after.resident_bytes);
/// # assert!(squares.len() == 100_000 && cpu.cpu_time() > std::time::Duration::ZERO);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ProcessSampler {
    source: Source,
    detail: Detail,
}

/// What is read on request.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
pub(super) struct Detail {
    pub(super) peak: bool,
    pub(super) proportional: bool,
    pub(super) switches: bool,
    pub(super) io: bool,
}

impl ProcessSampler {
    /// Reads this process.
    ///
    /// # Errors
    ///
    /// When `/proc` cannot be read; `Unsupported` on other systems than Linux without the feature
    /// `system`.
    pub fn own() -> io::Result<Self> {
        Source::own().map(Self::with_source)
    }

    /// Reads the process with this number, whose end every later reading tells: a process that gets the
    /// same number is never taken for it. Children: [`ProcessTree`](crate::ProcessTree).
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `Unsupported` on other systems than Linux.
    pub fn of(pid: u32) -> io::Result<Self> {
        Source::of(pid).map(Self::with_source)
    }

    /// When the process began, since 1970, if that is known.
    pub(crate) fn started(&mut self) -> Option<Duration> {
        self.source.started()
    }

    fn with_source(source: Source) -> Self {
        ProcessSampler { source, detail: Detail::default() }
    }

    /// Reads the peak of resident memory too: 6 to 7 µs.
    #[must_use = "it is the sampler"]
    pub fn with_peak(mut self) -> Self {
        self.detail.peak = true;
        self
    }

    /// Reads the proportional share of shared memory (PSS) too. The kernel walks all pages for it: 25 µs
    /// for a small process, milliseconds for one with much memory, which it stops meanwhile from
    /// mapping more.
    #[must_use = "it is the sampler"]
    pub fn with_proportional(mut self) -> Self {
        self.detail.proportional = true;
        self
    }

    /// Reads the context switches of another process too, thread by thread: about 20 µs a thread. Those of
    /// the own process are always there.
    #[must_use = "it is the sampler"]
    pub fn with_context_switches(mut self) -> Self {
        self.detail.switches = true;
        self
    }

    /// Reads the bytes of IO too: 1.5 µs.
    #[must_use = "it is the sampler"]
    pub fn with_io(mut self) -> Self {
        self.detail.io = true;
        self
    }

    /// Whether the peak is read from now on.
    pub(crate) fn set_peak(&mut self, wanted: bool) {
        self.detail.peak = wanted;
    }

    /// Reads now.
    ///
    /// # Errors
    ///
    /// When the process has ended, or `/proc` is not what it is expected to be.
    pub fn sample(&mut self) -> io::Result<ProcessSample> {
        self.source.sample(self.detail)
    }
}
