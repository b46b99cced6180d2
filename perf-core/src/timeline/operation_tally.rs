//! What the timeline knows of one operation: packed into bytes, and added up again.

use super::throughput::Busiest;
use crate::distribution::{Body, Distribution, Head};
use crate::operation::KindCounts;
use crate::varint::{Reader, put};

/// What a packed operation has besides its successes.
const FAILURES: u8 = 1;
const UNTIMED: u8 = 2;
const KINDS: u8 = 4;
const BUSIEST: u8 = 8;
const BODIES: u8 = 16;

/// The counts of an operation: what is kept for a month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct OperationCounts {
    pub(super) successes: Head,
    pub(super) failures: Head,
    pub(crate) untimed_successes: u64,
    pub(crate) untimed_failures: u64,
    pub(crate) kinds: KindCounts,
    /// Of a single interval this follows from its count and its span, and is not packed.
    pub(super) busiest: Busiest,
}

impl OperationCounts {
    pub(super) fn count(&self) -> u64 {
        self.successes.count + self.failures.count + self.untimed_successes + self.untimed_failures
    }

    /// Appends the counts, and the distributions of successes and failures if they are to be kept.
    pub(super) fn pack(&self, distributions: Option<[&Distribution; 2]>, bytes: &mut Vec<u8>) {
        let with_bodies = distributions.is_some();
        let untimed = self.untimed_successes + self.untimed_failures > 0;
        let kinds = (0..).zip(&self.kinds).filter(|(_, count)| **count > 0);
        let kinds_seen = kinds.clone().count();
        let failures = self.failures != Head::default();
        let has_busiest = self.busiest != Busiest::default();
        let flag = |flag, present| if present { flag } else { 0 };
        bytes.push(
            flag(FAILURES, failures)
                | flag(UNTIMED, untimed)
                | flag(KINDS, kinds_seen > 0)
                | flag(BUSIEST, has_busiest)
                | flag(BODIES, with_bodies),
        );
        self.successes.pack(with_bodies, bytes);
        if failures {
            self.failures.pack(with_bodies, bytes);
        }
        if untimed {
            put(bytes, self.untimed_successes);
            put(bytes, self.untimed_failures);
        }
        if kinds_seen > 0 {
            bytes.push(kinds_seen as u8);
            for (kind, count) in kinds {
                bytes.push(kind);
                put(bytes, *count);
            }
        }
        if has_busiest {
            self.busiest.pack(bytes);
        }
        for distribution in distributions.into_iter().flatten() {
            distribution.pack_body(bytes);
        }
    }

    /// The counts of an interval of `span` ns, and whether the bodies of their distributions follow.
    pub(super) fn unpack(span: u64, packed: &mut Reader<'_>) -> (Self, bool) {
        let flags = packed.byte();
        let with_bodies = flags & BODIES > 0;
        let successes = Head::unpack(with_bodies, packed);
        let mut counts = OperationCounts { successes, ..OperationCounts::default() };
        if flags & FAILURES > 0 {
            counts.failures = Head::unpack(with_bodies, packed);
        }
        if flags & UNTIMED > 0 {
            counts.untimed_successes = packed.number();
            counts.untimed_failures = packed.number();
        }
        if flags & KINDS > 0 {
            for _ in 0..packed.byte() {
                let kind = usize::from(packed.byte()) % counts.kinds.len();
                counts.kinds[kind] = packed.number();
            }
        }
        counts.busiest = match flags & BUSIEST {
            0 => Busiest::of(counts.count(), span),
            _ => Busiest::unpack(packed),
        };
        (counts, with_bodies)
    }

    /// The counts of several intervals, each with its span.
    pub(super) fn sum<'a>(intervals: impl Iterator<Item = (u64, Reader<'a>)>) -> Self {
        let mut sum = OperationCounts::default();
        for (span, mut packed) in intervals {
            sum.add(&OperationCounts::unpack(span, &mut packed).0);
        }
        sum
    }

    fn add(&mut self, other: &Self) {
        self.successes.add(&other.successes);
        self.failures.add(&other.failures);
        self.combine(other, u64::wrapping_add);
        self.busiest = self.busiest.or(other.busiest);
    }

    /// Takes `other` away, which was added before, and says whether an extreme may have gone with it.
    fn subtract(&mut self, other: &Self) -> bool {
        self.combine(other, u64::wrapping_sub);
        self.successes.subtract(&other.successes)
            | self.failures.subtract(&other.failures)
            | (self.busiest == other.busiest)
    }

    /// Makes the extremes and the busiest interval those of `parts`.
    fn look_again(&mut self, parts: impl Iterator<Item = OperationCounts>) {
        let before = *self;
        self.successes.forget_extremes();
        self.failures.forget_extremes();
        self.busiest = Busiest::default();
        for part in parts {
            self.successes.widen(&part.successes);
            self.failures.widen(&part.failures);
            self.busiest = self.busiest.or(part.busiest);
            if *self == before {
                // What was taken away had equals.
                return;
            }
        }
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        self.untimed_successes = with(self.untimed_successes, other.untimed_successes);
        self.untimed_failures = with(self.untimed_failures, other.untimed_failures);
        let kinds = self.kinds.iter_mut().zip(other.kinds);
        kinds.for_each(|(count, other)| *count = with(*count, other));
    }
}

/// Counts and buckets of an operation while intervals are added, or taken away again.
#[derive(Clone, Default)]
pub(super) struct OperationTally {
    pub(super) counts: OperationCounts,
    successes: Body,
    failures: Body,
}

impl OperationTally {
    /// Adds a packed interval of `span` ns.
    pub(super) fn add(&mut self, span: u64, mut packed: Reader<'_>) {
        let counts = self.add_bodies::<true>(span, &mut packed);
        self.counts.add(&counts);
    }

    /// Takes away an interval that was added before, and says whether an extreme may have gone with it:
    /// then [`look_again`](Self::look_again).
    pub(super) fn subtract(&mut self, span: u64, mut packed: Reader<'_>) -> bool {
        let counts = self.add_bodies::<false>(span, &mut packed);
        self.counts.subtract(&counts)
    }

    /// Finds the extremes among the intervals that are left, each with its span.
    pub(super) fn look_again<'a>(&mut self, left: impl Iterator<Item = (u64, Reader<'a>)>) {
        let counts = left.map(|(span, mut packed)| OperationCounts::unpack(span, &mut packed).0);
        self.counts.look_again(counts);
    }

    /// The latencies of the successes and of the failures.
    pub(super) fn distributions(&self) -> [Distribution; 2] {
        let OperationCounts { successes, failures, .. } = &self.counts;
        [self.successes.distribution(successes), self.failures.distribution(failures)]
    }

    /// Adds the bodies or takes them away, and gives back the counts that came with them.
    fn add_bodies<const ADD: bool>(
        &mut self,
        span: u64,
        packed: &mut Reader<'_>,
    ) -> OperationCounts {
        let (counts, with_bodies) = OperationCounts::unpack(span, packed);
        if with_bodies {
            self.successes.unpack::<ADD>(&counts.successes, packed);
            self.failures.unpack::<ADD>(&counts.failures, packed);
        }
        counts
    }
}
