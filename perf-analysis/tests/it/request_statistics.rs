//! Statistics of requests that are added one by one: the sums of a reader who has them all.

use crate::any_requests::{any_requests, manual, of, request};
use crate::random::Random;
use perf_analysis::{Cause, RequestStatistics, StageShare, critical_path, request_bottlenecks};
use perf_core::{OVERFLOW, RequestSummary};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Shares as someone works them out who looks at each ns of each request.
fn naive_shares(requests: &[&RequestSummary]) -> BTreeMap<Option<String>, (f64, f64, u64)> {
    let nanos = |duration: Duration| duration.as_nanos() as u64;
    let whole: u64 = requests.iter().map(|request| nanos(request.total())).sum();
    let mut sums: BTreeMap<Option<String>, (u64, u64, u64)> = BTreeMap::new();
    for request in requests {
        let names = request.stages().iter().map(|stage| stage.name());
        for name in names.collect::<BTreeSet<_>>() {
            let stages = request.stages().iter().filter(|stage| stage.name() == name);
            let spans: Vec<_> =
                stages.map(|s| (nanos(s.offset()), nanos(s.offset() + s.duration()))).collect();
            let mut edges: Vec<u64> =
                spans.iter().flat_map(|(start, end)| [*start, *end]).collect();
            edges.iter_mut().for_each(|edge| *edge = (*edge).min(nanos(request.total())));
            edges.sort_unstable();
            let runs = |at: u64| spans.iter().any(|(start, end)| *start <= at && at < *end);
            let covered: u64 =
                edges.windows(2).filter(|e| runs(e[0])).map(|edge| edge[1] - edge[0]).sum();
            let sum = sums.entry(Some(name.to_owned())).or_default();
            (sum.0, sum.2) = (sum.0 + covered, sum.2 + 1);
        }
        for step in critical_path(request) {
            let sum = sums.entry(step.name().map(str::to_owned)).or_default();
            sum.1 += nanos(step.duration);
        }
        if !request.unattributed().is_zero() {
            let sum = sums.entry(None).or_default();
            (sum.0, sum.2) = (sum.0 + nanos(request.unattributed()), sum.2 + 1);
        }
    }
    let share = |nanos: u64| nanos as f64 / whole as f64;
    sums.into_iter().map(|(name, (a, b, c))| (name, (share(a), share(b), c))).collect()
}

fn by_name(shares: &[StageShare]) -> BTreeMap<Option<String>, (f64, f64, u64)> {
    let entry = |s: &StageShare| (s.name.clone(), (s.covered, s.on_path, s.requests));
    shares.iter().map(entry).collect()
}

#[test]
fn shares_are_those_of_a_reader_who_has_all_requests() {
    for seed in 1..20 {
        let requests = any_requests(seed, 300);
        let statistics = of(&requests);
        assert_eq!(statistics.requests(), 300);
        let shares = statistics.shares();
        assert_eq!(by_name(&shares), naive_shares(&requests.iter().collect::<Vec<_>>()));
        assert!(shares.is_sorted_by(|a, b| a.on_path >= b.on_path));
        let on_path: f64 = shares.iter().map(|share| share.on_path).sum();
        assert!((on_path - 1.0).abs() < 1e-12, "{on_path}");
    }
}

#[test]
fn the_tail_is_the_slowest_hundredth_and_those_that_took_about_as_long() {
    for seed in 1..20 {
        let requests = any_requests(seed, 450);
        let tail = of(&requests).tail_shares().unwrap();
        let slow: Vec<_> = requests.iter().filter(|r| r.total() >= tail.from).collect();
        assert_eq!(tail.requests, slow.len() as u64);
        assert_eq!(by_name(&tail.shares), naive_shares(&slow));
        // No duration above a sixteenth more than the shortest would have been enough.
        let far = slow.iter().filter(|r| r.total() > tail.from.mul_f64(17.0 / 16.0)).count();
        assert!(slow.len() >= 5 && far < 5, "{far} of {}", slow.len());
    }
    assert_eq!(of(&any_requests(1, 99)).tail_shares(), None);
    assert!(of(&any_requests(1, 100)).tail_shares().is_some());
}

#[test]
fn the_order_and_the_split_of_requests_change_nothing() {
    let mut random = Random::new(3);
    for seed in 1..30 {
        let mut requests = any_requests(seed, 150);
        let expected = of(&requests);
        for i in (1..requests.len()).rev() {
            requests.swap(i, (random.uniform() * (i + 1) as f64) as usize);
        }
        assert_eq!(of(&requests), expected);
        let mut parts = [(); 3].map(|()| RequestStatistics::default());
        for request in &requests {
            parts[(random.uniform() * 3.0) as usize].add(request);
        }
        let [mut first, second, third] = parts;
        first.merge(&third);
        first.merge(&second);
        assert_eq!(first, expected);
        assert_eq!(first.shares(), expected.shares());
        assert_eq!(first.tail_shares(), expected.tail_shares());
        assert_eq!(first.bottlenecks(0.0), expected.bottlenecks(0.0));
        assert_eq!(first.typical(), expected.typical());
        first.merge(&second);
        assert_ne!(first, expected);
    }
}

