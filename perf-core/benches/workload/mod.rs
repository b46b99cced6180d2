//! Values as a service produces them, in an order that a branch predictor cannot learn.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each bench uses a part of it")]

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// Enough that no predictor remembers them, little enough for the second-level cache.
pub const LEN: usize = 1 << 16;

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// Lognormal latencies in ns with median 1 ms, clamped to 1 µs..1 s.
pub fn latencies(sigma: f64, seed: u64) -> Vec<u64> {
    let mut random = Random(seed);
    (0..LEN).map(|_| (1e6 * (sigma * random.normal()).exp()).clamp(1e3, 1e9) as u64).collect()
}

/// Runs `work` for each of `iters` values and says how long that took.
pub fn each(values: &[u64], iters: u64, mut work: impl FnMut(u64)) -> Duration {
    let start = Instant::now();
    let mut left = iters;
    while left > 0 {
        for &value in values.iter().take(left.min(LEN as u64) as usize) {
            work(black_box(value));
        }
        left = left.saturating_sub(LEN as u64);
    }
    start.elapsed()
}

/// As [`each`], in time that this thread was on a processor: what other threads take of a machine with
/// few cores is not in it. Known to a tick of the scheduler, some milliseconds. Linux only.
pub fn each_on_cpu(values: &[u64], iters: u64, work: impl FnMut(u64)) -> Duration {
    let on_cpu = || {
        let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
        let nanos = times.split(' ').next().and_then(|nanos| nanos.parse().ok());
        Duration::from_nanos(nanos.expect("ns on a processor"))
    };
    let start = on_cpu();
    each(values, iters, work);
    on_cpu() - start
}

/// Runs `timed` on `threads` threads at once and gives the mean of their times.
pub fn at_once(threads: u32, timed: impl Fn(u32) -> Duration + Sync) -> Duration {
    let barrier = Barrier::new(threads as usize);
    thread::scope(|scope| {
        let run = |thread| {
            let (timed, barrier) = (&timed, &barrier);
            scope.spawn(move || {
                barrier.wait();
                let time = timed(thread);
                // A thread that ended early would hand its shards to one that starts late.
                barrier.wait();
                time
            })
        };
        let running: Vec<_> = (0..threads).map(run).collect();
        let total: Duration = running.into_iter().map(|t| t.join().expect("no panic")).sum();
        total / threads
    })
}
