//! Records of many short-lived threads while others take snapshots, tick and reset: the account of
//! them must be exact, bucket by bucket.

use perf_core::{
    Bucket, Clock, Counter, Distribution, ManualClock, Operation, OperationSnapshot, Profiler,
    Snapshot, ValueHistogram,
};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Writers at a time, and how many threads each of them is, one after the other.
const LANES: u64 = 8;
const GENERATIONS: u64 = 40;
const THREADS: u64 = LANES * GENERATIONS;

/// A thread records whole rounds of so many values, so that the truth is known: one round, times its
/// number.
const ROUND: u64 = 1_024;
/// One round of so many goes to the profiler that is reset as well.
const TO_BE_RESET: u64 = 8;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// Further back than a timeline reaches, which is 30 days.
const FOREVER: Duration = Duration::from_secs(40 * 24 * 3_600);
const MOST_TICKS: u64 = 29 * 24 * 3_600;

/// What was done, after it was found to be right.
pub(crate) struct Account {
    records: u64,
    elapsed: Duration,
    snapshots: u64,
    ticks: u64,
    resets: u64,
}

/// Records at least `records` values. `progress` is told how many a snapshot has seen, of how many.
pub(crate) fn run(records: u64, progress: &(dyn Fn(u64, u64) + Sync)) -> Result<Account, String> {
    let rounds = records.div_ceil(THREADS * ROUND);
    let (clock, hand) = Clock::manual();
    let watched = Profiler::builder().clock(clock.clone()).build();
    let reset = Profiler::builder().clock(clock).build();
    let writer = Writer::new(&watched, &reset, rounds);
    let all = rounds * THREADS * ROUND;
    let start = Instant::now();
    let done = AtomicBool::new(false);
    let (snapshots, ticks, resets) = thread::scope(|scope| {
        let snapshots = scope.spawn(|| watch(&watched, &done, &|seen| progress(seen, all)));
        let ticks = scope.spawn(|| tick(&watched, &hand, &done));
        let resets = scope.spawn(|| reset_often(&reset, &done));
        {
            let _end = SetOnDrop(&done);
            let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(|| lane(&writer))).collect();
            lanes.into_iter().for_each(|lane| lane.join().expect("a writer does not panic"));
        }
        let end = "a reader does not panic";
        (snapshots.join().expect(end), ticks.join().expect(end), resets.join().expect(end))
    });
    let elapsed = start.elapsed();

    let lifetime = watched.lifetime();
    writer.check_all(&lifetime, rounds * THREADS)?;
    let (ticks, of_ticks) = ticks?;
    same_buckets("what the ticks saw", &of_ticks, work(&lifetime)?.latency())?;
    let (resets, of_resets) = resets?;
    let expected = times(&writer.round, rounds.div_ceil(TO_BE_RESET) * THREADS);
    same(&"what the resets gave", of_resets.buckets().collect(), expected)?;
    let snapshots = snapshots?;
    Ok(Account { records: all, elapsed, snapshots, ticks, resets })
}

/// What a writing thread needs.
struct Writer {
    operation: Operation,
    to_be_reset: Operation,
    counter: Counter,
    histogram: ValueHistogram,
    profiler: Profiler,
    values: Vec<u64>,
    round: Distribution,
    rounds: u64,
}

impl Writer {
    fn new(watched: &Profiler, reset: &Profiler, rounds: u64) -> Self {
        // Of all sizes up to 17 s, with the smallest and neighbours of a power of two.
        let spread = |i: u64| i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 30 >> (i % 34);
        let edges = [0, 1, 127, 128, 255, 256, 257, 1 << 20, (1 << 20) - 1];
        let values: Vec<u64> = (0..ROUND - edges.len() as u64).map(spread).chain(edges).collect();
        Writer {
            operation: watched.operation("work"),
            to_be_reset: reset.operation("work"),
            counter: watched.counter("count"),
            histogram: watched.histogram("sizes"),
            profiler: watched.clone(),
            round: Distribution::from_values(values.iter().copied()),
            values,
            rounds,
        }
    }

