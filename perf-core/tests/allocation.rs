//! What recording allocates, and what happens when the allocator itself records.
//!
//! One test, so that no other one allocates meanwhile.
#![allow(unsafe_code)]

use perf_core::{Clock, Operation, Profiler};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

struct Watched;

static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);
/// What the allocator records, when it is on: a handle, and by name.
static RECORDER: OnceLock<(Profiler, Operation)> = OnceLock::new();

thread_local! {
    /// Of this thread: the harness allocates on others.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static RECORDS: Cell<bool> = const { Cell::new(false) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static RECORDED: Cell<u64> = const { Cell::new(0) };
}

impl Watched {
    /// Records this allocation, also one that a record made, up to a depth of three.
    fn hook() {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        if !RECORDS.get() || DEPTH.get() >= 3 {
            return;
        }
        DEPTH.set(DEPTH.get() + 1);
        if let Some((profiler, operation)) = RECORDER.get() {
            // The same octave as the outer record is about to touch.
            operation.record_nanos(1_000);
            operation.record_failure(Duration::from_micros(1));
            profiler.record("by name", Duration::from_micros(1));
            drop(profiler.scope("scope"));
            RECORDED.set(RECORDED.get() + 1);
        }
        DEPTH.set(DEPTH.get() - 1);
    }
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Watched::hook();
        LIVE_BYTES.fetch_add(layout.size() as i64, Relaxed);
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Watched::hook();
        LIVE_BYTES.fetch_sub(layout.size() as i64, Relaxed);
        // SAFETY: the caller keeps `dealloc`'s contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

#[test]
fn allocation() {
    recording_does_not_allocate_once_it_has_touched_its_octaves();
    ten_thousand_profilers_of_ten_operations_leave_less_than_64_kib();
    one_operation_stays_within_its_memory();
    a_scope_does_not_allocate_once_its_path_is_taken_nor_does_it_without_a_tree();
    a_tree_of_a_thousand_paths_stays_within_its_memory();
    metadata_of_samples_that_are_not_kept_is_freed();
    an_allocator_that_records_loses_nothing_and_does_not_hang();
}

fn recording_does_not_allocate_once_it_has_touched_its_octaves() {
    let profiler = Profiler::new();
    let (operation, counter) = (profiler.operation("work"), profiler.counter("count"));
    let touch = || {
        for octave in 0..64 {
            operation.record_nanos(1 << octave);
        }
        counter.increment();
        drop(profiler.timer("work"));
    };
    touch();
    let before = ALLOCATIONS.get();
    for i in 0..100_000_u64 {
        operation.record_nanos(i * i * i);
        operation.record(Duration::from_nanos(i));
        operation.timer().stop();
        profiler.record("work", Duration::from_nanos(i));
        counter.add(i);
    }
    touch();
    assert_eq!(ALLOCATIONS.get() - before, 0);
}

fn ten_thousand_profilers_of_ten_operations_leave_less_than_64_kib() {
    let run = |count: u64| {
        for _ in 0..count {
            let profiler = Profiler::new();
            for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
                profiler.record(name, Duration::from_millis(1));
                profiler.operation(name).record_failure(Duration::from_millis(1));
            }
        }
    };
    run(10);
    let before = LIVE_BYTES.load(Relaxed);
    run(10_000);
    let growth = LIVE_BYTES.load(Relaxed) - before;
    assert!(growth < 64 * 1_024, "{growth} bytes");
}

fn one_operation_stays_within_its_memory() {
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    operation.record_nanos(1_000_000);
    let before = LIVE_BYTES.load(Relaxed);
    // Six decades: 20 octaves.
    for i in 0..1_000_000_u64 {
        operation.record_nanos(1_000 + i * i / 1_000 % 1_000_000_000);
    }
    let wide = LIVE_BYTES.load(Relaxed) - before;
    for _ in 0..100 {
        operation.record_failure(Duration::from_millis(1));
    }
    let failures = LIVE_BYTES.load(Relaxed) - before - wide;
    assert!(wide <= 12 * 1_024, "{wide} bytes for six decades");
    assert!(failures <= 3 * 1_024, "{failures} bytes for failures");
}

