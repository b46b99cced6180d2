//! Names that two threads bring at once.

use super::explore::{explore, join, spawn};
use crate::operation::FailureKinds;
use crate::storage::Registry;
use crate::sync::{AtomicU64, Mutex, Relaxed, lock};
use std::collections::HashMap;
use std::sync::Arc;

fn two_threads_register(names: [&'static str; 2], capacity: usize) -> (Option<i32>, Option<i32>) {
    let registry = Arc::new(Registry::with_capacity(capacity));
    let other = {
        let registry = Arc::clone(&registry);
        spawn(move || registry.get_or_insert(names[1], || Arc::new(2)))
    };
    let reader = {
        let registry = Arc::clone(&registry);
        spawn(move || assert!(registry.entries().len() <= registry.len()))
    };
    let entry = registry.get_or_insert(names[0], || Arc::new(1));
    let of_other = join(other);
    join(reader);
    assert_eq!(registry.len(), capacity);
    if let (Some(entry), Some(of_other)) = (&entry, &of_other) {
        assert!(Arc::ptr_eq(entry, of_other));
    }
    (entry.as_deref().copied(), of_other.as_deref().copied())
}

#[test]
fn threads_that_bring_one_name_get_one_entry() {
    let outcomes = explore(|| two_threads_register(["name", "name"], 1));
    assert!(outcomes.iter().eq(&[(Some(1), Some(1)), (Some(2), Some(2))]), "{outcomes:?}");
}

#[test]
fn of_two_names_for_the_last_place_one_is_refused() {
    let outcomes = explore(|| two_threads_register(["name", "other"], 1));
    assert!(outcomes.iter().eq(&[(None, Some(2)), (Some(1), None)]), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "two entries for one name")]
fn twin_a_name_is_not_looked_up_again_after_the_entry_was_made() {
    explore(|| {
        let entries = Arc::new(Mutex::new(HashMap::new()));
        let get_or_insert = |entries: &Mutex<HashMap<&str, Arc<()>>>| {
            if let Some(found) = lock(entries).get("name") {
                return Arc::clone(found);
            }
            let fresh = Arc::new(());
            lock(entries).insert("name", Arc::clone(&fresh));
            fresh
        };
        let other = {
            let entries = Arc::clone(&entries);
            spawn(move || get_or_insert(&entries))
        };
        let entry = get_or_insert(&entries);
        assert!(Arc::ptr_eq(&entry, &join(other)), "two entries for one name");
    });
}

fn two_threads_count(kinds: [&'static str; 2]) -> Vec<(Box<str>, u64)> {
    let counts = Arc::new(FailureKinds::new());
    let other = {
        let counts = Arc::clone(&counts);
        spawn(move || counts.count(kinds[1]))
    };
    counts.count(kinds[0]);
    join(other);
    let mut read: Vec<_> = counts.named(&counts.counts()).collect();
    read.sort_unstable();
    read
}

#[test]
fn threads_that_bring_one_kind_share_its_slot() {
    let outcomes = explore(|| two_threads_count(["timeout", "timeout"]));
    assert!(outcomes.iter().eq(&[[("timeout".into(), 2)]]), "{outcomes:?}");
}

#[test]
fn threads_that_bring_two_kinds_get_two_slots() {
    let outcomes = explore(|| two_threads_count(["refused", "timeout"]));
    assert!(outcomes.iter().eq(&[[("refused".into(), 1), ("timeout".into(), 1)]]), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "two kinds in one slot")]
fn twin_a_slot_is_looked_at_and_then_taken() {
    explore(|| {
        let slot = Arc::new(AtomicU64::new(0));
        let take = |slot: &AtomicU64, kind| {
            let is_free = slot.load(Relaxed) == 0;
            is_free.then(|| slot.store(kind, Relaxed)).is_some()
        };
        let other = {
            let slot = Arc::clone(&slot);
            spawn(move || take(&slot, 2))
        };
        let taken = take(&slot, 1);
        assert!(!(taken && join(other)), "two kinds in one slot");
    });
}
