//! Memory and CPU of pieces of work.

use crate::{alone, burn};
use perf_core::{Profiler, TrackError};
use perf_resources::{ByteUnit, CpuTracker, MemoryTracker, PeakSource};
use std::hint::black_box;
use std::thread;
use std::time::Duration;

const SIZE: usize = 128 << 20;

fn touched(size: usize) -> Vec<u8> {
    let mut memory = vec![0_u8; size];
    memory.iter_mut().step_by(4_096).for_each(|byte| *byte = 1);
    black_box(memory)
}

fn memory(profiler: &Profiler) -> MemoryTracker {
    MemoryTracker::new(profiler, "memory_usage", ByteUnit::Mebibytes).unwrap()
}

/// Other tests of this process come and go with less.
fn near(mebibytes: f64, size: usize) -> bool {
    (mebibytes - size as f64 / f64::from(1 << 20)).abs() <= 16.0
}

#[test]
fn memory_that_is_kept_is_a_change_and_memory_that_is_not_is_a_peak() {
    let _alone = alone();
    let profiler = Profiler::new();
    let tracker = memory(&profiler);
    let (kept, load) = tracker.track("load", || touched(SIZE));
    assert!(near(load.change(), SIZE), "{load:?}");
    assert!(load.peak() >= Some(load.value()), "{load:?}");
    drop(kept);

    let ((), work) = tracker.track("work", || {
        drop(touched(2 * SIZE));
    });
    assert_eq!(work.peak_source, PeakSource::HighWaterMark, "more than the process ever had");
    let above_start = work.peak().unwrap() - work.unit.of(work.start_bytes);
    assert!(near(above_start, 2 * SIZE), "{work:?}");
    assert!(near(work.change(), 0), "{work:?}");

    // Less than before: only a reading in the middle of it sees it.
    let ((), again) = tracker.track("again", || {
        let memory = touched(SIZE);
        tracker.sample();
        drop(memory);
    });
    assert!(matches!(again.peak_source, PeakSource::Readings(3..)), "{again:?}");
    let above_start = again.peak().unwrap() - again.unit.of(again.start_bytes);
    assert!(near(above_start, SIZE), "{again:?}");

    let snapshot = profiler.snapshot();
    let gauge = |name: &str| snapshot.gauge(name, &[("label", "work")]);
    assert_eq!(gauge("memory_usage_bytes"), Some(work.end_bytes as f64));
    assert_eq!(gauge("memory_usage_peak_bytes"), work.peak_bytes.map(|bytes| bytes as f64));
    assert_eq!(tracker.statistics("work").unwrap().peak, work.peak());
}

#[test]
fn a_measurement_stops_once_on_any_thread_and_by_its_own_tracker_alone() {
    let profiler = Profiler::new();
    let (tracker, other) = (memory(&profiler), memory(&profiler));
    let id = tracker.start("a");
    assert_eq!(other.stop(id), Err(TrackError::OtherTracker));
    let stopped = thread::scope(|scope| scope.spawn(|| tracker.stop(id)).join().unwrap());
    assert_eq!(&*stopped.unwrap().label, "a");
    assert_eq!(tracker.stop(id), Err(TrackError::AlreadyStopped));
    let discarded = tracker.start("b");
    assert_eq!(tracker.discard(discarded), Ok(()));
    drop(tracker.guard("c"));
    let labels: Vec<_> = tracker.statistics_by_label().iter().map(|s| s.label.clone()).collect();
    assert_eq!(labels, ["a".into(), "c".into()], "what is discarded is not told");
}

#[test]
fn peaks_and_timestamps_are_told_where_they_are_wanted() {
    let profiler = Profiler::new();
    let plain = memory(&profiler).track_peak(false).include_timestamps(false);
    let ((), tracked) = plain.track("a", || ());
    assert_eq!((tracked.peak_bytes, tracked.at), (None, None));
    assert_eq!(plain.sample().at, None);
    assert_eq!(profiler.snapshot().gauge("memory_usage_peak_bytes", &[("label", "a")]), None);
    let ((), tracked) = memory(&profiler).track("a", || ());
    assert!(tracked.peak_bytes.is_some() && tracked.at.is_some());
}