#[test]
fn what_is_found_is_what_is_found_in_all_of_them_at_once() {
    for seed in 1..20 {
        // The slice function keeps five: the same five.
        let requests = any_requests(seed, 500);
        let mut statistics = RequestStatistics::new(5);
        requests.iter().for_each(|request| statistics.add(request));
        assert_eq!(statistics.bottlenecks(0.05), request_bottlenecks(&requests, 0.05));
    }
}

#[test]
fn the_slowest_are_kept_and_a_typical_one_is_as_long_as_the_median() {
    for seed in 1..10 {
        let requests = any_requests(seed, 200);
        let statistics = of(&requests);
        let mut sorted: Vec<_> = requests.iter().collect();
        sorted.sort_by_key(|request| (Reverse(request.total()), request.started_at()));
        assert!(statistics.slowest().iter().eq(sorted[..8].iter().copied()));
        let (median, typical) = (sorted[100].total(), statistics.typical().unwrap().total());
        let ratio = typical.as_secs_f64() / median.as_secs_f64();
        assert!((15.0 / 16.0..=17.0 / 16.0).contains(&ratio), "{typical:?} and {median:?}");
    }
    let mut none = RequestStatistics::new(0);
    none.add(&any_requests(1, 3)[2]);
    assert!(none.slowest().is_empty());
    assert_eq!(RequestStatistics::default().typical(), None);
}

#[test]
fn nested_and_parallel_stages_of_one_name_count_once() {
    let service = manual();
    let stages = [("a", 80, 60), ("a", 60, 20), ("b", 90, 90), ("a", 100, 10)];
    let stages = stages.map(|(name, end, nanos): (&str, u64, u64)| (name.to_owned(), end, nanos));
    let statistics = of(&[request(&service, "r", 100, &stages)]);
    let share = |name: &str, covered, on_path| StageShare {
        name: Some(name.to_owned()),
        covered,
        on_path,
        requests: 1,
    };
    assert_eq!(statistics.shares(), [share("b", 0.9, 0.9), share("a", 0.7, 0.1)]);
}

#[test]
fn requests_without_duration_have_no_shares_and_failed_ones_count() {
    let service = manual();
    let failed = service.0.request("failed");
    failed.mark_failure_with("timeout");
    let no_time = request(&service, "r", 0, &[("a".to_owned(), 0, 0)]);
    let statistics = of(&[failed.end(), no_time]);
    assert_eq!(statistics.requests(), 2);
    let shares = statistics.shares();
    assert_eq!((shares.len(), shares[0].requests, shares[0].on_path), (1, 1, 0.0));
    assert_eq!(statistics.bottlenecks(0.0), []);
    assert!(statistics.slowest().iter().any(|request| !request.is_success()));
}

#[test]
fn a_tail_that_is_not_kept_whole_says_of_how_many_its_example_is() {
    let service = manual();
    let answer = |i: u64| {
        let slow = if i.is_multiple_of(10) { 900 } else { 10 };
        request(&service, &format!("q-{i}"), 100 + slow, &[("search".to_owned(), 100 + slow, slow)])
    };
    let statistics = of(&(0..200).map(answer).collect::<Vec<_>>());
    // Twenty took the same time, and eight of them are kept.
    assert_eq!(statistics.tail_shares().unwrap().requests, 20);
    let found = statistics.bottlenecks(0.5);
    assert_eq!(found[0].cause, Cause::Tail);
    assert!(
        found[0].recommendation.ends_with(
            "look at the tail, first at request `q-0`; of the 8 that were kept, the longest took 900.0ns"
        ),
        "{found:?}"
    );
}

#[test]
fn names_beyond_256_are_counted_together() {
    let service = manual();
    let mut statistics = RequestStatistics::default();
    for i in 0..300 {
        let one = request(&service, "r", 10, &[(format!("stage-{i}"), 10, 10)]);
        statistics.add(&one);
    }
    let too_long = "long ".repeat(300);
    statistics.add(&request(&service, "r", 10, &[(too_long, 10, 10)]));
    let shares = statistics.shares();
    assert_eq!(shares.len(), 257);
    assert_eq!((shares[0].name.as_deref(), shares[0].requests), (Some(OVERFLOW), 45));
    assert_eq!(shares[0].on_path, 45.0 / 301.0);
    assert!(statistics.parts().buckets.iter().all(|bucket| bucket.stages.len() <= 257));
    // Nothing is lost when others are added, whatever their names.
    let mut other = RequestStatistics::default();
    other.add(&request(&service, "r", 10, &[("another".to_owned(), 10, 10)]));
    statistics.merge(&other);
    assert_eq!(statistics.shares()[0].requests, 46);
    assert_eq!(
        RequestStatistics::from_parts(&statistics.parts()).unwrap().shares(),
        statistics.shares()
    );
    // A request forgets stages of its own beyond 256: they are told.
    let many: Vec<_> = (0..300).map(|i| (format!("stage-{i}"), i + 1, 1)).collect();
    let one = of(&[request(&service, "r", 300, &many)]);
    assert_eq!(one.parts().dropped_stages, 44);
    let found = one.bottlenecks(0.1);
    assert!(found[0].recommendation.contains("44 stages beyond the 256 of a request"), "{found:?}");
}
