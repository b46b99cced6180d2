//! The names that samples are written under.

use perf_core::{Counter, Definition, Gauge, Profiler};
use std::collections::HashMap;

/// Name, unit and meaning of all gauges and counters, names as Prometheus has them.
pub(super) const METRICS: [(&str, &str, &str); 39] = [
    ("process_cpu_cores", "cores", "CPU time over time: 1 is one core"),
    ("process_cpu_ratio", "", "CPU used over the CPU that can be had"),
    ("process_cpu_seconds_total", "seconds", "CPU time of all threads"),
    ("process_start_time_seconds", "seconds", "When the process began, in seconds since 1970"),
    ("process_cpu_capacity_cores", "cores", "Cores that may be used: affinity and quota"),
    ("process_resident_memory_bytes", "bytes", "Memory in RAM"),
    ("process_virtual_memory_bytes", "bytes", "Address space"),
    ("process_peak_resident_memory_bytes", "bytes", "The most memory that ever was in RAM"),
    ("process_proportional_memory_bytes", "bytes", "Memory in RAM, what is shared divided (PSS)"),
    ("process_threads", "", "Threads"),
    ("process_open_fds", "", "Open files, sockets and pipes"),
    ("process_max_fds", "", "How many files may be open"),
    ("process_page_faults_total", "", "Page faults, minor (from memory) and major (from disk)"),
    ("process_context_switches_total", "", "Context switches, voluntary and involuntary"),
    ("process_read_bytes_total", "bytes", "Bytes fetched from storage"),
    ("process_written_bytes_total", "bytes", "Bytes sent to storage"),
    ("cgroup_memory_usage_bytes", "bytes", "Memory of the own control group, page cache included"),
    ("cgroup_memory_working_set_bytes", "bytes", "The same without old page cache"),
    ("cgroup_memory_limit_bytes", "bytes", "The lowest memory limit that holds"),
    ("cgroup_memory_ratio", "", "Working set over limit of the fullest group"),
    ("cgroup_cpu_quota_cores", "cores", "The lowest CPU quota that holds"),
    ("cgroup_cpu_quota_ratio", "", "CPU used over the quota"),
    ("cgroup_throttled_ratio", "", "Share of the quota's periods in which something had to wait"),
    ("cgroup_throttled_seconds", "seconds", "Time spent waiting for the next period, all cores"),
    ("pressure_cpu_ratio", "", "Share of the last 10 s in which tasks wanted a core"),
    ("pressure_memory_ratio", "", "Share of the last 10 s in which tasks wanted memory"),
    ("pressure_io_ratio", "", "Share of the last 10 s in which tasks waited for storage"),
    ("pressure_cpu_stalled_seconds", "seconds", "All time in which tasks wanted a core"),
    ("pressure_memory_stalled_seconds", "seconds", "All time in which tasks wanted memory"),
    ("pressure_io_stalled_seconds", "seconds", "All time in which tasks waited for storage"),
    ("system_memory_total_bytes", "bytes", "Memory of the machine"),
    ("system_memory_used_bytes", "bytes", "Memory of the machine that cannot be had"),
    ("system_swap_used_bytes", "bytes", "Swap in use"),
    ("system_load", "", "Tasks that run or wait to"),
    ("system_cpu_ratio", "", "Share of all cores in use"),
    ("system_core_ratio", "", "Share of one core in use"),
    ("perfkit_sampler_duration_seconds", "seconds", "How long the last sample took"),
    ("perfkit_sampler_missed_ticks_total", "", "Ticks left out because the sampler came too late"),
    ("perfkit_sampler_failures_total", "", "Samples that could not be read"),
];

/// A label that tells series of one name apart, or none.
pub(super) type Label = Option<(&'static str, &'static str)>;

/// Handles, made when a figure is first known: what is unknown has no series, and is no 0.
#[derive(Debug)]
pub(super) struct SeriesWriter {
    profiler: Profiler,
    gauges: HashMap<(&'static str, Label), Gauge>,
    counters: HashMap<(&'static str, Label), Total>,
    cores: Vec<Gauge>,
}

#[derive(Debug)]
struct Total {
    counter: Counter,
    told: u64,
}

impl SeriesWriter {
    pub(super) fn new(profiler: &Profiler) -> Self {
        SeriesWriter {
            profiler: profiler.clone(),
            gauges: HashMap::new(),
            counters: HashMap::new(),
            cores: Vec::new(),
        }
    }

    /// Sets a gauge, if the value is known.
    pub(super) fn set(&mut self, name: &'static str, label: Label, value: Option<f64>) {
        let Some(value) = value else { return };
        let profiler = &self.profiler;
        let gauge = self.gauges.entry((name, label)).or_insert_with(|| {
            // Who has defined it in other words keeps them.
            let _ = profiler.define_gauge(definition(name));
            profiler.gauge_with(name, label.as_slice())
        });
        gauge.set(value);
    }

    /// The same for whole numbers.
    pub(super) fn set_whole(&mut self, name: &'static str, value: Option<u64>) {
        self.set(name, None, value.map(|value| value as f64));
    }

    /// Brings a counter to `total`, if that is known and more than before.
    pub(super) fn raise(&mut self, name: &'static str, label: Label, total: Option<u64>) {
        let Some(total) = total else { return };
        let profiler = &self.profiler;
        let series = self.counters.entry((name, label)).or_insert_with(|| {
            let _ = profiler.define_counter(definition(name));
            Total { counter: profiler.counter_with(name, label.as_slice()), told: 0 }
        });
        series.counter.add(total.saturating_sub(series.told));
        series.told = series.told.max(total);
    }

    /// Sets the gauges of the cores, by their numbers.
    pub(super) fn set_cores(&mut self, name: &'static str, ratios: &[f64]) {
        for (core, ratio) in ratios.iter().enumerate() {
            if core == self.cores.len() {
                let _ = self.profiler.define_gauge(definition(name));
                let label = core.to_string();
                self.cores.push(self.profiler.gauge_with(name, &[("core", &label)]));
            }
            self.cores[core].set(*ratio);
        }
    }
}

fn definition(name: &str) -> Definition {
    let all = METRICS.iter();
    #[cfg(feature = "alloc")]
    let all = all.chain(&super::allocations::METRICS);
    let known = all.into_iter().find(|(known, ..)| *known == name);
    let (_, unit, description) = known.copied().unwrap_or((name, "", ""));
    Definition::new(name).unit(unit).description(description)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prometheus' formats call a counter by its name without `_total`.
    #[cfg(feature = "alloc")]
    #[test]
    fn no_two_have_one_name_where_counters_are_called_without_their_ending() {
        let all = METRICS.iter().chain(&super::super::allocations::METRICS);
        let families = all.map(|(name, ..)| name.strip_suffix("_total").unwrap_or(name));
        let mut seen = std::collections::BTreeSet::new();
        for family in families {
            assert!(seen.insert(family), "{family} twice");
        }
    }
}
