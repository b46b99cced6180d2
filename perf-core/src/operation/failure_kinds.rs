//! Why calls fail, counted by kind.

use crate::metadata::cut;
use crate::storage::Published;
use crate::sync::{Acquire, AtomicU64, Release, array_of};
use std::array;

/// Different kinds an operation counts apart.
const MAX_KINDS: usize = 16;
/// The counts of the kinds in the order in which they were first seen, and last that of all others.
pub(crate) type KindCounts = [u64; MAX_KINDS + 1];
/// Bytes of a kind's name; the rest is cut off.
pub(crate) const MAX_KIND: usize = 128;

/// The kind under which all beyond the first 16 are counted.
pub const OTHER_FAILURES: &str = "(other)";

/// Counts of the failure kinds of one operation. Kinds are only ever added.
pub(crate) struct FailureKinds {
    kinds: [Kind; MAX_KINDS],
    other: AtomicU64,
}

struct Kind {
    name: Published<Box<str>>,
    count: AtomicU64,
}

impl FailureKinds {
    pub(crate) fn new() -> Self {
        let kinds =
            array_of![Kind { name: Published::empty(), count: AtomicU64::new(0) }; MAX_KINDS];
        FailureKinds { kinds, other: AtomicU64::new(0) }
    }

    /// Counts one failure of `kind`. Takes no lock; allocates when the kind is new.
    pub(crate) fn count(&self, kind: &str) {
        let kind = cut(kind, MAX_KIND);
        let known = match kind {
            OTHER_FAILURES => None,
            kind => self.kinds.iter().find_map(|slot| slot.is_or_becomes(kind)),
        };
        // Release: pairs with the Acquire in `read`. The failure was counted before its kind, so who
        // sees the kind sees the failure.
        known.unwrap_or(&self.other).fetch_add(1, Release);
    }

    /// Read before the failures, the counts are never more than those.
    pub(crate) fn counts(&self) -> KindCounts {
        array::from_fn(|i| match self.kinds.get(i) {
            Some(kind) => kind.count.load(Acquire),
            None => self.other.load(Acquire),
        })
    }

    /// The kinds that `counts` has, by name.
    pub(crate) fn named(&self, counts: &KindCounts) -> impl Iterator<Item = (Box<str>, u64)> {
        let names = self.kinds.iter().map(|kind| kind.name.get().cloned());
        let names = names.chain([Some(OTHER_FAILURES.into())]);
        names.zip(counts).filter(|(_, count)| **count > 0).filter_map(|(name, n)| Some((name?, *n)))
    }
}

impl Kind {
    /// The count of this slot if it is, or can become, the slot of `kind`.
    fn is_or_becomes(&self, kind: &str) -> Option<&AtomicU64> {
        // Whoever loses a race for the slot looks at what the winner wrote.
        let name = match self.name.get() {
            Some(name) => name,
            None => self.name.get_or_publish(|| Box::new(kind.into())),
        };
        (**name == *kind).then_some(&self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_sixteen_kinds_all_are_counted_as_other() {
        let kinds = FailureKinds::new();
        for i in 0..1_000 {
            kinds.count(&format!("kind {}", i % 20));
        }
        let read: Vec<_> = kinds.named(&kinds.counts()).collect();
        assert_eq!(read.len(), 17);
        assert_eq!(read[0], ("kind 0".into(), 50));
        assert_eq!(read[16], (OTHER_FAILURES.into(), 200));
    }

    #[test]
    fn threads_that_bring_the_same_kind_share_its_slot() {
        let kinds = FailureKinds::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..16).for_each(|i| kinds.count(&i.to_string())));
            }
        });
        let read: Vec<_> = kinds.named(&kinds.counts()).collect();
        assert!(read.iter().all(|(_, count)| *count == 8));
        assert_eq!(read.len(), 16);
    }
}
