//! Samples written into a profiler, when somebody says so.

use super::sampler_config::SamplerConfig;
use super::series::{Label, SeriesWriter};
use crate::capacity::capacity_cores;
use crate::cgroup::{Cgroup, CgroupSample, Limit, Pressures};
use crate::process::{ProcessSample, ProcessSampler};
use crate::system::{SystemReader, SystemSample};
use perf_core::Profiler;
use std::io;
use std::time::{Duration, Instant};

/// Writes what the process uses into a profiler, so that SLA ceilings, the timeline, reports and exports
/// see it: the sampler without a thread. [`spawn_sampler`](crate::spawn_sampler) has one.
///
/// A figure that is not known has no series. Gauges:
/// * `process_cpu_cores`, CPU time over time, where 1 is one core, and `process_cpu_ratio`, the same as a
///   share of the cores that can be had, `process_cpu_capacity_cores`: those the process may run on, or
///   the quota of its container; the first two from the second sample on
/// * `process_cpu_seconds_total`, all CPU time, and `process_start_time_seconds`, since 1970
/// * `process_resident_memory_bytes`, `process_virtual_memory_bytes`,
///   `process_peak_resident_memory_bytes`, `process_proportional_memory_bytes` (on request)
/// * `process_threads`, `process_open_fds`, `process_max_fds`
/// * `cgroup_memory_usage_bytes`, `cgroup_memory_working_set_bytes`, `cgroup_memory_limit_bytes`,
///   `cgroup_memory_ratio`
/// * `cgroup_cpu_quota_cores`, `cgroup_cpu_quota_ratio`, `cgroup_throttled_ratio`,
///   `cgroup_throttled_seconds`
/// * `pressure_cpu_ratio{kind}`, `pressure_cpu_stalled_seconds{kind}`, and of `memory` and `io`, with
///   the kinds `some` and `full`
/// * with the feature `system`: `system_memory_total_bytes`, `system_memory_used_bytes`,
///   `system_swap_used_bytes`, `system_load{minutes}`, `system_cpu_ratio`, `system_core_ratio{core}`
/// * with the feature `alloc`, when `TrackingAllocator` is the global allocator:
///   `process_allocated_bytes`, `process_peak_allocated_bytes`
/// * `perfkit_sampler_duration_seconds`
///
/// Counters, which begin at what the process had: `process_page_faults_total{kind}`,
/// `process_context_switches_total{kind}`, `process_read_bytes_total`,
/// `process_written_bytes_total`, `perfkit_sampler_missed_ticks_total`, `perfkit_sampler_failures_total`;
/// beside the gauges of `alloc`, `process_allocations_total` and `process_allocations_bytes_total`.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// # if cfg!(not(target_os = "linux")) { return Ok(()) }
/// use perf_core::Profiler;
/// use perf_resources::{ResourceGauges, SamplerConfig};
///
/// let profiler = Profiler::new();
/// let mut gauges = ResourceGauges::new(&profiler, SamplerConfig::new())?;
/// gauges.sample_now()?;
/// gauges.sample_now()?;
/// let snapshot = profiler.snapshot();
/// println!("{:?} cores", snapshot.gauge("process_cpu_ratio", &[]));
/// # assert!(snapshot.gauge("process_cpu_ratio", &[]).is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ResourceGauges {
    process: ProcessSampler,
    cgroup: Option<Cgroup>,
    reads_pressure: bool,
    system: SystemReader,
    last: Option<(ProcessSample, Option<CgroupSample>)>,
    /// When the process began, since 1970.
    started: Option<Duration>,
    idle: bool,
    missed_ticks: u64,
    failures: u64,
    series: SeriesWriter,
    #[cfg(feature = "gpu")]
    gpu: Option<crate::gpu::GpuGauges>,
}

