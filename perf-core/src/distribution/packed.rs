//! Distributions in few bytes, and the adding up of them.
//!
//! A packed distribution has a head (count, counts over the limits, extremes) and, kept apart from it, a
//! body, which is empty for a single value: sum and buckets. A page of buckets takes whichever form is
//! shortest: one byte a bucket, two, or slot and count of those that are not empty.

use super::{Distribution, Lifetime, place};
use crate::operation::MAX_LIMITS;
use crate::storage::{PAGES, SLOTS, page_and_slot, pages_in};
use crate::varint::{Reader, put, put_wide};

/// Page number in the low bits of a page's first byte, its form in the two above.
const FORM: u32 = 6;
const SPARSE: u8 = 0;
const BYTES: u8 = 1;
const TWO_BYTES: u8 = 2;
/// On a slot: its count is 1 and does not follow.
const ONE: u8 = 0x80;

/// The smallest and the largest of no values.
const NONE: (u64, u64) = (u64::MAX, 0);

/// What is known of a distribution without its buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Head {
    pub(crate) count: u64,
    /// How many values are over each limit, as counted at record time.
    pub(crate) over: [u64; MAX_LIMITS],
    /// The smallest and the largest value, or `u64::MAX` and 0 for none.
    extremes: (u64, u64),
}

/// Sum and buckets of packed distributions while others are added to them, or taken away again.
#[derive(Clone, Default)]
pub(crate) struct Body {
    sum: u128,
    pages: u64,
    /// [`SLOTS`] counts for each page, lowest page first.
    counts: Vec<u64>,
}

impl Distribution {
    pub(crate) fn head(&self) -> Head {
        let extremes = if self.is_empty() { NONE } else { (self.min, self.max) };
        Head { count: self.count, over: self.lifetime.over, extremes }
    }

    /// Appends the body.
    pub(crate) fn pack_body(&self, bytes: &mut Vec<u8>) {
        if self.count < 2 {
            return;
        }
        put_wide(bytes, self.sum);
        let occupied = self.totals.iter().filter(|total| **total > 0).count();
        bytes.push(occupied as u8);
        let (counts, _) = self.counts.as_chunks();
        for ((page, counts), total) in pages_in(self.pages).zip(counts).zip(&self.totals) {
            if *total > 0 {
                pack_page(page as u8, counts, bytes);
            }
        }
    }
}

impl Head {
    /// Appends it, with or without the extremes.
    pub(crate) fn pack(&self, extremes: bool, bytes: &mut Vec<u8>) {
        put(bytes, self.count);
        // Also without a value: a count over a limit is there a moment before its value's bucket is.
        let limits = self.over.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        bytes.push(limits as u8);
        self.over[..limits].iter().for_each(|count| put(bytes, *count));
        if extremes && self.count > 0 {
            let (min, max) = self.extremes;
            put(bytes, min);
            if self.count > 1 {
                put(bytes, max - min);
            }
        }
    }

    pub(crate) fn unpack(extremes: bool, packed: &mut Reader<'_>) -> Self {
        let mut head = Head { count: packed.number(), ..Head::default() };
        let limits = usize::from(packed.byte());
        head.over.iter_mut().take(limits).for_each(|over| *over = packed.number());
        if extremes && head.count > 0 {
            let min = packed.number();
            let more = if head.count > 1 { packed.number() } else { 0 };
            head.extremes = (min, min.saturating_add(more));
        }
        head
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.combine(other, u64::wrapping_add);
        self.widen(other);
    }

    /// Takes `other` away, which was added before, and says whether an extreme may have gone with it.
    pub(crate) fn subtract(&mut self, other: &Self) -> bool {
        self.combine(other, u64::wrapping_sub);
        let ((min, max), (others_min, others_max)) = (self.extremes, other.extremes);
        other.count > 0 && (others_min <= min || others_max >= max)
    }

