//! Which stages decide when a request ends.

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
    let mut steps = Vec::new();
    let mut until = request.total();
    while until > Duration::ZERO {
        let before = request.stages().iter().filter(|stage| stage.offset() < until);
        let last = before.max_by_key(|stage| (end(stage).min(until), Reverse(stage.offset())));
        let ended = last.map_or(Duration::ZERO, |stage| end(stage).min(until));
        if ended < until {
            steps.push(Step { stage: None, start: ended, duration: until - ended });
        }
        let Some(stage) = last else { break };
        if ended > stage.offset() {
            let duration = ended - stage.offset();
            steps.push(Step { stage: Some(stage), start: stage.offset(), duration });
        }
        until = stage.offset();
    }
    steps.reverse();
    steps
}

fn end(stage: &StageSummary) -> Duration {
    stage.offset().saturating_add(stage.duration())
}
