//! Bottlenecks: what is found, what is said of it, and what is not found.

use crate::random::Random;
use perf_analysis::{
    Bottleneck, Cause, call_bottlenecks, critical_path, operation_bottlenecks, request_bottlenecks,
};
use perf_core::{Clock, ManualClock, Profiler, ProfilerBuilder, RequestSummary};
use std::time::Duration;

const NOTHING: [(&str, i64); 0] = [];

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn manual(configure: impl FnOnce(ProfilerBuilder) -> ProfilerBuilder) -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    (configure(Profiler::builder().clock(clock)).build(), hand)
}

/// A request of `total` ms with these stages: name, start and end in ms.
fn request(id: &str, total: u64, stages: &[(&'static str, u64, u64)]) -> RequestSummary {
    let (profiler, hand) = manual(|builder| builder);
    let request = profiler.request(id);
    let mut ends: Vec<_> = stages.to_vec();
    ends.sort_by_key(|(_, _, end)| *end);
    for (name, start, end) in ends {
        hand.set(ms(end));
        request.log_stage(name, ms(end - start), NOTHING);
    }
    hand.set(ms(total));
    request.end()
}

fn found<'a>(
    bottlenecks: &'a [Bottleneck],
    component: &str,
    cause: Cause,
) -> Option<&'a Bottleneck> {
    bottlenecks.iter().find(|b| b.component == component && b.cause == cause)
}

/// The steps of the critical path: name, start and duration in ms.
fn path(request: &RequestSummary) -> Vec<(String, u128, u128)> {
    let step = |step: perf_analysis::Step<'_>| {
        let name = step.stage.map_or("-", |stage| stage.name());
        (name.to_owned(), step.start.as_millis(), step.duration.as_millis())
    };
    critical_path(request).into_iter().map(step).collect()
}

#[test]
fn the_critical_path_is_what_decides_when_the_request_ends() {
    let owned = |(name, start, duration): (&str, u128, u128)| (name.to_owned(), start, duration);
    let fork = [("a", 0, 30), ("b", 5, 20), ("c", 30, 60), ("d", 35, 70), ("e", 75, 90)];
    let fork = request("r", 100, &fork);
    // d ends last before e, and began within c, which gave way to it.
    let expected =
        [("a", 0, 30), ("c", 30, 5), ("d", 35, 35), ("-", 70, 5), ("e", 75, 15), ("-", 90, 10)];
    assert_eq!(path(&fork), expected.map(owned));
    // The outer of two within each other; nothing at all.
    assert_eq!(path(&request("r", 10, &[("in", 5, 10), ("out", 0, 10)])), [owned(("out", 0, 10))]);
    assert_eq!(path(&request("r", 10, &[])), [owned(("-", 0, 10))]);
    assert_eq!(path(&request("r", 0, &[])), []);
    // What took no time tells nothing but the place.
    let marked = [("-", 0, 5), ("-", 5, 5)].map(owned);
    assert_eq!(path(&request("r", 10, &[("mark", 5, 5)])), marked);
}

#[test]
fn the_steps_of_a_path_have_no_gap_and_those_without_a_stage_are_what_is_unattributed() {
    let mut random = Random::new(4);
    for _ in 0..500 {
        let mut below = |limit: u64| (random.uniform() * limit as f64) as u64;
        let stages: Vec<_> = (0..below(12))
            .map(|_| {
                let end = below(120) + 1;
                ("stage", below(end), end)
            })
            .collect();
        let last = stages.iter().map(|(_, _, end)| *end).max().unwrap_or(0);
        let request = request("r", last + below(20), &stages);
        let steps = critical_path(&request);
        let mut at = Duration::ZERO;
        for step in &steps {
            assert_eq!(step.start, at, "{stages:?}");
            at += step.duration;
            if let Some(stage) = step.stage {
                assert_eq!(stage.offset(), step.start);
                assert!(stage.duration() >= step.duration);
            }
        }
        assert_eq!(at, request.total());
        let gaps: Duration = steps.iter().filter(|s| s.stage.is_none()).map(|s| s.duration).sum();
        assert_eq!(gaps, request.unattributed(), "{stages:?}");
    }
}

