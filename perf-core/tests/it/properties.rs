//! What holds of every distribution, against sorting, counting and hdrhistogram.
//!
//! `PROPTEST_CASES` sets how many of each are tried: 100 if not set.

use perf_core::{Distribution, Profiler, Quantile};
use proptest::collection::vec;
use proptest::prelude::*;

pub(crate) fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = std::env::var_os("PROPTEST_CASES").map_or(100, |_| default.cases);
    ProptestConfig { cases, failure_persistence: None, ..default }
}

/// Any value, above all those where something begins or ends.
pub(crate) fn value() -> impl Strategy<Value = u64> {
    let near_a_power = |(bit, off): (u32, i64)| (1_u64 << bit).wrapping_add_signed(off);
    prop_oneof![
        1 => prop_oneof![Just(0), Just(u64::MAX), Just(u64::MAX - 1)],
        2 => 0..300_u64,
        3 => (0..64_u32, -2..=2_i64).prop_map(near_a_power),
        3 => (0..64_u32, any::<u64>()).prop_map(|(shift, value)| value >> shift),
        2 => any::<u64>(),
    ]
}

/// One value, two spikes, or anything.
pub(crate) fn values() -> impl Strategy<Value = Vec<u64>> {
    let spikes = |(a, b, n, m): (u64, u64, usize, usize)| [vec![a; n], vec![b; m]].concat();
    prop_oneof![
        1 => (value(), 1..300_usize).prop_map(|(value, n)| vec![value; n]),
        1 => (value(), value(), 1..300_usize, 1..10_usize).prop_map(spikes),
        4 => vec(value(), 0..300),
    ]
}

pub(crate) fn of(values: &[u64]) -> Distribution {
    Distribution::from_values(values.iter().copied())
}

/// Whether a sum that wraps at 2^64 can be put back for certain: not of centuries in ns.
fn is_certain(values: &[u64]) -> bool {
    values.iter().all(|value| *value < 1 << 55)
}

fn sum(values: &[u64]) -> u128 {
    values.iter().map(|value| u128::from(*value)).sum()
}

/// The value with the rank of `quantile`, as sorting finds it.
fn truth(sorted: &[u64], quantile: Quantile) -> Option<u64> {
    let rank = quantile.rank(sorted.len() as u64) as usize;
    rank.checked_sub(1).and_then(|place| sorted.get(place)).copied()
}

