//! What a GPU does while pieces of work run.

use super::stub::{LONG, Stub, until};
use perf_core::{Profiler, TrackError};
use perf_resources::{
    ByteUnit, GpuConfig, GpuReader, GpuSampler, GpuState, GpuTracker, MemoryTracker, OptionValue,
    Reading, TrackerKind, spawn_gpu_sampler,
};
use std::time::Duration;

/// One that reads when it is asked and not before.
fn sampler(stub: &Stub) -> GpuSampler {
    spawn_gpu_sampler(stub.config().interval(Duration::from_secs(3_600))).unwrap()
}

fn tracker(profiler: &Profiler, sampler: &GpuSampler) -> GpuTracker {
    let tracker = GpuTracker::new(profiler, "gpu_usage", ByteUnit::Mebibytes, sampler.reader());
    tracker.patience(LONG)
}

fn using(mebibytes: u64, millijoules: u64) -> String {
    format!("devices 2\nused 1 {}\nenergy {millijoules}", mebibytes << 20)
}

#[test]
fn work_is_told_with_the_start_the_end_the_peak_and_the_mean_of_its_readings() {
    let Some(stub) = Stub::new(&using(100, 1_000)) else { return };
    let (profiler, sampler) = (Profiler::new(), sampler(&stub));
    let tracker = tracker(&profiler, &sampler).device(1);
    let (result, tracked) = tracker.track("generate", || {
        stub.play(&using(700, 2_000));
        tracker.sample();
        stub.play(&using(400, 3_500));
        "done"
    });
    assert_eq!((result, &*tracked.label, tracked.device), ("done", "generate", 1));
    assert_eq!((tracked.state.clone(), tracked.unit), (GpuState::Available, ByteUnit::Mebibytes));
    let figures = tracked.figures.as_ref().unwrap();
    assert_eq!(figures.readings, 3);
    assert_eq!((tracked.memory(), tracked.peak_memory()), (Some(400.0), Some(700.0)));
    assert_eq!((tracked.mean_memory(), tracked.memory_change()), (Some(400.0), Some(300.0)));
    assert_eq!(tracked.energy_joules(), Some(2.5));
    assert_eq!(figures.utilization.value().unwrap().mean, 0.41);
    assert_eq!(figures.power_watts.value().unwrap().peak, 101.25);
    assert_eq!(figures.own_memory_bytes.value().unwrap().end, f64::from(1 << 30));

    let snapshot = profiler.snapshot();
    let gauge = |name: &str| snapshot.gauge(name, &[("label", "generate")]);
    assert_eq!(gauge("gpu_usage_bytes"), Some(f64::from(400 << 20)));
    assert_eq!(gauge("gpu_usage_peak_bytes"), Some(f64::from(700 << 20)));
    assert_eq!(gauge("gpu_usage_utilization_ratio"), Some(0.41));
    assert_eq!(gauge("gpu_usage_energy_joules"), Some(2.5));
    let statistics = tracker.statistics("generate").unwrap();
    assert_eq!((statistics.count, statistics.last, statistics.peak), (1, 400.0, Some(700.0)));
}

#[test]
fn measurements_overlap_and_stop_once_by_their_own_tracker_alone() {
    let Some(stub) = Stub::new(&using(1, 0)) else { return };
    let (profiler, sampler) = (Profiler::new(), sampler(&stub));
    let (tracker, other) = (tracker(&profiler, &sampler).device(1), tracker(&profiler, &sampler));
    let outer = tracker.start("outer");
    stub.play(&using(5, 0));
    let inner = tracker.start("inner");
    assert_eq!(other.stop(inner), Err(TrackError::OtherTracker));
    let inner = tracker.stop(inner).unwrap();
    stub.play(&using(2, 0));
    let stopped = tracker.stop(outer).unwrap();
    assert_eq!(tracker.stop(outer), Err(TrackError::AlreadyStopped));
    assert_eq!((inner.peak_memory(), inner.memory_change()), (Some(5.0), Some(0.0)));
    assert_eq!((stopped.peak_memory(), stopped.memory_change()), (Some(5.0), Some(1.0)));
    let discarded = tracker.start("discarded");
    assert_eq!(tracker.discard(discarded), Ok(()));
    drop(tracker.guard("guard"));
    let labels: Vec<_> = tracker.statistics_by_label().iter().map(|s| s.label.clone()).collect();
    assert_eq!(labels, ["guard".into(), "inner".into(), "outer".into()]);
}

#[test]
fn without_a_gpu_nothing_fails_and_the_answer_says_so() {
    let nowhere = GpuConfig::new().library("/nowhere/libnvidia-ml.so.1");
    let sampler = spawn_gpu_sampler(nowhere).unwrap();
    let profiler = Profiler::new();
    let tracker = tracker(&profiler, &sampler).include_timestamps(false);
    let (result, tracked) = tracker.track("work", || 42);
    assert_eq!((result, tracked.figures.as_ref(), tracked.at), (42, None, None));
    assert!(matches!(tracked.state, GpuState::NoDriver(_)), "{tracked:?}");
    assert_eq!((tracked.memory(), tracked.energy_joules()), (None, None));
    assert_eq!(profiler.snapshot().gauges().count(), 0);
    assert_eq!(tracker.statistics("work"), None);
    drop(sampler);
    assert_eq!(tracker.track("work", || ()).1.state, GpuState::Stopped);
}

