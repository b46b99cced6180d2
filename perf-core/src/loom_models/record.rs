//! Recording against reading: pages come while somebody reads.

use super::explore::{explore, explore_within, join, spawn};
use crate::distribution::Distribution;
use crate::losses::LossCounters;
use crate::operation::{FailureKinds, Limits};
use crate::storage::{Attempt, Cells, CellsReading};
use crate::sync::{AnyWriter, SoleWriter, Writer, weaken};
use std::sync::Arc;

/// Two values of different pages.
const FAST: u64 = 5;
const SLOW: u64 = 40;

/// What a thread writes, alone, without a table of threads around it.
pub(super) struct Recorded {
    pub(super) cells: Cells,
    limits: Limits,
    losses: LossCounters,
}

impl Recorded {
    pub(super) fn new() -> Arc<Self> {
        let (limits, losses) = (Limits::new(), LossCounters::default());
        Arc::new(Recorded { cells: Cells::new(), limits, losses })
    }

    pub(super) fn record(&self, writer: impl Writer, value: u64) {
        let attempt = match self.cells.try_record(writer, value, &self.limits) {
            Attempt::NotReady => self.cells.record(writer, value, &self.limits, &self.losses),
            attempt => attempt,
        };
        if attempt == Attempt::AboveWatermark {
            self.cells.raise_max(writer, value);
        }
    }

    pub(super) fn read(&self) -> CellsReading {
        CellsReading::of([&self.cells].into_iter())
    }
}

pub(super) fn count(reading: &CellsReading) -> u64 {
    reading.counts.iter().sum()
}

/// Side fields that no values can have are never shown.
pub(super) fn assert_possible(distribution: &Distribution) {
    let (Some(min), Some(max)) = (distribution.min(), distribution.max()) else { return };
    let mean = distribution.mean().expect("not empty");
    assert!(min as f64 <= mean && mean <= max as f64, "{min} {mean} {max}");
    let (least, most) = distribution.buckets().fold((0, 0), |(least, most), bucket| {
        let count = u128::from(bucket.count);
        (least + count * u128::from(bucket.lowest), most + count * u128::from(bucket.highest))
    });
    assert!((least..=most).contains(&distribution.sum()));
}

fn records_against_two_readings() -> (u64, u64) {
    let recorded = Recorded::new();
    let reader = {
        let recorded = Arc::clone(&recorded);
        spawn(move || {
            let first = recorded.read();
            let second = recorded.read();
            let counts = (count(&first), count(&second));
            // A bucket with less than before would be taken for 0 here.
            assert_eq!(counts.1 - counts.0, Distribution::between(&first, &second).count());
            assert_possible(&Distribution::from_reading(first));
            assert_possible(&Distribution::from_reading(second));
            counts
        })
    };
    recorded.record(SoleWriter::promise(), FAST);
    recorded.record(SoleWriter::promise(), SLOW);
    let counts = join(reader);
    let last = Distribution::from_reading(recorded.read());
    assert_eq!((last.count(), last.sum(), last.min(), last.max()), (2, 45, Some(5), Some(40)));
    counts
}

#[test]
fn no_bucket_goes_backwards_and_all_that_happened_before_is_read() {
    let outcomes = explore_within(3, records_against_two_readings);
    let all = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];
    assert!(outcomes.iter().eq(&all), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_a_page_is_read_without_acquire() {
    let _weakened = weaken("published.rs", "load");
    explore_within(3, records_against_two_readings);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_a_page_is_published_without_release() {
    let _weakened = weaken("published.rs", "compare_exchange");
    explore_within(3, records_against_two_readings);
}

/// Two threads on cells that no thread owns, one page, not there yet.
fn two_writers(writer: impl Writer + 'static) -> u64 {
    let recorded = Recorded::new();
    let other = {
        let recorded = Arc::clone(&recorded);
        spawn(move || recorded.record(writer, FAST))
    };
    recorded.record(writer, FAST + 1);
    join(other);
    let all = Distribution::from_reading(recorded.read());
    assert_eq!((all.count(), all.sum(), all.min(), all.max()), (2, 11, Some(5), Some(6)));
    all.count()
}

#[test]
fn threads_that_share_cells_lose_nothing() {
    explore(|| two_writers(AnyWriter));
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_two_threads_that_both_take_themselves_for_the_sole_writer() {
    explore(|| two_writers(SoleWriter::promise()));
}

#[test]
#[should_panic(expected = "Causality violation")]
fn twin_who_comes_second_takes_the_page_without_acquire() {
    let _weakened = weaken("published.rs", "compare_exchange, failed");
    explore(|| two_writers(AnyWriter));
}

fn a_failure_with_its_kind() -> (u64, u64) {
    let failures = (Recorded::new(), Arc::new(FailureKinds::new()));
    let reader = {
        let (recorded, kinds) = (Arc::clone(&failures.0), Arc::clone(&failures.1));
        spawn(move || {
            let of_kinds: u64 = kinds.counts().iter().sum();
            let failures = count(&recorded.read());
            assert!(of_kinds <= failures, "{of_kinds} of {failures}");
            (of_kinds, failures)
        })
    };
    failures.0.record(SoleWriter::promise(), FAST);
    failures.1.count("timeout");
    join(reader)
}

#[test]
fn who_sees_the_kind_sees_the_failure() {
    let outcomes = explore(a_failure_with_its_kind);
    assert!(outcomes.iter().eq(&[(0, 0), (0, 1), (1, 1)]), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "1 of 0")]
fn twin_a_kind_is_counted_without_release() {
    let _weakened = weaken("failure_kinds.rs", "fetch_add");
    explore(a_failure_with_its_kind);
}

#[test]
#[should_panic(expected = "1 of 0")]
fn twin_a_kind_is_read_without_acquire() {
    let _weakened = weaken("failure_kinds.rs", "load");
    explore(a_failure_with_its_kind);
}
