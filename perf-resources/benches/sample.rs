//! What does a reading cost, warm? Cold, as a sampler reads: `--example cost`.
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use perf_core::Profiler;
use perf_resources::{
    Cgroup, MemoryTracker, ProcessSampler, ProcessTree, ResourceGauges, SamplerConfig,
};
use std::fs::File;
use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::thread;

fn process(c: &mut Criterion) {
    let own = || ProcessSampler::own().expect("/proc can be read");
    for (name, mut sampler) in [
        ("process", own()),
        ("process, with peak", own().with_peak()),
        ("process, with IO", own().with_io()),
        ("process, with peak and IO", own().with_peak().with_io()),
        ("process, with proportional memory", own().with_proportional()),
    ] {
        c.bench_function(&format!("sample/{name}"), |b| b.iter(|| black_box(sampler.sample())));
    }
    let mut another = ProcessSampler::of(1).expect("there is a first process");
    c.bench_function("sample/another process", |b| b.iter(|| black_box(another.sample())));
    let mut tree = ProcessTree::new(std::process::id()).expect("/proc can be read");
    c.bench_function("sample/tree of one", |b| b.iter(|| black_box(tree.sample())));
}

/// 64 more threads and 500 open files.
fn large_process(c: &mut Criterion) {
    let files: Vec<_> = (0..500).map(|_| File::open("/proc/self/stat").expect("open")).collect();
    let end = Arc::new(Barrier::new(65));
    for _ in 0..64 {
        let end = Arc::clone(&end);
        thread::spawn(move || end.wait());
    }
    let own = || ProcessSampler::own().expect("/proc can be read");
    let mut sampler = own();
    let name = "sample/process, 65 threads and 500 files";
    c.bench_function(name, |b| b.iter(|| black_box(sampler.sample())));
    end.wait();
    drop(files);
}

fn surroundings(c: &mut Criterion) {
    let mut cgroup = Cgroup::find().expect("/proc can be read");
    c.bench_function("sample/cgroup", |b| b.iter(|| black_box(cgroup.sample())));
    c.bench_function("sample/pressure", |b| b.iter(|| black_box(cgroup.pressures())));
    let profiler = Profiler::new();
    let config = SamplerConfig::new().system(false);
    let mut gauges = ResourceGauges::new(&profiler, config).expect("/proc can be read");
    c.bench_function("sample/sampler tick", |b| b.iter(|| gauges.sample_now()));
    let tracker = MemoryTracker::new(&profiler, "memory", Default::default()).expect("/proc");
    c.bench_function("sample/memory tracker, start and stop", |b| {
        b.iter(|| tracker.stop(tracker.start("work")));
    });
}

/// The same figures by `sysinfo`, as its documentation has it.
#[cfg(feature = "system")]
fn sysinfo_beside(c: &mut Criterion) {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

    let own = Pid::from_u32(std::process::id());
    let mut system = System::new();
    let kind = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
    c.bench_function("sysinfo/process, CPU and memory", |b| {
        b.iter(|| system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, kind));
    });
    c.bench_function("sysinfo/process, CPU, memory and open files", |b| {
        b.iter(|| {
            system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, kind);
            black_box(system.process(own).and_then(|process| process.open_files()))
        });
    });
    let mut sampler = perf_resources::SystemSampler::new().expect("a known system");
    c.bench_function("sample/machine", |b| b.iter(|| black_box(sampler.sample())));
}

#[cfg(not(feature = "system"))]
fn sysinfo_beside(_: &mut Criterion) {}

criterion_group!(benches, process, large_process, surroundings, sysinfo_beside);
criterion_main!(benches);
