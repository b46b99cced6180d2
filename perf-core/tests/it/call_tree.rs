use crate::ms;
use perf_core::{CallTree, Clock, ManualClock, OVERFLOW, Profiler, Scope, SinceError};
use std::cell::RefCell;
use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use std::{array, thread};

fn manual() -> (Profiler, ManualClock) {
    with_capacity(1_000)
}

fn with_capacity(max_nodes: usize) -> (Profiler, ManualClock) {
    let (clock, hand) = Clock::manual();
    (Profiler::builder().clock(clock).call_tree(max_nodes).build(), hand)
}

/// Each path with its calls, total and self time in ms.
fn paths(tree: &CallTree) -> Vec<(String, u64, u128, u128)> {
    let line = |node: perf_core::CallNode<'_>| {
        let (total, own) = (node.total().as_millis(), node.self_time().as_millis());
        (node.path().join("/"), node.calls(), total, own)
    };
    let paths: Vec<_> = tree.nodes().map(line).collect();
    assert_adds_up(tree);
    paths
}

/// Self times add up to the totals of the roots, and each total is its self time and its children's.
fn assert_adds_up(tree: &CallTree) {
    assert_eq!(tree.nodes().map(|node| node.self_time()).sum::<Duration>(), tree.total());
    for node in tree.nodes() {
        let children: Duration = node.children().map(|child| child.total()).sum();
        assert_eq!(node.self_time() + children, node.total(), "{node:?}");
    }
}

fn line(path: &str, calls: u64, total: u128, own: u128) -> (String, u64, u128, u128) {
    (path.to_owned(), calls, total, own)
}

#[test]
fn nested_scopes_are_paths_with_total_and_self_time() {
    let (profiler, hand) = manual();
    let embed = profiler.operation("embed");
    for _ in 0..2 {
        let _answer = profiler.scope("answer");
        hand.advance(ms(1));
        profiler.in_scope("search", || {
            hand.advance(ms(10));
            embed.in_scope(|| hand.advance(ms(5)));
        });
        let scope = embed.scope();
        hand.advance(ms(2));
        assert_eq!(scope.stop(), ms(2));
    }
    embed.in_scope(|| hand.advance(ms(3)));
    let tree = profiler.call_tree();
    let expected = [
        line("answer", 2, 36, 2),
        line("answer/search", 2, 30, 20),
        line("answer/search/embed", 2, 10, 10),
        line("answer/embed", 2, 4, 4),
        line("embed", 1, 3, 3),
    ];
    assert_eq!(paths(&tree), expected);
    let search = tree.node(&["answer", "search"]).unwrap();
    assert_eq!((search.depth(), search.mean()), (1, Some(ms(15))));
    assert_eq!((search.share(), search.self_share()), (30.0 / 36.0, 20.0 / 39.0));
    assert_eq!(tree.roots().map(|root| root.share()).sum::<f64>(), 1.0);
    assert!(tree.node(&["search"]).is_none());
}

#[test]
fn a_scope_records_what_a_timer_would_also_without_a_tree() {
    let (clock, hand) = Clock::manual();
    for builder in [Profiler::builder(), Profiler::builder().call_tree(10)] {
        let profiler = builder.clock(clock.clone()).build();
        let mut scope = profiler.scope("work");
        scope.metadata("query_id", 7);
        hand.advance(ms(4));
        assert_eq!(scope.elapsed(), ms(4));
        drop(scope);
        profiler.scope("work").mark_failure();
        profiler.scope("work").mark_failure_with("timeout");
        let snapshot = profiler.snapshot();
        let work = snapshot.operation("work").unwrap();
        assert_eq!((work.successes(), work.failures(), work.max()), (1, 2, Some(ms(4))));
        assert_eq!(work.failure_kinds().collect::<Vec<_>>(), [("timeout", 1)]);
        assert_eq!(work.slowest()[0].metadata().count(), 1);
        assert!(snapshot.losses().is_empty());
    }
}

