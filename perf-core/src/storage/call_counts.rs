//! What is counted of the scopes on one path.

use crate::sync::{AtomicU64, Relaxed, SoleWriter, Writer};

/// What has ended on one path.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) self_ns: u64,
}

impl Counts {
    pub(crate) fn plus(self, other: Counts) -> Counts {
        Counts {
            calls: self.calls.saturating_add(other.calls),
            failures: self.failures.saturating_add(other.failures),
            self_ns: self.self_ns.saturating_add(other.self_ns),
        }
    }

    pub(crate) fn since(self, earlier: Counts) -> Counts {
        Counts {
            calls: self.calls.saturating_sub(earlier.calls),
            failures: self.failures.saturating_sub(earlier.failures),
            self_ns: self.self_ns.saturating_sub(earlier.self_ns),
        }
    }
}

/// The live side of [`Counts`].
#[derive(Default)]
pub(crate) struct Tally {
    calls: AtomicU64,
    failures: AtomicU64,
    self_ns: AtomicU64,
}

impl Tally {
    #[inline]
    pub(crate) fn add(&self, writer: SoleWriter<'_>, failed: bool, self_ns: u64) {
        writer.add(&self.calls, 1);
        writer.add(&self.failures, u64::from(failed));
        writer.add(&self.self_ns, self_ns);
    }

    pub(crate) fn read(&self) -> Counts {
        Counts {
            calls: self.calls.load(Relaxed),
            failures: self.failures.load(Relaxed),
            self_ns: self.self_ns.load(Relaxed),
        }
    }
}
