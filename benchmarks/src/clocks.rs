//! The clocks alone: two readings and the ns between them, which is what a timer takes of its clock.

use crate::contender::{Contender, Turn};
use std::hint::black_box;
use std::time::Instant;

/// Does `pair` for each value; nobody's reading depends on it.
fn pairs(pair: impl Fn() -> u64 + 'static) -> Turn {
    Box::new(move |values| {
        for _ in values {
            black_box(pair());
        }
    })
}

pub fn contenders() -> Vec<Contender> {
    vec![
        Contender::new("perfkit", || {
            let clock = perf_core::Clock::system();
            pairs(move || clock.two_readings())
        }),
        Contender::new("quanta, raw", || {
            let clock = quanta::Clock::new();
            pairs(move || clock.delta_as_nanos(clock.raw(), clock.raw()))
        }),
        Contender::new("quanta, now", || {
            let clock = quanta::Clock::new();
            pairs(move || {
                let start = clock.now();
                clock.now().duration_since(start).as_nanos() as u64
            })
        }),
        Contender::new("minstant", || {
            pairs(|| minstant::Instant::now().elapsed().as_nanos() as u64)
        }),
        Contender::new("fastant", || pairs(|| fastant::Instant::now().elapsed().as_nanos() as u64)),
        Contender::new("std, Instant", || pairs(|| Instant::now().elapsed().as_nanos() as u64)),
    ]
}