#[test]
fn a_figure_that_a_gpu_lacks_is_lacking_and_the_others_are_told() {
    let Some(stub) = Stub::new("fail nvmlDeviceGetTotalEnergyConsumption 3\nmig 0") else { return };
    let (profiler, sampler) = (Profiler::new(), sampler(&stub));
    let ((), tracked) = tracker(&profiler, &sampler).track("work", || ());
    let figures = tracked.figures.as_ref().unwrap();
    assert_eq!((figures.utilization, tracked.energy_joules()), (Reading::NotSupported, None));
    assert_eq!(tracked.memory(), Some(1_024.0));
    let written: Vec<_> = profiler.snapshot().gauges().map(|(s, _)| s.name().to_owned()).collect();
    assert_eq!(written, ["gpu_usage_bytes", "gpu_usage_peak_bytes"]);
}

#[test]
fn energy_over_a_driver_that_was_loaded_anew_is_not_known() {
    let Some(stub) = Stub::new(&using(1, 2_000)) else { return };
    let sampler = sampler(&stub);
    let tracker = tracker(&Profiler::new(), &sampler);
    let ((), tracked) = tracker.track("work", || stub.play(&using(1, 1_000)));
    assert_eq!((tracked.figures.as_ref().unwrap().readings, tracked.energy_joules()), (2, None));
}

#[test]
fn work_does_not_wait_for_a_driver_that_hangs() {
    let Some(stub) = Stub::new("") else { return };
    let config = stub.config().hanging_after(Duration::from_millis(1));
    let sampler = spawn_gpu_sampler(config).unwrap();
    let tracker = tracker(&Profiler::new(), &sampler).patience(Duration::from_millis(20));
    stub.play("hang nvmlDeviceGetUtilizationRates");
    // Nothing lets the driver go on before both are done.
    let ((), first) = tracker.track("work", || ());
    let ((), second) = tracker.track("work", || ());
    assert!(matches!(second.state, GpuState::Hanging(_)), "{first:?} {second:?}");
    assert_eq!(second.figures, None);
    stub.play("");
}

#[test]
fn a_memory_tracker_tells_the_memory_of_a_gpu() {
    let Some(stub) = Stub::new(&using(3, 0)) else { return };
    let sampler = sampler(&stub);
    let (reader, source) = (sampler.reader(), sampler.reader());
    let tracker = MemoryTracker::new(&Profiler::new(), "memory_usage", ByteUnit::Megabytes)
        .unwrap()
        .gpu(move || source.used_bytes(1));
    let _ = reader.sample_within(LONG);
    assert_eq!(tracker.sample().gpu_bytes, Some(3 << 20));
    drop(sampler);
    assert_eq!(tracker.sample().gpu_bytes, None, "nobody knows any more");
}

#[test]
fn trackers_by_name_read_the_gpu_while_they_sample() {
    let Some(stub) = Stub::new(&using(100, 1_000)) else { return };
    let library = OptionValue::from(stub.library().to_str().unwrap());
    let options = |more: &[(&'static str, OptionValue)]| {
        let mut options = vec![
            ("gpu_library", library.clone()),
            ("gpu_device", 1.into()),
            ("unit", "MiB".into()),
            ("sampling_interval", 0.001.into()),
        ];
        options.extend_from_slice(more);
        options
    };
    let make =
        |kind, more: &[_]| perf_resources::tracker(&Profiler::new(), kind, options(more)).unwrap();

    let gpu = make("gpu", &[]);
    let TrackerKind::Gpu(inner) = gpu.kind() else { panic!("{gpu:?}") };
    assert_eq!(inner.sample().0, GpuState::NotStarted);
    let before = gpu.stop(gpu.start("early")).unwrap();
    assert_eq!((before.value, before.unit.as_str()), (None, "MiB"));
    let sampling = gpu.spawn_sampling().unwrap();
    assert!(sampling.is_some());
    let error = gpu.spawn_sampling().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    let inner = inner.clone().patience(LONG);
    while inner.sample().0 != GpuState::Available {}
    let (_, tracked) = inner.track("generate", || stub.play(&using(700, 2_000)));
    assert_eq!((tracked.device, tracked.memory()), (1, Some(700.0)));
    drop(sampling);
    assert_eq!(inner.sample().0, GpuState::Stopped);

    let memory = make("memory", &[("track_gpu", true.into())]);
    let stop = || memory.stop(memory.start("load")).unwrap();
    assert_eq!(stop().gpu, None);
    let _sampling = memory.spawn_sampling().unwrap();
    let start = std::time::Instant::now();
    while stop().gpu != Some(700.0) {
        assert!(start.elapsed() < LONG);
    }
}

#[test]
fn a_thread_that_has_ended_is_followed_by_another() {
    let Some(stub) = Stub::new("devices 1") else { return };
    let reader = GpuReader::not_started(stub.config());
    assert_eq!(reader.latest(), (GpuState::NotStarted, None));
    for _ in 0..3 {
        let sampler = reader.spawn_sampler().unwrap();
        let available = |state: &GpuState, _: Option<&_>| *state == GpuState::Available;
        assert!(until(&reader, available).1.is_some());
        drop(sampler);
        assert_eq!(reader.latest().0, GpuState::Stopped);
    }
}
