//! Any tracker from a name and options, such as a file has them.

#[cfg_attr(not(feature = "gpu"), path = "factory/no_gpu.rs")]
mod gpu;
mod nearest;
mod option_value;
mod options;
#[cfg(feature = "file")]
mod toml_file;
mod tracker;
mod tracker_error;

pub use option_value::OptionValue;
#[cfg(feature = "file")]
pub use toml_file::{trackers_from_file, trackers_from_toml};
pub use tracker::{Measurement, MeasurementId, Tracker, TrackerKind};
pub use tracker_error::TrackerError;

use crate::trackers::{CpuTracker, MemoryTracker};
use gpu::Gpu;
use options::Options;
use perf_core::{LatencyTracker, Profiler, ThroughputTracker};
use std::time::Duration;

/// The trackers that [`tracker`] makes.
pub(crate) const TRACKERS: [&str; 5] = ["latency", "throughput", "memory", "cpu", "gpu"];

/// The tracker called `kind`, with these options: `latency`, `throughput`, `memory`, `cpu`, or `gpu`
/// (feature `gpu`).
///
/// | option | of | default | |
/// |---|---|---|---|
/// | `metric_name` | all | `latency`, `throughput`, `memory_usage`, `cpu_usage`, `gpu_usage` | begins the names of what it writes; what latency writes has the name of its label, and this is told alone |
/// | `include_timestamps` | all | true | whether it tells the time of day |
/// | `time_unit` | latency | `ms` | `s`, `ms`, `us` or `ns` |
/// | `time_unit` | throughput | `s` | `s`, `m` or `h` |
/// | `window_size` | throughput | 60 | seconds of its sliding window: 1, 2 ... 86400 |
/// | `unit` | memory, gpu | `MB` | `B`, `KB`, `MB`, `GB`, `KiB`, `MiB` or `GiB` |
/// | `track_peak` | memory | true | |
/// | `track_gpu` | memory | false | the memory of a GPU beside that of the process (feature `gpu`) |
/// | `gpu_device` | memory, gpu | 0 | the number of the GPU in NVML |
/// | `gpu_library` | memory, gpu | where the system has it | the path of NVML |
/// | `track_process`, `track_system`, `track_per_core` | cpu | true, and true with the feature `system` | |
/// | `sampling_interval` | memory, cpu, gpu | 1, 0.5, 1 | seconds of its [`spawn_sampling`](Tracker::spawn_sampling) |
///
/// No tracker starts a thread by itself. A GPU is read by one, and so nothing is known of it before
/// [`spawn_sampling`](Tracker::spawn_sampling).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # if cfg!(not(target_os = "linux")) { return Ok(()) }
/// use perf_core::Profiler;
/// use perf_resources::tracker;
///
/// let profiler = Profiler::new();
/// let memory = tracker(&profiler, "memory", [("unit", "MiB".into()), ("sampling_interval", 0.1.into())])?;
/// let id = memory.start("load");
/// let measurement = memory.stop(id)?;
/// println!("{} {}: {:?} {}", measurement.metric, measurement.label, measurement.value, measurement.unit);
///
/// let error = tracker(&profiler, "memori", []).unwrap_err();
/// let expected = "unknown tracker \"memori\": did you mean memory? There are latency, throughput, memory, cpu, gpu";
/// assert_eq!(error.to_string(), expected);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`TrackerError`]: an unknown tracker or option, with what there is instead; a value that the option
/// cannot have; a process that cannot be read.
pub fn tracker<'o>(
    profiler: &Profiler,
    kind: &str,
    options: impl IntoIterator<Item = (&'o str, OptionValue)>,
) -> Result<Tracker, TrackerError> {
    let Some(kind) = TRACKERS.into_iter().find(|known| *known == kind) else {
        return Err(TrackerError::unknown_tracker(kind));
    };
    let mut options = Options::new(kind, options)?;
    let timestamps = options.flag("include_timestamps")?.unwrap_or(true);
    let metric = options.text("metric_name")?;
    let metric = |default: &str| metric.clone().unwrap_or_else(|| default.to_owned());
    let units = "B, KB, MB, GB, KiB, MiB or GiB";
    let mut gpu = Gpu::none();
    let (metric, made) = match kind {
        "latency" => {
            let unit = options.parsed("time_unit", "s, ms, us or ns")?.unwrap_or_default();
            (metric("latency"), TrackerKind::Latency(LatencyTracker::new(profiler, unit)))
        }
        "throughput" => {
            let unit = options.parsed("time_unit", "s, m or h")?.unwrap_or_default();
            let window = options.whole_seconds("window_size")?.unwrap_or(Duration::from_secs(60));
            let metric = metric("throughput");
            let tracker = ThroughputTracker::new(profiler, &metric, unit).window(window);
            (metric, TrackerKind::Throughput(tracker))
        }
        "memory" => {
            let unit = options.parsed("unit", units)?.unwrap_or_default();
            let metric = metric("memory_usage");
            let mut tracker = MemoryTracker::new(profiler, &metric, unit)?
                .track_peak(options.flag("track_peak")?.unwrap_or(true))
                .include_timestamps(timestamps);
            let interval = options.seconds("sampling_interval")?;
            if let Some(interval) = interval {
                tracker = tracker.sampling_interval(interval);
            }
            (gpu, tracker) = gpu::beside(&mut options, interval, tracker)?;
            (metric, TrackerKind::Memory(tracker))
        }
        "cpu" => {
            let (system, cores) =
                (options.system("track_system")?, options.system("track_per_core")?);
            let metric = metric("cpu_usage");
            let mut tracker = CpuTracker::new(profiler, &metric)?
                .track_process(options.flag("track_process")?.unwrap_or(true))
                .track_system(system)
                .track_per_core(cores)
                .include_timestamps(timestamps);
            if let Some(interval) = options.seconds("sampling_interval")? {
                tracker = tracker.sampling_interval(interval);
            }
            (metric, TrackerKind::Cpu(tracker))
        }
        _ => {
            let unit = options.parsed("unit", units)?.unwrap_or_default();
            let metric = metric("gpu_usage");
            let made;
            (gpu, made) = gpu::tracker(&mut options, profiler, &metric, unit, timestamps)?;
            (metric, made)
        }
    };
    Ok(Tracker::new(metric, timestamps, gpu, made))
}
