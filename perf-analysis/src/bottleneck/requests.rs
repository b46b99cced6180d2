//! Bottlenecks of requests: what decides when they end, and what the slowest have in common.

use super::{Bottleneck, Cause, least, mean, ordered, percent};
use crate::request_statistics::{Repeats, RequestStatistics, StageSums, Sums, Totals};
use perf_core::saturating_nanos as nanos;
use perf_core::{RequestSummary, StageSummary};

/// Of fewer requests, the slowest 1 % is not looked at.
pub(crate) const FEWEST_FOR_A_TAIL: u64 = 100;

/// How many times its share of all requests a stage's share of the slowest must be.
const TAIL_FACTOR: f64 = 1.5;

/// What decides when these requests end, each with a share of at least `min_share` (in `0.0..=1.0`) of
/// their time, the largest first:
///
/// * each stage by its part of the [critical path](crate::critical_path); or, when something longer beside
///   it hides most of it, as [`Cause::Hidden`];
/// * stages whose share of the slowest 1 % of requests, and of others that took about as long, is at least
///   1.5 times their share of all, when there are 100 requests or more;
/// * pairs of stages that follow each other on the path and overlap in no request, and stages that
///   repeat there: by what running them side by side would save at most;
/// * the time in which no stage ran, and where most of it lies.
///
/// Empty for no requests. At most 256 names of stages are told apart. Of more requests than fit in memory,
/// [`RequestStatistics`] says the same as they end.
///
/// ```
/// use perf_analysis::{Cause, request_bottlenecks};
/// use perf_core::{Clock, Profiler};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let answer = |id: &str| {
///     let request = profiler.request(id);
///     request.time("retrieval", || hand.advance(Duration::from_millis(20)));
///     hand.advance(Duration::from_millis(15));
///     request.time("generation", || hand.advance(Duration::from_millis(65)));
///     request.end()
/// };
/// let found = request_bottlenecks(&[answer("a"), answer("b")], 0.1);
/// assert_eq!((found[0].component.as_str(), found[0].cause), ("generation", Cause::CriticalPath));
/// assert_eq!(found[0].impact.share, 0.65);
/// let unattributed = found.iter().find(|b| b.cause == Cause::Unattributed).unwrap();
/// assert_eq!(
///     unattributed.recommendation,
///     "no stage accounts for 15.0ms a request: add stages, first between `retrieval` and \
///      `generation`, where 100% of it is",
/// );
/// ```
pub fn request_bottlenecks(requests: &[RequestSummary], min_share: f64) -> Vec<Bottleneck> {
    // As many are kept as a hundredth, so that what is said of the slowest is seldom said of a few of them.
    let mut statistics = RequestStatistics::new(requests.len().div_ceil(100));
    requests.iter().for_each(|request| statistics.add(request));
    statistics.bottlenecks(min_share)
}

/// The bottlenecks of requests that add up to `totals`, of which the `slowest` are known.
pub(crate) fn bottlenecks(
    totals: &Totals,
    slowest: &[RequestSummary],
    min_share: f64,
) -> Vec<Bottleneck> {
    let min_share = least(min_share);
    let all = All { totals, sums: totals.all() };
    if all.sums.whole == 0 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (id, stage) in all.sums.present() {
        found.extend(all.on_path(totals.name(id), stage, min_share));
        found.extend(all.repeated(id, stage, min_share));
    }
    found.extend(all.tail(slowest, min_share));
    for (pair, saved) in totals.sequential() {
        found.extend(all.sequential(pair, saved, min_share));
    }
    found.extend(all.unattributed(min_share));
    ordered(found)
}

/// Requests, and what all of them add up to.
struct All<'a> {
    totals: &'a Totals,
    sums: Sums,
}

