//! Drivers that are not there, go, hang, and come back.

use super::stub::{LONG, Stub, until};
use perf_core::Profiler;
use perf_resources::{
    GpuConfig, GpuState, MissingReason, ResourceGauges, SamplerConfig, gpu_threads_left_behind,
    spawn_gpu_sampler,
};
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// Long enough for a reading on a busy machine, most of the time; a test that is told too early that
/// something hangs goes on all the same.
const SOON: Duration = Duration::from_millis(200);

fn is_available(state: &GpuState) -> bool {
    *state == GpuState::Available
}

fn is_hanging(state: &GpuState) -> bool {
    matches!(state, GpuState::Hanging(_))
}

#[test]
fn no_library_no_driver_and_no_gpu_are_states() {
    let nowhere = GpuConfig::new().library("/nowhere/libnvidia-ml.so.1");
    let sampler = spawn_gpu_sampler(nowhere).unwrap();
    let (state, snapshot) = sampler.reader().sample_within(LONG);
    assert!(
        state.to_string().starts_with("no driver: ") && state.to_string().contains("/nowhere/")
    );
    assert_eq!(snapshot, None);

    let Some(stub) = Stub::new("fail nvmlInit_v2 9") else { return };
    let sampler = spawn_gpu_sampler(stub.config()).unwrap();
    let (state, _) = sampler.reader().sample_within(LONG);
    assert_eq!(state, GpuState::NoDriver("NVIDIA driver is not loaded".into()));
    stub.play("devices 0");
    let (_, none) = until(&sampler.reader(), |state, _| *state == GpuState::NoDevice);
    assert_eq!(none, None);
    stub.play("");
    let (_, snapshot) = until(&sampler.reader(), |state, _| is_available(state));
    assert_eq!(snapshot.unwrap().gpus.len(), 1, "it came later");
}

#[test]
fn a_driver_that_goes_is_lost_and_comes_back() {
    let Some(stub) = Stub::new("") else { return };
    let sampler = spawn_gpu_sampler(stub.config()).unwrap();
    let reader = sampler.reader();
    // Not loaded, another version than the library, unloaded, and no answer at all; told by all calls, or
    // by those of a GPU first.
    for (code, call) in [9, 18, 1, 999]
        .into_iter()
        .flat_map(|code| [(code, "nvmlDeviceGetCount_v2"), (code, "none")])
    {
        let before = until(&reader, |state, _| is_available(state)).1.unwrap();
        stub.play(&format!("fail * {code}\nfail {call} {code}\nfail nvmlInit_v2 {code}"));
        let (state, snapshot) = until(&reader, |state, _| !is_available(state));
        assert!(matches!(state, GpuState::Lost(_)), "{code} {call}: {state}");
        assert!(snapshot.unwrap().at >= before.at, "the last reading is still told");
        assert_eq!(reader.used_bytes(0), None, "but not as one of now");
        stub.play("");
        let (_, after) = until(&reader, |state, _| is_available(state));
        assert!(after.unwrap().at > before.at);
        assert_eq!(reader.used_bytes(0), Some(1 << 30));
    }
}

#[test]
fn a_gpu_that_falls_off_the_bus_or_answers_nothing_leaves_the_other() {
    for code in [15, 16, 999] {
        let Some(stub) = Stub::new("devices 2") else { return };
        let sampler = spawn_gpu_sampler(stub.config()).unwrap();
        let reader = sampler.reader();
        until(&reader, |_, snapshot| snapshot.is_some_and(|snapshot| snapshot.gpus.len() == 2));
        // The name comes from the memory of the driver: it is no sign of life.
        let script = format!(
            "devices 2\nfail *@1 {code}\nfail nvmlDeviceGetHandleByIndex_v2@1 0\n\
             fail nvmlDeviceGetName@1 0"
        );
        stub.play(&script);
        let one = |_: &GpuState, snapshot: Option<&perf_resources::GpuSnapshot>| {
            snapshot.is_some_and(|snapshot| snapshot.gpus.len() == 1)
        };
        let (state, snapshot) = until(&reader, one);
        let snapshot = snapshot.unwrap();
        assert_eq!((state, snapshot.gpus[0].index), (GpuState::Available, 0), "{code}");
        let missing = snapshot.missing[0];
        let is_code = matches!(missing.reason, MissingReason::Lost(lost) if lost.code() == code);
        assert!(missing.index == 1 && is_code, "{missing:?}");
        stub.play("devices 2");
        until(&reader, |_, snapshot| snapshot.is_some_and(|snapshot| snapshot.gpus.len() == 2));
    }
}