    pub(crate) fn forget_extremes(&mut self) {
        self.extremes = NONE;
    }

    /// Takes the extremes of `other` in.
    pub(crate) fn widen(&mut self, other: &Self) {
        let ((min, max), (others_min, others_max)) = (self.extremes, other.extremes);
        self.extremes = (min.min(others_min), max.max(others_max));
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        self.count = with(self.count, other.count);
        self.over.iter_mut().zip(other.over).for_each(|(over, other)| *over = with(*over, other));
    }
}

impl Default for Head {
    fn default() -> Self {
        Head { count: 0, over: [0; MAX_LIMITS], extremes: NONE }
    }
}

impl Body {
    /// Adds the packed body of the distribution with this head, or takes it away.
    pub(crate) fn unpack<const ADD: bool>(&mut self, head: &Head, packed: &mut Reader<'_>) {
        if head.count == 0 {
            return;
        }
        if head.count == 1 {
            let (value, _) = head.extremes;
            self.add_sum::<ADD>(value.into());
            let (page, slot) = page_and_slot(value);
            return step::<ADD>(&mut self.page(page)[slot], 1);
        }
        self.add_sum::<ADD>(packed.wide_number());
        for _ in 0..packed.byte() {
            let first = packed.byte();
            let page = usize::from(first & ((1 << FORM) - 1));
            unpack_page::<ADD>(first >> FORM, self.page(page.min(PAGES - 1)), packed);
        }
    }

    /// As a distribution with this head.
    pub(crate) fn distribution(&self, head: &Head) -> Distribution {
        let (min, max) = head.extremes;
        let lifetime = Lifetime { sum: self.sum as u64, min, max, over: head.over };
        Distribution::conclude(self.pages, self.counts.clone(), self.sum, lifetime)
    }

    fn add_sum<const ADD: bool>(&mut self, sum: u128) {
        self.sum = if ADD { self.sum.wrapping_add(sum) } else { self.sum.wrapping_sub(sum) };
    }

    /// The counts of `page`, which is made if it is not there.
    fn page(&mut self, page: usize) -> &mut [u64; SLOTS] {
        let at = place(self.pages, page);
        if self.pages & (1 << page) == 0 {
            self.pages |= 1 << page;
            self.counts.splice(at..at, [0; SLOTS]);
        }
        let (pages, _) = self.counts.as_chunks_mut();
        &mut pages[at / SLOTS]
    }
}

fn pack_page(page: u8, counts: &[u64; SLOTS], bytes: &mut Vec<u8>) {
    let most = counts.iter().fold(0, |bits, count| bits | count);
    let ones = counts.iter().filter(|count| **count == 1).count();
    let more = counts.iter().filter(|count| **count > 1).count();
    // A single value takes one byte; more of them two, and three from 128 on.
    if most < 1 << 8 && ones + 2 * more >= SLOTS {
        bytes.push(page | BYTES << FORM);
        bytes.extend(counts.iter().map(|count| *count as u8));
    } else if most < 1 << 16 && ones + 3 * more >= 2 * SLOTS {
        bytes.push(page | TWO_BYTES << FORM);
        bytes.extend(counts.iter().flat_map(|count| (*count as u16).to_le_bytes()));
    } else {
        bytes.push(page | SPARSE << FORM);
        bytes.push((ones + more) as u8);
        for (slot, count) in (0..).zip(counts).filter(|(_, count)| **count > 0) {
            if *count == 1 {
                bytes.push(slot | ONE);
            } else {
                bytes.push(slot);
                put(bytes, *count);
            }
        }
    }
}