#[test]
fn the_memory_of_a_gpu_is_what_its_source_says() {
    let tracker = memory(&Profiler::new()).gpu(|| Some(42));
    assert_eq!(tracker.sample().gpu_bytes, Some(42));
    let ((), tracked) = tracker.track("a", || ());
    assert_eq!(tracked.gpu_bytes, Some(42));
    assert_eq!(memory(&Profiler::new()).sample().gpu_bytes, None);
}

#[test]
fn work_that_panics_is_told_all_the_same() {
    let tracker = memory(&Profiler::new());
    // Without the hook, which reads 80 MB of symbols for its backtrace beside other tests.
    let work = std::panic::AssertUnwindSafe(|| {
        tracker.track("a", || -> () { std::panic::resume_unwind(Box::new("in the work")) })
    });
    assert!(std::panic::catch_unwind(work).is_err());
    assert_eq!(tracker.statistics("a").unwrap().count, 1);
}

#[test]
fn the_thread_reads_what_runs() {
    let tracker = memory(&Profiler::new()).sampling_interval(Duration::from_millis(1));
    let sampling = tracker.spawn_sampling().unwrap();
    let ((), tracked) = tracker.track("a", || burn(Duration::from_millis(200)));
    drop(sampling);
    match tracked.peak_source {
        // Two are those of start and stop.
        PeakSource::Readings(readings) => assert!(readings > 2, "{readings}"),
        source => assert_eq!(source, PeakSource::HighWaterMark),
    }
    assert!(memory(&Profiler::new()).sampling_interval(Duration::ZERO).spawn_sampling().is_err());
}

#[test]
fn a_peak_that_nobody_wants_is_not_read() {
    let tracker = memory(&Profiler::new());
    let without = tracker.clone().track_peak(false);
    assert_eq!(without.sample().peak_resident_bytes, None);
    assert_eq!(without.track("a", || ()).1.peak_bytes, None);
    assert!(tracker.sample().peak_resident_bytes.is_some(), "the clone had its own wish");
}

#[test]
fn cpu_of_work_is_told_with_its_peak_and_what_it_is_a_share_of() {
    let profiler = Profiler::new();
    let tracker = CpuTracker::new(&profiler, "cpu_usage").unwrap();
    let time = Duration::from_millis(60);
    let ((), tracked) = tracker.track("work", || {
        burn(time);
        tracker.sample();
        burn(time);
    });
    let process = tracked.process.unwrap();
    assert!(process.interval() >= 2 * time);
    assert!(process.cpu_time() > Duration::ZERO);
    let peak = tracked.peak_ratio.unwrap();
    assert!(peak >= process.ratio(), "{tracked:?}");
    assert!(tracked.capacity >= Some(0.01) && tracked.is_saturated().is_some());
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.gauge("cpu_usage_ratio", &[("label", "work")]), Some(process.ratio()));
    assert_eq!(snapshot.gauge("cpu_usage_peak_ratio", &[("label", "work")]), Some(peak));
    assert_eq!(tracker.statistics("work").unwrap().last, process.ratio() * 100.0);
}

#[test]
fn cpu_is_tracked_of_what_is_wanted() {
    let tracker = CpuTracker::new(&Profiler::new(), "cpu").unwrap();
    let tracker = tracker.track_process(false).track_system(false).include_timestamps(false);
    let reading = tracker.sample();
    assert_eq!((reading.process, reading.system, reading.at), (None, None, None));
    let ((), tracked) = tracker.track("a", || ());
    assert_eq!((tracked.process, tracked.peak_ratio), (None, None));
    assert_eq!(tracker.statistics("a"), None);
}

#[test]
#[cfg(feature = "system")]
fn the_machine_and_its_cores_are_read_where_they_are_wanted() {
    let tracker = CpuTracker::new(&Profiler::new(), "cpu").unwrap();
    burn(perf_resources::SystemSampler::MIN_INTERVAL);
    let cores = tracker.sample().system.unwrap().cores.len();
    assert!(cores > 0);
    let without = tracker.clone().track_per_core(false);
    assert_eq!(without.sample().system.unwrap().cores.len(), 0);
    assert!(memory(&Profiler::new()).sample().system.unwrap().memory.total_bytes > 0);
}