    /// One thread's share.
    fn write(&self) {
        for round in 0..self.rounds {
            self.values.iter().for_each(|value| self.operation.record_nanos(*value));
            self.operation.record_failure_with(Duration::from_nanos(round), "refused");
            self.profiler.record("by name", Duration::from_nanos(round));
            self.counter.add(ROUND);
            self.histogram.record(round);
            if round % TO_BE_RESET == 0 {
                self.values.iter().for_each(|value| self.to_be_reset.record_nanos(*value));
            }
        }
    }

    /// Whether `lifetime` is what `rounds` rounds give.
    fn check_all(&self, lifetime: &Snapshot, rounds: u64) -> Result<(), String> {
        let work = work(lifetime)?;
        let latency = work.latency();
        same(&"buckets", latency.buckets().collect(), times(&self.round, rounds))?;
        same(&"the count", latency.count(), rounds * ROUND)?;
        same(&"the sum", latency.sum(), self.round.sum() * u128::from(rounds))?;
        same(
            &"the extremes",
            [latency.min(), latency.max()],
            [self.round.min(), self.round.max()],
        )?;
        same(&"failures", work.failures(), rounds)?;
        same(&"kinds", work.failure_kinds().collect::<Vec<_>>(), vec![("refused", rounds)])?;
        let by_name = lifetime.operation("by name").map(OperationSnapshot::count);
        same(&"records by name", by_name, Some(rounds))?;
        same(&"the counter", lifetime.counter("count", &[]), Some(rounds * ROUND))?;
        let sizes = lifetime.histogram("sizes", &[]).map(Distribution::count);
        same(&"the histogram", sizes, Some(rounds))?;
        let mut losses = *lifetime.losses();
        // A sample may come while a reader holds its list; the clocks are the whole process's.
        (losses.unkept_samples, losses.clock_backwards, losses.clock_faults) = (0, 0, 0);
        if losses.is_empty() { Ok(()) } else { Err(format!("losses: {losses:?}")) }
    }
}

/// Threads one after the other: each takes up the shards of one that has ended.
fn lane(writer: &Writer) {
    for _ in 0..GENERATIONS {
        thread::scope(|scope| scope.spawn(|| writer.write()).join().expect("no panic"));
    }
}

/// Takes snapshots until `done`: nothing may go backwards, and every count is that of its buckets.
fn watch(profiler: &Profiler, done: &AtomicBool, progress: &dyn Fn(u64)) -> Result<u64, String> {
    let mut taken = 1;
    let mut last = profiler.snapshot();
    loop {
        // Acquire: pairs with the Release of `SetOnDrop`, so that the last snapshot has it all.
        let is_last = done.load(Ordering::Acquire);
        let next = profiler.snapshot();
        let interval = next.since(&last).map_err(|error| error.to_string())?;
        for operation in last.operations() {
            let name = operation.name();
            let now = next.operation(name).ok_or("an operation has gone")?;
            let between = interval.operation(name).ok_or("an operation has gone")?;
            for (is, was, between) in [
                (now.latency(), operation.latency(), between.latency()),
                (now.failure_latency(), operation.failure_latency(), between.failure_latency()),
            ] {
                goes_forward(was, is)?;
                check_count(is)?;
                check_count(between)?;
                same(&"the count of an interval", between.count(), is.count() - was.count())?;
            }
        }
        if next.counter("count", &[]) < last.counter("count", &[]) {
            return Err("the counter went backwards".to_owned());
        }
        progress(work(&next)?.successes());
        last = next;
        taken += 1;
        if is_last {
            return Ok(taken);
        }
    }
}

