//! Recorded answers of drivers, played to the worker and to the sampler.

use super::*;
use crate::gpu::GpuConfig;
use crate::gpu::gpu_gauges::GpuGauges;
use crate::gpu::gpu_sample::{
    EccErrors, GpuClocks, GpuMemory, GpuProcess, GpuSample, GpuUtilization, MigInstance,
};
use crate::gpu::gpu_sampler::GpuSampler;
use crate::gpu::reading::{NvmlCode, Reading};
use crate::gpu::throttle::ThrottleReasons;
use perf_core::{Profiler, Snapshot};
use std::collections::VecDeque;

const SECOND: Duration = Duration::from_secs(1);

/// One answer to a call.
enum Answer {
    Opens,
    Refuses(&'static str),
    Reads(Read),
    Gone(&'static str),
    Panics,
}

/// Answers in their order; a call that nothing was recorded for is a test that asks too much.
struct Recorded {
    answers: VecDeque<Answer>,
    closed: usize,
}

impl Recorded {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Recorded { answers: answers.into_iter().collect(), closed: 0 }
    }
}

impl Source for Recorded {
    fn open(&mut self) -> Result<(), String> {
        match self.answers.pop_front() {
            Some(Answer::Opens) => Ok(()),
            Some(Answer::Refuses(reason)) => Err(reason.into()),
            _ => panic!("it was opened when it was to be read"),
        }
    }

    fn read(&mut self) -> Result<Read, String> {
        match self.answers.pop_front() {
            Some(Answer::Reads(read)) => Ok(read),
            Some(Answer::Gone(reason)) => Err(reason.into()),
            Some(Answer::Panics) => panic!("recorded"),
            _ => panic!("it was read when it was to be opened"),
        }
    }

