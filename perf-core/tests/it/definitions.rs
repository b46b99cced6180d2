use perf_core::{Definition, Family, MetricKind, Profiler, Snapshot};
use std::sync::Barrier;

fn names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.definitions().map(|definition| definition.name()).collect()
}

#[test]
fn a_snapshot_tells_what_was_defined() {
    let profiler = Profiler::new();
    let tokens = Definition::new("tokens")
        .description("Tokens that a request\ngenerated, in <any> \"text\" 🦀")
        .unit("{token}")
        .labels(&["model", "language"])
        .buckets(&[0, 16, u64::MAX]);
    profiler.define_histogram(tokens).unwrap();
    profiler.define_gauge(Definition::new("queue")).unwrap();
    let snapshot = profiler.snapshot();
    assert_eq!(names(&snapshot), ["queue", "tokens"]);
    let tokens = snapshot.definition("tokens").unwrap();
    assert_eq!((tokens.kind(), tokens.name()), (MetricKind::Histogram, "tokens"));
    assert_eq!(tokens.description(), "Tokens that a request\ngenerated, in <any> \"text\" 🦀");
    assert_eq!((tokens.unit(), tokens.buckets()), ("{token}", &[0, 16, u64::MAX][..]));
    assert!(tokens.labels().eq(["language", "model"]));
    let queue = snapshot.definition("queue").unwrap();
    assert_eq!((queue.description(), queue.unit(), queue.buckets()), ("", "", &[][..]));
    assert_eq!(snapshot.definition("never heard of"), None);
}

#[test]
fn a_family_and_a_name_are_one_series() {
    let profiler = Profiler::new();
    let labels = [("from", "a"), ("to", "b")];
    let swapped = [("to", "b"), ("from", "a")];
    profiler.counter_with("moves", &labels).add(1);
    let moves = Definition::new("moves").labels(&["to", "from"]);
    profiler.define_counter(moves).unwrap().with(&swapped).unwrap().add(2);
    profiler.define_gauge(Definition::new("level")).unwrap().with(&[]).unwrap().set(1.5);
    profiler.gauge("level").add(1.0);
    profiler.define_histogram(Definition::new("size")).unwrap().with(&[]).unwrap().record(7);
    profiler.histogram("size").record(8);
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counter("moves", &labels), Some(3));
    assert_eq!(snapshot.gauge("level", &[]), Some(2.5));
    assert_eq!(snapshot.histogram("size", &[]).unwrap().sum(), 15);
}

#[test]
fn a_name_that_is_looked_up_is_bound_by_no_definition() {
    let profiler = Profiler::new();
    profiler.define_counter(Definition::new("hits").labels(&["cache"])).unwrap();
    profiler.counter_with("hits", &[("zone", "a")]).increment();
    profiler.gauge("hits").set(1.0);
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counter("hits", &[("zone", "a")]), Some(1));
    assert_eq!(snapshot.gauge("hits", &[]), Some(1.0));
    assert_eq!(snapshot.definition("hits").unwrap().kind(), MetricKind::Counter);
}

#[test]
fn the_same_definition_again_is_the_same_metric() {
    let profiler = Profiler::new();
    let first = Definition::new("hits").unit("1").labels(&["cache", "zone"]);
    let again = Definition::new("hits").unit("2").unit("1").labels(&["zone", "cache"]);
    for definition in [first, again] {
        let hits = profiler.define_counter(definition).unwrap();
        hits.with(&[("zone", "a"), ("cache", "l1")]).unwrap().increment();
    }
    let snapshot = profiler.snapshot();
    assert_eq!(names(&snapshot), ["hits"]);
    assert_eq!(snapshot.counter("hits", &[("cache", "l1"), ("zone", "a")]), Some(2));
}

#[test]
fn threads_that_define_a_metric_at_once_get_one() {
    let (profiler, start) = (Profiler::new(), Barrier::new(8));
    let define = || {
        start.wait();
        let units = ["ms", "s"].map(|unit| Definition::new("waits").unit(unit));
        units.map(|definition| profiler.define_counter(definition))
    };
    let mut agreed = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(define)).collect();
        for thread in threads {
            agreed.extend(thread.join().unwrap().into_iter().filter_map(Result::ok));
        }
    });
    agreed.iter().for_each(|waits| waits.with(&[]).unwrap().increment());
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counter("waits", &[]), Some(8), "one unit won, on every thread");
    let known = snapshot.definition("waits").unwrap();
    assert!(agreed.iter().map(Family::definition).all(|definition| definition == known));
}

#[test]
fn label_values_beyond_the_caps_share_one_series_and_the_total_stays_exact() {
    let profiler = Profiler::builder().max_series(10).build();
    let hits = profiler.define_counter(Definition::new("hits").labels(&["user"])).unwrap();
    let huge = "🦀".repeat(1_000_000);
    hits.with(&[("user", &huge)]).unwrap().increment();
    for i in 0..1_000 {
        hits.with(&[("user", &format!("\0{i}\u{202e}"))]).unwrap().increment();
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.counter("hits", &[("overflow", "true")]), Some(991));
    assert_eq!(snapshot.counters().map(|(_, total)| total).sum::<u64>(), 1_001);
    assert_eq!(snapshot.losses().refused_series, 991);
    let unknown = hits.with(&[(&huge, "")]).unwrap_err();
    assert!(unknown.to_string().len() < 500, "{unknown}");
}

#[test]
fn a_snapshot_keeps_its_definitions_and_intervals_have_the_later_ones() {
    let profiler = Profiler::new();
    profiler.define_gauge(Definition::new("a")).unwrap();
    let before = profiler.snapshot();
    profiler.define_gauge(Definition::new("b")).unwrap();
    let after = profiler.snapshot();
    assert_eq!((names(&before), names(&after)), (vec!["a"], vec!["a", "b"]));
    assert_eq!(names(&after.since(&before).unwrap()), ["a", "b"]);
    for read in [profiler.reset(), profiler.snapshot(), profiler.lifetime()] {
        assert_eq!(names(&read), ["a", "b"]);
    }
}

#[test]
fn merged_snapshots_have_the_definitions_of_both_and_the_first_ones_where_they_disagree() {
    let of = |names: [&str; 2], unit: &str| {
        let profiler = Profiler::new();
        for name in names {
            profiler.define_counter(Definition::new(name).unit(unit)).unwrap();
        }
        profiler.snapshot()
    };
    let (first, second) = (of(["a", "both"], "1"), of(["both", "z"], "2"));
    let units = |merged: &Snapshot| {
        let all = merged.definitions().map(|d| format!("{} {}", d.name(), d.unit()));
        all.collect::<Vec<_>>()
    };
    assert_eq!(units(&first.merge(&second)), ["a 1", "both 1", "z 2"]);
    assert_eq!(units(&second.merge(&first)), ["a 1", "both 2", "z 2"]);
    assert_eq!(units(&first), ["a 1", "both 1"], "what is merged does not change");
}

#[test]
fn a_series_of_a_family_is_never_seen_without_its_definition() {
    for _ in 0..200 {
        let profiler = Profiler::new();
        std::thread::scope(|scope| {
            let definer = scope.spawn(|| {
                for i in 0..50 {
                    let family = profiler.define_counter(Definition::new(&format!("{i}"))).unwrap();
                    family.with(&[]).unwrap().increment();
                }
            });
            while !definer.is_finished() {
                let snapshot = profiler.snapshot();
                let mut seen = snapshot.counters().map(|(series, _)| series.name());
                assert!(seen.all(|name| snapshot.definition(name).is_some()));
            }
        });
    }
}
