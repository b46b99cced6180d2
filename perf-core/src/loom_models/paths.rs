//! Paths of scopes grow while somebody reads them.

use super::explore::{explore_within, join, spawn};
use crate::storage::{PathNodes, Room, Slot};
use crate::sync::weaken;
use std::sync::Arc;

fn two_nodes_against_a_reading() -> usize {
    let nodes = Arc::new(PathNodes::new());
    let reader = {
        let nodes = Arc::clone(&nodes);
        spawn(move || {
            let read: Vec<_> =
                nodes.iter().map(|node| (node.name.to_string(), node.parent)).collect();
            let all = [("", 0), ("outer", 0), ("inner", 1)].map(|(name, at)| (name.to_owned(), at));
            assert!(read == all[..read.len()], "a node without the path above it: {read:?}");
            read.len()
        })
    };
    let room = Room::with_capacity(10);
    let make = |parent, name: &str| nodes.find_or_make(parent, &name.into(), &room);
    let outer = make(Slot::ABOVE_ROOTS, "outer").expect("there is room");
    make(outer, "inner").expect("there is room");
    join(reader)
}

#[test]
fn a_node_is_read_with_the_path_above_it() {
    let outcomes = explore_within(3, two_nodes_against_a_reading);
    assert!(outcomes.iter().eq(&[1, 2, 3]), "{outcomes:?}");
}

#[test]
#[should_panic(expected = "a node without the path above it")]
fn twin_the_number_of_nodes_is_stored_without_release() {
    let _weakened = weaken("path_nodes.rs", "store");
    explore_within(3, two_nodes_against_a_reading);
}

#[test]
#[should_panic(expected = "a node without the path above it")]
fn twin_the_number_of_nodes_is_loaded_without_acquire() {
    let _weakened = weaken("path_nodes.rs", "load");
    explore_within(3, two_nodes_against_a_reading);
}
