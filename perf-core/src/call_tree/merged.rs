//! A call tree while it is put together from several.

use super::{CallTree, Entry};
use crate::metric::OVERFLOW;
use crate::snapshot::Origin;
use crate::storage::{CallPaths, Counts};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Nodes by path, parents before their children; the first one stands above the roots.
pub(crate) struct Merged(Vec<Node>);

struct Node {
    name: Arc<str>,
    parent: usize,
    children: BTreeMap<Arc<str>, usize>,
    counts: Counts,
    /// With all that is below.
    total_ns: u64,
    has_calls: bool,
}

impl Merged {
    pub(crate) const ABOVE_ROOTS: usize = 0;

    pub(crate) fn new() -> Self {
        Merged(vec![Node::new("".into(), Self::ABOVE_ROOTS)])
    }

    /// The paths of all threads.
    pub(crate) fn read(paths: &CallPaths) -> Self {
        let mut merged = Merged::new();
        let overflow: Arc<str> = OVERFLOW.into();
        for thread in paths.iter() {
            let mut places: Vec<usize> = Vec::new();
            for node in thread {
                let place = match places.get(node.parent) {
                    Some(&parent) => merged.child(parent, node.name),
                    None => Self::ABOVE_ROOTS,
                };
                merged.add(place, node.own);
                if node.refused != Counts::default() {
                    let refused = merged.child(place, &overflow);
                    merged.add(refused, node.refused);
                }
                places.push(place);
            }
        }
        merged
    }

    /// The node called `name` below `parent`, made if need be.
    pub(crate) fn child(&mut self, parent: usize, name: &Arc<str>) -> usize {
        let next = self.0.len();
        let place = *self.0[parent].children.entry(Arc::clone(name)).or_insert(next);
        if place == next {
            self.0.push(Node::new(Arc::clone(name), parent));
        }
        place
    }

    pub(crate) fn add(&mut self, place: usize, counts: Counts) {
        let known = &mut self.0[place].counts;
        *known = known.plus(counts);
    }

    pub(crate) fn into_tree(mut self, origin: Origin) -> CallTree {
        self.sum_up();
        let mut entries = Vec::with_capacity(self.0.len());
        self.append_children(Self::ABOVE_ROOTS, None, &mut entries);
        CallTree { origin, entries }
    }

    /// Children come after their parents: backwards, every node is whole when it is added to its own.
    fn sum_up(&mut self) {
        for place in (0..self.0.len()).rev() {
            let node = &mut self.0[place];
            node.total_ns = node.total_ns.saturating_add(node.counts.self_ns);
            node.has_calls |= node.counts.calls > 0;
            let (total_ns, has_calls) = (node.total_ns, node.has_calls);
            if place != Self::ABOVE_ROOTS {
                let parent = node.parent;
                let parent = &mut self.0[parent];
                parent.total_ns = parent.total_ns.saturating_add(total_ns);
                parent.has_calls |= has_calls;
            }
        }
    }

    /// Paths on which something has ended, the longest total first. As deep as the longest path.
    fn append_children(&self, of: usize, parent: Option<usize>, entries: &mut Vec<Entry>) {
        let mut children: Vec<&Node> =
            self.0[of].children.values().map(|&place| &self.0[place]).collect();
        children.retain(|child| child.has_calls);
        children.sort_by_key(|child| Reverse(child.total_ns));
        for child in children {
            let index = entries.len();
            entries.push(Entry {
                name: Arc::clone(&child.name),
                parent,
                depth: parent.map_or(0, |parent| entries[parent].depth + 1),
                end: 0,
                counts: child.counts,
                total_ns: child.total_ns,
            });
            let place = self.0[of].children[&child.name];
            self.append_children(place, Some(index), entries);
            entries[index].end = entries.len();
        }
    }
}

impl Node {
    fn new(name: Arc<str>, parent: usize) -> Self {
        Node {
            name,
            parent,
            children: BTreeMap::new(),
            counts: Counts::default(),
            total_ns: 0,
            has_calls: false,
        }
    }
}
