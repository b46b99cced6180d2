//! The GPUs of this machine, beside what a piece of work makes of one of them. Without a GPU it says so.
//!
//! ```text
//! cargo run --release -p perfkit --example gpu --features gpu            # for five seconds
//! cargo run --release -p perfkit --example gpu --features gpu -- 60      # while something else works
//! ```

use perfkit::Profiler;
use perfkit::resources::{
    ByteUnit, GpuConfig, GpuSample, GpuTracker, SamplerConfig, spawn_gpu_sampler, spawn_sampler,
};
use std::error::Error;
use std::time::Duration;
use std::{env, thread};

fn main() -> Result<(), Box<dyn Error>> {
    let seconds = env::args().nth(1).map_or(Ok(5), |seconds| seconds.parse())?;
    let profiler = Profiler::new();
    let gpus = spawn_gpu_sampler(GpuConfig::new())?;
    // Beside CPU and memory, in the same windows and exports.
    let process = spawn_sampler(&profiler, SamplerConfig::new().gpu(gpus.reader()))?;

    let (state, snapshot) = gpus.reader().sample_within(Duration::from_secs(10));
    println!("GPUs: {state}");
    for gpu in snapshot.iter().flat_map(|snapshot| &snapshot.gpus) {
        print(gpu);
    }

    let tracker = GpuTracker::new(&profiler, "gpu_usage", ByteUnit::Gigabytes, gpus.reader());
    let ((), usage) = tracker.track("watch", || thread::sleep(Duration::from_secs(seconds)));
    match (&usage.figures, usage.peak_memory(), usage.mean_memory()) {
        (Some(figures), Some(peak), Some(mean)) => println!(
            "GPU 0 in {:.1} s, {} readings: memory mean {mean:.2}, peak {peak:.2} {}, {:.0} J",
            usage.elapsed.as_secs_f64(),
            figures.readings,
            usage.unit,
            usage.energy_joules().unwrap_or(f64::NAN),
        ),
        _ => println!("GPU 0: {}", usage.state),
    }

    process.sample_now()?;
    for (series, value) in profiler.snapshot().gauges() {
        if series.name().starts_with("gpu_") {
            println!("{series} {value}");
        }
    }
    Ok(())
}

fn print(gpu: &GpuSample) {
    println!("{} {} ({})", gpu.index, gpu.name, gpu.uuid);
    match gpu.utilization.value() {
        Some(ratio) => println!("  busy        {:.0} %", ratio.gpu * 100.0),
        None => println!("  busy        {}", gpu.utilization.map(|ratio| ratio.gpu)),
    }
    println!(
        "  memory      {} of {} bytes",
        gpu.memory.map(|m| m.used_bytes),
        gpu.memory.map(|m| m.total_bytes)
    );
    println!("  power       {} of {} W", gpu.power_watts, gpu.power_limit_watts);
    println!("  energy      {} J", gpu.energy_joules);
    println!("  temperature {} °C", gpu.temperature_celsius);
    println!("  clocks      {} Hz, memory {} Hz", gpu.clocks.sm_hertz, gpu.clocks.memory_hertz);
    println!("  held back   {}", gpu.throttle);
    for process in gpu.processes.as_ref().value().into_iter().flatten() {
        let ours = if process.is_own { ", this process" } else { "" };
        println!("  process     {}: {} bytes{ours}", process.pid, process.used_bytes);
    }
    for part in gpu.mig.as_ref().value().into_iter().flatten() {
        println!("  part {}      {} ({})", part.index, part.name, part.uuid);
    }
}
