//! A bucket's 32 bits run over into 64 while somebody reads.

use super::explore::{explore, explore_within, join, spawn};
use super::record::{Recorded, count};
use crate::sync::{Acquire, AnyWriter, AtomicU32, AtomicU64, LoadOwn, Release, SoleWriter, Writer};
use std::sync::Arc;

const VALUE: u64 = 5;
const HALF_FULL: u32 = 1 << 31;

fn a_fold_against_two_readings() -> (u64, u64) {
    let recorded = Recorded::new();
    recorded.cells.preload(VALUE, HALF_FULL);
    let reader = {
        let recorded = Arc::clone(&recorded);
        spawn(move || {
            let first = count(&recorded.read()) - u64::from(HALF_FULL);
            let second = count(&recorded.read()) - u64::from(HALF_FULL);
            assert!(first <= second, "{first}, then {second}");
            (first, second)
        })
    };
    recorded.record(SoleWriter::promise(), VALUE);
    recorded.record(SoleWriter::promise(), VALUE);
    let counts = join(reader);
    assert_eq!(count(&recorded.read()), u64::from(HALF_FULL) + 2);
    counts
}

#[test]
fn a_count_on_its_way_to_64_bits_is_read_once() {
    let outcomes = explore_within(3, a_fold_against_two_readings);
    let all = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];
    assert!(outcomes.iter().eq(&all), "{outcomes:?}");
}

/// The obvious way without a lock: a word for what has run over, written first or last. Release and
/// Acquire are of no help to it.
fn spill(high_first: bool) {
    let words = Arc::new((AtomicU32::new(9), AtomicU64::new(0)));
    let reader = {
        let words = Arc::clone(&words);
        spawn(move || {
            let count = words.1.load(Acquire) + u64::from(words.0.load(Acquire));
            assert!((9..=10).contains(&count), "read twice or not at all: {count}");
        })
    };
    let (low, high) = (&words.0, &words.1);
    let count = u64::from(low.load_own());
    if high_first {
        high.store(count, Release);
        low.store(0, Release);
    } else {
        low.store(0, Release);
        high.store(count, Release);
    }
    SoleWriter::promise().increment(low);
    join(reader);
}

#[test]
#[should_panic(expected = "read twice or not at all")]
fn twin_a_spill_without_a_lock_high_word_first() {
    explore(|| spill(true));
}

#[test]
#[should_panic(expected = "read twice or not at all")]
fn twin_a_spill_without_a_lock_low_word_first() {
    explore(|| spill(false));
}

fn two_folds(writer: impl Writer + 'static) {
    let recorded = Recorded::new();
    recorded.cells.preload(VALUE, HALF_FULL);
    let other = {
        let recorded = Arc::clone(&recorded);
        spawn(move || recorded.record(writer, VALUE))
    };
    recorded.record(writer, VALUE);
    join(other);
    assert_eq!(count(&recorded.read()), u64::from(HALF_FULL) + 2);
}

#[test]
fn threads_that_share_cells_fold_without_loss() {
    explore(|| two_folds(AnyWriter));
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_two_sole_writers_fold() {
    explore(|| two_folds(SoleWriter::promise()));
}
