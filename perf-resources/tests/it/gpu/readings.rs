//! What is read of GPUs that are there.

use super::stub::{Stub, until};
use perf_resources::{
    GpuProcess, GpuSnapshot, GpuState, MissingReason, Reading, ThrottleReason, spawn_gpu_sampler,
};
use std::sync::Arc;

/// The first reading.
fn first(stub: &Stub) -> Arc<GpuSnapshot> {
    let sampler = spawn_gpu_sampler(stub.config()).unwrap();
    until(&sampler.reader(), |_, snapshot| snapshot.is_some()).1.unwrap()
}

#[test]
fn two_gpus_are_read_with_all_their_figures() {
    let Some(stub) = Stub::new("devices 2") else { return };
    let snapshot = first(&stub);
    assert_eq!(snapshot.driver, Reading::Value("580.82.07".into()));
    assert_eq!((snapshot.gpus.len(), snapshot.missing.len()), (2, 0));
    for (index, gpu) in (0_u32..).zip(&snapshot.gpus) {
        let (is, more) = (f64::from(index), u64::from(index));
        assert_eq!(gpu.index, index);
        assert_eq!(gpu.name, Reading::Value("Fake <b>\"GPU\"|".into()));
        assert_eq!(gpu.uuid, Reading::Value(format!("GPU-{index}")));
        let utilization = gpu.utilization.value().unwrap();
        assert_eq!(
            (utilization.gpu, utilization.memory),
            ((40.0 + is) / 100.0, (10.0 + is) / 100.0)
        );
        let memory = gpu.memory.value().unwrap();
        assert_eq!((memory.used_bytes, memory.total_bytes), ((more + 1) << 30, 80 << 30));
        assert_eq!(memory.reserved_bytes, 512 << 20);
        assert_eq!(gpu.power_watts, Reading::Value(100.25 + is));
        assert_eq!(gpu.power_limit_watts, Reading::Value(700.0));
        assert_eq!(gpu.energy_joules, Reading::Value(5_000.5));
        assert_eq!(gpu.temperature_celsius, Reading::Value(50.0 + is));
        assert_eq!(gpu.clocks.graphics_hertz, Reading::Value(1_000_000_000));
        assert_eq!(gpu.clocks.sm_hertz, Reading::Value(1_100_000_000));
        assert_eq!(gpu.clocks.memory_hertz, Reading::Value(1_200_000_000));
        let reasons: Vec<_> = gpu.throttle.value().unwrap().iter().collect();
        assert_eq!(reasons, [ThrottleReason::SwPowerCap]);
        let (corrected, uncorrected) = (gpu.ecc_corrected, gpu.ecc_uncorrected);
        assert_eq!(
            (corrected.volatile, corrected.aggregate),
            (Reading::Value(1), Reading::Value(2))
        );
        assert_eq!(
            (uncorrected.volatile, uncorrected.aggregate),
            (Reading::Value(11), Reading::Value(12))
        );
        assert_eq!(gpu.mig, Reading::Value(vec![]));
    }
}

#[test]
fn a_process_that_computes_and_draws_is_one_and_ours_is_marked() {
    let Some(stub) = Stub::new("") else { return };
    let snapshot = first(&stub);
    let gpu = snapshot.gpu(0).unwrap();
    let processes = gpu.processes.as_ref().value().unwrap();
    let of = |pid: u32| *processes.iter().find(|process| process.pid == pid).unwrap();
    let told = |process: GpuProcess| {
        (process.is_own, process.used_bytes, process.compute, process.graphics)
    };
    assert_eq!(told(of(std::process::id())), (true, Reading::Value(1 << 30), true, true));
    assert_eq!(told(of(1)), (false, Reading::NotSupported, true, false), "all ones is no amount");
    assert_eq!((processes.len(), gpu.own_memory_bytes()), (2, Reading::Value(1 << 30)));
}

