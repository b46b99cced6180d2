//! Bottlenecks of requests: what decides when they end, and what the slowest have in common.

use super::totals::{StageTotals, Totals};
use super::{Bottleneck, Cause, least, mean, ordered, percent};
use perf_core::{RequestSummary, StageSummary};
use std::cmp::Reverse;

/// Of fewer requests, the slowest 1 % is not looked at.
const FEWEST_FOR_A_TAIL: usize = 100;

/// How many times its share of all requests a stage's share of the slowest must be.
const TAIL_FACTOR: f64 = 1.5;

/// What decides when these requests end, each with a share of at least `min_share` (in `0.0..=1.0`) of
/// their time, the largest first:
///
/// * each stage by its part of the [critical path](crate::critical_path); or, when something longer beside
///   it hides most of it, as [`Cause::Hidden`];
/// * stages whose share of the slowest 1 % of requests is at least 1.5 times their share of all, when there
///   are 100 requests or more;
/// * pairs of stages that follow each other on the path and overlap in no request, and stages that
///   repeat there: by what running them side by side would save at most;
/// * the time in which no stage ran, and where most of it lies.
///
/// Empty for no requests.
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
    let min_share = least(min_share);
    let all = Totals::of(requests.iter());
    if all.whole == 0 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (name, stage) in &all.stages {
        found.extend(all.on_path(name, stage, min_share));
        found.extend(all.repeated(name, stage, min_share));
    }
    found.extend(tail(requests, &all, min_share));
    for (pair, saved) in &all.pairs {
        let sequential = all.sequential(*pair, *saved, min_share);
        let never_overlap = |_: &_| !requests.iter().any(|request| overlap(request, *pair));
        found.extend(sequential.filter(never_overlap));
    }
    found.extend(all.unattributed(min_share));
    ordered(found)
}

impl Totals<'_> {
    fn on_path(&self, name: &str, stage: &StageTotals, min_share: f64) -> Option<Bottleneck> {
        let (covered, on_path) = (self.share(stage.covered), self.share(stage.on_path));
        let (cause, recommendation) = if on_path >= min_share {
            let half = mean(stage.on_path / 2, self.requests);
            let (with, all) = (stage.requests, self.requests);
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
        Some(self.bottleneck(name.to_owned(), cause, stage.on_path, recommendation))
    }

    fn repeated(&self, name: &str, stage: &StageTotals, min_share: f64) -> Option<Bottleneck> {
        let times = stage.steps as f64 / stage.requests as f64;
        if times < 2.0 || self.share(stage.beyond_longest) < min_share {
            return None;
        }
        let each = mean(stage.on_path, stage.steps);
        let saved = mean(stage.beyond_longest, self.requests);
        let text = format!(
            "runs {times:.1} times in a request that has it, one after the other, {each:.1?} each: as one \
             batch, or side by side, it would save up to {saved:.1?} a request"
        );
        let name = name.to_owned();
        Some(self.bottleneck(name, Cause::Repeated, stage.beyond_longest, text))
    }

    fn sequential(&self, (a, b): (&str, &str), saved: u128, min_share: f64) -> Option<Bottleneck> {
        if self.share(saved) < min_share {
            return None;
        }
        let each = mean(saved, self.requests);
        let text = format!(
            "`{a}` and `{b}` run one after the other and overlap in no request: unless one needs what \
             the other gives, side by side they would save up to {each:.1?} a request"
        );
        Some(self.bottleneck(format!("{a}, {b}"), Cause::Sequential, saved, text))
    }

    fn unattributed(&self, min_share: f64) -> Option<Bottleneck> {
        let nanos: u128 = self.gaps.values().sum();
        let ((before, after), most) = self.gaps.iter().max_by_key(|(_, nanos)| **nanos)?;
        if self.share(nanos) < min_share {
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
            mean(nanos, self.requests),
            percent(*most as f64 / nanos as f64)
        );
        if self.dropped_stages > 0 {
            let dropped = self.dropped_stages;
            text += &format!("; {dropped} stages beyond the 256 of a request are not counted");
        }
        Some(self.bottleneck("unattributed".to_owned(), Cause::Unattributed, nanos, text))
    }
}

/// The stages that are a far larger part of the slowest requests than of all.
fn tail(requests: &[RequestSummary], all: &Totals<'_>, min_share: f64) -> Vec<Bottleneck> {
    if requests.len() < FEWEST_FOR_A_TAIL {
        return Vec::new();
    }
    let mut slowest: Vec<&RequestSummary> = requests.iter().collect();
    slowest.sort_by_key(|request| Reverse(request.total()));
    slowest.truncate(requests.len().div_ceil(100));
    let tail = Totals::of(slowest.iter().copied());
    let bottleneck = |(&name, stage): (&&str, &StageTotals)| {
        let (share, of_all) = (tail.share(stage.covered), all.share(all.stages[name].covered));
        if share < min_share || share < TAIL_FACTOR * of_all {
            return None;
        }
        let mut text = format!(
            "is {} of the slowest {} requests but {} of all {}: look at the tail, first at request `{}`",
            percent(share),
            tail.requests,
            percent(of_all),
            all.requests,
            slowest[0].id(),
        );
        let longest = slowest.iter().flat_map(|request| request.stages());
        let longest = longest.filter(|stage| stage.name() == name).max_by_key(|s| s.duration());
        if let Some(stage) = longest {
            text += &format!("; the longest took {:.1?}{}", stage.duration(), metadata(stage));
        }
        Some(tail.bottleneck(name.to_owned(), Cause::Tail, stage.covered, text))
    };
    tail.stages.iter().filter_map(bottleneck).collect()
}

/// ` with documents = 900, cache = cold`, or nothing.
fn metadata(stage: &StageSummary) -> String {
    let pairs: Vec<_> = stage.metadata().map(|(key, value)| format!("{key} = {value}")).collect();
    if pairs.is_empty() { String::new() } else { format!(" with {}", pairs.join(", ")) }
}

/// Whether a stage called `a` and one called `b` run at the same time.
fn overlap(request: &RequestSummary, (a, b): (&str, &str)) -> bool {
    let called = |name| request.stages().iter().filter(move |stage| stage.name() == name);
    let end = |stage: &StageSummary| stage.offset().saturating_add(stage.duration());
    called(a).any(|a| called(b).any(|b| a.offset() < end(b) && b.offset() < end(a)))
}
