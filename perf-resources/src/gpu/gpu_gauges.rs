//! Readings of the GPUs written into a profiler, when somebody says so.

use super::gpu_reader::GpuReader;
use super::gpu_sample::{EccErrors, GpuMemory, GpuSample};
use super::gpu_series::GpuSeries;
use super::gpu_snapshot::GpuSnapshot;
use super::gpu_state::GpuState;
use super::left_behind::gpu_threads_left_behind;
use super::reading::Reading;
use super::throttle::{ThrottleReason, ThrottleReasons};
use perf_core::Profiler;
use std::collections::BTreeMap;
use std::time::Instant;

/// Writes what a [`GpuSampler`](crate::GpuSampler) has read into a profiler, so that SLA ceilings, the
/// timeline, reports and exports see it. [`SamplerConfig::gpu`](crate::SamplerConfig::gpu) has the
/// sampler of the process do it.
///
/// A figure that is not known has no series. Gauges with the labels `gpu` (its number) and `uuid`:
/// * `gpu_up`: 1, and 0 when the other gauges of this GPU are those of before it, or the driver, was lost
///   or hung
/// * `gpu_utilization_ratio`, `gpu_memory_utilization_ratio`
/// * `gpu_memory_used_bytes`, `gpu_memory_total_bytes`, `gpu_memory_own_bytes`
/// * `gpu_power_watts`, `gpu_power_limit_watts`, `gpu_temperature_celsius`
/// * `gpu_clock_hertz{clock}`: `graphics`, `sm` and `memory`
/// * `gpu_throttled{reason}`: 1 or 0 for each [`ThrottleReason`]
/// * `gpu_ecc_errors{kind,since}`: `corrected` and `uncorrected`, since `driver_load` and `production`
/// * `gpu_mig_memory_used_bytes{mig}`, `gpu_mig_memory_total_bytes{mig}`, whose `uuid` is that of the part
///
/// and of all together `gpu_sample_age_seconds`, `gpu_threads_left_behind` (once there is one) and
/// `perfkit_gpu_sample_duration_seconds`. Counters: `gpu_energy_joules_total`, which begins at what the
/// GPU has drawn since the driver was loaded, and `perfkit_gpu_samples_total`.
///
/// ```
/// use perf_core::Profiler;
/// use perf_resources::{GpuConfig, GpuGauges, spawn_gpu_sampler};
///
/// let profiler = Profiler::new();
/// let sampler = spawn_gpu_sampler(GpuConfig::new())?;
/// let mut gauges = GpuGauges::new(&profiler, sampler.reader());
/// gauges.write_latest();
/// for (series, value) in profiler.snapshot().gauges() {
///     println!("{series} {value}");
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct GpuGauges {
    profiler: Profiler,
    reader: GpuReader,
    /// By number and uuid: a GPU that was put in the place of another is another.
    gpus: BTreeMap<(u32, String), GpuSeries>,
    parts: BTreeMap<(u32, u32, String), GpuSeries>,
    all: GpuSeries,
    written: Option<Instant>,
    samples: u64,
}

impl GpuGauges {
    /// Nothing is written yet.
    pub fn new(profiler: &Profiler, reader: GpuReader) -> Self {
        GpuGauges {
            profiler: profiler.clone(),
            reader,
            gpus: BTreeMap::new(),
            parts: BTreeMap::new(),
            all: GpuSeries::new(profiler, &[]),
            written: None,
            samples: 0,
        }
    }

    /// Writes the last reading, and how old it is. Never waits for the driver.
    pub fn write_latest(&mut self) {
        let (state, snapshot) = self.reader.latest();
        if let Some(snapshot) = &snapshot {
            self.all.set("gpu_sample_age_seconds", seconds(snapshot.age()));
            if self.written != Some(snapshot.at) {
                self.written = Some(snapshot.at);
                self.samples += 1;
                self.write(snapshot);
            }
        }
        let left = gpu_threads_left_behind();
        if left > 0 {
            self.all.set("gpu_threads_left_behind", Reading::Value(left as f64));
        }
        let is_now = state == GpuState::Available;
        for ((index, uuid), series) in &mut self.gpus {
            let gpu = snapshot.as_ref().and_then(|snapshot| snapshot.gpu(*index));
            let is_up = is_now && gpu.is_some_and(|gpu| uuid_of(&gpu.uuid) == uuid);
            series.set("gpu_up", Reading::Value(f64::from(is_up)));
        }
    }

