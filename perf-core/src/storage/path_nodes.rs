//! The paths that one thread's scopes have taken: nodes that are made once and never move.

use super::Published;
use super::call_counts::{Counts, Tally};
use crate::sync::{Acquire, AtomicU32, AtomicU64, LoadOwn, Relaxed, Release, SoleWriter, array_of};
use std::sync::Arc;

/// Nodes that one profiler may have, and so one of its threads.
const MAX_NODES: usize = 1 << 20;

/// Places in the first chunk; each one after it has twice as many.
const FIRST_CHUNK: usize = 16;
/// Enough of them for all nodes and the root.
const CHUNKS: usize = ((MAX_NODES / FIRST_CHUNK).trailing_zeros() + 1) as usize;

/// A tree that its thread alone changes, without a lock, and any thread reads.
///
/// Node 0 stands above the roots. A node is linked to its parent and to an older sibling for good,
/// so a reader that sees it sees the whole path.
pub(crate) struct PathNodes {
    chunks: [Published<Chunk>; CHUNKS],
    /// Stored Release after a node was published, loaded Acquire by readers.
    len: AtomicU32,
}

struct Chunk(Box<[Published<Node>]>);

struct Node {
    /// The operation's own name: of one profiler, equal names are one allocation.
    name: Arc<str>,
    parent: u32,
    /// 0 after the last one: the root is nobody's sibling.
    older_sibling: u32,
    youngest_child: AtomicU32,
    own: Tally,
    /// What was refused a node of its own below this one.
    refused: Tally,
}

/// Where a scope counts: a node, or what was refused below it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slot(u32);

/// How many nodes the threads of a profiler have together, and may have.
pub(crate) struct Room {
    taken: AtomicU64,
    capacity: u64,
}

/// One node as a reader sees it.
pub(crate) struct NodeReading<'a> {
    pub(crate) name: &'a Arc<str>,
    pub(crate) parent: usize,
    pub(crate) own: Counts,
    pub(crate) refused: Counts,
}

impl PathNodes {
    pub(crate) fn new() -> Self {
        let nodes =
            PathNodes { chunks: array_of![Published::empty(); CHUNKS], len: AtomicU32::new(1) };
        nodes.place(0).get_or_publish(|| Node::new("".into(), 0, 0));
        nodes
    }

    /// The child of `parent` called `name`, if it is there: one comparison a sibling.
    #[inline]
    pub(crate) fn find(&self, parent: Slot, name: &Arc<str>) -> Option<Slot> {
        let mut index = self.node(parent.node())?.youngest_child.load_own();
        while index != 0 {
            let node = self.node(index)?;
            if Arc::ptr_eq(&node.name, name) {
                return Some(Slot::of(index));
            }
            index = node.older_sibling;
        }
        None
    }

    /// As [`find`](Self::find), made if need be; `None` when there is no room for it.
    #[cold]
    #[inline(never)]
    pub(crate) fn find_or_make(&self, parent: Slot, name: &Arc<str>, room: &Room) -> Option<Slot> {
        room.take()?;
        loop {
            // An allocator that records may have made this very node, or another one in its place.
            if let Some(found) = self.find(parent, name) {
                room.give_back();
                return Some(found);
            }
            let above = self.node(parent.node())?;
            let index = self.len.load_own();
            let older_sibling = above.youngest_child.load_own();
            self.place(index)
                .get_or_publish(|| Node::new(Arc::clone(name), parent.node(), older_sibling));
            if self.len.load_own() == index {
                above.youngest_child.store(index, Relaxed);
                // Release: pairs with the Acquire in `iter`.
                self.len.store(index + 1, Release);
                return Some(Slot::of(index));
            }
        }
    }

    #[inline]
    pub(crate) fn count(&self, writer: SoleWriter<'_>, slot: Slot, failed: bool, self_ns: u64) {
        let Some(node) = self.node(slot.node()) else { return };
        let tally = if slot.is_refused() { &node.refused } else { &node.own };
        tally.add(writer, failed, self_ns);
    }