#[test]
fn without_being_asked_for_there_is_no_tree() {
    let profilers = [Profiler::new(), Profiler::builder().call_tree(0).build()];
    for profiler in profilers {
        profiler.in_scope("a", || profiler.in_scope("b", || ()));
        forget(profiler.scope("c"));
        assert!(profiler.call_tree().is_empty());
        assert!(profiler.snapshot().losses().is_empty());
    }
}

#[test]
fn a_timer_is_no_part_of_the_tree() {
    let (profiler, hand) = manual();
    profiler.in_scope("a", || profiler.time("timer", || hand.advance(ms(1))));
    assert_eq!(paths(&profiler.call_tree()), [line("a", 1, 1, 1)]);
}

#[test]
fn an_open_scope_has_no_call_and_what_has_ended_within_it() {
    let (profiler, hand) = manual();
    let outer = profiler.scope("outer");
    hand.advance(ms(1));
    assert!(profiler.call_tree().is_empty(), "nothing has ended yet");
    profiler.in_scope("inner", || hand.advance(ms(2)));
    let expected = [line("outer", 0, 2, 0), line("outer/inner", 1, 2, 2)];
    assert_eq!(paths(&profiler.call_tree()), expected);
    drop(outer);
    assert_eq!(profiler.call_tree().node(&["outer"]).unwrap().total(), ms(3));
}

#[test]
fn recursion_makes_deeper_paths_up_to_a_bound_and_the_totals_stay_exact() {
    fn recurse(profiler: &Profiler, hand: &ManualClock, left: u64) {
        let _scope = profiler.scope("recurse");
        hand.advance(ms(1));
        if left > 1 {
            recurse(profiler, hand, left - 1);
        }
    }
    for (depth, refused) in [(3, 0), (64, 0), (65, 1), (200, 136)] {
        let (profiler, hand) = manual();
        recurse(&profiler, &hand, depth);
        let tree = profiler.call_tree();
        assert_adds_up(&tree);
        let names: Vec<&str> = tree.nodes().map(|node| node.name()).collect();
        let mut expected = vec!["recurse"; depth.min(64) as usize];
        expected.extend((refused > 0).then_some(OVERFLOW));
        assert_eq!(names, expected);
        assert_eq!(tree.total(), ms(depth));
        let last = tree.nodes().last().unwrap();
        assert_eq!(last.self_time(), ms(refused.max(1)), "what is refused is in one node");
        let losses = *profiler.snapshot().losses();
        assert_eq!((losses.refused_paths, losses.unplaced_scopes), (refused, 0));
        assert_eq!(profiler.snapshot().operation("recurse").unwrap().count(), depth);
        recurse(&profiler, &hand, 1);
        assert_eq!(
            profiler.call_tree().node(&["recurse"]).unwrap().calls(),
            2,
            "it is a root again"
        );
    }
}

#[test]
fn paths_are_capped_totals_stay_exact_and_refusals_are_counted() {
    let (profiler, hand) = with_capacity(5);
    for i in 0..10 {
        profiler.in_scope(&format!("root {i}"), || {
            hand.advance(ms(1));
            profiler.in_scope("child", || {
                hand.advance(ms(2));
                profiler.in_scope("grandchild", || hand.advance(ms(3)));
            });
        });
    }
    let expected = [
        line(OVERFLOW, 24, 48, 48),
        line("root 0", 1, 6, 1),
        line("root 0/child", 1, 5, 2),
        line("root 0/child/grandchild", 1, 3, 3),
        line("root 1", 1, 6, 1),
        line("root 1/child", 1, 5, 2),
        line(&format!("root 1/child/{OVERFLOW}"), 1, 3, 3),
    ];
    let tree = profiler.call_tree();
    assert_eq!(paths(&tree), expected);
    assert_eq!(tree.total(), ms(60));
    assert_eq!(profiler.snapshot().losses().refused_paths, 25);
    assert_eq!(profiler.snapshot().operation("child").unwrap().count(), 10);
}