fn unpack_page<const ADD: bool>(form: u8, counts: &mut [u64; SLOTS], packed: &mut Reader<'_>) {
    if form == BYTES {
        let more: &[u8; SLOTS] = packed.array();
        let pairs = counts.iter_mut().zip(more);
        pairs.for_each(|(count, more)| step::<ADD>(count, (*more).into()));
    } else if form == TWO_BYTES {
        let more: &[u8; 2 * SLOTS] = packed.array();
        let pairs = counts.iter_mut().zip(more.as_chunks().0);
        pairs.for_each(|(count, more)| step::<ADD>(count, u16::from_le_bytes(*more).into()));
    } else {
        for _ in 0..packed.byte() {
            let slot = packed.byte();
            let more = if slot & ONE > 0 { 1 } else { packed.number() };
            step::<ADD>(&mut counts[usize::from(slot & !ONE)], more);
        }
    }
}

#[inline(always)]
fn step<const ADD: bool>(count: &mut u64, by: u64) {
    *count = if ADD { count.wrapping_add(by) } else { count.wrapping_sub(by) };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(distribution: &Distribution) -> Vec<u8> {
        let mut bytes = Vec::new();
        distribution.head().pack(true, &mut bytes);
        distribution.pack_body(&mut bytes);
        bytes
    }

    fn apply<const ADD: bool>(head: &mut Head, body: &mut Body, packed: &[u8]) {
        let mut packed = Reader::new(packed);
        let other = Head::unpack(true, &mut packed);
        if ADD {
            head.add(&other);
        } else {
            head.subtract(&other);
        }
        body.unpack::<ADD>(&other, &mut packed);
        assert!(packed.is_empty());
    }

    fn samples() -> [Distribution; 8] {
        let spread = |n: u64, factor: u64| Distribution::from_values((0..n).map(|i| i * factor));
        [
            Distribution::default(),
            Distribution::from_values([0]),
            Distribution::from_values([u64::MAX]),
            Distribution::from_values([0, u64::MAX, 255, 256, 257]),
            spread(90, 3),
            spread(20_000, 17),
            spread(300_000, 1),
            Distribution::from_values(std::iter::repeat_n(1_000, 70_000)),
        ]
    }

    #[test]
    fn what_is_unpacked_is_what_was_packed() {
        for distribution in samples() {
            let (mut head, mut body) = (Head::default(), Body::default());
            apply::<true>(&mut head, &mut body, &pack(&distribution));
            assert_eq!(body.distribution(&head), distribution);
            assert_eq!(head, distribution.head());
        }
    }

    #[test]
    fn a_count_over_a_limit_outlives_an_interval_without_its_value() {
        let early = Head { over: [0, 1, 0, 0], ..Head::default() };
        let mut bytes = Vec::new();
        early.pack(true, &mut bytes);
        assert_eq!(Head::unpack(true, &mut Reader::new(&bytes)), early);
    }

    #[test]
    fn adding_up_is_merging_and_taking_away_undoes_it() {
        let (mut head, mut body) = (Head::default(), Body::default());
        let mut merged = Distribution::default();
        for distribution in samples() {
            apply::<true>(&mut head, &mut body, &pack(&distribution));
            merged = merged.merge(&distribution);
            assert_eq!(body.distribution(&head), merged);
        }
        let [others @ .., last] = samples();
        for distribution in others {
            apply::<false>(&mut head, &mut body, &pack(&distribution));
        }
        assert_ne!(head, last.head(), "its extremes are still those of before");
        head.forget_extremes();
        head.widen(&last.head());
        assert_eq!(head, last.head());
        assert_eq!(body.distribution(&head), last);
    }

    #[test]
    fn a_page_takes_its_shortest_form() {
        let len =
            |values: &mut dyn Iterator<Item = u64>| pack(&Distribution::from_values(values)).len();
        assert_eq!(len(&mut [1_000_000].into_iter()), 5);
        assert!(len(&mut (256..512)) < SLOTS + 20, "a byte a bucket");
        assert!(
            len(&mut (256..512).cycle().take(256 * 300)) < 2 * SLOTS + 20,
            "two bytes a bucket"
        );
        assert!(len(&mut (256..512).step_by(16)) < 50, "slot and count");
    }
}
