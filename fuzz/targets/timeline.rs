//! Any values with ticks and resets between them: what the timeline has packed is what was recorded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perf_core::{Clock, Distribution, Profiler};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
/// As many as an hour's windows with buckets can hold.
const MOST_STEPS: usize = 3_600;

fuzz_target!(|bytes: &[u8]| {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let timeline = profiler.timeline();
    let operation = profiler.operation("work");
    let (mut values, mut failures) = (Vec::new(), Vec::new());
    let mut ticks = 0;
    for step in bytes.chunks(9).take(MOST_STEPS) {
        let (&what, number) = step.split_first().expect("a chunk is not empty");
        let mut value = [0; 8];
        value[..number.len()].copy_from_slice(number);
        let value = u64::from_le_bytes(value);
        match what % 8 {
            0 => {
                hand.advance(SECOND);
                ticks += u32::from(timeline.tick());
            }
            1 => drop(profiler.reset()),
            2 => {
                operation.record_failure(Duration::from_nanos(value));
                failures.push(value);
            }
            // Many of one, so that all forms of a packed page occur.
            3 => {
                let times = usize::from(what / 8) * 10;
                (0..times).for_each(|_| operation.record_nanos(value));
                values.extend(std::iter::repeat_n(value, times));
            }
            _ => {
                let value = value >> (what / 4);
                operation.record_nanos(value);
                values.push(value);
            }
        }
    }
    // Values whose sum wraps to where it was are found when as much time again has gone by.
    for _ in 0..=ticks {
        hand.advance(SECOND);
        timeline.tick();
    }
    let lifetime = profiler.lifetime();
    let lifetime = lifetime.operation("work").expect("it was made");
    let counts = timeline.long_window(Duration::MAX).operation("work").expect("it was made");
    assert_eq!(counts.successes(), values.len() as u64);
    assert_eq!(counts.failures(), failures.len() as u64);
    let window = timeline.window(Duration::MAX);
    assert!(window.coverage().from() == Duration::ZERO || ticks > 1_000);
    for (side, values) in [(0, values), (1, failures)] {
        let truth = Distribution::from_values(values);
        let of = |operation: &perf_core::OperationSnapshot| match side {
            0 => operation.latency().clone(),
            _ => operation.failure_latency().clone(),
        };
        let all = of(lifetime);
        assert!(all.buckets().eq(truth.buckets()));
        assert_eq!((all.min(), all.max()), (truth.min(), truth.max()));
        if window.coverage().from() == Duration::ZERO {
            let window = of(&window.operation("work").expect("it was made"));
            assert!(window.buckets().eq(truth.buckets()));
        }
    }
});