#[test]
fn the_cap_is_one_for_all_threads() {
    let profiler = Profiler::builder().call_tree(10).build();
    thread::scope(|threads| {
        for thread in 0..4 {
            let profiler = &profiler;
            threads.spawn(move || {
                for i in 0..100 {
                    profiler.in_scope(&format!("{thread} {i}"), || ());
                }
            });
        }
    });
    let tree = profiler.call_tree();
    assert_eq!(tree.roots().filter(|root| root.name() != OVERFLOW).count(), 10);
    assert_eq!(tree.roots().map(|root| root.calls()).sum::<u64>(), 400);
}

#[test]
fn a_scope_that_outlives_the_one_it_began_in_is_self_time_of_that_and_counted() {
    let (profiler, hand) = manual();
    let root = profiler.scope("root");
    let outer = profiler.scope("outer");
    let inner = profiler.scope("inner");
    profiler.in_scope("leaf", || hand.advance(ms(1)));
    hand.advance(ms(2));
    drop(outer);
    let other = profiler.scope("other");
    let in_its_place = profiler.scope("in its place");
    hand.advance(ms(4));
    drop(inner);
    hand.advance(ms(1));
    drop(in_its_place);
    drop(other);
    drop(root);
    let expected = [
        line("root", 1, 8, 0),
        line("root/other", 1, 5, 0),
        line("root/other/in its place", 1, 5, 5),
        line("root/outer", 1, 3, 2),
        line("root/outer/inner", 0, 1, 0),
        line("root/outer/inner/leaf", 1, 1, 1),
    ];
    assert_eq!(paths(&profiler.call_tree()), expected);
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.losses().unplaced_scopes, 1);
    assert_eq!(snapshot.operation("inner").unwrap().max(), Some(ms(7)));
}

#[test]
fn a_forgotten_scope_encloses_what_follows_until_the_one_around_it_ends() {
    let (profiler, hand) = manual();
    profiler.in_scope("request", || {
        forget(profiler.scope("forgotten"));
        forget(profiler.scope("forgotten too"));
        profiler.in_scope("adopted", || hand.advance(ms(1)));
    });
    profiler.in_scope("request", || profiler.in_scope("free", || hand.advance(ms(2))));
    let tree = profiler.call_tree();
    assert_adds_up(&tree);
    assert_eq!(tree.node(&["request"]).unwrap().total(), ms(3));
    assert_eq!(tree.node(&["request", "free"]).unwrap().total(), ms(2));
    let adopted = tree.node(&["request", "forgotten", "forgotten too", "adopted"]).unwrap();
    assert_eq!((adopted.calls(), adopted.parent().unwrap().calls()), (1, 0));
    assert_eq!(profiler.snapshot().losses().unplaced_scopes, 2);
}

#[test]
fn a_scope_that_a_thread_left_open_does_not_enclose_those_of_later_threads() {
    let (profiler, hand) = manual();
    for _ in 0..200 {
        thread::scope(|threads| {
            threads.spawn(|| {
                let _root = profiler.scope("root");
                profiler.in_scope("child", || hand.advance(ms(1)));
                forget(profiler.scope("left open"));
                forget(_root);
            });
        });
    }
    let expected = [line("root", 0, 200, 0), line("root/child", 200, 200, 200)];
    assert_eq!(paths(&profiler.call_tree()), expected);
    let losses = *profiler.snapshot().losses();
    assert!(losses.unplaced_scopes >= 2, "counted when a later thread finds them: {losses:?}");
}