fn metadata_of_samples_that_are_not_kept_is_freed() {
    let profiler = Profiler::new();
    let operation = profiler.operation("work");
    let run = |count: u64| {
        for id in 0..count {
            let mut timer = operation.timer();
            timer.metadata("query_id", id);
            if id % 3 == 0 {
                timer.discard();
            } else if id % 3 == 1 {
                timer.mark_failure_with("kind");
            }
        }
    };
    run(1_000);
    let before = LIVE_BYTES.load(Relaxed);
    run(10_000);
    let growth = LIVE_BYTES.load(Relaxed) - before;
    assert!(growth < 8 * 1_024, "{growth} bytes");
}

fn a_scope_does_not_allocate_once_its_path_is_taken_nor_does_it_without_a_tree() {
    for keeps_tree in [false, true] {
        let profiler = Profiler::builder().call_tree(if keeps_tree { 10 } else { 0 }).build();
        let operation = profiler.operation("work");
        (0..64).for_each(|octave| operation.record_nanos(1 << octave));
        drop(profiler.timer("work"));
        let nested = || profiler.in_scope("work", || operation.in_scope(|| ()));
        let before = ALLOCATIONS.get();
        nested();
        assert_eq!(ALLOCATIONS.get() > before, keeps_tree);
        let before = ALLOCATIONS.get();
        (0..10_000).for_each(|_| nested());
        assert_eq!(ALLOCATIONS.get() - before, 0);
    }
}

fn a_tree_of_a_thousand_paths_stays_within_its_memory() {
    let profiler = Profiler::builder().clock(Clock::manual().0).call_tree(1_000).build();
    let operations: Vec<_> = (0..32).map(|i| profiler.operation(&i.to_string())).collect();
    operations.iter().for_each(|operation| operation.record_nanos(0));
    let before = LIVE_BYTES.load(Relaxed);
    for outer in &operations {
        let _outer = outer.scope();
        operations.iter().for_each(|inner| inner.in_scope(|| ()));
    }
    let growth = LIVE_BYTES.load(Relaxed) - before;
    assert!(growth <= 100 * 1_000 + 4 * 1_024, "{growth} bytes");
    assert_eq!(profiler.snapshot().losses().refused_paths, 32 * 33 - 1_000);
}

fn an_allocator_that_records_loses_nothing_and_does_not_hang() {
    let profiler = Profiler::builder().call_tree(100_000).build();
    let operation = profiler.operation("from the allocator");
    RECORDER.set((profiler.clone(), operation.clone())).expect("set once");
    let mut recorded = 0;
    for octave in 0..64 {
        let (profiler, operation) = (profiler.clone(), operation.clone());
        // A new thread: first touch of its index, its shard, its page and the by-name entry.
        let thread = std::thread::spawn(move || {
            RECORDS.set(true);
            operation.record_nanos(1 << octave);
            operation.record_failure_with(Duration::from_nanos(1 << octave), "kind");
            profiler.record(&format!("operation {octave}"), Duration::from_nanos(1 << octave));
            profiler.in_scope(&format!("scope {octave}"), || drop(profiler.scope("inner scope")));
            drop((profiler.snapshot(), profiler.call_tree()));
            RECORDS.set(false);
            RECORDED.get()
        });
        recorded += thread.join().expect("no panic");
    }
    let snapshot = profiler.snapshot();
    let work = snapshot.operation("from the allocator").expect("recorded");
    assert!(recorded > 1_000, "the allocator did record: {recorded}");
    assert_eq!((work.successes(), work.failures()), (recorded + 64, recorded + 64));
    assert_eq!(snapshot.operation("by name").expect("recorded").count(), recorded);
    assert_eq!(snapshot.overall().count(), 4 * recorded + 5 * 64);
    let tree = profiler.call_tree();
    assert_eq!(tree.nodes().map(|node| node.calls()).sum::<u64>(), recorded + 2 * 64);
    assert_eq!(tree.nodes().map(|node| node.self_time()).sum::<Duration>(), tree.total());
    for octave in 0..64 {
        let inner = tree.node(&[&format!("scope {octave}"), "inner scope"]).expect("taken");
        assert_eq!((inner.calls(), inner.parent().map(|outer| outer.calls())), (1, Some(1)));
    }
    assert_eq!((snapshot.losses().refused_paths, snapshot.losses().unplaced_scopes), (0, 0));
}
