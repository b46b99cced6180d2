//! Threads, label sets and profilers that come and go: counts stay exact, and memory stays.

use crate::memory::{live_bytes, resident_bytes};
use perf_core::{Clock, Profiler};
use std::fmt;
use std::thread;
use std::time::Duration;

/// What may be left of any number of them: on the heap, and of resident memory.
const HEAP_BYTES: i64 = 64 << 10;
const RESIDENT_BYTES: i64 = 1 << 20;

/// Label sets that a profiler keeps of each kind of metric, if it was not told.
const MAX_SERIES: u64 = 2_000;

/// What the later ones left in memory, after the first few.
pub(crate) struct Growth {
    what: &'static str,
    count: u64,
    first: u64,
    heap: i64,
    resident: Option<i64>,
}

impl Growth {
    /// Does `work` for each number below `count`, and measures from the end of the first few on.
    fn of(
        what: &'static str,
        count: u64,
        first: u64,
        mut work: impl FnMut(u64) -> Result<(), String>,
    ) -> Result<Self, String> {
        let first = first.min(count);
        (0..first).try_for_each(&mut work)?;
        let (heap, resident) = (live_bytes(), resident_bytes());
        (first..count).try_for_each(&mut work)?;
        let resident = resident.zip(resident_bytes()).map(|(before, after)| after - before);
        Ok(Growth { what, count, first, heap: live_bytes() - heap, resident })
    }

    /// An error if that is more than what may be left.
    pub(crate) fn judge(&self, heap_only: bool) -> Result<(), String> {
        let resident = self.resident.filter(|_| !heap_only).unwrap_or(0);
        let bounded = self.heap <= HEAP_BYTES && resident <= RESIDENT_BYTES;
        if bounded { Ok(()) } else { Err(format!("memory grows: {self}")) }
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Growth { what, count, first, heap, resident } = self;
        write!(f, "{count} {what}, counts exact; after the first {first}: heap {heap:+} bytes")?;
        match resident {
            Some(resident) => write!(f, ", resident {:+} KiB", resident / 1_024),
            None => Ok(()),
        }
    }
}

/// Threads that record in every way and end, eight at a time.
pub(crate) fn threads(count: u64) -> Result<Growth, String> {
    const AT_A_TIME: u64 = 8;
    let profiler = Profiler::builder().call_tree(1_000).build();
    let (operation, counter) = (profiler.operation("work"), profiler.counter("count"));
    let histogram = profiler.histogram("sizes");
    let record = || {
        (0..20).for_each(|i| operation.record_nanos(1 << i));
        operation.record_failure_with(Duration::from_micros(1), "refused");
        drop(operation.timer());
        profiler.record("by name", Duration::from_micros(1));
        profiler.in_scope("scope", || counter.increment());
        histogram.record(1);
    };
    let waves = count.div_ceil(AT_A_TIME);
    let growth = Growth::of("threads", waves, 1_000 / AT_A_TIME, |_| {
        in_threads(AT_A_TIME, record);
        Ok(())
    })?;
    let threads = waves * AT_A_TIME;
    let snapshot = profiler.snapshot();
    let calls = |name| snapshot.operation(name).map(|operation| operation.count());
    let found = [
        calls("work"),
        calls("by name"),
        calls("scope"),
        snapshot.counter("count", &[]),
        snapshot.histogram("sizes", &[]).map(|sizes| sizes.count()),
        Some(profiler.call_tree().nodes().map(|node| node.calls()).sum()),
    ];
    expect(found, [22 * threads, threads, threads, threads, threads, threads].map(Some))?;
    Ok(Growth { count: threads, first: growth.first * AT_A_TIME, ..growth })
}

/// Label sets that are all different: above the cap they share one series.
pub(crate) fn labels(count: u64) -> Result<Growth, String> {
    let profiler = Profiler::new();
    let growth = Growth::of("label sets", count, 10_000, |i| {
        let labels = [("route", "search"), ("user", &*format!("user {i}"))];
        profiler.counter_with("requests", &labels).increment();
        profiler.histogram_with("sizes", &labels).record(i);
        profiler.gauge_with("depth", &labels).set(1.0);
        Ok(())
    })?;
    let snapshot = profiler.snapshot();
    let found = [
        snapshot.counters().map(|(_, total)| total).sum(),
        snapshot.histograms().map(|(_, sizes)| sizes.count()).sum(),
        snapshot.counters().count() as u64,
        snapshot.gauges().count() as u64,
        snapshot.losses().refused_series,
    ];
    let beyond = count.saturating_sub(MAX_SERIES);
    let series = count.min(MAX_SERIES) + u64::from(beyond > 0);
    expect(found, [count, count, series, series, 3 * beyond])?;
    Ok(growth)
}

/// Profilers that are made, used in every way, and dropped.
pub(crate) fn profilers(count: u64) -> Result<Growth, String> {
    Growth::of("profilers", count, 500, |_| {
        let (clock, hand) = Clock::manual();
        let profiler = Profiler::builder().clock(clock).call_tree(100).build();
        let timeline = profiler.timeline();
        let standing = timeline.standing_window(Duration::from_secs(10));
        for i in 0..5 {
            for name in ["a", "b", "c"] {
                profiler.record(name, Duration::from_millis(i));
                profiler.operation(name).record_failure_with(Duration::from_millis(i), "refused");
            }
            profiler.in_scope("a", || profiler.counter("count").increment());
            profiler.histogram_with("sizes", &[("kind", "small")]).record(i);
            profiler.gauge("depth").set(1.0);
            hand.advance(Duration::from_secs(1));
            timeline.tick();
        }
        in_threads(1, || profiler.record("d", Duration::from_millis(1)));
        let (ended, window) = (profiler.reset(), standing.window().snapshot());
        expect([ended.overall().count(), window.overall().count()], [36, 35])
    })
}

/// Does `work` in so many threads, and joins each: then they have ended to the last destructor, which a
/// scope alone does not wait for.
fn in_threads(count: u64, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(&work)).collect();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    });
}

fn expect<T: PartialEq + fmt::Debug>(found: T, truth: T) -> Result<(), String> {
    if found == truth { Ok(()) } else { Err(format!("{found:?}, truly {truth:?}")) }
}
