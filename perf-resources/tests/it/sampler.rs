//! What reaches the profiler.

use crate::{Root, burn};
use perf_core::{Clock, Profiler, Snapshot};
use perf_resources::{ProcessSampler, ResourceGauges, SamplerConfig, spawn_sampler};
use std::time::{Duration, SystemTime};

fn gauges(profiler: &Profiler, config: SamplerConfig) -> ResourceGauges {
    ResourceGauges::new(profiler, config).unwrap()
}

fn gauge(snapshot: &Snapshot, name: &str) -> Option<f64> {
    snapshot.gauge(name, &[])
}

#[test]
fn the_process_is_in_the_snapshot_and_what_is_unknown_is_not() {
    let profiler = Profiler::new();
    let root = Root::new();
    let config = SamplerConfig::new().cgroup_root(root.path()).system(false);
    let mut gauges = gauges(&profiler, config);
    assert_eq!(profiler.snapshot().gauges().count(), 0, "nothing before a sample");
    gauges.sample_now().unwrap();
    let first = profiler.snapshot();
    assert_eq!(gauge(&first, "process_cpu_ratio"), None, "there is no interval yet");
    burn(Duration::from_millis(20));
    gauges.sample_now().unwrap();
    let snapshot = profiler.snapshot();
    let cores = gauge(&snapshot, "process_cpu_cores").unwrap();
    let capacity = gauge(&snapshot, "process_cpu_capacity_cores").unwrap();
    assert!(cores > 0.0 && capacity >= 1.0);
    assert_eq!(gauge(&snapshot, "process_cpu_ratio"), Some(cores / capacity));
    for known in [
        "process_resident_memory_bytes",
        "process_virtual_memory_bytes",
        "process_peak_resident_memory_bytes",
        "process_threads",
        "process_open_fds",
        "process_max_fds",
        "process_cpu_seconds_total",
        "process_start_time_seconds",
        "perfkit_sampler_duration_seconds",
    ] {
        assert!(gauge(&snapshot, known) > Some(0.0), "{known}");
        assert!(!snapshot.definition(known).unwrap().description().is_empty(), "{known}");
    }
    let began = gauge(&snapshot, "process_start_time_seconds").unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
    let age = now - began;
    assert!(age > 0.0 && age < 3_600.0, "the tests take less than an hour: {age}");
    let unknown = ["cgroup_", "pressure_", "system_", "process_proportional"];
    let series = snapshot.gauges().map(|(series, _)| series.name().to_owned());
    for name in series {
        assert!(!unknown.iter().any(|unknown| name.starts_with(unknown)), "{name}");
    }
}

#[test]
fn totals_are_counters_that_begin_at_what_the_process_had() {
    let profiler = Profiler::new();
    let mut gauges = gauges(&profiler, SamplerConfig::new());
    let before = ProcessSampler::own().unwrap().sample().unwrap().minor_faults.unwrap();
    gauges.sample_now().unwrap();
    gauges.sample_now().unwrap();
    let after = ProcessSampler::own().unwrap().sample().unwrap().minor_faults.unwrap();
    let snapshot = profiler.snapshot();
    let faults = snapshot.counter("process_page_faults_total", &[("kind", "minor")]).unwrap();
    assert!((before..=after).contains(&faults), "{before} {faults} {after}");
    let switches = [("kind", "voluntary")];
    assert!(snapshot.counter("process_context_switches_total", &switches).is_some());
    assert_eq!(snapshot.counter("perfkit_sampler_missed_ticks_total", &[]), Some(0));
    assert_eq!(snapshot.counter("perfkit_sampler_failures_total", &[]), Some(0));
}

