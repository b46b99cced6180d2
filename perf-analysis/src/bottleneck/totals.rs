//! What a set of requests adds up to.

use super::critical_path::{Step, critical_path};
use super::{Bottleneck, Cause, Impact};
use perf_core::{RequestSummary, StageSummary};
use std::collections::{BTreeMap, BTreeSet};

/// Sums over requests, in ns.
#[derive(Default)]
pub(super) struct Totals<'a> {
    pub(super) requests: u64,
    pub(super) whole: u128,
    pub(super) stages: BTreeMap<&'a str, StageTotals>,
    /// What two stages that follow each other, in the order in which they first did, would save at most.
    pub(super) pairs: BTreeMap<(&'a str, &'a str), u128>,
    /// Without a stage, by the stages before and after.
    pub(super) gaps: BTreeMap<(Option<&'a str>, Option<&'a str>), u128>,
    pub(super) dropped_stages: u64,
}

#[derive(Clone, Copy, Default)]
pub(super) struct StageTotals {
    /// Requests with it.
    pub(super) requests: u64,
    /// In which at least one ran.
    pub(super) covered: u128,
    pub(super) on_path: u128,
    pub(super) steps: u64,
    /// What is on the path beyond the longest step of each request.
    pub(super) beyond_longest: u128,
}

impl<'a> Totals<'a> {
    pub(super) fn of(requests: impl Iterator<Item = &'a RequestSummary>) -> Self {
        let mut totals = Totals::default();
        requests.for_each(|request| totals.add(request));
        totals
    }

    fn add(&mut self, request: &'a RequestSummary) {
        self.requests += 1;
        self.whole += request.total().as_nanos();
        self.dropped_stages += request.dropped_stages();
        for (name, covered) in covered(request) {
            let stage = self.stages.entry(name).or_default();
            stage.requests += 1;
            stage.covered += covered;
        }
        let path = critical_path(request);
        for (place, step) in path.iter().enumerate().filter(|(_, step)| step.stage.is_none()) {
            let before = place.checked_sub(1).and_then(|before| path[before].name());
            let after = path.get(place + 1).and_then(Step::name);
            *self.gaps.entry((before, after)).or_default() += step.duration.as_nanos();
        }
        let steps: Vec<(&str, u128)> =
            path.iter().filter_map(|step| Some((step.name()?, step.duration.as_nanos()))).collect();
        self.add_steps(&steps);
    }

    /// Adds the stages on a critical path.
    fn add_steps(&mut self, steps: &[(&'a str, u128)]) {
        let mut by_name: BTreeMap<&str, (u64, u128, u128)> = BTreeMap::new();
        for (name, nanos) in steps {
            let (count, sum, longest) = by_name.entry(name).or_default();
            (*count, *sum, *longest) = (*count + 1, *sum + nanos, (*longest).max(*nanos));
        }
        for (name, (count, sum, longest)) in &by_name {
            let stage = self.stages.entry(name).or_default();
            stage.steps += count;
            stage.on_path += sum;
            stage.beyond_longest += sum - longest;
        }
        // Each pair once a request, in whichever order it follows.
        let mut pairs = BTreeSet::new();
        for (a, b) in steps.windows(2).map(|pair| (pair[0].0, pair[1].0)).filter(|(a, b)| a != b) {
            let is_known = self.pairs.contains_key(&(b, a)) || pairs.contains(&(b, a));
            pairs.insert(if is_known { (b, a) } else { (a, b) });
        }
        for (a, b) in pairs {
            *self.pairs.entry((a, b)).or_default() += by_name[a].1.min(by_name[b].1);
        }
    }

    pub(super) fn share(&self, nanos: u128) -> f64 {
        nanos as f64 / self.whole as f64
    }

    pub(super) fn bottleneck(
        &self,
        component: String,
        cause: Cause,
        nanos: u128,
        recommendation: String,
    ) -> Bottleneck {
        let impact = Impact::of(nanos, self.whole, self.requests);
        Bottleneck { component, cause, impact, recommendation }
    }
}

/// The time in which at least one stage of a name ran, by name, within the request.
fn covered(request: &RequestSummary) -> BTreeMap<&str, u128> {
    let end = |stage: &StageSummary| stage.offset().saturating_add(stage.duration());
    let mut stages: Vec<&StageSummary> = request.stages().iter().collect();
    stages.sort_by_key(|stage| (stage.name(), stage.offset()));
    let mut covered = BTreeMap::new();
    for same in stages.chunk_by(|a, b| a.name() == b.name()) {
        let (mut sum, mut until) = (0, same[0].offset());
        for stage in same {
            let stop = end(stage).min(request.total());
            sum += stop.saturating_sub(stage.offset().max(until)).as_nanos();
            until = until.max(stop);
        }
        covered.insert(same[0].name(), sum);
    }
    covered
}
