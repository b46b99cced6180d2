//! The names that readings of GPUs are written under.

use super::reading::Reading;
use perf_core::{Counter, Definition, Gauge, Profiler};
use std::collections::HashMap;

/// Name, unit and meaning, names as Prometheus has them.
const METRICS: [(&str, &str, &str); 19] = [
    ("gpu_up", "", "1 if the last reading of this GPU is one of now, 0 if it is of before"),
    ("gpu_utilization_ratio", "", "Share of the time in which something ran"),
    ("gpu_memory_utilization_ratio", "", "Share of the time in which memory was read or written"),
    ("gpu_memory_used_bytes", "bytes", "GPU memory in use"),
    ("gpu_memory_total_bytes", "bytes", "GPU memory"),
    ("gpu_memory_own_bytes", "bytes", "GPU memory of this process"),
    ("gpu_power_watts", "watts", "What the GPU draws"),
    ("gpu_power_limit_watts", "watts", "What the GPU may draw"),
    ("gpu_energy_joules_total", "joules", "What the GPU has drawn since the driver was loaded"),
    ("gpu_temperature_celsius", "celsius", "How hot the GPU is"),
    ("gpu_clock_hertz", "hertz", "What a clock runs at"),
    ("gpu_throttled", "", "1 if this reason keeps the clocks from being higher"),
    ("gpu_ecc_errors", "", "Memory errors, since the driver was loaded and in the life of the GPU"),
    ("gpu_mig_memory_used_bytes", "bytes", "Memory in use of a part of a GPU"),
    ("gpu_mig_memory_total_bytes", "bytes", "Memory of a part of a GPU"),
    ("gpu_sample_age_seconds", "seconds", "How old the last reading of the GPUs is"),
    ("gpu_threads_left_behind", "", "Threads of dropped samplers that hang in the driver"),
    ("perfkit_gpu_sample_duration_seconds", "seconds", "How long the last reading took"),
    ("perfkit_gpu_samples_total", "", "Readings of the GPUs that were written"),
];

/// The series with some labels in common, made when a figure is first known: what is not supported has no
/// series, and is no 0.
#[derive(Debug)]
pub(super) struct GpuSeries {
    profiler: Profiler,
    labels: Vec<(&'static str, Box<str>)>,
    gauges: HashMap<Key, Gauge>,
    counters: HashMap<&'static str, Total>,
}

/// A name, and the labels that tell series of that name apart.
type Key = (&'static str, &'static [(&'static str, &'static str)]);

#[derive(Debug)]
struct Total {
    counter: Counter,
    told: u64,
}

impl GpuSeries {
    pub(super) fn new(profiler: &Profiler, labels: &[(&'static str, &str)]) -> Self {
        GpuSeries {
            profiler: profiler.clone(),
            labels: labels.iter().map(|(name, value)| (*name, Box::from(*value))).collect(),
            gauges: HashMap::new(),
            counters: HashMap::new(),
        }
    }

    pub(super) fn set(&mut self, name: &'static str, value: Reading<f64>) {
        self.set_with(name, &[], value);
    }

    /// The same with further labels.
    pub(super) fn set_with(
        &mut self,
        name: &'static str,
        further: &'static [(&'static str, &'static str)],
        value: Reading<f64>,
    ) {
        let Reading::Value(value) = value else { return };
        let (profiler, labels) = (&self.profiler, &self.labels);
        let gauge = self.gauges.entry((name, further)).or_insert_with(|| {
            // Who has defined it in other words keeps them.
            let _ = profiler.define_gauge(definition(name));
            let all: Vec<_> = labels
                .iter()
                .map(|(name, value)| (*name, &**value))
                .chain(further.iter().copied())
                .collect();
            profiler.gauge_with(name, &all)
        });
        gauge.set(value);
    }

    /// Brings a counter to `total`. A total that is less than before began anew, with the driver.
    pub(super) fn raise(&mut self, name: &'static str, total: Reading<u64>) {
        let Reading::Value(total) = total else { return };
        let (profiler, labels) = (&self.profiler, &self.labels);
        let series = self.counters.entry(name).or_insert_with(|| {
            let _ = profiler.define_counter(definition(name));
            let labels: Vec<_> = labels.iter().map(|(name, value)| (*name, &**value)).collect();
            Total { counter: profiler.counter_with(name, &labels), told: 0 }
        });
        series.counter.add(total.checked_sub(series.told).unwrap_or(total));
        series.told = total;
    }
}

fn definition(name: &str) -> Definition {
    let known = METRICS.iter().find(|(known, ..)| *known == name);
    let (_, unit, description) = known.copied().unwrap_or((name, "", ""));
    Definition::new(name).unit(unit).description(description)
}