#[test]
fn an_idle_process_is_told_apart_from_one_under_load() {
    let profiler = Profiler::new();
    let mut gauges = gauges(&profiler, SamplerConfig::new());
    gauges.sample_now().unwrap();
    gauges.set_idle(true).unwrap();
    let under_load = profiler.snapshot();
    let idle = [("phase", "idle")];
    assert_eq!(under_load.gauge("process_cpu_ratio", &idle), None);
    burn(Duration::from_millis(5));
    gauges.sample_now().unwrap();
    let snapshot = profiler.snapshot();
    let of_the_phase = ["process_cpu_cores", "process_cpu_ratio"];
    for name in
        of_the_phase.into_iter().chain(["process_resident_memory_bytes", "process_open_fds"])
    {
        assert!(snapshot.gauge(name, &idle).is_some(), "{name}");
        assert_eq!(gauge(&snapshot, name), gauge(&under_load, name), "{name} stays as it was");
    }
}

#[test]
fn the_container_is_in_the_snapshot_with_its_share_of_the_quota() {
    let stat = |usage: u64, periods: u64, throttled: u64| {
        format!(
            "usage_usec {usage}\nnr_periods {periods}\nnr_throttled {throttled}\n\
             throttled_usec 2500000\n"
        )
    };
    let root = Root::new().with(&[
        ("proc/self/cgroup", "0::/\n"),
        ("proc/self/mountinfo", "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
        ("sys/fs/cgroup/memory.max", "1000000\n"),
        ("sys/fs/cgroup/memory.current", "250000\n"),
        ("sys/fs/cgroup/cpu.max", "50000 100000\n"),
        ("sys/fs/cgroup/cpu.stat", &stat(0, 0, 0)),
        ("sys/fs/cgroup/cpu.pressure", "some avg10=25.00 avg60=0 avg300=0 total=1500000\n"),
    ]);
    let profiler = Profiler::new();
    let mut gauges = gauges(&profiler, SamplerConfig::new().cgroup_root(root.path()));
    gauges.sample_now().unwrap();
    // More than any machine can use between two samples.
    root.write("sys/fs/cgroup/cpu.stat", &stat(3_600_000_000, 10, 4));
    gauges.sample_now().unwrap();
    let snapshot = profiler.snapshot();
    let is = |name: &str, value: f64| assert_eq!(gauge(&snapshot, name), Some(value), "{name}");
    is("cgroup_memory_limit_bytes", 1e6);
    is("cgroup_memory_usage_bytes", 250_000.0);
    is("cgroup_memory_ratio", 0.25);
    is("cgroup_cpu_quota_cores", 0.5);
    is("process_cpu_capacity_cores", 0.5);
    is("process_cpu_ratio", gauge(&snapshot, "process_cpu_cores").unwrap() / 0.5);
    is("cgroup_throttled_ratio", 0.4);
    is("cgroup_throttled_seconds", 2.5);
    assert!(gauge(&snapshot, "cgroup_cpu_quota_ratio") > Some(1.0));
    let some = [("kind", "some")];
    assert_eq!(snapshot.gauge("pressure_cpu_ratio", &some), Some(0.25));
    assert_eq!(snapshot.gauge("pressure_cpu_stalled_seconds", &some), Some(1.5));
    assert_eq!(snapshot.gauge("pressure_cpu_ratio", &[("kind", "full")]), None);
}

#[test]
fn samples_lie_in_the_windows_of_the_timeline() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let mut gauges = gauges(&profiler, SamplerConfig::new());
    let timeline = profiler.timeline();
    for _ in 0..3 {
        gauges.sample_now().unwrap();
        hand.advance(Duration::from_secs(1));
        timeline.tick();
    }
    let window = timeline.window(Duration::from_secs(3));
    let range = window.gauge("process_resident_memory_bytes", &[]).unwrap();
    assert!(range.min > 0.0 && range.min <= range.max);
}

#[test]
fn the_thread_samples_beside_samples_by_hand_and_stops_at_its_drop() {
    let profiler = Profiler::new();
    let hour = SamplerConfig::new().interval(Duration::from_secs(3_600));
    let sampler = spawn_sampler(&profiler, hour).unwrap();
    sampler.sample_now().unwrap();
    sampler.set_idle(true).unwrap();
    drop(sampler);
    assert!(gauge(&profiler.snapshot(), "process_threads") > Some(0.0));
    let zero = SamplerConfig::new().interval(Duration::ZERO);
    assert!(spawn_sampler(&profiler, zero).is_err());
}
