//! The operations of one profiler by name, and the names each thread used last.
#![allow(unsafe_code)]

use super::name_hash::{name_hash, same_name};
use super::{Published, Registry};
use crate::metric::OVERFLOW;
use crate::operation::OperationCore;
use crate::sync::{AtomicPtr, AtomicU64, Relaxed, shared};
use crate::timer::CallSite;
use std::cell::Cell;
use std::ptr;
use std::sync::Arc;

/// Bytes of a name; a longer one is refused as if the cap were reached.
const MAX_NAME: usize = 1_024;
/// Names a thread remembers.
const ENTRIES: usize = 128;
/// Places a name can have. With one, two of ten names would meet in 30 % of programs, and each
/// look-up of either would go to the registry.
const WAYS: usize = 4;

thread_local! {
    // No destructor, so that it can be used at any time in the thread's life.
    static LATELY: [Cell<Entry>; ENTRIES] = const { [const { Cell::new(Entry::EMPTY) }; ENTRIES] };
}

/// All operations of one profiler. They live as long as it does: none is ever removed.
///
/// A look-up by name is a hash and a comparison in a small four-way table of the thread, keyed by the
/// number of the profiler (never used again in this process) and the hash of the name; the fifth name
/// that meets four others evicts one. The name is compared with the operation's own copy, because an
/// address says nothing: buffers are reused.
pub(crate) struct Operations {
    profiler: u64,
    registry: Registry<OperationCore>,
    overflow: Published<Arc<OperationCore>>,
}

#[derive(Clone, Copy)]
struct Entry {
    profiler: u64,
    hash: u64,
    operation: *const OperationCore,
}

impl Entry {
    const EMPTY: Entry = Entry { profiler: 0, hash: 0, operation: ptr::null() };
}

impl Operations {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        shared! { static NEXT_PROFILER: AtomicU64 = AtomicU64::new(1); }
        Operations {
            profiler: NEXT_PROFILER.fetch_add(1, Relaxed),
            registry: Registry::with_capacity(capacity),
            overflow: Published::empty(),
        }
    }

    /// The number that tells this profiler from all others of the process.
    pub(crate) fn profiler(&self) -> u64 {
        self.profiler
    }

    /// The operation called `name`; `make` makes it, or the one that takes the overflow.
    ///
    /// Not inlined: inside a loop of the caller's, the same instructions ran at 8 or at 13 ns, as
    /// the process launch would have it; called, they run at 7.3 ± 0.2 (docs/performance.md).
    #[inline(never)]
    pub(crate) fn get(&self, name: &str, make: impl Make) -> &OperationCore {
        let hash = name_hash(name);
        let place = (hash >> (u64::BITS - ENTRIES.trailing_zeros())) as usize;
        for way in 0..WAYS {
            let entry = LATELY.with(|lately| lately[place ^ way].get());
            if entry.profiler == self.profiler && entry.hash == hash {
                // SAFETY: only `find` of this very profiler writes entries with its number, and its
                // registry keeps every operation alive, at one address, as long as `self`.
                let operation = unsafe { &*entry.operation };
                if same_name(&operation.name, name) {
                    return operation;
                }
            }
        }
        self.find(name, hash, place, make)
    }

    #[cold]
    #[inline(never)]
    fn find(&self, name: &str, hash: u64, place: usize, make: impl Make) -> &OperationCore {
        let Some(operation) = self.registered(name, &make) else {
            return self.overflow(&make);
        };
        let operation = Arc::as_ptr(&operation);
        LATELY.with(|lately| {
            // Another profiler may be at work with the same names: its entries are evicted last.
            let is_empty = |way: &usize| lately[place ^ way].get().profiler == 0;
            let mixed = (hash ^ self.profiler) as usize;
            let way = (0..WAYS).find(is_empty).unwrap_or(mixed % WAYS);
            lately[place ^ way].set(Entry { profiler: self.profiler, hash, operation });
        });
        // SAFETY: the registry keeps the operation alive as long as `self`.
        unsafe { &*operation }
    }

    /// As [`get`](Self::get), for a handle that may outlive the profiler.
    pub(crate) fn get_shared(&self, name: &str, make: impl Make) -> Arc<OperationCore> {
        self.registered(name, &make).unwrap_or_else(|| Arc::clone(self.overflow(&make)))
    }

    /// As [`get`](Self::get), remembered at the call site for the first profiler that comes by.
    #[inline(always)]
    pub(crate) fn get_at(&self, site: &CallSite, name: &str, make: impl Make) -> &OperationCore {
        if let Some((profiler, operation)) = site.0.get()
            && *profiler == self.profiler
        {
            // SAFETY: written below by this very profiler, whose registry keeps the operation alive.
            return unsafe { &*operation.load(Relaxed) };
        }
        let operation = self.get(name, &make);
        if site.0.get().is_none() && *operation.name == *name {
            let pointer = AtomicPtr::new(ptr::from_ref(operation).cast_mut());
            // Another profiler may have been first; then this one goes by name.
            site.0.get_or_publish(|| Box::new((self.profiler, pointer)));
        }
        operation
    }

    /// How many operations there are.
    pub(crate) fn len(&self) -> usize {
        self.registry.len() + usize::from(self.overflow.get().is_some())
    }

    /// Every operation, in no order.
    pub(crate) fn all(&self) -> Vec<Arc<OperationCore>> {
        let mut all = self.registry.entries();
        all.extend(self.overflow.get().cloned());
        all
    }

    fn registered(&self, name: &str, make: &impl Make) -> Option<Arc<OperationCore>> {
        if name == OVERFLOW {
            return None;
        }
        let known = (name.len() <= MAX_NAME)
            .then(|| self.registry.get_or_insert(name, || make.operation(name)))
            .flatten();
        if known.is_none() {
            make.refused();
        }
        known
    }

    fn overflow(&self, make: &impl Make) -> &Arc<OperationCore> {
        self.overflow.get_or_publish(|| Box::new(make.operation(OVERFLOW)))
    }
}