impl All<'_> {
    fn on_path(&self, name: &str, stage: &StageSums, min_share: f64) -> Option<Bottleneck> {
        let (covered, on_path) = (self.sums.share(stage.covered), self.sums.share(stage.on_path));
        let (cause, recommendation) = if on_path >= min_share {
            let half = mean(stage.on_path / 2, self.sums.requests);
            let (with, all) = (stage.requests, self.sums.requests);
            let text = format!(
                "decides {} of the time of all requests, and runs in {with} of {all}: twice as fast, it \
                 would save up to {half:.1?} a request",
                percent(on_path)
            );
            (Cause::CriticalPath, text)
        } else if covered >= min_share && on_path < covered / 2.0 {
            let text = format!(
                "runs {} of the time, but decides only {}: leave it until what runs beside it is faster",
                percent(covered),
                percent(on_path)
            );
            (Cause::Hidden, text)
        } else {
            return None;
        };
        Some(self.sums.bottleneck(name.to_owned(), cause, stage.on_path, recommendation))
    }

    fn repeated(&self, id: usize, stage: &StageSums, min_share: f64) -> Option<Bottleneck> {
        let Repeats { steps, beyond_longest } = self.totals.repeats(id);
        let times = steps as f64 / stage.requests as f64;
        if times < 2.0 || self.sums.share(beyond_longest) < min_share {
            return None;
        }
        let each = mean(stage.on_path, steps);
        let saved = mean(beyond_longest, self.sums.requests);
        let text = format!(
            "runs {times:.1} times in a request that has it, one after the other, {each:.1?} each: as one \
             batch, or side by side, it would save up to {saved:.1?} a request"
        );
        let name = self.totals.name(id).to_owned();
        Some(self.sums.bottleneck(name, Cause::Repeated, beyond_longest, text))
    }

    fn sequential(&self, (a, b): (&str, &str), saved: u128, min_share: f64) -> Option<Bottleneck> {
        if self.sums.share(saved) < min_share {
            return None;
        }
        let each = mean(saved, self.sums.requests);
        let text = format!(
            "`{a}` and `{b}` run one after the other and overlap in no request: unless one needs what \
             the other gives, side by side they would save up to {each:.1?} a request"
        );
        Some(self.sums.bottleneck(format!("{a}, {b}"), Cause::Sequential, saved, text))
    }

    fn unattributed(&self, min_share: f64) -> Option<Bottleneck> {
        let nanos = self.sums.unattributed;
        let ((before, after), most) =
            self.totals.gaps().max_by_key(|(place, nanos)| (*nanos, *place))?;
        if self.sums.share(nanos) < min_share {
            return None;
        }
        let place = match (before, after) {
            (Some(before), Some(after)) => format!("between `{before}` and `{after}`"),
            (Some(before), None) => format!("after `{before}`"),
            (None, Some(after)) => format!("before `{after}`"),
            (None, None) => "in requests that have none".to_owned(),
        };
        let mut text = format!(
            "no stage accounts for {:.1?} a request: add stages, first {place}, where {} of it is",
            mean(nanos, self.sums.requests),
            percent(most as f64 / nanos as f64)
        );
        let dropped = self.totals.dropped_stages();
        if dropped > 0 {
            text += &format!("; {dropped} stages beyond the 256 of a request are not counted");
        }
        Some(self.sums.bottleneck("unattributed".to_owned(), Cause::Unattributed, nanos, text))
    }

    /// The stages that are a far larger part of the slowest requests than of all.
    fn tail(&self, slowest: &[RequestSummary], min_share: f64) -> Vec<Bottleneck> {
        let requests = self.sums.requests;
        if requests < FEWEST_FOR_A_TAIL {
            return Vec::new();
        }
        let (tail, shortest) = self.totals.slowest(requests.div_ceil(100));
        let within = slowest.partition_point(|request| nanos(request.total()) >= shortest);
        let slowest = &slowest[..within];
        let bottleneck = |(id, stage): (usize, &StageSums)| {
            let (share, of_all) =
                (tail.share(stage.covered), self.sums.share(self.sums.stages[id].covered));
            if share < min_share || share < TAIL_FACTOR * of_all {
                return None;
            }
            let mut text = format!(
                "is {} of the slowest {} requests but {} of all {requests}: look at the tail",
                percent(share),
                tail.requests,
                percent(of_all),
            );
            let name = self.totals.name(id);
            text += &examples(slowest, tail.requests, name);
            Some(tail.bottleneck(name.to_owned(), Cause::Tail, stage.covered, text))
        };
        tail.present().filter_map(bottleneck).collect()
    }
}

/// `, first at request `q-7`; the longest took 562.0ms with cache = cold`: of the slowest `count` requests
/// those that were kept.
fn examples(slowest: &[RequestSummary], count: u64, name: &str) -> String {
    let Some(first) = slowest.first() else { return String::new() };
    let mut text = format!(", first at request `{}`", first.id());
    let stages = slowest.iter().flat_map(|request| request.stages());
    let longest = stages.filter(|stage| stage.name() == name).max_by_key(|stage| stage.duration());
    if let Some(stage) = longest {
        let kept = slowest.len();
        let among = if (kept as u64) < count {
            format!("of the {kept} that were kept, the longest")
        } else {
            "the longest".to_owned()
        };
        text += &format!("; {among} took {:.1?}{}", stage.duration(), metadata(stage));
    }
    text
}

/// ` with documents = 900, cache = cold`, or nothing.
fn metadata(stage: &StageSummary) -> String {
    let pairs: Vec<_> = stage.metadata().map(|(key, value)| format!("{key} = {value}")).collect();
    if pairs.is_empty() { String::new() } else { format!(" with {}", pairs.join(", ")) }
}
