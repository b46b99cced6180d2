//! What the scopes of one profiler write: for each thread its open scopes and its paths.

use super::open_scopes::{OpenScopes, Place};
use super::path_nodes::{NodeReading, PathNodes, Room};
use super::{ShardTable, ThreadIndex};
use crate::losses::LossCounters;
use crate::sync::Relaxed;
use std::sync::Arc;

/// The call tree while it grows. There is one if it was asked for.
///
/// Nothing is locked: a thread writes its own part, and readers load it whenever they like.
pub(crate) struct CallPaths {
    threads: ShardTable<ThreadPaths>,
    room: Room,
    losses: Arc<LossCounters>,
}

struct ThreadPaths {
    open: OpenScopes,
    nodes: PathNodes,
}

impl CallPaths {
    pub(crate) fn with_capacity(max_nodes: usize, losses: Arc<LossCounters>) -> Self {
        CallPaths { threads: ShardTable::new(), room: Room::with_capacity(max_nodes), losses }
    }

    /// Opens a scope of the operation called `name` within the innermost one of this thread. `None`
    /// when it has no place there; then that was counted.
    #[inline]
    pub(crate) fn enter(&self, name: &Arc<str>) -> Option<Place> {
        let Some((thread, paths)) = self.of_this_thread() else {
            self.unplaced(1);
            return None;
        };
        self.unplaced(paths.open.take_over(thread.claim_number()));
        let parent = paths.open.innermost();
        if !parent.is_refused()
            && !paths.open.is_deep()
            && let Some(known) = paths.nodes.find(parent, name)
        {
            return paths.open.push(known);
        }
        self.enter_new(paths, name)
    }

    #[cold]
    #[inline(never)]
    fn enter_new(&self, paths: &ThreadPaths, name: &Arc<str>) -> Option<Place> {
        let parent = paths.open.innermost();
        let has_room = !parent.is_refused() && !paths.open.is_deep();
        let made = has_room.then(|| paths.nodes.find_or_make(parent, name, &self.room)).flatten();
        let slot = made.unwrap_or_else(|| {
            self.losses.refused_paths.fetch_add(1, Relaxed);
            parent.refused()
        });
        paths.open.push(slot)
    }

    /// Ends the scope at `place`.
    #[inline]
    pub(crate) fn leave(&self, place: Place, elapsed: u64, failed: bool) {
        // A thread that is ending may have lost its part: the next one to have it finds the frame.
        let Some((thread, paths)) = self.of_this_thread() else { return };
        let Some(ended) = paths.open.pop(place, elapsed) else { return };
        self.unplaced(ended.dropped);
        paths.nodes.count(thread.writer(), ended.slot, failed, ended.self_ns);
    }

    /// The nodes of each thread.
    pub(crate) fn iter(&self) -> impl Iterator<Item = impl Iterator<Item = NodeReading<'_>>> {
        self.threads.iter().map(|paths| paths.nodes.iter())
    }

    #[inline]
    fn of_this_thread(&self) -> Option<(ThreadIndex, &ThreadPaths)> {
        self.threads.near().or_else(|| {
            let thread = ThreadIndex::claim()?;
            let paths = self.threads.get_or_publish(&thread, ThreadPaths::new);
            Some((thread, paths))
        })
    }

    #[inline]
    fn unplaced(&self, scopes: u64) {
        if scopes != 0 {
            self.losses.unplaced_scopes.fetch_add(scopes, Relaxed);
        }
    }
}

impl ThreadPaths {
    fn new() -> Box<Self> {
        Box::new(ThreadPaths { open: OpenScopes::new(), nodes: PathNodes::new() })
    }
}