#[test]
fn stages_that_never_overlap_could_run_side_by_side_and_those_that_do_are_not_said_to() {
    let apart = request("r", 100, &[("embed", 0, 40), ("lookup", 40, 70), ("rank", 70, 100)]);
    let together = request("r", 100, &[("embed", 0, 60), ("lookup", 50, 70), ("rank", 70, 100)]);
    let seen = request_bottlenecks(&[apart.clone(), apart.clone()], 0.25);
    let pair = found(&seen, "embed, lookup", Cause::Sequential).unwrap();
    assert_eq!((pair.impact.share, pair.impact.per_request), (0.3, ms(30)));
    assert_eq!(
        pair.recommendation,
        "`embed` and `lookup` run one after the other and overlap in no request: unless one needs what \
         the other gives, side by side they would save up to 30.0ms a request"
    );
    // In whichever order they run.
    let reverse = request("r", 100, &[("lookup", 0, 30), ("embed", 30, 70), ("rank", 70, 100)]);
    let seen = request_bottlenecks(&[apart.clone(), reverse], 0.25);
    let pair = found(&seen, "embed, lookup", Cause::Sequential).unwrap();
    assert_eq!(pair.impact.share, 0.3);
    assert!(found(&seen, "lookup, embed", Cause::Sequential).is_none());
    let seen = request_bottlenecks(&[apart, together], 0.25);
    assert!(found(&seen, "embed, lookup", Cause::Sequential).is_none());
    assert!(found(&seen, "lookup, rank", Cause::Sequential).is_some());
}

#[test]
fn a_stage_that_repeats_is_told_by_what_one_batch_would_save() {
    let query = |i: u64| ("query", 10 * i, 10 * i + 10);
    let stages: Vec<_> = (0..8).map(query).chain([("render", 80, 100)]).collect();
    let seen = request_bottlenecks(&[request("r", 100, &stages)], 0.1);
    let repeated = found(&seen, "query", Cause::Repeated).unwrap();
    assert_eq!((repeated.impact.share, repeated.impact.per_request), (0.7, ms(70)));
    assert!(repeated.recommendation.starts_with("runs 8.0 times in a request"), "{repeated}");
    assert_eq!((&*seen[0].component, seen[0].cause), ("query", Cause::CriticalPath));
    assert!(found(&seen, "render", Cause::Repeated).is_none());
}

#[test]
fn what_something_longer_hides_is_said_to_gain_little() {
    let stages = [("slow", 0, 90), ("beside", 5, 80)];
    let seen = request_bottlenecks(&[request("r", 100, &stages)], 0.2);
    let hidden = found(&seen, "beside", Cause::Hidden).unwrap();
    assert_eq!(hidden.impact.share, 0.0);
    assert!(hidden.recommendation.starts_with("runs 75% of the time, but decides only 0%"));
    assert_eq!(found(&seen, "slow", Cause::CriticalPath).unwrap().impact.share, 0.9);
    // Its own overlaps are one stretch of time.
    let twice = [("slow", 0, 90), ("beside", 5, 60), ("beside", 10, 80)];
    let seen = request_bottlenecks(&[request("r", 100, &twice)], 0.2);
    assert_eq!(
        found(&seen, "beside", Cause::Hidden).unwrap().recommendation,
        hidden.recommendation
    );
    // Most of it decides, though that is less than was asked for.
    let half = [("early", 0, 40), ("late", 25, 100)];
    let seen = request_bottlenecks(&[request("r", 100, &half)], 0.3);
    assert!(found(&seen, "early", Cause::Hidden).is_none());
}

#[test]
fn what_the_slowest_requests_have_in_common_is_found_with_its_metadata() {
    let (profiler, hand) = manual(|builder| builder);
    let answer = |i: u64| {
        let request = profiler.request(&format!("q-{i}"));
        request.time("generation", || hand.advance(ms(80)));
        let is_cold = i % 100 == 42;
        {
            let mut stage = request.stage("retrieval");
            stage.metadata("cache", if is_cold { "cold" } else { "warm" });
            hand.advance(if is_cold { ms(320 + i) } else { ms(20) });
        }
        request.end()
    };
    let requests: Vec<_> = (0..300).map(answer).collect();
    let seen = request_bottlenecks(&requests, 0.3);
    assert_eq!((&*seen[0].component, seen[0].cause), ("retrieval", Cause::Tail));
    assert_eq!(
        seen[0].recommendation,
        "is 85% of the slowest 3 requests but 23% of all 300: look at the tail, first at request `q-242`; \
         the longest took 562.0ms with cache = cold"
    );
    // A share that is somewhat larger in the slowest is none that explains them.
    let slower = |i: u64| request("r", 100 + i % 50, &[("a", 0, 50 + i % 50)]);
    let seen = request_bottlenecks(&(0..200).map(slower).collect::<Vec<_>>(), 0.3);
    assert!(found(&seen, "a", Cause::CriticalPath).is_some());
    assert!(found(&seen, "a", Cause::Tail).is_none());
    // Of 99, the slowest hundredth is no set.
    assert!(request_bottlenecks(&requests[..99], 0.0).iter().all(|b| b.cause != Cause::Tail));
}

