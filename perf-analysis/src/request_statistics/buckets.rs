//! By which duration a request is filed.

/// Buckets of an octave: the layout of `perf-core`, in which every eight of its 128 are one.
const SLOTS: u64 = 16;

const SLOT_BITS: u32 = SLOTS.trailing_zeros();

/// The bucket of a duration in ns, at most 975: below 32 ns each has its own, above no bucket is wider
/// than 1/16 of its durations.
pub(super) fn bucket_of(nanos: u64) -> u16 {
    let shift = (nanos | SLOTS).ilog2() - SLOT_BITS;
    // 16 times the octave and the leading bits, whose highest one is the step to the next octave.
    let bucket = u64::from(shift) * SLOTS + (nanos >> shift);
    bucket as u16
}

/// The shortest duration of a bucket, in ns.
pub(super) fn shortest_of(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    match (bucket / SLOTS).checked_sub(1) {
        None => bucket,
        Some(shift) => (SLOTS + bucket % SLOTS) << shift,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perf_core::Distribution;

    #[test]
    fn buckets_are_in_order_narrow_and_begin_where_they_say() {
        for bucket in 0..975 {
            let (low, next) = (shortest_of(bucket), shortest_of(bucket + 1));
            assert!(low < next && (next - low == 1 || (next - low) * 16 <= low), "{bucket}");
            assert_eq!((bucket_of(low), bucket_of(next - 1)), (bucket, bucket));
        }
        assert_eq!((bucket_of(0), bucket_of(u64::MAX)), (0, 975));
    }

    #[test]
    fn a_bucket_is_made_of_whole_buckets_of_a_distribution() {
        let edges = (0..=975).map(shortest_of);
        let values = edges.flat_map(|edge| [edge.saturating_sub(1), edge]);
        for bucket in Distribution::from_values(values).buckets() {
            let (low, high) = (bucket_of(bucket.lowest), bucket_of(bucket.highest));
            assert_eq!(low, high, "{bucket:?}");
        }
    }
}