/// As [`truth`], of a histogram that was made by others.
fn truth_of_peer(peer: &hdrhistogram::Histogram<u64>, quantile: Quantile) -> Option<u64> {
    let rank = quantile.rank(peer.len());
    let mut passed = 0;
    let found = peer.iter_recorded().find(|bucket| {
        passed += bucket.count_since_last_iteration();
        passed >= rank
    });
    found.map(|bucket| bucket.value_iterated_to())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_quantile_is_within_1_256_of_what_sorting_finds(
        mut values in values(),
        quantiles in vec(prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0_f64], 5),
    ) {
        let distribution = of(&values);
        values.sort_unstable();
        for quantile in quantiles.into_iter().map(|q| Quantile::new(q).unwrap()) {
            let found = distribution.quantile(quantile);
            let Some(truth) = truth(&values, quantile) else {
                prop_assert_eq!(found, None);
                continue;
            };
            let found = found.unwrap();
            let error = u128::from(found.abs_diff(truth));
            prop_assert!(error * 256 <= u128::from(truth), "{}: {}, truly {}", quantile, found, truth);
            let (low, high) = distribution.quantile_bounds(quantile).unwrap();
            prop_assert!(low <= truth && truth <= high);
        }
    }

    #[test]
    fn a_quantile_is_that_of_hdrhistogram(values in values(), q in 0.0..=1.0_f64) {
        // It cannot take the very largest values, and has its own way with zero.
        let values: Vec<u64> = values.into_iter().map(|value| (value >> 1).max(1)).collect();
        let mut peer = hdrhistogram::Histogram::<u64>::new(3).unwrap();
        peer.auto(true);
        values.iter().for_each(|value| peer.record(*value).unwrap());
        let (distribution, quantile) = (of(&values), Quantile::new(q).unwrap());
        let found = distribution.quantile(quantile);
        prop_assert_eq!(distribution.count(), peer.len());
        prop_assert_eq!(found.is_some(), !values.is_empty());
        if let (Some(ours), Some(theirs)) = (found, truth_of_peer(&peer, quantile)) {
            let bound = theirs as f64 * (1.0 / 256.0 + 1.0 / 1_000.0);
            prop_assert!(ours.abs_diff(theirs) as f64 <= bound, "{}, theirs {}", ours, theirs);
        }
    }

    #[test]
    fn count_sum_and_extremes_are_exact(values in values()) {
        let distribution = of(&values);
        prop_assert_eq!(distribution.count(), values.len() as u64);
        prop_assert_eq!(distribution.buckets().map(|bucket| bucket.count).sum::<u64>(), distribution.count());
        prop_assert_eq!(distribution.min(), values.iter().min().copied());
        prop_assert_eq!(distribution.max(), values.iter().max().copied());
        if is_certain(&values) {
            prop_assert_eq!(distribution.sum(), sum(&values));
        }
        if let (Some(mean), Some(min), Some(max)) =
            (distribution.mean(), distribution.min(), distribution.max())
        {
            prop_assert!(min as f64 <= mean && mean <= max as f64);
        }
    }

    #[test]
    fn merging_is_commutative_and_associative_and_the_whole_of_its_parts(
        a in values(),
        b in values(),
        c in values(),
    ) {
        let [x, y, z] = [&a, &b, &c].map(|values| of(values));
        prop_assert_eq!(x.merge(&y), y.merge(&x));
        prop_assert_eq!(x.merge(&y).merge(&z), x.merge(&y.merge(&z)));
        prop_assert_eq!(x.merge(&Distribution::default()), x.clone());
        let (parts, whole) = (x.merge(&y).merge(&z), of(&[&a[..], &b, &c].concat()));
        prop_assert!(parts.buckets().eq(whole.buckets()));
        prop_assert_eq!((parts.min(), parts.max()), (whole.min(), whole.max()));
        if [&a, &b, &c].iter().all(|values| is_certain(values)) {
            prop_assert_eq!(parts, whole);
        }
    }

    #[test]
    fn what_is_counted_up_to_an_edge_encloses_the_truth_and_never_falls(
        values in values(),
        mut edges in vec(value(), 1..50),
    ) {
        let distribution = of(&values);
        let at_or_below =
            |edge: u64| values.iter().filter(|value| **value <= edge).count() as u64;
        for (&edge, counted) in edges.iter().zip(distribution.cumulative(&edges)) {
            let most = at_or_below(edge.saturating_add(edge / 128));
            prop_assert!((at_or_below(edge)..=most).contains(&counted), "{}: {}", edge, counted);
            let (least, most) = distribution.count_above(edge);
            let above = values.len() as u64 - at_or_below(edge);
            prop_assert!((least..=most).contains(&above), "{} above {}", above, edge);
        }
        edges.sort_unstable();
        let counted: Vec<u64> = distribution.cumulative(&edges).collect();
        prop_assert!(counted.is_sorted() && *counted.last().unwrap() <= distribution.count());
    }

    #[test]
    fn an_interval_is_the_distribution_of_what_was_recorded_in_it(
        parts in vec((values(), values()), 1..4),
    ) {
        let profiler = Profiler::new();
        let (operation, histogram) = (profiler.operation("work"), profiler.histogram("sizes"));
        let mut before = profiler.snapshot();
        let first = before.clone();
        let mut together = Distribution::default();
        for (successes, failures) in &parts {
            for value in successes {
                operation.record_nanos(*value);
                histogram.record(*value);
            }
            let fail = |value: &u64| operation.record_failure(std::time::Duration::from_nanos(*value));
            failures.iter().for_each(fail);
            let now = profiler.snapshot();
            let interval = now.since(&before).unwrap();
            let work = interval.operation("work").unwrap();
            let sizes = interval.histogram("sizes", &[]).unwrap();
            for (found, values) in
                [(work.latency(), successes), (work.failure_latency(), failures), (sizes, successes)]
            {
                let truth = of(values);
                prop_assert!(found.buckets().eq(truth.buckets()));
                prop_assert_eq!(found.count(), truth.count());
                for (found, truth) in [(found.min(), truth.min()), (found.max(), truth.max())] {
                    let (found, truth) = (found.unwrap_or(0), truth.unwrap_or(0));
                    prop_assert!(found.abs_diff(truth) <= truth / 128, "{}, truly {}", found, truth);
                }
                if is_certain(values) {
                    prop_assert_eq!(found.sum(), sum(values));
                }
            }
            together = together.merge(work.latency());
            before = now;
        }
        let whole = before.since(&first).unwrap();
        let whole = whole.operation("work").unwrap().latency();
        prop_assert!(together.buckets().eq(whole.buckets()), "the intervals add up");
    }
}