#[test]
fn a_divided_gpu_has_parts_and_no_utilization() {
    let Some(stub) = Stub::new("devices 2\nmig 0") else { return };
    let snapshot = first(&stub);
    let gpu = snapshot.gpu(0).unwrap();
    assert_eq!(gpu.utilization, Reading::NotSupported);
    assert_eq!(gpu.power_watts, Reading::Value(100.25));
    let parts = gpu.mig.as_ref().value().unwrap();
    assert_eq!(parts.iter().map(|part| part.index).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(parts[1].name, Reading::Value("Fake <b>\"GPU\"| MIG 1g.10gb".into()));
    assert_eq!(parts[1].uuid, Reading::Value("MIG-0-2".into()));
    assert_eq!(parts[1].memory.value().unwrap().used_bytes, 3 << 20);
    assert_eq!(parts[1].utilization, Reading::NotSupported);
    let whole = snapshot.gpu(1).unwrap();
    assert_eq!(
        (whole.mig.clone(), whole.utilization.value().is_some()),
        (Reading::Value(vec![]), true)
    );
}

#[test]
fn each_figure_says_for_itself_why_it_is_missing() {
    let script = "devices 2\nfail nvmlDeviceGetPowerUsage@1 3\nfail nvmlDeviceGetMemoryInfo_v2@1 4\n\
                  fail nvmlDeviceGetTemperature@1 10\nfail nvmlDeviceGetTotalEccErrors 3\n\
                  fail nvmlDeviceGetComputeRunningProcesses_v3@1 4\n\
                  fail nvmlDeviceGetGraphicsRunningProcesses_v3@1 4\nfail nvmlDeviceGetMigMode 3\n\
                  fail nvmlDeviceGetClockInfo@1 999";
    let Some(stub) = Stub::new(script) else { return };
    let snapshot = first(&stub);
    let gpu = snapshot.gpu(1).unwrap();
    assert_eq!(gpu.power_watts, Reading::NotSupported);
    assert_eq!(gpu.memory, Reading::NoPermission);
    assert_eq!(gpu.processes, Reading::NoPermission);
    assert_eq!(gpu.own_memory_bytes(), Reading::NoPermission);
    assert_eq!(gpu.mig, Reading::NotSupported);
    assert_eq!(gpu.ecc_corrected.volatile, Reading::NotSupported);
    assert_eq!(gpu.temperature_celsius.to_string(), "NVML_ERROR_TIMEOUT");
    assert_eq!(
        gpu.clocks.sm_hertz.to_string(),
        "NVML_ERROR_UNKNOWN",
        "one call, so the GPU is there"
    );
    assert!(gpu.utilization.value().is_some() && gpu.energy_joules.value().is_some());
    let other = snapshot.gpu(0).unwrap();
    assert!(other.power_watts.value().is_some() && other.memory.value().is_some());
}

#[test]
fn the_largest_number_stands_for_none() {
    let Some(stub) = Stub::new(&format!("energy {}\nthrottle {}", u64::MAX, u64::MAX)) else {
        return;
    };
    let snapshot = first(&stub);
    let gpu = snapshot.gpu(0).unwrap();
    assert_eq!(gpu.energy_joules, Reading::NotSupported);
    let reasons: Vec<_> = gpu.throttle.value().unwrap().iter().collect();
    assert_eq!(reasons, ThrottleReason::ALL, "bits without a name are left out");
}

#[test]
fn an_old_driver_has_what_it_has() {
    let Some(stub) = Stub::old("") else { return };
    let snapshot = first(&stub);
    let gpu = snapshot.gpu(0).unwrap();
    assert_eq!(gpu.memory, Reading::NotSupported);
    assert_eq!(gpu.energy_joules, Reading::NotSupported);
    assert_eq!(
        (gpu.processes.clone(), gpu.mig.clone()),
        (Reading::NotSupported, Reading::NotSupported)
    );
    assert_eq!(gpu.power_watts, Reading::Value(100.25));
    assert_eq!(gpu.utilization.value().unwrap().gpu, 0.4);
}

#[test]
fn a_gpu_that_may_not_be_used_is_missing_and_the_others_are_not() {
    let Some(stub) = Stub::new("devices 3\nfail nvmlDeviceGetHandleByIndex_v2@1 4") else { return };
    let sampler = spawn_gpu_sampler(stub.config()).unwrap();
    let (state, snapshot) = until(&sampler.reader(), |_, snapshot| snapshot.is_some());
    let snapshot = snapshot.unwrap();
    assert_eq!(state, GpuState::Available);
    assert_eq!(snapshot.gpus.iter().map(|gpu| gpu.index).collect::<Vec<_>>(), [0, 2]);
    let missing: Vec<_> = snapshot.missing.iter().map(|gpu| (gpu.index, gpu.reason)).collect();
    assert_eq!(missing, [(1, MissingReason::NoPermission)]);
}