#[test]
fn a_scope_that_ends_after_its_threads_index_went_harms_no_later_thread() {
    thread_local!(static KEPT: RefCell<Option<Scope<'static>>> = const { RefCell::new(None) });
    let profiler: &'static Profiler =
        Box::leak(Box::new(Profiler::builder().call_tree(100).build()));
    for _ in 0..50 {
        let work = move || {
            // Before the first record, so that it is destroyed after the index was given back; on
            // platforms with the other order it is a plain scope.
            KEPT.with(|kept| kept.replace(None));
            let scope = profiler.scope("kept");
            KEPT.with(|kept| kept.replace(Some(scope)));
        };
        thread::spawn(work).join().unwrap();
    }
    thread::spawn(move || profiler.in_scope("later", || ())).join().unwrap();
    assert_eq!(profiler.snapshot().operation("kept").unwrap().count(), 50);
    let tree = profiler.call_tree();
    assert_adds_up(&tree);
    assert!(tree.nodes().all(|node| node.depth() == 0), "{tree}");
}

#[test]
fn a_scope_begun_while_its_thread_ends_is_recorded_and_never_lost_silently() {
    struct AtEnd(RefCell<Option<Profiler>>);
    impl Drop for AtEnd {
        fn drop(&mut self) {
            self.0.take().unwrap().in_scope("late", || ());
        }
    }
    thread_local!(static AT_END: AtEnd = const { AtEnd(RefCell::new(None)) });
    let (profiler, _) = manual();
    for _ in 0..20 {
        let profiler = profiler.clone();
        let work = move || {
            AT_END.with(|at_end| drop(at_end.0.replace(Some(profiler.clone()))));
            profiler.in_scope("work", || ());
        };
        thread::spawn(work).join().unwrap();
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.operation("late").unwrap().count(), 20);
    let placed = profiler.call_tree().node(&["late"]).map_or(0, |late| late.calls());
    assert_eq!(placed + snapshot.losses().unplaced_scopes, 20);
}

#[test]
fn a_panic_ends_every_scope_it_unwinds_as_a_failure() {
    let (profiler, hand) = manual();
    let panic = || {
        let _outer = profiler.scope("outer");
        hand.advance(ms(1));
        profiler.in_scope("inner", || {
            hand.advance(ms(2));
            panic!("on purpose")
        })
    };
    let _ = catch_unwind(AssertUnwindSafe(panic));
    profiler.in_scope("after", || hand.advance(ms(1)));
    let tree = profiler.call_tree();
    let expected = [line("outer", 1, 3, 1), line("outer/inner", 1, 2, 2), line("after", 1, 1, 1)];
    assert_eq!(paths(&tree), expected);
    assert_eq!(tree.nodes().map(|node| node.failures()).collect::<Vec<_>>(), [1, 1, 0]);
    let snapshot = profiler.snapshot();
    let kinds: Vec<_> = snapshot.operation("outer").unwrap().failure_kinds().collect();
    assert_eq!(kinds, [("panic", 1)]);
    assert!(snapshot.losses().is_empty());
}

#[test]
fn two_profilers_nested_on_one_thread_stay_apart() {
    let ((a, hand_a), (b, hand_b)) = (manual(), manual());
    a.in_scope("a", || {
        hand_a.advance(ms(1));
        b.in_scope("b", || {
            hand_b.advance(ms(2));
            a.in_scope("c", || hand_a.advance(ms(3)));
        });
    });
    assert_eq!(paths(&a.call_tree()), [line("a", 1, 4, 1), line("a/c", 1, 3, 3)]);
    assert_eq!(paths(&b.call_tree()), [line("b", 1, 2, 2)]);
}

#[test]
fn threads_are_merged_by_path_and_readers_meanwhile_lose_nothing() {
    const THREADS: usize = 80;
    let profiler = Profiler::builder().clock(Clock::instant()).call_tree(10_000).build();
    let [outer, inner] = ["outer", "inner"].map(|name| profiler.operation(name));
    thread::scope(|threads| {
        let work = || {
            for i in 0..500 {
                let _outer = outer.scope();
                (0..i % 3).for_each(|_| inner.in_scope(|| ()));
            }
        };
        let running: [_; THREADS] = array::from_fn(|_| threads.spawn(work));
        while running.iter().any(|thread| !thread.is_finished()) {
            assert_adds_up(&profiler.call_tree());
        }
    });
    let (tree, snapshot) = (profiler.call_tree(), profiler.snapshot());
    assert_adds_up(&tree);
    assert_eq!(tree.nodes().count(), 2);
    let nodes = [(&["outer"][..], "outer"), (&["outer", "inner"], "inner")];
    for (path, name) in nodes {
        let (node, operation) = (tree.node(path).unwrap(), snapshot.operation(name).unwrap());
        assert_eq!(node.calls(), operation.count());
        assert_eq!(node.total().as_nanos(), operation.latency().sum());
    }
    assert_eq!(tree.node(&["outer"]).unwrap().calls(), 500 * THREADS as u64);
    assert_eq!((snapshot.losses().refused_paths, snapshot.losses().unplaced_scopes), (0, 0));
}

#[test]
fn a_clock_set_back_makes_no_parent_shorter_than_its_children() {
    let (profiler, hand) = manual();
    profiler.in_scope("root", || {
        profiler.in_scope("outer", || {
            profiler.in_scope("inner", || hand.advance(ms(5)));
            hand.set(ms(2));
        });
        hand.advance(ms(4));
    });
    let expected =
        [line("root", 1, 6, 1), line("root/outer", 1, 5, 0), line("root/outer/inner", 1, 5, 5)];
    assert_eq!(paths(&profiler.call_tree()), expected);
}

#[test]
fn the_difference_of_two_trees_is_an_interval_whatever_was_reset() {
    let (profiler, hand) = manual();
    let work = |names: [&str; 2]| {
        profiler.in_scope(names[0], || {
            hand.advance(ms(1));
            profiler.in_scope(names[1], || hand.advance(ms(2)));
        });
    };
    work(["a", "b"]);
    work(["c", "b"]);
    let before = profiler.call_tree();
    profiler.reset();
    work(["a", "b"]);
    work(["a", "new"]);
    let after = profiler.call_tree();
    let interval = after.since(&before).unwrap();
    let expected = [line("a", 2, 6, 2), line("a/b", 1, 2, 2), line("a/new", 1, 2, 2)];
    assert_eq!(paths(&interval), expected);
    assert_eq!(before.since(&after), Err(SinceError::NotEarlier));
    assert_eq!(manual().0.call_tree().since(&before), Err(SinceError::OtherProfiler));
    assert_eq!(after.since(&interval), Err(SinceError::DifferentStarts));
}

#[test]
fn the_table_fits_into_80_columns_and_makes_names_harmless() {
    let (profiler, hand) = manual();
    fn nest(profiler: &Profiler, hand: &ManualClock, left: u32) {
        profiler.in_scope("a name that is much longer than what can be shown of it", || {
            hand.advance(ms(100_000));
            if left > 0 {
                nest(profiler, hand, left - 1);
            }
        });
    }
    profiler.in_scope("answer", || {
        hand.advance(ms(10));
        profiler.in_scope("search", || hand.advance(ms(30)));
    });
    let tree = profiler.call_tree();
    let expected = "\
name                                         calls      total       self   self%
answer                                           1     40.0ms     10.0ms   25.0%
  search                                         1     30.0ms     30.0ms   75.0%
";
    assert_eq!(tree.to_string(), expected);
    nest(&profiler, &hand, 70);
    profiler.in_scope("\u{1b}[2J\n", || hand.advance(ms(1)));
    let table = profiler.call_tree().to_string();
    assert_eq!(table.lines().count(), 1 + 2 + 65 + 1);
    assert!(table.lines().all(|line| line.chars().count() == 80), "{table}");
    assert!(!table.contains('\u{1b}'));
}