impl ResourceGauges {
    /// Writes into `profiler`; nothing yet. The interval of `config` says nothing here.
    ///
    /// # Errors
    ///
    /// When this process cannot be read. A container that cannot be is not one of the errors.
    pub fn new(profiler: &Profiler, config: SamplerConfig) -> io::Result<Self> {
        let mut process = ProcessSampler::own()?.with_peak().with_io();
        if config.proportional {
            process = process.with_proportional();
        }
        Ok(ResourceGauges {
            process,
            cgroup: Cgroup::find_under(&config.cgroup_root).ok(),
            reads_pressure: config.pressure,
            system: SystemReader::new(config.system),
            last: None,
            started: None,
            idle: false,
            missed_ticks: 0,
            failures: 0,
            series: SeriesWriter::new(profiler),
            #[cfg(feature = "gpu")]
            gpu: config.gpu.map(|reader| crate::gpu::GpuGauges::new(profiler, reader)),
        })
    }

    /// Samples and writes.
    ///
    /// # Errors
    ///
    /// When the process cannot be read. Then its gauges keep what they had, and
    /// `perfkit_sampler_failures_total` counts it.
    pub fn sample_now(&mut self) -> io::Result<()> {
        let start = Instant::now();
        let sampled = self.process.sample();
        self.failures += u64::from(sampled.is_err());
        self.series.raise("perfkit_sampler_failures_total", None, Some(self.failures));
        self.series.raise("perfkit_sampler_missed_ticks_total", None, Some(self.missed_ticks));
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &mut self.gpu {
            gpu.write_latest();
        }
        let process = sampled?;
        let cgroup = self.cgroup.as_mut().map(Cgroup::sample);
        let quota = cgroup.and_then(|cgroup| cgroup.cpu).map(|cpu| cpu.quota);
        let capacity = capacity_cores(quota.unwrap_or(Limit::Unreadable));
        self.write_process(&process, capacity);
        if let Some(cgroup) = &cgroup {
            self.write_cgroup(cgroup);
        }
        let reads_pressure = self.reads_pressure;
        let cgroup_with_pressure = self.cgroup.as_mut().filter(|_| reads_pressure);
        if let Some(pressures) = cgroup_with_pressure.and_then(Cgroup::pressures) {
            self.write_pressures(&pressures);
        }
        if let Some(system) = self.system.sample() {
            self.write_system(&system);
        }
        #[cfg(feature = "alloc")]
        super::allocations::write(&mut self.series);
        self.last = Some((process, cgroup));
        let seconds = start.elapsed().as_secs_f64();
        self.series.set("perfkit_sampler_duration_seconds", None, Some(seconds));
        Ok(())
    }

    /// Says that from now on nothing is asked of the process (after start-up, between two load tests), or
    /// that something is again, and samples, so that no interval is of both.
    ///
    /// While it is idle, `process_cpu_cores`, `process_cpu_ratio`, `process_resident_memory_bytes` and
    /// `process_open_fds` are written with the label `phase="idle"`: ceilings for the idle process are
    /// judged on those.
    ///
    /// # Errors
    ///
    /// As [`sample_now`](Self::sample_now).
    pub fn set_idle(&mut self, idle: bool) -> io::Result<()> {
        let closed = self.sample_now();
        self.idle = idle;
        closed
    }

    pub(super) fn add_missed(&mut self, ticks: u64) {
        self.missed_ticks = self.missed_ticks.saturating_add(ticks);
    }

