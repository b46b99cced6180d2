//! Which stages decide when a request ends.

use perf_core::saturating_nanos as nanos;
use perf_core::{RequestSummary, StageSummary};
use std::cmp::Reverse;
use std::time::Duration;

/// A part of a request's critical path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step<'a> {
    /// The stage that held the request up; `None` where no stage ran.
    pub stage: Option<&'a StageSummary>,
    /// From the start of the request.
    pub start: Duration,
    /// How long it held the request up: less than the stage took, when a later one took over.
    pub duration: Duration,
}

impl<'a> Step<'a> {
    /// The name of the stage, if it is one.
    pub fn name(&self) -> Option<&'a str> {
        self.stage.map(|stage| stage.name())
    }
}

/// The steps that decide when a request ends, earliest first; their durations add up to its total.
///
/// From the end backwards: the stage that ended last held the request up, from its start; before that,
/// the one that had ended last by then; and so on (Yang and Miller, "Critical path analysis for the
/// execution of parallel and distributed programs", 1988). Of two that ended together it is the longer
/// one, so of a stage within another, the outer. Where no stage ran is a step without one: those make up
/// [`RequestSummary::unattributed`].
///
/// ```
/// use perf_analysis::critical_path;
/// use perf_core::{Clock, Profiler};
/// use std::time::Duration;
///
/// let (clock, hand) = Clock::manual();
/// let profiler = Profiler::builder().clock(clock).build();
/// let request = profiler.request("query-456");
/// let (vector, keyword) = (request.stage("vector search"), request.stage("keyword search"));
/// hand.advance(Duration::from_millis(5));
/// drop(keyword);
/// hand.advance(Duration::from_millis(15));
/// drop(vector);
/// request.time("generation", || hand.advance(Duration::from_millis(80)));
/// let summary = request.end();
///
/// let names: Vec<_> = critical_path(&summary).iter().map(|step| step.name()).collect();
/// assert_eq!(names, [Some("vector search"), Some("generation")]);
/// ```
pub fn critical_path(request: &RequestSummary) -> Vec<Step<'_>> {
    let spans: Vec<Span> = request.stages().iter().map(Span::of).collect();
    let step = |step: PathStep| Step {
        stage: step.span.map(|place| &request.stages()[place]),
        start: Duration::from_nanos(step.start),
        duration: Duration::from_nanos(step.nanos),
    };
    path(&spans, nanos(request.total())).into_iter().map(step).collect()
}

/// When something ran, in ns from the start of its request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Span {
    pub(crate) fn of(stage: &StageSummary) -> Span {
        let start = nanos(stage.offset());
        Span { start, end: start.saturating_add(nanos(stage.duration())) }
    }
}

/// A step of a path through spans, in ns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathStep {
    /// The place of the span that held up what follows; `None` where none ran.
    pub(crate) span: Option<usize>,
    pub(crate) start: u64,
    pub(crate) nanos: u64,
}

/// The critical path through `spans` from 0 to `total`, earliest first.
pub(crate) fn path(spans: &[Span], total: u64) -> Vec<PathStep> {
    let mut steps = Vec::new();
    let mut until = total;
    while until > 0 {
        let before = spans.iter().enumerate().filter(|(_, span)| span.start < until);
        let last = before.max_by_key(|(_, span)| (span.end.min(until), Reverse(span.start)));
        let ended = last.map_or(0, |(_, span)| span.end.min(until));
        if ended < until {
            steps.push(PathStep { span: None, start: ended, nanos: until - ended });
        }
        let Some((place, span)) = last else { break };
        if ended > span.start {
            let nanos = ended - span.start;
            steps.push(PathStep { span: Some(place), start: span.start, nanos });
        }
        until = span.start;
    }
    steps.reverse();
    steps
}
