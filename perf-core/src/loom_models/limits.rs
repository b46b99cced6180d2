//! A limit is set while somebody records.

use super::explore::{explore, explore_within, join, spawn};
use crate::clock::Clock;
use crate::operation::{FROM_THE_START, Limits, OperationCore};
use crate::storage::CellsReading;
use crate::sync::{AtomicU64, Relaxed, SoleWriter, array_of, weaken};
use std::sync::Arc;
use std::time::Duration;

const LIMITS: [Duration; 2] = [Duration::from_nanos(50), Duration::from_nanos(60)];
/// Above both.
const VALUE: u64 = 100;

fn limits_while_a_value_is_compared() -> u64 {
    let limits = Arc::new(Limits::new());
    let recorder = {
        let limits = Arc::clone(&limits);
        spawn(move || {
            let over = array_of![AtomicU64::new(0); 4];
            limits.count_over(SoleWriter::promise(), VALUE, &over);
            over.map(|over| over.load(Relaxed))
        })
    };
    limits.add(&LIMITS, 1).expect("there is room");
    let over = join(recorder);
    assert_eq!(over[0], over[1], "a limit was seen without its value");
    over[0]
}

#[test]
fn a_limit_is_seen_with_its_value() {
    let outcomes = explore(limits_while_a_value_is_compared);
    assert!(outcomes.iter().eq(&[0, 1]), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "a limit was seen without its value")]
fn twin_the_number_of_limits_is_stored_without_release() {
    let _weakened = weaken("limits.rs", "store");
    explore(limits_while_a_value_is_compared);
}

#[test]
#[should_panic(expected = "a limit was seen without its value")]
fn twin_the_number_of_limits_is_loaded_without_acquire() {
    let _weakened = weaken("limits.rs", "load");
    explore(limits_while_a_value_is_compared);
}

fn a_limit_against_the_first_record() -> (bool, u64) {
    let operation = OperationCore::new("work", Clock::manual().0, Arc::default(), None, 0);
    let recorder = {
        let operation = Arc::clone(&operation);
        spawn(move || operation.record_success(VALUE))
    };
    operation.add_limits(&LIMITS[..1]).expect("there is room");
    join(recorder);
    let over = CellsReading::of(operation.shards.iter().map(|shard| &shard.successes)).over[0];
    let from_the_start = operation.limits.read()[0].1 == FROM_THE_START;
    assert!(over == 1 || !from_the_start, "a count that is not exact says that it is");
    (from_the_start, over)
}

#[test]
fn a_limit_that_was_there_from_the_start_has_counted_every_record() {
    let outcomes = explore_within(3, a_limit_against_the_first_record);
    assert!(outcomes.iter().eq(&[(false, 0), (false, 1), (true, 1)]), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "a count that is not exact says that it is")]
fn twin_without_the_fences() {
    let _weakened = weaken("operation/core.rs", "fence");
    explore_within(3, a_limit_against_the_first_record);
}
