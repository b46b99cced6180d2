//! Bottlenecks of a call tree: in whose own code the time is spent.

use super::{Bottleneck, Cause, Impact, ordered};
use perf_core::{CallNode, CallTree, OVERFLOW};
use std::iter;

/// The paths whose own code, without what they call, takes at least `min_share` (in `0.0..=1.0`) of the
/// time of the whole tree, the largest first. A request is a call of the path's first name.
///
/// Self times add up to the whole, so nothing counts twice.
///
/// ```
/// use perf_analysis::call_bottlenecks;
/// use perf_core::{Clock, Profiler};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).call_tree(100).build();
/// profiler.in_scope("answer", || {
///     hand.advance(Duration::from_millis(30));
///     (0..7).for_each(|_| profiler.in_scope("embed", || hand.advance(Duration::from_millis(10))));
/// });
/// let found = call_bottlenecks(&profiler.call_tree(), 0.1);
/// assert_eq!((found[0].component.as_str(), found[0].impact.share), ("answer > embed", 0.7));
/// assert_eq!(
///     found[0].recommendation,
///     "runs 7.0 times for each `answer`, 10.0ms each: call it less often, or all at once",
/// );
/// assert_eq!(
///     found[1].recommendation,
///     "its own code takes this beside `embed`: scopes around the rest would say what does",
/// );
/// ```
pub fn call_bottlenecks(tree: &CallTree, min_share: f64) -> Vec<Bottleneck> {
    let large = tree.nodes().filter(|node| {
        let share = node.self_share();
        share > 0.0 && share >= min_share
    });
    ordered(large.map(bottleneck).collect())
}

fn bottleneck(node: CallNode<'_>) -> Bottleneck {
    let root = iter::successors(Some(node), CallNode::parent).last().unwrap_or(node);
    let per_request = super::mean(node.self_time().as_nanos(), root.calls());
    Bottleneck {
        component: node.path().join(" > "),
        cause: Cause::SelfTime,
        impact: Impact { share: node.self_share(), per_request },
        recommendation: recommendation(node, root),
    }
}

fn recommendation(node: CallNode<'_>, root: CallNode<'_>) -> String {
    let times = node.calls() as f64 / root.calls().max(1) as f64;
    let each = super::mean(node.self_time().as_nanos(), node.calls());
    let called: Vec<_> =
        node.children().take(3).map(|child| format!("`{}`", child.name())).collect();
    if node.name() == OVERFLOW {
        "these paths are beyond the cap: a larger `call_tree(max_nodes)` would tell them apart"
            .to_owned()
    } else if times >= 2.0 {
        let root = root.name();
        format!(
            "runs {times:.1} times for each `{root}`, {each:.1?} each: call it less often, or all at once"
        )
    } else if called.is_empty() {
        format!(
            "its own code takes {each:.1?} a call, and no scope is within it: add some, or make it faster"
        )
    } else {
        let called = called.join(", ");
        format!(
            "its own code takes this beside {called}: scopes around the rest would say what does"
        )
    }
}
