//! What the tracking allocator counts, in a program where it is the global one. A test's name is the claim.

use perf_core::Profiler;
use perf_resources::{
    AllocationGuard, AllocationTotals, AllocationUsage, TrackingAllocator, track_allocations,
};
use std::cell::RefCell;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

#[global_allocator]
static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();

/// What other tests and the harness may hold meanwhile.
const OTHERS: u64 = 1 << 20;

fn usage<R>(work: impl FnOnce() -> R) -> AllocationUsage {
    let (result, usage) = track_allocations(work);
    drop(black_box(result));
    usage.expect("the allocator is the global one")
}

/// Allocations, deallocations, reallocations; allocated, freed, peak; net.
fn figures(usage: &AllocationUsage) -> ([u64; 3], [u64; 3], i64) {
    (
        [usage.allocations, usage.deallocations, usage.reallocations],
        [usage.allocated_bytes, usage.freed_bytes, usage.peak_bytes],
        usage.net_bytes,
    )
}

fn block(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

fn totals() -> AllocationTotals {
    AllocationTotals::read().expect("the allocator is the global one")
}

/// Held by tests of the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn boxes_vectors_and_strings_are_counted_exactly() {
    let kept = usage(|| (Box::new([1_u8; 64]), block(100), String::from("hello")));
    assert_eq!(figures(&kept), ([3, 0, 0], [169, 0, 169], 169));
    let dropped = usage(|| {
        drop(block(1_000));
        drop(block(300));
        let _held = block(500);
        drop(block(200));
    });
    assert_eq!(figures(&dropped), ([4, 4, 0], [2_000, 2_000, 1_000], 0));
    let map = usage(|| vec![block(10), block(20), block(30)]);
    let outer = 3 * size_of::<Vec<u8>>() as u64;
    assert_eq!((map.allocations, map.net_bytes.unsigned_abs()), (4, 60 + outer));
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(usage(|| ()), AllocationUsage::default());
    let zero_sized = usage(|| (vec![(); 1_000], Box::new(()), Vec::<u64>::new(), String::new()));
    assert_eq!(zero_sized, AllocationUsage::default());
}

#[test]
fn a_reallocation_is_one_and_counts_the_difference() {
    let usage = usage(|| {
        let mut bytes = block(10);
        bytes.reserve_exact(100);
        bytes.push(1);
        bytes.shrink_to(20);
        bytes
    });
    assert_eq!(figures(&usage), ([1, 0, 2], [100, 80, 100], 20));
}

#[test]
fn zeroed_and_over_aligned_blocks_count_like_others() {
    #[repr(align(512))]
    struct Wide(#[allow(dead_code, reason = "it is there for its size")] [u8; 1_024]);
    let zeroed = usage(|| vec![0_u64; 512]);
    assert_eq!(figures(&zeroed), ([1, 0, 0], [4_096, 0, 4_096], 4_096));
    let wide = usage(|| {
        let mut all = Vec::with_capacity(1);
        all.push(Wide([1; 1_024]));
        all.reserve_exact(3);
        all
    });
    assert_eq!(figures(&wide), ([1, 0, 1], [4_096, 0, 4_096], 4_096));
}

#[test]
fn a_measurement_inside_another_takes_nothing_from_it() {
    let (inner, outer) = track_allocations(|| {
        drop(block(900));
        let held = block(50);
        let inner = usage(|| drop(block(400)));
        drop(held);
        inner
    });
    assert_eq!(figures(&inner), ([1, 1, 0], [400, 400, 400], 0));
    assert_eq!(figures(&outer.unwrap()), ([3, 3, 0], [1_350, 1_350, 900], 0));
    // The other way round: the peak of the outer one is inside the inner one.
    let (_, outer) = track_allocations(|| {
        let held = block(50);
        usage(|| drop(block(400)));
        drop(held);
    });
    assert_eq!(outer.unwrap().peak_bytes, 450);
}

#[test]
fn a_panic_inside_leaves_the_counters_of_outer_measurements_right() {
    let outer = usage(|| {
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            track_allocations(|| {
                let _held = block(5_000);
                // Unlike `panic!`, it tells nobody, and so allocates its payload alone.
                std::panic::resume_unwind(Box::new([7_u8; 40]));
            })
        }));
        drop(unwound.unwrap_err());
        drop(block(100));
    });
    assert_eq!((outer.net_bytes, outer.allocations), (0, outer.deallocations));
    assert!((5_040..6_000).contains(&outer.peak_bytes), "{outer:?}");
    assert_eq!(usage(|| drop(block(100))).peak_bytes, 100, "the next measurement begins anew");
}

