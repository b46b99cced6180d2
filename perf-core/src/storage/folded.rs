//! Where a bucket's count goes before its 32 bits run out.

use super::{PAGES, SLOTS};
use crate::sync::{AtomicU32, Mutex, MutexGuard, Relaxed, lock, try_lock};

/// 64-bit pages beside the 32-bit ones, made when a bucket first passes 2^31 records.
///
/// A reader keeps this locked while it reads the shard's buckets, so that it never sees a count in
/// both places or in neither.
pub(crate) struct Folded {
    pages: Mutex<Option<Box<Pages>>>,
}

type Pages = [Option<Box<[u64; SLOTS]>>; PAGES];

impl Folded {
    pub(crate) fn new() -> Self {
        Folded { pages: Mutex::new(None) }
    }

    /// Moves the count of `bucket` here and leaves zero there. When a reader is at work nothing is
    /// done: the bucket has room for 2^31 more tries.
    pub(crate) fn try_fold(&self, bucket: &AtomicU32, page: usize, slot: usize) {
        // Allocated before the lock is taken and freed after it is released: an allocator that
        // records must not find it held.
        let mut spare_pages = Some(Box::new([const { None }; PAGES]));
        let mut spare_counts = Some(Box::new([0; SLOTS]));
        if let Some(mut folded) = try_lock(&self.pages) {
            if folded.is_none() {
                *folded = spare_pages.take();
            }
            let Some(place) = folded.as_mut().map(|pages| &mut pages[page]) else { return };
            if place.is_none() {
                *place = spare_counts.take();
            }
            let Some(counts) = place else { return };
            counts[slot] += u64::from(bucket.swap(0, Relaxed));
        }
    }

    /// Keeps folds away while somebody reads the shard.
    pub(crate) fn lock(&self) -> FoldedReader<'_> {
        FoldedReader(lock(&self.pages))
    }
}

/// What was folded, and the promise that nothing is while this is held.
pub(crate) struct FoldedReader<'a>(MutexGuard<'a, Option<Box<Pages>>>);

impl FoldedReader<'_> {
    /// What was folded of `page`.
    pub(crate) fn page(&self, page: usize) -> Option<&[u64; SLOTS]> {
        self.0.as_deref()?[page].as_deref()
    }
}
