use crate::random::Random;
use perf_core::{Distribution, Quantile};

const QUANTILES: [f64; 12] =
    [0.0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 1.0];

/// One value, two spikes, the ends of `u64`, powers of two and their neighbours, small and wide.
fn hostile() -> Vec<(&'static str, Vec<u64>)> {
    let mut random = Random(42);
    let mut draw = |count: usize, value: &dyn Fn(u64) -> u64| -> Vec<u64> {
        (0..count).map(|_| value(random.next())).collect()
    };
    vec![
        ("one value", vec![123_456_789]),
        ("the same value", vec![777_777; 1_000]),
        ("two spikes", draw(5_000, &|r| if r % 100 < 99 { 1_000_000 } else { 9_999_999_999 })),
        ("zero and the largest", draw(1_000, &|r| if r % 2 == 0 { 0 } else { u64::MAX })),
        ("all of u64", draw(10_000, &|r| r)),
        (
            "powers of two and neighbours",
            draw(10_000, &|r| (1u64 << (r % 64)).wrapping_add(r >> 62).wrapping_sub(1)),
        ),
        ("below 256", draw(10_000, &|r| r % 256)),
        ("wide", draw(50_000, &|r| (r >> 20) >> (r % 40))),
    ]
}

#[test]
fn every_quantile_is_within_half_a_bucket_of_the_sorted_values() {
    for (name, mut values) in hostile() {
        let distribution = Distribution::from_values(values.iter().copied());
        values.sort_unstable();
        for q in QUANTILES {
            let quantile = Quantile::new(q).unwrap();
            let truth = values[quantile.rank(values.len() as u64) as usize - 1];
            let value = distribution.quantile(quantile).unwrap();
            let error = value.abs_diff(truth) as f64;
            assert!(error <= truth as f64 / 256.0, "{name} {quantile}: {value}, truly {truth}");
            let (low, high) = distribution.quantile_bounds(quantile).unwrap();
            assert!(
                low <= truth && truth <= high,
                "{name} {quantile}: {truth} not in {low}..={high}"
            );
        }
    }
}

#[test]
fn count_sum_minimum_and_maximum_are_exact() {
    for (name, values) in hostile() {
        let distribution = Distribution::from_values(values.iter().copied());
        assert_eq!(distribution.count(), values.len() as u64, "{name}");
        assert_eq!(distribution.min(), values.iter().min().copied(), "{name}");
        assert_eq!(distribution.max(), values.iter().max().copied(), "{name}");
        let sum: u128 = values.iter().map(|value| u128::from(*value)).sum();
        if let Ok(sum) = u64::try_from(sum) {
            assert_eq!(distribution.sum(), u128::from(sum), "{name}");
        }
    }
}

#[test]
fn quantiles_agree_with_hdrhistogram() {
    for (name, values) in hostile() {
        let mut peer = hdrhistogram::Histogram::<u64>::new(3).unwrap();
        peer.auto(true);
        // It cannot take the very largest values.
        let values = values.into_iter().filter(|value| *value < u64::MAX / 2);
        values.clone().for_each(|value| peer.record(value).unwrap());
        let distribution = Distribution::from_values(values);
        for q in QUANTILES {
            let quantile = Quantile::new(q).unwrap();
            let (ours, theirs) =
                (distribution.quantile(quantile).unwrap(), peer.value_at_quantile(q));
            let error = ours.abs_diff(theirs) as f64;
            let bound = theirs as f64 * (1.0 / 256.0 + 1.0 / 1_000.0) + 1.0;
            assert!(error <= bound, "{name} {quantile}: {ours}, hdrhistogram {theirs}");
        }
    }
}

#[test]
fn merging_is_commutative_associative_and_loses_nothing() {
    let parts: Vec<_> = hostile().into_iter().map(|(_, values)| values).collect();
    let of = |values: &[u64]| Distribution::from_values(values.iter().copied());
    let (a, b, c) = (of(&parts[7]), of(&parts[6]), of(&parts[2]));
    assert_eq!(a.merge(&b), b.merge(&a));
    assert_eq!(a.merge(&b).merge(&c), a.merge(&b.merge(&c)));
    let together = [&parts[7][..], &parts[6], &parts[2]].concat();
    assert_eq!(a.merge(&b).merge(&c), of(&together));
    assert_eq!(a.merge(&Distribution::default()), a);
}

#[test]
fn counts_that_pass_the_end_of_u64_stay_there() {
    let mut distribution = Distribution::from_values([5, 1_000_000, u64::MAX]);
    for _ in 0..70 {
        distribution = distribution.merge(&distribution);
    }
    assert_eq!((distribution.count(), distribution.min()), (u64::MAX, Some(5)));
    assert_eq!(distribution.max(), Some(u64::MAX));
    assert!(distribution.mean().is_some() && distribution.quantile(Quantile::P99).is_some());
    assert_eq!(distribution.count_above(10).1, u64::MAX);
}

#[test]
fn a_sum_that_wrapped_is_put_back_where_the_buckets_say() {
    let values = [u64::MAX / 2 + 7, u64::MAX / 2 + 11, u64::MAX / 2 + 13, 17];
    let distribution = Distribution::from_values(values);
    assert_eq!(distribution.sum(), values.iter().map(|value| u128::from(*value)).sum());
}

#[test]
fn several_quantiles_in_one_pass_are_each_quantile_alone() {
    let (_, values) = hostile().pop().unwrap();
    let distribution = Distribution::from_values(values);
    let quantiles = [0.99, 0.5, 0.5, 1.0, 0.0, 0.25].map(|q| Quantile::new(q).unwrap());
    let together = distribution.quantiles(&quantiles);
    assert_eq!(together, quantiles.map(|quantile| distribution.quantile(quantile)));
}

#[test]
fn counts_above_a_value_enclose_the_truth() {
    for (name, values) in hostile() {
        let distribution = Distribution::from_values(values.iter().copied());
        for &limit in values.iter().take(200) {
            let truth = values.iter().filter(|value| **value > limit).count() as u64;
            let (least, most) = distribution.count_above(limit);
            assert!(
                least <= truth && truth <= most,
                "{name}: {truth} over {limit} not in {least}..={most}"
            );
        }
    }
}