/// Ticks until `done`: gives the number of ticks, and what their intervals add up to.
fn tick(
    profiler: &Profiler,
    hand: &ManualClock,
    done: &AtomicBool,
) -> Result<(u64, Distribution), String> {
    let timeline = profiler.timeline();
    let standing = timeline.standing_window(MINUTE);
    let (mut ticks, mut all) = (0, Distribution::default());
    let mut quiet = 0;
    // A record that a tick saw half is found at the latest after as many ticks again.
    while quiet < 10_000 {
        // Acquire: pairs with the Release of `SetOnDrop`.
        quiet += u64::from(done.load(Ordering::Acquire) || ticks >= MOST_TICKS);
        if ticks >= MOST_TICKS && !done.load(Ordering::Acquire) {
            quiet = 0;
            thread::yield_now();
            continue;
        }
        hand.advance(SECOND);
        same(&"a tick after a second", timeline.tick(), true)?;
        ticks += 1;
        let latest = timeline.window(SECOND).operation("work").ok_or("no operation")?;
        check_count(latest.latency())?;
        all = all.merge(latest.latency());
        if ticks % 64 == 0 {
            let (slow, fast) = (timeline.window(MINUTE), standing.window());
            let (slow, fast) = (slow.operation("work"), fast.operation("work"));
            same(&"a standing window", fast, slow)?;
        }
    }
    let (counted, lifetime) = (timeline.long_window(FOREVER), profiler.lifetime());
    for operation in lifetime.operations() {
        let name = operation.name();
        let counted = counted.operation(name).map(|totals| (totals.successes(), totals.failures()));
        let expected = Some((operation.successes(), operation.failures()));
        same(&format_args!("the timeline's total of {name:?}"), counted, expected)?;
    }
    let count = counted.counter("count", &[]);
    same(&"the timeline's counter", count, lifetime.counter("count", &[]))?;
    Ok((ticks, all))
}

/// Resets until `done`: gives the number of resets, and what the intervals they ended add up to.
fn reset_often(profiler: &Profiler, done: &AtomicBool) -> Result<(u64, Distribution), String> {
    let (mut resets, mut all) = (0, Distribution::default());
    loop {
        // Acquire: pairs with the Release of `SetOnDrop`, so that the last reset ends it all.
        let is_last = done.load(Ordering::Acquire);
        let ended = profiler.reset();
        let latency = work(&ended)?.latency();
        check_count(latency)?;
        all = all.merge(latency);
        resets += 1;
        if is_last {
            return Ok((resets, all));
        }
    }
}

fn work(snapshot: &Snapshot) -> Result<&OperationSnapshot, String> {
    snapshot.operation("work").ok_or_else(|| "the operation is not there".to_owned())
}

fn check_count(distribution: &Distribution) -> Result<(), String> {
    let of_buckets = distribution.buckets().map(|bucket| bucket.count).sum::<u64>();
    same(&"a count and the sum of its buckets", distribution.count(), of_buckets)
}

fn goes_forward(was: &Distribution, is: &Distribution) -> Result<(), String> {
    let mut now = is.buckets();
    for before in was.buckets() {
        match now.find(|bucket| bucket.lowest == before.lowest) {
            Some(bucket) if bucket.count >= before.count => {}
            after => return Err(format!("a bucket went backwards: {before:?}, then {after:?}")),
        }
    }
    Ok(())
}

fn same_buckets(what: &str, found: &Distribution, truth: &Distribution) -> Result<(), String> {
    same(&what, found.buckets().collect::<Vec<_>>(), truth.buckets().collect())
}

/// The buckets of a round, `rounds` times.
fn times(round: &Distribution, rounds: u64) -> Vec<Bucket> {
    round.buckets().map(|bucket| Bucket { count: bucket.count * rounds, ..bucket }).collect()
}

fn same<T: PartialEq + fmt::Debug>(
    what: &dyn fmt::Display,
    found: T,
    truth: T,
) -> Result<(), String> {
    if found == truth { Ok(()) } else { Err(format!("{what}: {found:?}, truly {truth:?}")) }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let millions = self.records as f64 / seconds / 1e6;
        write!(f, "{} by {THREADS} threads in {seconds:.1} s ", self.records)?;
        write!(f, "({millions:.0} million a second), none lost; beside {} ", self.snapshots)?;
        write!(f, "snapshots, {} ticks, {} resets", self.ticks, self.resets)
    }
}

/// Tells the readers that the writers have ended, also when one of them panicked.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        // Release: pairs with the Acquire of the readers.
        self.0.store(true, Ordering::Release);
    }
}
