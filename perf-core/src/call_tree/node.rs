//! One path of a call tree.

use super::{CallTree, Entry};
use std::fmt;
use std::iter;
use std::time::Duration;

/// One path of a [`CallTree`].
#[derive(Clone, Copy)]
pub struct CallNode<'a> {
    pub(super) tree: &'a CallTree,
    pub(super) index: usize,
}

impl<'a> CallNode<'a> {
    /// The last name of the path: that of the operation.
    pub fn name(&self) -> &'a str {
        &self.entry().name
    }

    /// The names from the root to this one.
    pub fn path(&self) -> Vec<&'a str> {
        let mut path: Vec<_> =
            iter::successors(Some(*self), CallNode::parent).map(|node| node.name()).collect();
        path.reverse();
        path
    }

    /// How many names are before it: 0 for a root.
    pub fn depth(&self) -> usize {
        self.entry().depth
    }

    /// The node that it was called by; `None` for a root.
    pub fn parent(&self) -> Option<CallNode<'a>> {
        self.entry().parent.map(|index| CallNode { index, ..*self })
    }

    /// What was called by it, the longest total first.
    pub fn children(&self) -> impl Iterator<Item = CallNode<'a>> + use<'a> {
        self.tree.siblings(self.index + 1, self.entry().end)
    }

    /// Scopes that have ended here, failures too.
    pub fn calls(&self) -> u64 {
        self.entry().counts.calls
    }

    /// How many of them were failures.
    pub fn failures(&self) -> u64 {
        self.entry().counts.failures
    }

    /// What all of them took, with what they called.
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.entry().total_ns)
    }

    /// What they took without what they called.
    pub fn self_time(&self) -> Duration {
        Duration::from_nanos(self.entry().counts.self_ns)
    }

    /// What one of them took on average; `None` when none has ended.
    pub fn mean(&self) -> Option<Duration> {
        self.entry().total_ns.checked_div(self.calls()).map(Duration::from_nanos)
    }

    /// Its part of its parent's total, from 0 to 1; of a root, of all roots together.
    pub fn share(&self) -> f64 {
        let whole = self.parent().map_or(self.tree.total_ns(), |node| node.entry().total_ns);
        ratio(self.entry().total_ns, whole)
    }

    /// The part of its self time in the whole tree, from 0 to 1.
    pub fn self_share(&self) -> f64 {
        ratio(self.entry().counts.self_ns, self.tree.total_ns())
    }

    pub(super) fn entry(&self) -> &'a Entry {
        &self.tree.entries[self.index]
    }
}

impl fmt::Debug for CallNode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallNode")
            .field("path", &self.path())
            .field("calls", &self.calls())
            .field("total", &self.total())
            .field("self_time", &self.self_time())
            .finish_non_exhaustive()
    }
}

/// 0 of nothing.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
