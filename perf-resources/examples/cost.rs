//! What a reading costs cold, as a sampler makes it: 205 ms after the last one. And what a sampler costs
//! that runs for a while.
//!
//! ```sh
//! cargo run --release -p perf-resources --features system --example cost
//! ```

use perf_core::Profiler;
use perf_resources::{
    Cgroup, MemoryTracker, ProcessSampler, ResourceGauges, SamplerConfig, spawn_sampler,
};
use std::fs;
use std::hint::black_box;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

const APART: Duration = Duration::from_millis(205);
const READINGS: usize = 25;
/// How long the sampler runs, once a second.
const RUN: Duration = Duration::from_secs(20);

fn main() -> io::Result<()> {
    println!("{READINGS} readings, {APART:?} apart");
    println!("| reading | median µs | largest µs |\n|---|---:|---:|");
    let mut process = ProcessSampler::own()?;
    cold("process", || process.sample());
    let mut more = ProcessSampler::own()?.with_peak().with_io();
    cold("process, with peak and IO", || more.sample());
    let mut cgroup = Cgroup::find()?;
    cold("cgroup", || cgroup.sample());
    let profiler = Profiler::new();
    let mut gauges = ResourceGauges::new(&profiler, SamplerConfig::new().system(false))?;
    cold("sampler tick", || gauges.sample_now());
    let tracker = MemoryTracker::new(&profiler, "memory", Default::default())?;
    cold("memory tracker, start and stop", || tracker.stop(tracker.start("work")));
    sysinfo_beside();

    let sampler = spawn_sampler(&profiler, SamplerConfig::new().system(false))?;
    thread::sleep(APART);
    let before = cpu_of("perfkit-sampler")?;
    thread::sleep(RUN);
    let used = cpu_of("perfkit-sampler")?.saturating_sub(before);
    drop(sampler);
    let share = used.as_secs_f64() / RUN.as_secs_f64();
    println!("\nA sampler at 1 Hz: {used:?} of CPU in {RUN:?}, {:.4} % of a core", share * 100.0);
    Ok(())
}

fn cold<R>(name: &str, mut read: impl FnMut() -> R) {
    let mut times: Vec<Duration> = (0..READINGS)
        .map(|_| {
            thread::sleep(APART);
            let start = Instant::now();
            let reading = black_box(read());
            let time = start.elapsed();
            drop(reading);
            time
        })
        .collect();
    times.sort();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let (median, largest) = (micros(times[READINGS / 2]), micros(times[READINGS - 1]));
    println!("| {name} | {median:.1} | {largest:.1} |");
}

/// The kernel's account of the thread with this name, which it cuts at 15 bytes.
fn cpu_of(thread: &str) -> io::Result<Duration> {
    let mut used = Duration::ZERO;
    for entry in fs::read_dir("/proc/self/task")? {
        let folder = entry?.path();
        if thread.starts_with(fs::read_to_string(folder.join("comm"))?.trim()) {
            let account = fs::read_to_string(folder.join("schedstat"))?;
            let nanos = account.split(' ').next().and_then(|field| field.parse().ok());
            used += Duration::from_nanos(nanos.unwrap_or(0));
        }
    }
    Ok(used)
}

#[cfg(feature = "system")]
fn sysinfo_beside() {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

    let own = Pid::from_u32(std::process::id());
    let mut system = System::new();
    let kind = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
    cold("sysinfo: process, CPU, memory and open files", || {
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, kind);
        system.process(own).and_then(|process| process.open_files())
    });
}

#[cfg(not(feature = "system"))]
fn sysinfo_beside() {}
