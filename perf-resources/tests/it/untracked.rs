//! A program with the feature `alloc` that has not made it its allocator.

use perf_core::Profiler;
use perf_resources::{AllocationGuard, AllocationTotals, track_allocations};

#[test]
fn where_nobody_counts_there_is_no_figure_rather_than_zero() {
    let (length, usage) = track_allocations(|| vec![1; 1_000].len());
    assert_eq!((length, usage), (1_000, None));
    assert!(AllocationGuard::start().is_none());
    assert_eq!(AllocationTotals::read(), None);
}

#[test]
#[cfg(target_os = "linux")]
fn the_sampler_writes_no_series_of_what_nobody_counts() {
    use perf_resources::{ResourceGauges, SamplerConfig};
    let profiler = Profiler::new();
    let mut gauges = ResourceGauges::new(&profiler, SamplerConfig::new().system(false)).unwrap();
    gauges.sample_now().unwrap();
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.gauge("process_allocated_bytes", &[]), None);
    assert_eq!(snapshot.counter("process_allocations_total", &[]), None);
}
