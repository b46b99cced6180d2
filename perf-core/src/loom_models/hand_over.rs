//! A thread ends, and the next one goes on with its shards.

use super::explore::{explore_within, join, spawn};
use super::record::count;
use crate::clock::Clock;
use crate::metric::{Counter, CounterCore, Series};
use crate::operation::OperationCore;
use crate::storage::{CellsReading, ThreadIndex};
use crate::sync::{SoleWriter, Writer, weaken};
use std::sync::Arc;

/// A thread that counts, and says which index it had.
fn count_one(counter: &Counter) -> usize {
    counter.increment();
    ThreadIndex::claim().expect("one is free").get()
}

/// One thread counts and ends; another one counts, with the same index or the next; a third reads.
///
/// A counter, because an operation has a fence behind the claim (`add_limits` needs it), which hands over
/// even where the claim does not.
fn hand_over_against_a_reading() -> (usize, u64) {
    let core = Arc::new(CounterCore::new(Series::new("calls", &[])));
    let counter = Counter::new(Arc::clone(&core));
    let next = {
        let counter = counter.clone();
        spawn(move || count_one(&counter))
    };
    let reader = {
        let core = Arc::clone(&core);
        spawn(move || {
            let (first, second) = (core.total(), core.total());
            assert!(first <= second, "{first}, then {second}");
            second
        })
    };
    counter.increment();
    ThreadIndex::end_of_thread();
    let (index, seen) = (join(next), join(reader));
    assert_eq!(core.total(), 2);
    (index, seen)
}

#[test]
fn the_next_owner_of_an_index_goes_on_with_its_cells() {
    let outcomes = explore_within(2, hand_over_against_a_reading);
    let all = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)];
    assert!(outcomes.iter().eq(&all), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_an_index_is_given_back_without_release() {
    let _weakened = weaken("thread_index.rs", "fetch_and");
    explore_within(2, hand_over_against_a_reading);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_an_index_is_claimed_without_acquire() {
    let _weakened = weaken("thread_index.rs", "fetch_or");
    explore_within(2, hand_over_against_a_reading);
}

/// Two threads want an index while a third gives one back: the one that loses the race for it claims, and
/// writes the bitmap between the giving back and the claim of the other.
fn two_claims_and_an_end() -> (usize, usize) {
    let core = Arc::new(CounterCore::new(Series::new("calls", &[])));
    let counter = Counter::new(Arc::clone(&core));
    counter.increment();
    let claimants = [counter.clone(), counter].map(|counter| spawn(move || count_one(&counter)));
    ThreadIndex::end_of_thread();
    let [one, other] = claimants.map(join);
    assert_eq!(core.total(), 3);
    (one, other)
}

#[test]
fn another_claim_in_between_does_not_break_the_hand_over() {
    let outcomes = explore_within(2, two_claims_and_an_end);
    for indices in [(0, 1), (1, 0), (0, 0), (1, 2), (2, 1)] {
        assert!(outcomes.contains(&indices), "{indices:?} not in {outcomes:?}");
    }
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_another_claim_in_between_without_release() {
    let _weakened = weaken("thread_index.rs", "fetch_and");
    explore_within(2, two_claims_and_an_end);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_another_claim_in_between_without_acquire() {
    let _weakened = weaken("thread_index.rs", "fetch_or");
    explore_within(2, two_claims_and_an_end);
}

fn operation() -> Arc<OperationCore> {
    OperationCore::new("work", Clock::manual().0, Arc::default(), None, 0)
}

fn read(operation: &OperationCore) -> CellsReading {
    CellsReading::of(operation.shards.iter().map(|shard| &shard.successes))
}

/// The same with a whole shard: one thread records and ends, another one records, a third reads.
fn a_shard_handed_over_against_a_reading() -> u64 {
    let operation = operation();
    let next = {
        let operation = Arc::clone(&operation);
        spawn(move || operation.record_success(5))
    };
    let reader = {
        let operation = Arc::clone(&operation);
        spawn(move || count(&read(&operation)))
    };
    operation.record_success(5);
    ThreadIndex::end_of_thread();
    join(next);
    let seen = join(reader);
    let last = read(&operation);
    assert_eq!((count(&last), last.sum), (2, 10));
    seen
}

#[test]
fn the_next_owner_of_a_shard_goes_on_with_it() {
    let outcomes = explore_within(1, a_shard_handed_over_against_a_reading);
    assert!(outcomes.iter().eq(&[0, 1, 2]), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_a_shard_is_given_back_without_release() {
    let _weakened = weaken("thread_index.rs", "fetch_and");
    explore_within(1, a_shard_handed_over_against_a_reading);
}

/// A thread-local destructor records after that of the index has run.
fn a_late_record(late: fn(&OperationCore)) -> usize {
    let operation = operation();
    let next = {
        let operation = Arc::clone(&operation);
        spawn(move || {
            operation.record_success(5);
            ThreadIndex::claim().expect("one is free").get()
        })
    };
    operation.record_success(5);
    ThreadIndex::end_of_thread();
    late(&operation);
    let index = join(next);
    assert_eq!(count(&read(&operation)), 3);
    index
}

#[test]
fn a_record_after_the_index_was_given_back_disturbs_nobody() {
    let outcomes = explore_within(2, || a_late_record(|operation| operation.record_success(6)));
    assert!(outcomes.iter().eq(&[0, 1]), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_an_index_that_is_used_after_it_was_given_back() {
    explore_within(2, || {
        a_late_record(|operation| {
            // As if the bit were cleared before the thread's cell says so.
            let shard = operation.shards.iter().next().expect("recorded before");
            SoleWriter::promise().add(&shard.untimed, 1);
            shard.successes.try_record(SoleWriter::promise(), 6, &operation.limits);
        })
    });
}
