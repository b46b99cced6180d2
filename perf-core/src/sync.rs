//! The atomics the recording core is built on, and the few operations it needs on them.
//!
//! Everything in this crate takes its atomics from here. In the unit tests of a build with `--cfg loom`
//! they are loom's (`cargo xtask loom`, docs/reliability.md); in all other builds the standard library's.
//! loom's can only be made inside of a model, hence the macros below.

#[cfg(all(test, loom))]
pub(crate) mod modelled;

pub(crate) use std::sync::PoisonError;
pub(crate) use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

#[cfg(all(test, loom))]
pub(crate) use modelled::{
    AtomicPtr, AtomicU32, AtomicU64, LocalCell, Mutex, MutexGuard, RwLock, array_of, const_fn,
    fence, per_thread, shared, weaken,
};
#[cfg(not(all(test, loom)))]
pub(crate) use std::{
    sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, fence},
    sync::{Mutex, MutexGuard, RwLock},
    thread_local as per_thread,
};
#[cfg(not(all(test, loom)))]
pub(crate) use switch::{array_of, const_fn, shared};

/// What stands here is what it says; loom's forms are in `modelled`.
#[cfg(not(all(test, loom)))]
mod switch {
    /// A function that makes atomics: `const`.
    macro_rules! const_fn {
        ($(#[$attribute:meta])* $visibility:vis fn $($rest:tt)*) => {
            $(#[$attribute])* $visibility const fn $($rest)*
        };
    }

    /// A static that holds atomics.
    macro_rules! shared {
        ($(#[$attribute:meta])* $visibility:vis static $($rest:tt)*) => {
            $(#[$attribute])* $visibility static $($rest)*
        };
    }

    /// An array of things that hold atomics.
    macro_rules! array_of {
        ($new:expr; $len:expr) => {
            [const { $new }; $len]
        };
    }

    pub(crate) use {array_of, const_fn, shared};
}

/// Locks `mutex`, also after a panic elsewhere: no state behind our locks is left half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The thread sanitizer does not see what a lock that waits does inside the standard library.
    #[cfg(perfkit_tsan)]
    loop {
        if let Some(guard) = try_lock(mutex) {
            return guard;
        }
        std::thread::yield_now();
    }
    #[cfg(not(perfkit_tsan))]
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks `mutex` unless somebody holds it. The recording path never waits.
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    use std::sync::TryLockError;
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// What the only writer of a cell reads of it. In a model it says that nobody else writes, which loom
/// checks; as a plain load it would hide executions from loom (issues 166 and 392).
pub(crate) trait LoadOwn {
    type Value;
    /// The value, which nobody else changes meanwhile.
    fn load_own(&self) -> Self::Value;
}

#[cfg(not(all(test, loom)))]
impl LoadOwn for AtomicU64 {
    type Value = u64;

    #[inline(always)]
    fn load_own(&self) -> u64 {
        self.load(Relaxed)
    }
}

#[cfg(not(all(test, loom)))]
impl LoadOwn for AtomicU32 {
    type Value = u32;

    #[inline(always)]
    fn load_own(&self) -> u32 {
        self.load(Relaxed)
    }
}

/// How a cell may be changed: by its only writer, or by any thread.
///
/// Readers are never part of this: they load, relaxed, whenever they like.
pub(crate) trait Writer: Copy {
    /// The count of a bucket, before it is changed.
    fn look(self, bucket: &AtomicU32) -> u32;
    /// Adds `n`, wrapping.
    fn add(self, cell: &AtomicU64, n: u64);
    /// Lowers `cell` to `value` if that is smaller.
    fn lower(self, cell: &AtomicU64, value: u64);
    /// Raises `cell` to `value` if that is larger.
    fn raise(self, cell: &AtomicU64, value: u64);
    /// Adds one to a bucket that has room for it.
    fn increment(self, bucket: &AtomicU32);
}

/// The only writer of a cell: a plain load and a plain store, no locked instruction.
///
/// A [`ThreadIndex`](crate::storage::ThreadIndex) hands it out for the shards of its thread, and it
/// stays on that thread.
#[derive(Clone, Copy)]
pub(crate) struct SoleWriter<'a> {
    _index: std::marker::PhantomData<(&'a (), *mut ())>,
}

impl SoleWriter<'_> {
    /// Whoever calls this promises to be the only writer of the cells it will be used on.
    pub(crate) fn promise() -> Self {
        SoleWriter { _index: std::marker::PhantomData }
    }
}

impl Writer for SoleWriter<'_> {
    #[inline(always)]
    fn look(self, bucket: &AtomicU32) -> u32 {
        bucket.load_own()
    }

    #[inline(always)]
    fn add(self, cell: &AtomicU64, n: u64) {
        cell.store(cell.load_own().wrapping_add(n), Relaxed);
    }

    #[inline(always)]
    fn lower(self, cell: &AtomicU64, value: u64) {
        if value < cell.load_own() {
            cell.store(value, Relaxed);
        }
    }

    #[inline(always)]
    fn raise(self, cell: &AtomicU64, value: u64) {
        if value > cell.load_own() {
            cell.store(value, Relaxed);
        }
    }

    #[inline(always)]
    fn increment(self, bucket: &AtomicU32) {
        // Loaded here once more, although the caller has just looked at it: one instruction then
        // does load, addition and store. To carry the value here costs 2 ns (docs/performance.md).
        bucket.store(bucket.load_own().wrapping_add(1), Relaxed);
    }
}

/// Any thread may write: every change is one atomic read-modify-write.
#[derive(Clone, Copy)]
pub(crate) struct AnyWriter;

impl Writer for AnyWriter {
    #[inline(always)]
    fn look(self, bucket: &AtomicU32) -> u32 {
        bucket.load(Relaxed)
    }

    fn add(self, cell: &AtomicU64, n: u64) {
        cell.fetch_add(n, Relaxed);
    }

    fn lower(self, cell: &AtomicU64, value: u64) {
        cell.fetch_min(value, Relaxed);
    }

    fn raise(self, cell: &AtomicU64, value: u64) {
        cell.fetch_max(value, Relaxed);
    }

    fn increment(self, bucket: &AtomicU32) {
        // At its end it stays there: another thread may have come between the look and this.
        let _ = bucket.fetch_update(Relaxed, Relaxed, |count| count.checked_add(1));
    }
}