#[test]
fn a_guard_tells_what_was_so_far_and_ends_when_dropped() {
    let (_, outer) = track_allocations(|| {
        let guard = AllocationGuard::start().unwrap();
        let first = block(70);
        assert_eq!(guard.usage().net_bytes, 70);
        drop(first);
        assert_eq!(figures(&guard.usage()), ([1, 1, 0], [70, 70, 70], 0));
        drop(guard);
        drop(block(30));
    });
    assert_eq!(figures(&outer.unwrap()), ([2, 2, 0], [100, 100, 70], 0));
}

#[test]
fn what_another_thread_frees_is_freed_there() {
    let (send, receive) = mpsc::channel::<Vec<u8>>();
    let thread = thread::spawn(move || {
        let received = receive.recv().unwrap();
        usage(|| drop(received))
    });
    let given = usage(|| block(4_000));
    assert_eq!(given.net_bytes, 4_000, "`usage` drops it when it has told");
    let blocks = block(3_000);
    let sent = usage(|| blocks.capacity());
    send.send(blocks).unwrap();
    let freed = thread.join().unwrap();
    assert_eq!(sent, AllocationUsage::default());
    assert_eq!(figures(&freed), ([0, 1, 0], [0, 3_000, 0], -3_000));
}

#[test]
fn another_threads_allocations_are_not_of_this_one() {
    thread::scope(|scope| {
        let (go, wait) = mpsc::sync_channel::<()>(0);
        let (done, until_done) = mpsc::sync_channel::<()>(0);
        scope.spawn(move || {
            for () in wait {
                drop(black_box(vec![block(10_000), block(20_000)]));
                done.send(()).unwrap();
            }
        });
        // Once, as a channel makes what it waits with at the first wait.
        for round in 0..2 {
            let guard = AllocationGuard::start().unwrap();
            go.send(()).unwrap();
            until_done.recv().unwrap();
            let usage = guard.stop();
            assert!(usage.allocated_bytes < 10_000, "round {round}: {usage:?}");
        }
    });
}

thread_local! {
    /// Allocates when it is dropped, as the thread ends.
    static LAST_WORDS: RefCell<Option<LastWords>> = const { RefCell::new(None) };
}

struct LastWords;

impl Drop for LastWords {
    fn drop(&mut self) {
        drop(block(2_000));
    }
}

#[test]
fn threads_that_come_and_go_lose_no_count_and_leave_nothing_behind() {
    const THREADS: u64 = 300;
    let _alone = alone();
    let before = totals();
    for _ in 0..THREADS {
        let thread = thread::spawn(|| {
            LAST_WORDS.set(Some(LastWords));
            // More than one look for a new peak.
            (0..100).map(|_| block(1_000)).collect::<Vec<_>>()
        });
        drop(thread.join().unwrap());
    }
    let after = totals();
    // Each block, the vector of them, and the last words.
    let gained = |figure: fn(&AllocationTotals) -> u64| figure(&after) - figure(&before);
    assert!(gained(|totals| totals.allocations) >= THREADS * 102);
    assert!(gained(|totals| totals.deallocations) >= THREADS * 102);
    let bytes = THREADS * (100 * 1_000 + 2_000 + 100 * size_of::<Vec<u8>>() as u64);
    assert!(gained(|totals| totals.allocated_bytes) >= bytes);
    assert!(after.live_bytes.abs_diff(before.live_bytes) < OTHERS, "{before:?} {after:?}");
}

