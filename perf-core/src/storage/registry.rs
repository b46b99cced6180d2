//! Names and what they stand for: capped, never shrinking, and never locked while it allocates.

use crate::sync::{PoisonError, RwLock};
use std::collections::HashMap;
use std::sync::Arc;

/// A map from names to shared entries that holds at most `capacity` of them.
///
/// The map hashes with the standard library's keyed SipHash, so that names chosen by a stranger
/// cannot chain. An allocator that records may look names up here: so memory is allocated and freed
/// only while the lock is not held.
pub(crate) struct Registry<T> {
    entries: RwLock<HashMap<Box<str>, Arc<T>>>,
    capacity: usize,
}

impl<T> Registry<T> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Registry { entries: RwLock::new(HashMap::new()), capacity }
    }

    /// The entry called `name`, or what `make` makes; `None` when there is no room for it.
    pub(crate) fn get_or_insert(
        &self,
        name: &str,
        make: impl FnOnce() -> Arc<T>,
    ) -> Option<Arc<T>> {
        if let Some(found) = self.find_or_full(name) {
            return found;
        }
        let fresh = make();
        let mut key = Some(Box::from(name));
        let mut bigger = HashMap::new();
        loop {
            let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(first) = entries.get(name) {
                return Some(Arc::clone(first));
            }
            if entries.len() >= self.capacity {
                return None;
            }
            if entries.len() == entries.capacity() {
                if bigger.capacity() > entries.len() {
                    bigger.extend(entries.drain());
                    std::mem::swap(&mut *entries, &mut bigger);
                } else {
                    let room = (entries.len() * 2).clamp(4, self.capacity.max(4));
                    drop(entries);
                    bigger = HashMap::with_capacity(room);
                    continue;
                }
            }
            if let Some(key) = key.take() {
                entries.insert(key, Arc::clone(&fresh));
            }
            drop(entries);
            return Some(fresh);
        }
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// All entries, in no order.
    pub(crate) fn entries(&self) -> Vec<Arc<T>> {
        let mut all = Vec::new();
        loop {
            let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
            let len = entries.len();
            if len <= all.capacity() {
                all.extend(entries.values().cloned());
                drop(entries);
                return all;
            }
            drop(entries);
            all.reserve(len);
        }
    }

    /// `Some(Some(entry))`, `Some(None)` when there is no room for it, `None` when it can be made.
    fn find_or_full(&self, name: &str) -> Option<Option<Arc<T>>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        match entries.get(name) {
            Some(found) => Some(Some(Arc::clone(found))),
            None => (entries.len() >= self.capacity).then_some(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_the_capacity_are_refused_and_the_others_still_found() {
        let registry = Registry::with_capacity(100);
        for i in 0..1_000 {
            let entry = registry.get_or_insert(&i.to_string(), || Arc::new(i));
            assert_eq!(entry.is_some(), i < 100);
        }
        assert_eq!(registry.entries().len(), 100);
        assert_eq!(registry.get_or_insert("7", || unreachable!()), Some(Arc::new(7)));
    }

    #[test]
    fn threads_that_bring_the_same_name_get_the_same_entry() {
        let registry = Registry::with_capacity(50);
        let entries: Vec<Vec<Arc<usize>>> = std::thread::scope(|scope| {
            let get = |i: usize| registry.get_or_insert(&i.to_string(), || Arc::new(i));
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(move || (0..50).filter_map(get).collect())).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        for of_thread in &entries {
            let same = of_thread.iter().zip(&entries[0]).all(|(a, b)| Arc::ptr_eq(a, b));
            assert!(same && of_thread.len() == 50);
        }
    }
}
