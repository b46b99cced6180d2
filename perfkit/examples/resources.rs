//! What the work costs: CPU and memory beside the latency, judged by one SLA file.
//!
//! ```sh
//! cargo run --release -p perfkit --features resources,sla --example resources
//! ```

use perfkit::Profiler;
use perfkit::resources::{
    ByteUnit, Cgroup, CpuTracker, MemoryTracker, ProcessSampler, SamplerConfig, spawn_sampler,
};
use perfkit::sla::SlaConfig;
use std::collections::HashMap;
use std::error::Error;

const SLA: &str = r#"
[operations.index]
max_p95 = "500ms"

[resources]
max_memory = "1GB"
max_cpu = "80%"
max_open_files = 1000
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let profiler = Profiler::new();
    // It writes once a second what the process uses, until it is dropped.
    let sampler = spawn_sampler(&profiler, SamplerConfig::new())?;
    let memory = MemoryTracker::new(&profiler, "memory_usage", ByteUnit::Megabytes)?;
    let cpu = CpuTracker::new(&profiler, "cpu_usage")?;

    let (texts, usage) = memory.track("texts", texts);
    let (change, peak, unit) = (usage.change(), usage.peak().unwrap_or(0.0), usage.unit);
    println!("texts: {change:+.1} {unit}, peak {peak:.1} {unit} ({:?})", usage.peak_source);

    let (index, usage) = cpu.track("index", || {
        let (index, memory) = memory.track("index", || {
            let mut index = HashMap::new();
            for part in texts.chunks(1_000) {
                profiler.time("index", || add(&mut index, part));
            }
            index
        });
        println!("index: {:+.1} {}", memory.change(), memory.unit);
        index
    });
    let (percent, peak) = (usage.percent().unwrap_or(0.0), usage.peak_ratio.unwrap_or(0.0));
    let cores = usage.capacity.unwrap_or(0.0);
    println!(
        "index: {} words, {percent:.0} % of one core, at most {:.0} %, of {cores} cores",
        index.len(),
        peak * 100.0
    );

    let sample = ProcessSampler::own()?.with_peak().with_io().sample()?;
    println!("process: {sample:#?}");
    println!("container: {:#?}", Cgroup::find()?.sample());

    sampler.sample_now()?;
    let verdict = SlaConfig::from_toml(SLA)?.evaluate(&profiler.snapshot());
    println!("{}", verdict.status());
    verdict.checks().iter().for_each(|check| println!("  {check}"));
    Ok(())
}

fn texts() -> Vec<String> {
    let word = |n: u64| n.wrapping_mul(6_364_136_223_846_793_005) >> 48;
    let text = |n: u64| (0..20).map(|i| format!("w{} ", word(n * 20 + i))).collect();
    (0..50_000).map(text).collect()
}

fn add<'t>(index: &mut HashMap<&'t str, Vec<usize>>, texts: &'t [String]) {
    for (number, text) in texts.iter().enumerate() {
        for word in text.split_ascii_whitespace() {
            index.entry(word).or_default().push(number);
        }
    }
}