    fn write_process(&mut self, now: &ProcessSample, capacity: Option<f64>) {
        let usage = self.last.as_ref().and_then(|(before, _)| now.cpu_since(before));
        let phase: Label = self.idle.then_some(("phase", "idle"));
        self.started = self.started.or_else(|| self.process.started());
        let started = self.started.map(|started| started.as_secs_f64());
        let series = &mut self.series;
        series.set("process_start_time_seconds", None, started);
        // A gauge, as a counter has whole numbers alone; what scrapes it sees a counter.
        series.set("process_cpu_seconds_total", None, Some(now.cpu_time.as_secs_f64()));
        series.set("process_cpu_capacity_cores", None, capacity);
        series.set("process_cpu_cores", phase, usage.map(|usage| usage.ratio()));
        let share = usage.zip(capacity).and_then(|(usage, cores)| usage.share_of(cores));
        series.set("process_cpu_ratio", phase, share);
        let resident = Some(now.resident_bytes as f64);
        series.set("process_resident_memory_bytes", phase, resident);
        series.set("process_open_fds", phase, now.open_fds.map(|fds| fds as f64));
        series.set_whole("process_virtual_memory_bytes", Some(now.virtual_bytes));
        series.set_whole("process_peak_resident_memory_bytes", now.peak_resident_bytes);
        series.set_whole("process_proportional_memory_bytes", now.proportional_bytes);
        series.set_whole("process_threads", now.threads);
        series.set_whole("process_max_fds", now.max_fds);
        let kind = |kind| Some(("kind", kind));
        series.raise("process_page_faults_total", kind("minor"), now.minor_faults);
        series.raise("process_page_faults_total", kind("major"), now.major_faults);
        if let Some(switches) = now.context_switches {
            let (voluntary, involuntary) = (switches.voluntary, switches.involuntary);
            series.raise("process_context_switches_total", kind("voluntary"), Some(voluntary));
            series.raise("process_context_switches_total", kind("involuntary"), Some(involuntary));
        }
        series.raise("process_read_bytes_total", None, now.io.map(|io| io.read));
        series.raise("process_written_bytes_total", None, now.io.map(|io| io.written));
    }

    fn write_cgroup(&mut self, now: &CgroupSample) {
        let before = self.last.as_ref().and_then(|(_, cgroup)| cgroup.as_ref());
        let series = &mut self.series;
        if let Some(memory) = now.memory {
            series.set_whole("cgroup_memory_usage_bytes", memory.used_bytes);
            series.set_whole("cgroup_memory_working_set_bytes", memory.working_set_bytes);
            series.set_whole("cgroup_memory_limit_bytes", memory.limit.value());
            series.set("cgroup_memory_ratio", None, memory.ratio);
        }
        series.set("cgroup_cpu_quota_cores", None, now.cpu.and_then(|cpu| cpu.quota.value()));
        let throttled = now.cpu.and_then(|cpu| cpu.throttled).map(|time| time.as_secs_f64());
        series.set("cgroup_throttled_seconds", None, throttled);
        if let Some(before) = before {
            series.set("cgroup_cpu_quota_ratio", None, now.quota_ratio_since(before));
            series.set("cgroup_throttled_ratio", None, now.throttled_ratio_since(before));
        }
    }

    fn write_pressures(&mut self, pressures: &Pressures) {
        for (ratio, stalled, pressure) in [
            ("pressure_cpu_ratio", "pressure_cpu_stalled_seconds", pressures.cpu),
            ("pressure_memory_ratio", "pressure_memory_stalled_seconds", pressures.memory),
            ("pressure_io_ratio", "pressure_io_stalled_seconds", pressures.io),
        ] {
            let Some(pressure) = pressure else { continue };
            for (kind, stall) in [("some", Some(pressure.some)), ("full", pressure.full)] {
                let label = Some(("kind", kind));
                self.series.set(ratio, label, stall.map(|stall| stall.ratio_10s));
                self.series.set(stalled, label, stall.map(|stall| stall.total.as_secs_f64()));
            }
        }
    }

    fn write_system(&mut self, system: &SystemSample) {
        let series = &mut self.series;
        series.set_whole("system_memory_total_bytes", Some(system.memory.total_bytes));
        series.set_whole("system_memory_used_bytes", Some(system.memory.used_bytes()));
        series.set_whole("system_swap_used_bytes", Some(system.swap.used_bytes()));
        if let Some(load) = system.load {
            for (minutes, load) in ["1", "5", "15"].into_iter().zip(load) {
                series.set("system_load", Some(("minutes", minutes)), Some(load));
            }
        }
        if let Some(cpu) = &system.cpu {
            series.set("system_cpu_ratio", None, Some(cpu.ratio));
            series.set_cores("system_core_ratio", &cpu.cores);
        }
    }
}