#[test]
fn time_without_a_stage_is_told_with_its_place() {
    let of = |stages: &[_]| request_bottlenecks(&[request("r", 100, stages)], 0.1);
    let place = |stages: &[_]| of(stages).remove(0).recommendation;
    assert!(place(&[("a", 60, 100)]).contains("first before `a`, where 100% of it"));
    assert!(place(&[("a", 0, 40)]).contains("first after `a`"));
    assert!(place(&[]).contains("in requests that have none"));
    let seen = of(&[("a", 0, 30), ("b", 60, 90)]);
    let unattributed = found(&seen, "unattributed", Cause::Unattributed).unwrap();
    assert_eq!(unattributed.impact.share, 0.4);
    assert!(unattributed.recommendation.contains("between `a` and `b`, where 75% of it"));
    assert!(unattributed.to_string().starts_with("unattributed (40%, 40.0ms a request): no stage"));
}

#[test]
fn an_operation_with_a_long_tail_is_told_by_its_slowest_sample() {
    let (profiler, hand) = manual(|builder| builder.overall_operation("answer").kept_samples(4));
    for i in 0..200 {
        let mut timer = profiler.timer("search");
        timer.metadata("documents", if i % 20 == 0 { 5_000 } else { 50 });
        hand.advance(if i % 20 == 0 { ms(100) } else { ms(2) });
        drop(timer);
        profiler.record("answer", ms(10));
    }
    let seen = operation_bottlenecks(&profiler.snapshot(), 0.1).unwrap();
    let search = found(&seen, "search", Cause::Share).unwrap();
    assert_eq!(
        (search.impact.share, search.impact.per_request),
        (0.69, Duration::from_micros(6_900))
    );
    assert!(search.recommendation.contains("is 50 times its p50"), "{search}");
    assert!(search.recommendation.ends_with("first of 100.0ms: documents = 5000"), "{search}");
    assert!(found(&seen, "unattributed", Cause::Unattributed).is_some());
}

#[test]
fn of_operations_within_each_other_nothing_is_called_unattributed() {
    let (profiler, _) = manual(|builder| builder.overall_operation("answer"));
    for (name, millis) in [("answer", 100), ("outer", 80), ("inner", 60)] {
        profiler.record(name, ms(millis));
    }
    let seen = operation_bottlenecks(&profiler.snapshot(), 0.0).unwrap();
    let shares: Vec<_> = seen.iter().map(|b| (&*b.component, b.impact.share)).collect();
    assert_eq!(shares, [("outer", 0.8), ("inner", 0.6)]);
}

#[test]
fn without_a_whole_there_is_no_share() {
    let profiler = Profiler::new();
    profiler.record("search", ms(1));
    assert_eq!(operation_bottlenecks(&profiler.snapshot(), 0.1), None);
    let profiler = Profiler::builder().overall_operation("answer").build();
    profiler.record("search", ms(1));
    assert_eq!(operation_bottlenecks(&profiler.snapshot(), 0.1), None);
    assert_eq!(request_bottlenecks(&[], 0.1), []);
    assert_eq!(request_bottlenecks(&[request("r", 0, &[("a", 0, 0)])], 0.0), []);
    assert_eq!(call_bottlenecks(&Profiler::new().call_tree(), 0.0), []);
}

#[test]
fn self_times_of_a_call_tree_add_up_and_say_what_each_node_can_do() {
    let (profiler, hand) = manual(|builder| builder.call_tree(3));
    for _ in 0..10 {
        profiler.in_scope("answer", || {
            hand.advance(ms(20));
            profiler.in_scope("search", || hand.advance(ms(50)));
            for name in ["beyond", "the cap"] {
                profiler.in_scope(name, || hand.advance(ms(15)));
            }
        });
    }
    let seen = call_bottlenecks(&profiler.call_tree(), 0.0);
    let sum: f64 = seen.iter().map(|b| b.impact.share).sum();
    assert!((sum - 1.0).abs() < 1e-12, "{seen:?}");
    assert_eq!((&*seen[0].component, seen[0].impact.per_request), ("answer > search", ms(50)));
    assert!(seen[0].recommendation.contains("takes 50.0ms a call, and no scope is within"));
    let beyond = seen.iter().find(|b| b.recommendation.contains("beyond the cap"));
    assert!(beyond.is_some_and(|b| b.impact.share >= 0.15), "{seen:?}");
}

#[test]
fn no_share_is_refused_and_none_is_found_above_all_of_the_time() {
    let requests = [request("r", 100, &[("a", 0, 40), ("b", 40, 100)])];
    assert_eq!(request_bottlenecks(&requests, f64::NAN), []);
    assert_eq!(request_bottlenecks(&requests, 1.1), []);
    assert!(!request_bottlenecks(&requests, -1.0).is_empty());
    let profiler = Profiler::builder().overall_operation("answer").call_tree(9).build();
    profiler.in_scope("answer", || profiler.record("search", ms(1)));
    let operations = |min_share| operation_bottlenecks(&profiler.snapshot(), min_share);
    assert_eq!((operations(f64::NAN), operations(f64::INFINITY)), (Some(vec![]), Some(vec![])));
    assert_eq!(call_bottlenecks(&profiler.call_tree(), f64::NAN), []);
}
