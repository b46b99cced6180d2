//! What a sampler allocates once it runs: nothing.
//!
//! One test, so that no other one allocates meanwhile.
#![allow(unsafe_code)]
#![cfg(target_os = "linux")]

use perf_core::Profiler;
use perf_resources::{ResourceGauges, SamplerConfig};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;

struct Counted;

thread_local! {
    /// Of this thread: the harness allocates on others.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counted = Counted;

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("a folder").count()
}

#[test]
fn a_sampler_that_runs_allocates_nothing_and_opens_nothing() {
    let config = SamplerConfig::new().system(false).proportional_memory(true);
    let mut gauges = ResourceGauges::new(&Profiler::new(), config).expect("/proc can be read");
    for _ in 0..2 {
        gauges.sample_now().expect("a sample");
    }
    let files = open_files();
    let before = ALLOCATIONS.get();
    for _ in 0..100 {
        gauges.sample_now().expect("a sample");
    }
    assert_eq!(ALLOCATIONS.get(), before);
    assert_eq!(open_files(), files);
}
