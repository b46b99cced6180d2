//! Runs a model, and says how much of it there was.

use crate::storage::ThreadIndex;
use loom::thread::JoinHandle;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Runs `model` in all executions that loom can tell apart, and gives back what came out of them.
pub(super) fn explore<O: Ord + Debug + Send + 'static>(
    model: impl Fn() -> O + Send + Sync + 'static,
) -> BTreeSet<O> {
    run(None, model)
}

/// As [`explore`], but with at most this many switches away from a thread that could go on.
pub(super) fn explore_within<O: Ord + Debug + Send + 'static>(
    preemptions: usize,
    model: impl Fn() -> O + Send + Sync + 'static,
) -> BTreeSet<O> {
    run(Some(preemptions), model)
}

fn run<O: Ord + Debug + Send + 'static>(
    preemptions: Option<usize>,
    model: impl Fn() -> O + Send + Sync + 'static,
) -> BTreeSet<O> {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.max_branches = 100_000;
    let (executions, outcomes) = (Arc::new(AtomicUsize::new(0)), Arc::default());
    let (started, seen) = (Instant::now(), (Arc::clone(&executions), Arc::clone(&outcomes)));
    builder.check(move || {
        let outcome = model();
        seen.0.fetch_add(1, Relaxed);
        let seen: &Mutex<BTreeSet<O>> = &seen.1;
        seen.lock().expect("no panic").insert(outcome);
    });
    let outcomes = std::mem::take(&mut *outcomes.lock().expect("no panic"));
    // `cargo xtask loom` reads this.
    let (executions, millis) = (executions.load(Relaxed), started.elapsed().as_millis());
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    println!("\nmodel {test}: {executions} executions, {millis} ms, outcomes {outcomes:?}");
    outcomes
}

/// Starts a thread that gives its index back at its end.
pub(super) fn spawn<R: 'static>(body: impl FnOnce() -> R + 'static) -> JoinHandle<R> {
    loom::thread::spawn(|| {
        let result = body();
        ThreadIndex::end_of_thread();
        result
    })
}

/// Waits for the end of a thread.
pub(super) fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().expect("loom stops at the first panic")
}
