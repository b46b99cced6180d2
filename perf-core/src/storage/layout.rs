//! Which bucket a value falls into: pure arithmetic, the same in every thread, window and file.
//!
//! Values below 256 have a bucket each. Above, every octave `2^k..2^(k+1)` is cut into 128 equal
//! buckets, so a bucket is never wider than 1/128 of its values and its midpoint is never further
//! than 1/256 from them. A page is one octave (page 0 and page 1 share the values below 256).

/// Buckets in a page. A model has few, so that it can be looked at in all its executions.
pub(crate) const SLOTS: usize = if cfg!(all(test, loom)) { 4 } else { 128 };

/// Pages that cover every `u64`, in a model every value below 512.
pub(crate) const PAGES: usize = if cfg!(all(test, loom)) { 8 } else { 58 };

const SLOT_BITS: u32 = SLOTS.trailing_zeros();

/// The page (below [`PAGES`]) and the slot in it (below [`SLOTS`]) of `value`.
#[inline(always)]
pub(crate) fn page_and_slot(value: u64) -> (usize, usize) {
    let shift = floor_log2(value | SLOTS as u64) - SLOT_BITS;
    let page = shift as usize + usize::from(value >= SLOTS as u64);
    let slot = (value >> shift) as usize & (SLOTS - 1);
    (page, slot)
}

/// The lowest and the highest value of the bucket at `page` and `slot`.
pub(crate) const fn bucket_range(page: usize, slot: usize) -> (u64, u64) {
    if page == 0 {
        return (slot as u64, slot as u64);
    }
    let shift = page - 1;
    let lowest = ((SLOTS + slot) as u64) << shift;
    (lowest, lowest + ((1 << shift) - 1))
}

#[inline(always)]
fn floor_log2(value: u64) -> u32 {
    63 - value.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbours() -> impl Iterator<Item = u64> {
        let powers = (0..64).map(|k| 1u64 << k);
        powers
            .flat_map(|p| [p.wrapping_sub(2), p.wrapping_sub(1), p, p + 1, p + p / 3])
            .chain([u64::MAX, u64::MAX - 1])
            .chain(0..2_000)
    }

    #[test]
    fn every_value_lies_in_its_bucket_and_the_bucket_is_narrow() {
        for value in neighbours() {
            let (page, slot) = page_and_slot(value);
            assert!(page < PAGES && slot < SLOTS);
            let (low, high) = bucket_range(page, slot);
            assert!(low <= value && value <= high, "{value} not in {low}..={high}");
            assert!(u128::from(high - low) * 128 <= u128::from(low.max(1)), "{low}..={high}");
        }
    }

    #[test]
    fn buckets_follow_each_other_without_gap_or_overlap() {
        let mut expected = 0;
        for page in 0..PAGES {
            for slot in 0..SLOTS {
                let (low, high) = bucket_range(page, slot);
                assert_eq!(low, expected);
                expected = high.wrapping_add(1);
            }
        }
        assert_eq!(expected, 0, "the last bucket ends at u64::MAX");
    }
}