    fn write(&mut self, snapshot: &GpuSnapshot) {
        self.all.set("perfkit_gpu_sample_duration_seconds", seconds(snapshot.took));
        self.all.raise("perfkit_gpu_samples_total", Reading::Value(self.samples));
        for gpu in &snapshot.gpus {
            let uuid = uuid_of(&gpu.uuid);
            let number = gpu.index.to_string();
            let labels = [("gpu", number.as_str()), ("uuid", uuid)];
            let new = || GpuSeries::new(&self.profiler, &labels);
            write_gpu(gpu, self.gpus.entry((gpu.index, uuid.to_owned())).or_insert_with(new));
            for part in gpu.mig.as_ref().value().into_iter().flatten() {
                let (uuid, mig) = (uuid_of(&part.uuid), part.index.to_string());
                let labels = [("gpu", number.as_str()), ("mig", mig.as_str()), ("uuid", uuid)];
                let new = || GpuSeries::new(&self.profiler, &labels);
                let key = (gpu.index, part.index, uuid.to_owned());
                let series = self.parts.entry(key).or_insert_with(new);
                write_memory(
                    "gpu_mig_memory_used_bytes",
                    "gpu_mig_memory_total_bytes",
                    part.memory,
                    series,
                );
            }
        }
    }
}

fn write_gpu(gpu: &GpuSample, series: &mut GpuSeries) {
    series.set("gpu_utilization_ratio", gpu.utilization.map(|ratio| ratio.gpu));
    series.set("gpu_memory_utilization_ratio", gpu.utilization.map(|ratio| ratio.memory));
    write_memory("gpu_memory_used_bytes", "gpu_memory_total_bytes", gpu.memory, series);
    series.set("gpu_memory_own_bytes", gpu.own_memory_bytes().map(whole));
    series.set("gpu_power_watts", gpu.power_watts);
    series.set("gpu_power_limit_watts", gpu.power_limit_watts);
    series.raise("gpu_energy_joules_total", gpu.energy_joules.map(|joules| joules as u64));
    series.set("gpu_temperature_celsius", gpu.temperature_celsius);
    let clocks = gpu.clocks;
    for (clock, hertz) in [
        (&[("clock", "graphics")], clocks.graphics_hertz),
        (&[("clock", "sm")], clocks.sm_hertz),
        (&[("clock", "memory")], clocks.memory_hertz),
    ] {
        series.set_with("gpu_clock_hertz", clock, hertz.map(whole));
    }
    write_throttle(gpu.throttle, series);
    write_ecc(gpu.ecc_corrected, &CORRECTED, series);
    write_ecc(gpu.ecc_uncorrected, &UNCORRECTED, series);
}

fn write_memory(
    used: &'static str,
    total: &'static str,
    memory: Reading<GpuMemory>,
    series: &mut GpuSeries,
) {
    series.set(used, memory.map(|memory| whole(memory.used_bytes)));
    series.set(total, memory.map(|memory| whole(memory.total_bytes)));
}

fn write_throttle(reasons: Reading<ThrottleReasons>, series: &mut GpuSeries) {
    for reason in ThrottleReason::ALL {
        let holds = reasons.map(|reasons| f64::from(reasons.contains(reason)));
        series.set_with("gpu_throttled", reason.label(), holds);
    }
}

type Labels = [(&'static str, &'static str); 2];
const CORRECTED: [Labels; 2] = [
    [("kind", "corrected"), ("since", "driver_load")],
    [("kind", "corrected"), ("since", "production")],
];
const UNCORRECTED: [Labels; 2] = [
    [("kind", "uncorrected"), ("since", "driver_load")],
    [("kind", "uncorrected"), ("since", "production")],
];

fn write_ecc(errors: EccErrors, labels: &'static [Labels; 2], series: &mut GpuSeries) {
    series.set_with("gpu_ecc_errors", &labels[0], errors.volatile.map(whole));
    series.set_with("gpu_ecc_errors", &labels[1], errors.aggregate.map(whole));
}

/// What stands for a GPU that does not say.
fn uuid_of(uuid: &Reading<String>) -> &str {
    uuid.as_ref().value().map_or("unknown", String::as_str)
}

fn whole(number: u64) -> f64 {
    number as f64
}

fn seconds(time: std::time::Duration) -> Reading<f64> {
    Reading::Value(time.as_secs_f64())
}
