use perf_core::{Distribution, Profiler};

/// Values of every size, the same in every run.
fn values() -> Vec<u64> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state
    };
    (0..5_000).map(|i| next() >> (i % 64)).chain([0, 255, 256, u64::MAX]).collect()
}

fn at_or_below(values: &[u64], edge: u64) -> u64 {
    values.iter().filter(|&&value| value <= edge).count() as u64
}

fn cumulative(distribution: &Distribution, edges: &[u64]) -> Vec<u64> {
    distribution.cumulative(edges).collect()
}

/// Ascending, with all below 300, and all powers of two with their neighbours.
fn edges() -> Vec<u64> {
    let powers = (0..64).map(|bit| 1_u64 << bit);
    let mut edges: Vec<u64> = powers.flat_map(|p| [p - 1, p, p + 1, p + p / 3]).collect();
    edges.extend((0..300).chain([u64::MAX - 1, u64::MAX]));
    edges.sort_unstable();
    edges.dedup();
    edges
}

#[test]
fn all_values_up_to_an_edge_are_counted_and_none_more_than_1_128_above_it() {
    let values = values();
    let distribution = Distribution::from_values(values.iter().copied());
    let edges = edges();
    for (&edge, counted) in edges.iter().zip(distribution.cumulative(&edges)) {
        let most = at_or_below(&values, edge.saturating_add(edge / 128));
        assert!((at_or_below(&values, edge)..=most).contains(&counted), "{edge}: {counted}");
        if edge < 256 || edge & edge.wrapping_add(1) == 0 {
            assert_eq!(counted, at_or_below(&values, edge), "{edge}");
        }
    }
}

#[test]
fn a_popular_value_on_the_edge_is_below_it() {
    let sizes = Distribution::from_values([1_000, 1_024, 1_024, 1_032]);
    assert_eq!(cumulative(&sizes, &[1_023, 1_024, 1_031, 1_032]), [1, 3, 3, 4]);
}

#[test]
fn a_higher_edge_never_has_a_lower_count_and_the_highest_has_them_all() {
    let distribution = Distribution::from_values(values());
    let counted = cumulative(&distribution, &edges());
    assert!(counted.is_sorted());
    assert_eq!(counted.last(), Some(&distribution.count()));
    assert_eq!(cumulative(&Distribution::default(), &[0, 1, u64::MAX]), [0, 0, 0]);
    assert_eq!(cumulative(&distribution, &[]), []);
}

#[test]
fn edges_in_any_order_and_doubled_have_the_right_counts() {
    let distribution = Distribution::from_values(values());
    let ascending = cumulative(&distribution, &edges());
    let descending: Vec<u64> = edges().into_iter().rev().flat_map(|edge| [edge, edge]).collect();
    let expected: Vec<u64> = ascending.into_iter().rev().flat_map(|count| [count, count]).collect();
    assert_eq!(cumulative(&distribution, &descending), expected);
}

#[test]
fn no_count_goes_back_while_values_are_recorded() {
    let profiler = Profiler::new();
    let sizes = profiler.histogram("sizes");
    let edges = [0, 5, 255, 256, 1_000, 65_537, 1 << 40, u64::MAX];
    let mut before = vec![0; edges.len()];
    for values in values().chunks(7) {
        values.iter().for_each(|&value| sizes.record(value));
        let snapshot = profiler.snapshot();
        let now = cumulative(snapshot.histogram("sizes", &[]).unwrap(), &edges);
        assert!(before.iter().zip(&now).all(|(before, now)| before <= now), "{before:?} {now:?}");
        before = now;
    }
}

#[test]
fn the_counts_of_parts_add_up_to_those_of_the_whole() {
    let (values, edges) = (values(), edges());
    let (a, b) = values.split_at(values.len() / 3);
    let [a, b] = [a, b].map(|part| Distribution::from_values(part.iter().copied()));
    let both = a.cumulative(&edges).zip(b.cumulative(&edges)).map(|(a, b)| a + b);
    assert!(a.merge(&b).cumulative(&edges).eq(both));
}
