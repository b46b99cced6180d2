//! The short form of `cargo xtask stress`: what threads, label sets and profilers leave in memory.
//!
//! One test, so that no other one allocates meanwhile.

#[path = "../examples/stress/churn.rs"]
mod churn;
#[path = "../examples/stress/memory.rs"]
mod memory;

#[test]
fn churn() {
    what_short_lived_threads_leave_is_bounded();
    what_label_sets_beyond_the_cap_leave_is_bounded();
    what_profilers_that_were_dropped_leave_is_bounded();
}

fn what_short_lived_threads_leave_is_bounded() {
    churn::threads(4_000).and_then(|growth| growth.judge(false)).unwrap();
}

fn what_label_sets_beyond_the_cap_leave_is_bounded() {
    churn::labels(50_000).and_then(|growth| growth.judge(false)).unwrap();
}

fn what_profilers_that_were_dropped_leave_is_bounded() {
    churn::profilers(1_000).and_then(|growth| growth.judge(false)).unwrap();
}