/// What a look-up needs of the profiler.
pub(crate) trait Make {
    /// Makes an operation.
    fn operation(&self, name: &str) -> Arc<OperationCore>;
    /// Counts a name that was refused.
    fn refused(&self);
}

impl<M: Make> Make for &M {
    fn operation(&self, name: &str) -> Arc<OperationCore> {
        (**self).operation(name)
    }

    fn refused(&self) {
        (**self).refused();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;
    use std::sync::atomic::AtomicUsize;

    struct Counting(AtomicUsize);

    impl Make for Counting {
        fn operation(&self, name: &str) -> Arc<OperationCore> {
            OperationCore::new(name, Clock::instant(), Arc::default(), None, 0)
        }

        fn refused(&self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    #[test]
    fn an_entry_with_the_hash_of_another_name_is_not_that_name() {
        let (operations, make) = (Operations::with_capacity(10), Counting(AtomicUsize::new(0)));
        let first = operations.get("first", &make);
        let second = operations.get("second", &make);
        // Forge what two names with one hash would leave in the table.
        let hash = name_hash("second");
        let place = (hash >> (u64::BITS - ENTRIES.trailing_zeros())) as usize;
        let forged = Entry { profiler: operations.profiler, hash, operation: ptr::from_ref(first) };
        LATELY.with(|lately| (0..WAYS).for_each(|way| lately[place ^ way].set(forged)));
        assert!(ptr::eq(operations.get("second", &make), second));
    }

    #[test]
    fn two_profilers_with_the_same_names_do_not_evict_each_other() {
        let (a, b) = (Operations::with_capacity(10), Operations::with_capacity(10));
        let make = Counting(AtomicUsize::new(0));
        std::thread::spawn(move || {
            for operations in [&a, &b] {
                operations.get("name", &make);
            }
            let mine = |operations: &Operations| {
                let of = operations.profiler;
                LATELY
                    .with(|lately| lately.iter().filter(|entry| entry.get().profiler == of).count())
            };
            assert_eq!((mine(&a), mine(&b)), (1, 1));
        })
        .join()
        .expect("no panic");
    }
}
