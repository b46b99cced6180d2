//! The atomics the recording core is built on, and the few operations it needs on them.
//!
//! Everything in this crate takes its atomics from here.

pub(crate) use std::sync::atomic::{
    AtomicPtr, AtomicU32, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst},
    fence,
};
pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

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

/// How a cell may be changed: by its only writer, or by any thread.
///
/// Readers are never part of this: they load, relaxed, whenever they like.
pub(crate) trait Writer: Copy {
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
    fn add(self, cell: &AtomicU64, n: u64) {
        cell.store(cell.load(Relaxed).wrapping_add(n), Relaxed);
    }

    #[inline(always)]
    fn lower(self, cell: &AtomicU64, value: u64) {
        if value < cell.load(Relaxed) {
            cell.store(value, Relaxed);
        }
    }

    #[inline(always)]
    fn raise(self, cell: &AtomicU64, value: u64) {
        if value > cell.load(Relaxed) {
            cell.store(value, Relaxed);
        }
    }

    #[inline(always)]
    fn increment(self, bucket: &AtomicU32) {
        // Loaded here once more, although the caller has just looked at it: one instruction then
        // does load, addition and store. To carry the value here costs 2 ns (docs/performance.md).
        bucket.store(bucket.load(Relaxed).wrapping_add(1), Relaxed);
    }
}

/// Any thread may write: every change is one atomic read-modify-write.
#[derive(Clone, Copy)]
pub(crate) struct AnyWriter;

impl Writer for AnyWriter {
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