#[test]
fn a_call_that_hangs_is_told_holds_up_nobody_and_is_gone_on_from() {
    let Some(stub) = Stub::new("") else { return };
    let sampler = spawn_gpu_sampler(stub.config().hanging_after(SOON)).unwrap();
    let reader = sampler.reader();
    until(&reader, |state, _| is_available(state));
    let profiler = Profiler::new();
    let config = SamplerConfig::new().gpu(sampler.reader());
    let mut gauges = ResourceGauges::new(&profiler, config).unwrap();
    let labels = [("gpu", "0"), ("uuid", "GPU-0")];
    let mut up = || {
        gauges.sample_now().unwrap();
        profiler.snapshot().gauge("gpu_up", &labels)
    };
    while up() != Some(1.0) {}

    stub.play("hang nvmlDeviceGetTemperature");
    let start = Instant::now();
    while !is_hanging(&reader.latest().0) {
        assert!(start.elapsed() < LONG);
        std::thread::yield_now();
    }
    // The library waits for its script, which changes below: whatever waited for it would wait for ever.
    let (state, snapshot) = reader.sample_within(LONG);
    let snapshot = snapshot.expect("the last reading");
    assert!(is_hanging(&state) && snapshot.age() >= SOON, "{state:?}");
    assert!(state.to_string().starts_with("the driver has not answered for "));
    assert_eq!(up(), Some(0.0), "its other gauges are those of before");
    assert_eq!(profiler.snapshot().gauge("gpu_temperature_celsius", &labels), Some(50.0));
    assert!(profiler.snapshot().gauge("gpu_sample_age_seconds", &[]) >= Some(SOON.as_secs_f64()));

    stub.play("");
    let (_, after) = until(&reader, |_, now| now.unwrap().at > snapshot.at);
    assert!(after.unwrap().gpu(0).is_some());
}

#[test]
fn a_driver_that_hangs_from_the_start_is_told() {
    let Some(stub) = Stub::new("hang nvmlInit_v2") else { return };
    let sampler = spawn_gpu_sampler(stub.config().hanging_after(Duration::from_millis(1))).unwrap();
    let reader = sampler.reader();
    let (_, snapshot) = until(&reader, |state, _| is_hanging(state));
    assert_eq!(snapshot, None);
    stub.play("");
    until(&reader, |_, snapshot| snapshot.is_some());
}

#[test]
fn a_dropped_sampler_leaves_one_hanging_thread_behind_and_no_more() {
    let Some(stub) = Stub::new("hang nvmlDeviceGetPowerUsage") else { return };
    let sampler = spawn_gpu_sampler(stub.config().hanging_after(SOON)).unwrap();
    let reader = sampler.reader();
    until(&reader, |state, _| is_hanging(state));
    // This comes back though the library does not: its script changes only below.
    drop(sampler);
    assert_eq!(reader.latest().0, GpuState::Stopped);
    assert!(gpu_threads_left_behind() >= 1);
    let refused = spawn_gpu_sampler(stub.config()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ResourceBusy);

    stub.play("");
    let start = Instant::now();
    let sampler = loop {
        match spawn_gpu_sampler(stub.config()) {
            Ok(sampler) => break sampler,
            Err(error) => assert!(start.elapsed() < LONG, "{error}"),
        }
        std::thread::yield_now();
    };
    until(&sampler.reader(), |_, snapshot| snapshot.is_some());
    assert_eq!(reader.latest().0, GpuState::Stopped, "what came back was not wanted any more");
}
