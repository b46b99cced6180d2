//! Bottlenecks of a snapshot: which operations the whole is made of.

use super::{Bottleneck, Cause, Impact, least, mean, ordered, percent};
use perf_core::{OperationSnapshot, Snapshot};

/// A p99 of so many times the p50 is a tail.
const TAIL_FACTOR: f64 = 5.0;

/// Of fewer calls, no p99 is looked at.
const FEWEST_FOR_A_TAIL: u64 = 100;

/// The operations whose time, failures too, is at least `min_share` (in `0.0..=1.0`) of that of the
/// operation that stands for the whole, the largest first, and the time that is in none of them. `None`
/// without such an operation
/// ([`ProfilerBuilder::overall_operation`](perf_core::ProfilerBuilder::overall_operation)) or calls of it.
///
/// A snapshot knows no order: an operation within another counts for both, and of some that ran side by
/// side each counts in full, so shares can add up to more than 1. There is then no telling what is
/// unattributed. [`request_bottlenecks`](crate::request_bottlenecks) can.
///
/// ```
/// use perf_analysis::{Cause, operation_bottlenecks};
/// use perf_core::Profiler;
/// use std::time::Duration;
///
/// let profiler = Profiler::builder().overall_operation("answer").build();
/// for _ in 0..10 {
///     profiler.record("retrieval", Duration::from_millis(10));
///     (0..3).for_each(|_| profiler.record("rerank", Duration::from_millis(20)));
///     profiler.record("answer", Duration::from_millis(100));
/// }
/// let found = operation_bottlenecks(&profiler.snapshot(), 0.2).unwrap();
/// let summary: Vec<_> = found.iter().map(|b| (b.component.as_str(), b.impact.share)).collect();
/// assert_eq!(summary, [("rerank", 0.6), ("unattributed", 0.3)]);
/// assert_eq!(
///     found[0].recommendation,
///     "runs 3.0 times for each `answer`, 20.0ms each: call it less often, all at once, or side by side",
/// );
/// ```
pub fn operation_bottlenecks(snapshot: &Snapshot, min_share: f64) -> Option<Vec<Bottleneck>> {
    let min_share = least(min_share);
    let name = snapshot.overall_operation()?;
    let overall = snapshot.operation(name)?;
    let whole = Whole { name, requests: overall.count(), nanos: overall.all_latency().sum() };
    if whole.requests == 0 || whole.nanos == 0 {
        return None;
    }
    let others = || snapshot.operations().filter(|operation| operation.name() != name);
    let mut found: Vec<_> =
        others().filter_map(|operation| whole.share_of(operation, min_share)).collect();
    let attributed = others().fold(0_u128, |sum, o| sum.saturating_add(o.all_latency().sum()));
    found.extend(whole.unattributed(attributed, min_share));
    Some(ordered(found))
}

/// The operation that stands for the whole.
struct Whole<'a> {
    name: &'a str,
    requests: u64,
    nanos: u128,
}

impl Whole<'_> {
    fn share_of(&self, operation: &OperationSnapshot, min_share: f64) -> Option<Bottleneck> {
        let latency = operation.all_latency();
        let impact = Impact::of(latency.sum(), self.nanos, self.requests);
        if latency.is_empty() || impact.share < min_share {
            return None;
        }
        let each = mean(latency.sum(), latency.count());
        let (times, name) = (operation.count() as f64 / self.requests as f64, self.name);
        let recommendation = if let Some(tail) = tail(operation) {
            tail
        } else if times >= 2.0 {
            format!(
                "runs {times:.1} times for each `{name}`, {each:.1?} each: call it less often, all at \
                 once, or side by side"
            )
        } else {
            let half = mean(latency.sum() / 2, self.requests);
            format!(
                "takes {each:.1?}, with no long tail: every `{name}` pays for it, and twice as fast it would \
                 save up to {half:.1?} each"
            )
        };
        let component = operation.name().to_owned();
        Some(Bottleneck { component, cause: Cause::Share, impact, recommendation })
    }

    fn unattributed(&self, attributed: u128, min_share: f64) -> Option<Bottleneck> {
        let nanos = self.nanos.saturating_sub(attributed);
        let impact = Impact::of(nanos, self.nanos, self.requests);
        if nanos == 0 || impact.share < min_share {
            return None;
        }
        let recommendation = format!(
            "{} of `{}` is in no other operation: time the rest of what it does",
            percent(impact.share),
            self.name
        );
        let component = "unattributed".to_owned();
        Some(Bottleneck { component, cause: Cause::Unattributed, impact, recommendation })
    }
}

/// What to say of an operation of which a few calls are far slower than most.
fn tail(operation: &OperationSnapshot) -> Option<String> {
    let (p50, p99) = (operation.p50()?, operation.p99()?);
    let factor = p99.as_secs_f64() / p50.as_secs_f64();
    let is_tail = factor.is_finite() && factor >= TAIL_FACTOR;
    if operation.latency().count() < FEWEST_FOR_A_TAIL || !is_tail {
        return None;
    }
    let mut text = format!("its p99, {p99:.1?}, is {factor:.0} times its p50, {p50:.1?}");
    text += ": look at the metadata of its slowest samples";
    if let Some(slowest) = operation.slowest().first() {
        let pairs: Vec<_> =
            slowest.metadata().map(|(key, value)| format!("{key} = {value}")).collect();
        let with = if pairs.is_empty() { "none".to_owned() } else { pairs.join(", ") };
        text += &format!(", first of {:.1?}: {with}", slowest.duration());
    }
    Some(text)
}
