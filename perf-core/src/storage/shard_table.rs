//! One shard for every thread index, and one that all other threads share.

use super::thread_index::MAX_THREADS;
use super::{Published, ThreadIndex};
use crate::sync::array_of;

/// Indices that are reached with one load; higher ones take two, and a call. Few in a
/// model, where a third thread is behind them.
const INLINE: usize = if cfg!(all(test, loom)) { 2 } else { 64 };
/// The chunks behind them hold 64, 128, 256 … places: together all indices there are.
const CHUNKS: usize = (MAX_THREADS / INLINE).trailing_zeros() as usize;

/// The shards of one metric. It grows by chunks and never shrinks; a shard stays when its thread
/// ends and goes on with the next owner of the index.
pub(crate) struct ShardTable<T> {
    inline: [Published<T>; INLINE],
    chunks: [Published<Chunk<T>>; CHUNKS],
    shared: Published<T>,
}

struct Chunk<T>(Box<[Published<T>]>);

impl<T: Send + Sync> ShardTable<T> {
    pub(crate) fn new() -> Self {
        ShardTable {
            inline: array_of![Published::empty(); INLINE],
            chunks: array_of![Published::empty(); CHUNKS],
            shared: Published::empty(),
        }
    }

    /// The shard that the current thread alone writes, if it is there and near at hand.
    #[inline(always)]
    pub(crate) fn near(&self) -> Option<(ThreadIndex, &T)> {
        let thread = ThreadIndex::below(INLINE)?;
        let shard = self.inline.get(thread.get())?.get()?;
        Some((thread, shard))
    }

    /// The shard that `thread` alone writes, made now if need be.
    pub(crate) fn get_or_publish(&self, thread: &ThreadIndex, new: impl Fn() -> Box<T>) -> &T {
        let place = match self.inline.get(thread.get()) {
            Some(place) => place,
            None => {
                let (chunk, place) = chunk_and_place(thread.get());
                let len = INLINE << chunk;
                let fresh = || Box::new(Chunk((0..len).map(|_| Published::empty()).collect()));
                &self.chunks[chunk].get_or_publish(fresh).0[place]
            }
        };
        place.get_or_publish(new)
    }

    /// The shard for threads without an index; every change of it must be atomic.
    pub(crate) fn shared(&self, new: impl FnOnce() -> Box<T>) -> &T {
        self.shared.get_or_publish(new)
    }

    /// All shards there are.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        let behind = self.chunks.iter().filter_map(Published::get).flat_map(|chunk| chunk.0.iter());
        self.inline.iter().chain(behind).chain([&self.shared]).filter_map(Published::get)
    }
}

fn chunk_and_place(index: usize) -> (usize, usize) {
    let chunk = (index / INLINE).ilog2() as usize;
    (chunk, index - (INLINE << chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunks_cover_every_index_once() {
        let mut next = (0, 0);
        for index in INLINE..MAX_THREADS {
            assert_eq!(chunk_and_place(index), next);
            next =
                if next.1 + 1 == INLINE << next.0 { (next.0 + 1, 0) } else { (next.0, next.1 + 1) };
        }
        assert_eq!(next, (CHUNKS, 0));
    }
}
