//! A small number for every recording thread, so that each has shards of its own.
//!
//! The numbers are the bits of one process-wide bitmap: no lock, no allocation. A thread claims the
//! lowest free bit when it first records and gives it back when it ends; the next thread to claim
//! it goes on with the same shards, counts and all. The Release of the one and the Acquire of the
//! other order all of the first thread's stores before all of the second's.

#[cfg(all(test, loom))]
use crate::sync::LocalCell as _;
use crate::sync::{Acquire, AtomicU64, Relaxed, Release, SoleWriter, array_of, per_thread, shared};
use std::cell::Cell;
use std::marker::PhantomData;

/// One in a model, where 64 threads are enough.
const WORDS: usize = if cfg!(all(test, loom)) { 1 } else { 64 };

/// Threads that can hold an index at the same time; more than that share one shard an operation.
pub(crate) const MAX_THREADS: usize = WORDS * 64;

/// This thread records for the first time.
const UNCLAIMED: usize = usize::MAX;
/// This thread is ending and has given its index back, or none was free.
const NONE: usize = usize::MAX - 1;

shared! {
    static CLAIMED: [AtomicU64; WORDS] = array_of![AtomicU64::new(0); WORDS];
}
shared! {
    static NEXT_CLAIM: AtomicU64 = AtomicU64::new(1);
}

per_thread! {
    // Only the last one has a destructor, so reading the others is one load, at any time in the thread's
    // life, also while its other thread-locals are being destroyed.
    static INDEX: Cell<usize> = const { Cell::new(UNCLAIMED) };
    static CLAIM: Cell<u64> = const { Cell::new(0) };
    static GIVE_BACK: GiveBack = const { GiveBack(Cell::new(NONE)) };
}

/// Proof that the current thread alone owns an index. It cannot leave the thread.
pub(crate) struct ThreadIndex {
    index: usize,
    _stays: PhantomData<*mut ()>,
}

impl ThreadIndex {
    /// The index of this thread, if it has one and it is below `limit`. One thread-local load.
    #[inline(always)]
    pub(crate) fn below(limit: usize) -> Option<ThreadIndex> {
        let index = INDEX.get();
        (index < limit).then_some(ThreadIndex { index, _stays: PhantomData })
    }

    /// The index of this thread, claimed now if need be. `None` when all are taken, or when the
    /// thread is so near its end that it could not give one back.
    pub(crate) fn claim() -> Option<ThreadIndex> {
        if INDEX.get() == UNCLAIMED {
            // Registering the destructor comes first: without it the index would leak.
            let registered = GIVE_BACK.try_with(|give_back| {
                // Registering may have allocated, and the allocator recorded.
                if INDEX.get() != UNCLAIMED {
                    return;
                }
                let index = lowest_free().unwrap_or(NONE);
                give_back.0.set(index);
                CLAIM.set(NEXT_CLAIM.fetch_add(1, Relaxed));
                INDEX.set(index);
            });
            if registered.is_err() {
                INDEX.set(NONE);
            }
        }
        ThreadIndex::below(MAX_THREADS)
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> usize {
        self.index
    }

    /// A number that no other owner of this index has, before or after: 1 or more.
    #[inline(always)]
    pub(crate) fn claim_number(&self) -> u64 {
        CLAIM.get()
    }

    /// The right to write this thread's shards with plain stores.
    #[inline(always)]
    pub(crate) fn writer(&self) -> SoleWriter<'_> {
        SoleWriter::promise()
    }
}

struct GiveBack(Cell<usize>);

impl GiveBack {
    fn give_back(&self) {
        // A thread-local destructor that runs after this one must not record with an index that a new
        // thread may already own.
        INDEX.set(NONE);
        let index = self.0.get();
        if index < MAX_THREADS {
            // Release: pairs with the Acquire in `lowest_free`; hands this thread's shards on.
            CLAIMED[index / 64].fetch_and(!(1 << (index % 64)), Release);
        }
    }
}

// A model ends its threads by hand: loom takes away all thread-locals before it drops the first.
#[cfg(not(all(test, loom)))]
impl Drop for GiveBack {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(all(test, loom))]
impl ThreadIndex {
    /// What the destructor does at the end of a thread.
    pub(crate) fn end_of_thread() {
        GIVE_BACK.with(GiveBack::give_back);
    }
}

fn lowest_free() -> Option<usize> {
    for (word, bits) in CLAIMED.iter().enumerate() {
        loop {
            let bit = bits.load(Relaxed).trailing_ones();
            if bit == 64 {
                break;
            }
            // Acquire: pairs with the Release in `GiveBack::give_back`.
            if bits.fetch_or(1 << bit, Acquire) & (1 << bit) == 0 {
                return Some(word * 64 + bit as usize);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn an_index_comes_back_when_its_thread_ends() {
        // Other tests claim and release meanwhile, so look at the largest index over many threads.
        let largest = (0..1_000)
            .map(|_| thread::spawn(|| ThreadIndex::claim().expect("one is free").get()))
            .map(|thread| thread.join().expect("no panic"))
            .max();
        assert!(largest < Some(200), "{largest:?}");
    }

    #[test]
    fn live_threads_have_different_indices() {
        let barrier = std::sync::Barrier::new(100);
        let mut indices: Vec<usize> = thread::scope(|scope| {
            let claim = || {
                let index = ThreadIndex::claim().expect("one is free").get();
                barrier.wait();
                index
            };
            let threads: Vec<_> = (0..100).map(|_| scope.spawn(claim)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        indices.sort_unstable();
        indices.dedup();
        assert_eq!(indices.len(), 100);
    }
}
