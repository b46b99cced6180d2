//! A reset, and an interval, while somebody records.

use super::explore::{explore, explore_within, join, spawn};
use super::record::{Recorded, assert_possible};
use crate::distribution::Distribution;
use crate::sync::{AtomicU32, Relaxed, SoleWriter, Writer};
use std::sync::Arc;

/// Two readings are where intervals meet: one before the first, one between them, one after.
fn records_against_a_reset() -> [u64; 3] {
    let recorded = Recorded::new();
    let reader = {
        let recorded = Arc::clone(&recorded);
        spawn(move || (recorded.read(), recorded.read()))
    };
    recorded.record(SoleWriter::promise(), 5);
    recorded.record(SoleWriter::promise(), 6);
    let (first, second) = join(reader);
    let last = recorded.read();
    let intervals = [
        Distribution::between(&Default::default(), &first),
        Distribution::between(&first, &second),
        Distribution::between(&second, &last),
    ];
    intervals.iter().for_each(assert_possible);
    let sum = intervals.each_ref().map(Distribution::count);
    assert_eq!(sum.iter().sum::<u64>(), 2, "{sum:?}");
    sum
}

#[test]
fn each_record_lies_in_one_interval() {
    let outcomes = explore_within(3, records_against_a_reset);
    let all = [[0, 0, 2], [0, 1, 1], [0, 2, 0], [1, 0, 1], [1, 1, 0], [2, 0, 0]];
    assert!(outcomes.iter().eq(&all), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_a_reset_that_empties_the_bucket() {
    explore(|| {
        let bucket = Arc::new(AtomicU32::new(0));
        let reader = {
            let bucket = Arc::clone(&bucket);
            spawn(move || bucket.swap(0, Relaxed))
        };
        SoleWriter::promise().increment(&bucket);
        join(reader);
    });
}