    /// Every node, parents before their children, the one above the roots first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = NodeReading<'_>> {
        // Acquire: pairs with the Release in `find_or_make`.
        (0..self.len.load(Acquire)).filter_map(|index| self.node(index)).map(|node| NodeReading {
            name: &node.name,
            parent: node.parent as usize,
            own: node.own.read(),
            refused: node.refused.read(),
        })
    }

    #[inline]
    fn node(&self, index: u32) -> Option<&Node> {
        let (chunk, place) = chunk_and_place(index as usize);
        self.chunks.get(chunk)?.get()?.0.get(place)?.get()
    }

    fn place(&self, index: u32) -> &Published<Node> {
        let (chunk, place) = chunk_and_place(index as usize);
        let len = FIRST_CHUNK << chunk;
        let fresh = || Box::new(Chunk((0..len).map(|_| Published::empty()).collect()));
        &self.chunks[chunk].get_or_publish(fresh).0[place]
    }
}

impl Node {
    fn new(name: Arc<str>, parent: u32, older_sibling: u32) -> Box<Self> {
        Box::new(Node {
            name,
            parent,
            older_sibling,
            youngest_child: AtomicU32::new(0),
            own: Tally::default(),
            refused: Tally::default(),
        })
    }
}

impl Room {
    pub(crate) fn with_capacity(max_nodes: usize) -> Self {
        Room { taken: AtomicU64::new(0), capacity: max_nodes.min(MAX_NODES) as u64 }
    }

    fn take(&self) -> Option<()> {
        let one_more = |taken| (taken < self.capacity).then_some(taken + 1);
        self.taken.fetch_update(Relaxed, Relaxed, one_more).ok().map(drop)
    }

    fn give_back(&self) {
        self.taken.fetch_sub(1, Relaxed);
    }
}

impl Slot {
    pub(crate) const ABOVE_ROOTS: Slot = Slot(0);

    #[inline]
    fn of(node: u32) -> Self {
        Slot(node << 1)
    }

    #[inline]
    fn node(self) -> u32 {
        self.0 >> 1
    }

    #[inline]
    pub(crate) fn is_refused(self) -> bool {
        self.0 & 1 == 1
    }

    /// Where what is refused below this one counts: flat, however deep it is.
    pub(crate) fn refused(self) -> Self {
        Slot(self.0 | 1)
    }

    #[inline]
    pub(crate) fn to_bits(self) -> u32 {
        self.0
    }

    #[inline]
    pub(crate) fn from_bits(bits: u32) -> Self {
        Slot(bits)
    }
}

#[inline]
fn chunk_and_place(index: usize) -> (usize, usize) {
    let chunk = (index / FIRST_CHUNK + 1).ilog2() as usize;
    (chunk, index + FIRST_CHUNK - (FIRST_CHUNK << chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunks_have_a_place_for_every_node_and_the_root() {
        let mut next = (0, 0);
        for index in 0..=MAX_NODES {
            assert_eq!(chunk_and_place(index), next);
            let last = next.1 + 1 == FIRST_CHUNK << next.0;
            next = if last { (next.0 + 1, 0) } else { (next.0, next.1 + 1) };
        }
        assert!(next.0 < CHUNKS);
    }

    #[test]
    fn a_node_that_is_there_when_it_should_be_made_takes_no_room() {
        let (nodes, room) = (PathNodes::new(), Room::with_capacity(2));
        let [a, b, c] = ["a", "b", "c"].map(Arc::from);
        let make = |name| nodes.find_or_make(Slot::ABOVE_ROOTS, name, &room);
        assert_eq!(make(&a), make(&a));
        assert_eq!((make(&a).is_some(), make(&b).is_some(), make(&c)), (true, true, None));
        assert_eq!(nodes.iter().count(), 3, "with the one above the roots");
    }
}