    fn close(&mut self) {
        self.closed += 1;
    }
}

fn worker(answers: impl IntoIterator<Item = Answer>) -> Worker<Recorded> {
    Worker::new(Recorded::new(answers), SECOND, 10 * SECOND)
}

/// All figures of a GPU that has them all.
fn gpu(index: u32, used_bytes: u64) -> GpuSample {
    GpuSample {
        index,
        name: Reading::Value("Recorded \"GPU\"".into()),
        uuid: Reading::Value(format!("GPU-{index}")),
        utilization: Reading::Value(GpuUtilization { gpu: 0.75, memory: 0.25 }),
        memory: Reading::Value(GpuMemory { used_bytes, total_bytes: 1_000, reserved_bytes: 50 }),
        power_watts: Reading::Value(71.5),
        power_limit_watts: Reading::Value(700.0),
        energy_joules: Reading::Value(1_234.5),
        temperature_celsius: Reading::Value(41.0),
        clocks: GpuClocks {
            graphics_hertz: Reading::Value(1_980_000_000),
            sm_hertz: Reading::Value(1_970_000_000),
            memory_hertz: Reading::Value(3_201_000_000),
        },
        throttle: Reading::Value(ThrottleReasons::from_bits(4)),
        ecc_corrected: EccErrors { volatile: Reading::Value(2), aggregate: Reading::Value(3) },
        ecc_uncorrected: EccErrors { volatile: Reading::Value(0), aggregate: Reading::Value(1) },
        processes: Reading::Value(vec![process(true, 300), process(false, 400)]),
        mig: Reading::Value(Vec::new()),
    }
}

fn process(is_own: bool, used_bytes: u64) -> GpuProcess {
    GpuProcess {
        pid: 7,
        is_own,
        used_bytes: Reading::Value(used_bytes),
        compute: true,
        graphics: false,
        mig_instance: None,
    }
}

/// All figures but name and uuid are of this kind.
fn gpu_without(index: u32, none: Reading<u64>) -> GpuSample {
    GpuSample {
        utilization: none.map(|_| unreachable!()),
        memory: none.map(|_| unreachable!()),
        power_watts: none.map(|_| unreachable!()),
        power_limit_watts: none.map(|_| unreachable!()),
        energy_joules: none.map(|_| unreachable!()),
        temperature_celsius: none.map(|_| unreachable!()),
        clocks: GpuClocks { graphics_hertz: none, sm_hertz: none, memory_hertz: none },
        throttle: none.map(|_| unreachable!()),
        ecc_corrected: EccErrors { volatile: none, aggregate: none },
        ecc_uncorrected: EccErrors { volatile: none, aggregate: none },
        processes: none.map(|_| unreachable!()),
        mig: none.map(|_| unreachable!()),
        ..gpu(index, 0)
    }
}

fn read(gpus: Vec<GpuSample>, missing: Vec<MissingGpu>) -> Answer {
    Answer::Reads(Read { driver: Reading::Value("580.82.07".into()), gpus, missing })
}

fn lost(index: u32) -> MissingGpu {
    MissingGpu { index, reason: MissingReason::Lost(NvmlCode::new(15)) }
}

#[test]
fn a_missing_driver_is_looked_for_ever_less_often_until_it_is_there() {
    let refusals = (0..5).map(|_| Answer::Refuses("no library"));
    let mut worker = worker(refusals.chain([Answer::Opens, read(vec![gpu(0, 1)], vec![])]));
    let start = Instant::now();
    let mut asked_at = Vec::new();
    // A look each second: those at which it is asked are 1, 2, 4, 8 and, as it is the most, 10 s apart.
    for second in 0..=25 {
        let left = worker.source.answers.len();
        let (state, snapshot) = worker.round(start + second * SECOND);
        if worker.source.answers.len() < left {
            asked_at.push(second);
        }
        match second {
            25 => assert!(state == GpuState::Available && snapshot.is_some()),
            _ => assert_eq!((state, snapshot), (GpuState::NoDriver("no library".into()), None)),
        }
    }
    assert_eq!(asked_at, [0, 1, 3, 7, 15, 25]);
}

#[test]
fn a_driver_that_goes_is_lost_and_comes_back_at_once_after_it_was_well() {
    let mut worker = worker([
        Answer::Opens,
        read(vec![gpu(0, 1)], vec![]),
        Answer::Gone("NVML_ERROR_DRIVER_NOT_LOADED"),
        Answer::Refuses("still away"),
        Answer::Opens,
        read(vec![gpu(0, 2)], vec![]),
        Answer::Gone("again"),
        Answer::Opens,
        read(vec![gpu(0, 3)], vec![]),
    ]);
    let start = Instant::now();
    let mut at = |second: u32| worker.round(start + second * SECOND).0;
    assert_eq!(at(0), GpuState::Available);
    assert_eq!(at(1), GpuState::Lost("NVML_ERROR_DRIVER_NOT_LOADED".into()));
    assert_eq!(at(2), GpuState::Lost("still away".into()));
    assert_eq!(at(3), GpuState::Lost("still away".into()), "the second wait is twice the first");
    assert_eq!(at(4), GpuState::Available);
    assert_eq!(at(5), GpuState::Lost("again".into()));
    assert_eq!(at(6), GpuState::Available, "the waits began anew");
    assert_eq!(worker.source.closed, 2);
}

#[test]
fn one_lost_gpu_leaves_the_others_and_has_the_driver_opened_anew() {
    let mut worker = worker([
        Answer::Opens,
        read(vec![gpu(0, 1)], vec![lost(1)]),
        Answer::Opens,
        read(vec![gpu(0, 2)], vec![lost(1)]),
        read(vec![gpu(0, 3)], vec![lost(1)]),
        Answer::Opens,
        read(vec![gpu(0, 4), gpu(1, 4)], vec![]),
        read(vec![gpu(0, 5), gpu(1, 5)], vec![]),
    ]);
    let start = Instant::now();
    for (second, missing) in [(0, 1), (1, 1), (2, 1), (3, 0), (4, 0)] {
        let (state, snapshot) = worker.round(start + second * SECOND);
        assert_eq!(state, GpuState::Available);
        let snapshot = snapshot.expect("those that are left are read each time");
        assert_eq!((snapshot.missing.len(), snapshot.gpus.len()), (missing, 2 - missing));
    }
    assert_eq!((worker.source.closed, worker.source.answers.len()), (2, 0));
}

#[test]
fn all_gpus_lost_is_lost_and_no_gpu_is_no_device() {
    let mut all =
        worker([Answer::Opens, read(vec![gpu(0, 1)], vec![]), read(vec![], vec![lost(0)])]);
    let start = Instant::now();
    assert_eq!(all.round(start).0, GpuState::Available);
    let (state, snapshot) = all.round(start + SECOND);
    assert!(matches!(&state, GpuState::Lost(reason) if reason.starts_with("GPU 0")), "{state:?}");
    assert_eq!(snapshot.unwrap().missing, [lost(0)]);
    let mut none = worker([Answer::Opens, read(vec![], vec![])]);
    assert_eq!(none.round(start), (GpuState::NoDevice, None));
}

/// What a profiler has of one recorded reading.
fn written(gpus: Vec<GpuSample>) -> Snapshot {
    let profiler = Profiler::new();
    let answers = [Answer::Opens, read(gpus, vec![])];
    let config = GpuConfig::new().interval(3_600 * SECOND);
    let sampler = GpuSampler::spawn(Recorded::new(answers), config).unwrap();
    let reader = sampler.reader();
    while reader.latest().0 == GpuState::Starting {
        std::thread::yield_now();
    }
    let mut gauges = GpuGauges::new(&profiler, reader);
    gauges.write_latest();
    gauges.write_latest();
    profiler.snapshot()
}

#[test]
fn all_figures_reach_the_profiler_under_their_names() {
    let part = MigInstance {
        index: 3,
        name: Reading::Value("MIG 1g.18gb".into()),
        uuid: Reading::Value("MIG-3".into()),
        memory: Reading::Value(GpuMemory { used_bytes: 7, total_bytes: 90, reserved_bytes: 0 }),
        utilization: Reading::NotSupported,
    };
    let snapshot = written(vec![GpuSample { mig: Reading::Value(vec![part]), ..gpu(0, 500) }]);
    let is = |name: &str, further: &[(&str, &str)], value: f64| {
        let labels: Vec<_> =
            [("gpu", "0"), ("uuid", "GPU-0")].iter().chain(further).copied().collect();
        assert_eq!(snapshot.gauge(name, &labels), Some(value), "{name} {further:?}");
        assert!(!snapshot.definition(name).unwrap().description().is_empty(), "{name}");
    };
    is("gpu_up", &[], 1.0);
    is("gpu_utilization_ratio", &[], 0.75);
    is("gpu_memory_utilization_ratio", &[], 0.25);
    is("gpu_memory_used_bytes", &[], 500.0);
    is("gpu_memory_total_bytes", &[], 1_000.0);
    is("gpu_memory_own_bytes", &[], 300.0);
    is("gpu_power_watts", &[], 71.5);
    is("gpu_power_limit_watts", &[], 700.0);
    is("gpu_temperature_celsius", &[], 41.0);
    is("gpu_clock_hertz", &[("clock", "graphics")], 1.98e9);
    is("gpu_clock_hertz", &[("clock", "sm")], 1.97e9);
    is("gpu_clock_hertz", &[("clock", "memory")], 3.201e9);
    is("gpu_throttled", &[("reason", "sw_power_cap")], 1.0);
    is("gpu_throttled", &[("reason", "gpu_idle")], 0.0);
    is("gpu_ecc_errors", &[("kind", "corrected"), ("since", "driver_load")], 2.0);
    is("gpu_ecc_errors", &[("kind", "uncorrected"), ("since", "production")], 1.0);
    let mig = [("gpu", "0"), ("mig", "3"), ("uuid", "MIG-3")];
    assert_eq!(snapshot.gauge("gpu_mig_memory_used_bytes", &mig), Some(7.0));
    assert_eq!(snapshot.gauge("gpu_mig_memory_total_bytes", &mig), Some(90.0));
    let labels = [("gpu", "0"), ("uuid", "GPU-0")];
    assert_eq!(snapshot.counter("gpu_energy_joules_total", &labels), Some(1_234));
    assert_eq!(
        snapshot.counter("perfkit_gpu_samples_total", &[]),
        Some(1),
        "one reading, seen twice"
    );
    assert!(snapshot.gauge("gpu_sample_age_seconds", &[]) >= Some(0.0));
}

#[test]
fn what_is_not_supported_or_not_allowed_is_not_written() {
    let none = [Reading::NotSupported, Reading::NoPermission, Reading::Failed(NvmlCode::new(10))];
    for (index, none) in (0..).zip(none) {
        let snapshot = written(vec![gpu_without(index, none)]);
        let of_gpu = snapshot.gauges().map(|(series, _)| series.name().to_owned());
        let of_gpu: Vec<_> = of_gpu.filter(|name| name.starts_with("gpu_")).collect();
        assert_eq!(of_gpu, ["gpu_sample_age_seconds", "gpu_up"], "{none}");
        assert_eq!(snapshot.counters().filter(|(s, _)| s.name().starts_with("gpu_")).count(), 0);
    }
}

#[test]
fn energy_that_begins_anew_with_the_driver_is_added() {
    let with = |joules| GpuSample { energy_joules: Reading::Value(joules), ..gpu(0, 1) };
    let reads = [100.0, 130.0, 20.0, 25.0].map(|joules| read(vec![with(joules)], vec![]));
    let config = GpuConfig::new().interval(3_600 * SECOND);
    let answers = [Answer::Opens].into_iter().chain(reads);
    let sampler = GpuSampler::spawn(Recorded::new(answers), config).unwrap();
    let (profiler, reader) = (Profiler::new(), sampler.reader());
    let mut gauges = GpuGauges::new(&profiler, reader.clone());
    let mut seen = 0;
    while seen < 4 {
        let before = reader.latest().1.map(|snapshot| snapshot.at);
        if before.is_some() {
            gauges.write_latest();
            seen += 1;
        }
        if seen < 4 {
            let _ = reader.sample_within(60 * SECOND);
        }
    }
    let labels = [("gpu", "0"), ("uuid", "GPU-0")];
    assert_eq!(profiler.snapshot().counter("gpu_energy_joules_total", &labels), Some(130 + 25));
}

#[test]
fn a_panic_in_the_thread_stops_the_sampler_and_nobody_waits_for_it() {
    let config = GpuConfig::new().interval(3_600 * SECOND);
    let sampler =
        GpuSampler::spawn(Recorded::new([Answer::Opens, Answer::Panics]), config).unwrap();
    let (state, snapshot) = sampler.reader().sample_within(3_600 * SECOND);
    assert_eq!((state, snapshot), (GpuState::Stopped, None));
    drop(sampler);
}

#[test]
fn an_interval_of_nothing_is_refused() {
    let config = GpuConfig::new().interval(Duration::ZERO);
    let error = GpuSampler::spawn(Recorded::new([]), config).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