#[test]
fn the_peak_of_the_process_is_that_of_all_threads_together() {
    const EACH: usize = 40_000;
    let _alone = alone();
    let before = totals();
    // In small blocks, one thread after the other, each held until all are there.
    let held: Vec<Vec<Vec<u8>>> = (0..4)
        .map(|_| {
            let thread = thread::spawn(|| (0..EACH).map(|_| block(1_000)).collect::<Vec<_>>());
            thread.join().unwrap()
        })
        .collect();
    let during = totals();
    drop(held);
    let after = totals();
    let bytes = 4 * EACH as u64 * 1_000;
    assert!(during.live_bytes + OTHERS > before.live_bytes + bytes, "{before:?} {during:?}");
    assert!(after.peak_bytes >= during.live_bytes);
    assert!(after.live_bytes < before.live_bytes + OTHERS, "{before:?} {after:?}");
    assert!(after.live_blocks() < 100_000, "{after:?}");
}

#[test]
fn a_peak_that_nobody_read_is_seen_within_what_a_thread_may_miss() {
    const MISSED: u64 = 64 << 10;
    let _alone = alone();
    // Above all that other tests of this process have ever held.
    let floor = totals().peak_bytes;
    let large = block(usize::try_from(floor).unwrap());
    let base = totals().live_bytes;
    let small: Vec<_> = (0..10_000).map(|_| block(1_000)).collect();
    drop(small);
    drop(large);
    let peak = totals().peak_bytes;
    assert!(peak + MISSED + OTHERS >= base + 10_000_000, "{peak} {base}");
    assert!(peak < base + 10_000_000 + 2 * OTHERS, "{peak} {base}");
}

#[test]
fn what_comes_and_goes_is_never_more_than_what_is_held_at_once() {
    const BLOCK: usize = 1 << 20;
    const TIMES: usize = 100_000;
    // Two threads with a block each, and two between which blocks go over: one in each hand, one between.
    const HELD: u64 = 5 << 20;
    let _alone = alone();
    // Above all that other tests of this process have ever held.
    let floor = totals().peak_bytes;
    let large = block(usize::try_from(floor).unwrap());
    let base = totals().live_bytes;
    let most = base + HELD + 2 * OTHERS;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let (give, take) = mpsc::sync_channel(1);
        scope.spawn(move || take.iter().for_each(drop::<Vec<u8>>));
        let workers = [
            scope.spawn(|| (0..TIMES).for_each(|_| drop(block(BLOCK)))),
            scope.spawn(|| (0..TIMES).for_each(|_| drop(block(BLOCK)))),
            scope.spawn(move || (0..TIMES / 10).for_each(|_| give.send(block(BLOCK)).unwrap())),
        ];
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let live = totals().live_bytes;
                assert!((base..most).contains(&(live + OTHERS)), "{live} {base}");
            }
        });
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        done.store(true, Ordering::Relaxed);
    });
    let peak = totals().peak_bytes;
    assert!(peak < most, "{peak} {base}");
    drop(large);
}

#[test]
#[cfg(target_os = "linux")]
fn the_sampler_writes_what_is_allocated() {
    use perf_resources::{ResourceGauges, SamplerConfig};
    let _alone = alone();
    let profiler = Profiler::new();
    let mut gauges = ResourceGauges::new(&profiler, SamplerConfig::new().system(false)).unwrap();
    let held = block(64 << 20);
    gauges.sample_now().unwrap();
    let snapshot = profiler.snapshot();
    let allocated = snapshot.gauge("process_allocated_bytes", &[]).unwrap();
    let known = totals().live_bytes as f64;
    assert!((allocated - known).abs() < OTHERS as f64 && allocated > f64::from(64 << 20));
    assert!(snapshot.gauge("process_peak_allocated_bytes", &[]).unwrap() >= allocated);
    assert!(snapshot.counter("process_allocations_bytes_total", &[]).unwrap() > 64 << 20);
    assert!(snapshot.counter("process_allocations_total", &[]).unwrap() > 0);
    drop(held);
}
