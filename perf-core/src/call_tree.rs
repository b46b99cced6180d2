//! Who called what: paths of scopes with their calls, total and self time.

mod merged;
mod node;
mod scope;
mod table;

pub(crate) use merged::Merged;
pub use node::CallNode;
pub use scope::Scope;

use crate::snapshot::{Origin, SinceError};
use crate::storage::Counts;
use std::fmt;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

/// Every path that the [scopes](crate::Scope) of a profiler have taken, all threads together: an
/// immutable value, printed as a table by `{}`.
///
/// A path is there once a scope at its end, or below, has ended. The total of a node is its self time
/// and the totals of its children, always and to the nanosecond: so the self times of all nodes add up
/// to the totals of the roots. A scope that is still open has no call yet, and in its node's total is
/// only what has ended within it. Of a scope that ends while the tree is read, the call may be there
/// without its time, or without its failure.
///
/// It counts since the profiler was made, whatever was reset; [`since`](Self::since) makes intervals.
///
/// # What is beyond the cap
///
/// A path that would be one too many for the profiler, or has more than 64 names, is refused, and so
/// is all below it: that is counted together, in one node [`OVERFLOW`](crate::OVERFLOW) below the last
/// one there was room for, and in [`Losses::refused_paths`](crate::Losses::refused_paths). Totals stay
/// exact. (Of scopes within one that is too deep, not even the calls are counted apart.)
///
/// # Cost
///
/// Where a timer is 30 ns, a scope is 30 ns with the tree off, 33 ns with it on, and 106 ns for three
/// within each other: `cargo bench -p perf-core --bench timer -- scope`. A look-up compares with the
/// siblings one by one, latest first: it is for tens of components within one, not for thousands.
/// Reading takes no lock that a scope takes; there is none.
///
/// ```
/// use perf_core::Profiler;
/// # fn embed(text: &str) -> usize { text.len() }
/// # fn search(vector: usize) -> usize { vector + 1 }
///
/// let profiler = Profiler::builder().call_tree(1_000).build();
/// let answer = |question: &str| {
///     let _scope = profiler.scope("answer");
///     let vector = profiler.in_scope("embed", || embed(question));
///     profiler.in_scope("search", || search(vector))
/// };
/// for question in ["what", "why", "how"] {
///     answer(question);
/// }
///
/// let tree = profiler.call_tree();
/// let function = tree.node(&["answer"]).unwrap();
/// println!("{} calls, {:?}", function.calls(), function.total());
/// println!("{:?} each, {:?} in itself", function.mean(), function.self_time());
/// for component in function.children() {
///     println!("{}: {:.1} %", component.name(), 100.0 * component.share());
/// }
/// print!("{tree}");
/// # assert_eq!((function.calls(), function.children().count()), (3, 2));
/// # assert_eq!(tree.nodes().map(|n| n.self_time()).sum::<std::time::Duration>(), tree.total());
/// ```
#[derive(Clone, PartialEq)]
pub struct CallTree {
    origin: Origin,
    /// Depth first, siblings by total, the longest first.
    entries: Vec<Entry>,
}

#[derive(Clone, PartialEq)]
struct Entry {
    name: Arc<str>,
    parent: Option<usize>,
    depth: usize,
    /// After the last one below this.
    end: usize,
    counts: Counts,
    total_ns: u64,
}

impl CallTree {
    /// The paths of one name, the longest total first.
    pub fn roots(&self) -> impl Iterator<Item = CallNode<'_>> {
        self.siblings(0, self.entries.len())
    }

    /// Every node, depth first: what is below a node follows it.
    pub fn nodes(&self) -> impl Iterator<Item = CallNode<'_>> {
        (0..self.entries.len()).map(|index| CallNode { tree: self, index })
    }

    /// The node at the end of this path.
    pub fn node(&self, path: &[&str]) -> Option<CallNode<'_>> {
        let (first, rest) = path.split_first()?;
        let root = self.roots().find(|root| root.name() == *first)?;
        rest.iter().try_fold(root, |node, name| node.children().find(|c| c.name() == *name))
    }

    /// The totals of the roots together: of several threads, more than went by on the wall.
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.total_ns())
    }

    /// Whether no scope has ended, or no tree was asked for.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What happened after `earlier`: an interval of its own.
    ///
    /// ```
    /// # use perf_core::Profiler;
    /// let profiler = Profiler::builder().call_tree(1_000).build();
    /// profiler.in_scope("start", || ());
    /// let before = profiler.call_tree();
    /// profiler.in_scope("work", || ());
    /// let interval = profiler.call_tree().since(&before)?;
    /// assert_eq!(interval.roots().map(|root| root.name()).collect::<Vec<_>>(), ["work"]);
    /// # Ok::<(), perf_core::SinceError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SinceError`] when `earlier` is not earlier, is another profiler's, or when one of the two is
    /// an interval itself.
    pub fn since(&self, earlier: &CallTree) -> Result<CallTree, SinceError> {
        let origin = self.origin.since(earlier.origin)?;
        let mut merged = Merged::new();
        let mut places = Vec::with_capacity(self.entries.len());
        for (entry, node) in self.entries.iter().zip(self.nodes()) {
            let parent = entry.parent.map_or(Merged::ABOVE_ROOTS, |parent| places[parent]);
            let place = merged.child(parent, &entry.name);
            let before = earlier.node(&node.path()).map_or(Counts::default(), |n| n.entry().counts);
            merged.add(place, entry.counts.since(before));
            places.push(place);
        }
        Ok(merged.into_tree(origin))
    }

    fn total_ns(&self) -> u64 {
        self.roots().map(|root| root.entry().total_ns).fold(0, u64::saturating_add)
    }

    /// Nodes side by side, from `first` until `end`.
    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = CallNode<'_>> {
        let within = move |index: usize| (index < end).then_some(index);
        iter::successors(within(first), move |&index| within(self.entries[index].end))
            .map(|index| CallNode { tree: self, index })
    }
}

impl fmt::Debug for CallTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.nodes()).finish()
    }
}
