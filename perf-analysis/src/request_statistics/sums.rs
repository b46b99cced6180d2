//! What requests of about one duration add up to.

use super::one_request::OneRequest;
use crate::bottleneck::{Bottleneck, Cause, Impact};

/// Sums over requests, in ns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    pub(crate) requests: u64,
    pub(crate) whole: u128,
    /// In which no stage ran.
    pub(crate) unattributed: u128,
    /// Requests with such time.
    pub(crate) with_unattributed: u64,
    /// By the number of the name; those at the end that have nothing may be missing.
    pub(crate) stages: Vec<StageSums>,
}

/// Sums over the requests with a stage of one name, in ns.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StageSums {
    pub(crate) requests: u64,
    /// In which at least one ran.
    pub(crate) covered: u128,
    pub(crate) on_path: u128,
}

impl Sums {
    pub(super) fn add(&mut self, request: &OneRequest) {
        let unattributed: u64 = request.gaps.iter().map(|(_, nanos)| nanos).sum();
        self.requests = self.requests.saturating_add(1);
        self.whole += u128::from(request.total);
        self.unattributed += u128::from(unattributed);
        self.with_unattributed = self.with_unattributed.saturating_add(u64::from(unattributed > 0));
        for one in &request.stages {
            let (covered, on_path) = (one.covered.into(), one.on_path.into());
            self.add_stage(one.id, StageSums { requests: 1, covered, on_path });
        }
    }

    /// Adds sums in which a name has the number that `ids` has at its place.
    pub(super) fn merge(&mut self, other: &Sums, ids: &[usize]) {
        self.requests = self.requests.saturating_add(other.requests);
        self.whole += other.whole;
        self.unattributed += other.unattributed;
        self.with_unattributed = self.with_unattributed.saturating_add(other.with_unattributed);
        for (id, stage) in other.present() {
            self.add_stage(ids[id], *stage);
        }
    }

    /// Those of the stages that some request had, with their numbers.
    pub(crate) fn present(&self) -> impl Iterator<Item = (usize, &StageSums)> {
        self.stages.iter().enumerate().filter(|(_, stage)| stage.requests > 0)
    }

    /// As a part of the whole time; 0 when that is none.
    pub(crate) fn share(&self, nanos: u128) -> f64 {
        if self.whole == 0 { 0.0 } else { nanos as f64 / self.whole as f64 }
    }

    pub(crate) fn bottleneck(
        &self,
        component: String,
        cause: Cause,
        nanos: u128,
        recommendation: String,
    ) -> Bottleneck {
        let impact = Impact::of(nanos, self.whole, self.requests);
        Bottleneck { component, cause, impact, recommendation }
    }

    pub(super) fn add_stage(&mut self, id: usize, other: StageSums) {
        if self.stages.len() <= id {
            self.stages.resize(id + 1, StageSums::default());
        }
        let stage = &mut self.stages[id];
        stage.requests = stage.requests.saturating_add(other.requests);
        stage.covered += other.covered;
        stage.on_path += other.on_path;
    }
}
