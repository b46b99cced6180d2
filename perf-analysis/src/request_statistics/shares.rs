//! Which part of the time each stage has.

use super::sums::Sums;
use super::totals::Totals;
use std::time::Duration;

/// The part that a stage has in the time of some requests.
#[derive(Clone, Debug, PartialEq)]
pub struct StageShare {
    /// The name of the stage; `None` for the time in which no stage ran. Stages beyond the 256 names that
    /// are told apart are together under [`OVERFLOW`](perf_core::OVERFLOW).
    pub name: Option<String>,
    /// The part of the time in which at least one stage of the name ran, in `0.0..=1.0`: those of stages
    /// that run side by side add up to more than 1.
    pub covered: f64,
    /// The part of the time in which it decided when the request ends, in `0.0..=1.0`: over all stages and
    /// the time without one, these add up to 1.
    pub on_path: f64,
    /// Requests that had it.
    pub requests: u64,
}

/// The slowest 1 % of some requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    /// How many these are: at least 1 % of all, and more when others took about as long.
    pub requests: u64,
    /// They took at least this long, and no other did.
    pub from: Duration,
    /// What their time went into, the largest [`on_path`](StageShare::on_path) first.
    pub shares: Vec<StageShare>,
}

/// The shares of a part of the requests of `totals`, the largest on the path first.
pub(super) fn shares(totals: &Totals, sums: &Sums) -> Vec<StageShare> {
    let stages = sums.present().map(|(id, stage)| StageShare {
        name: Some(totals.name(id).to_owned()),
        covered: sums.share(stage.covered),
        on_path: sums.share(stage.on_path),
        requests: stage.requests,
    });
    let unattributed = sums.share(sums.unattributed);
    let unattributed = StageShare {
        name: None,
        covered: unattributed,
        on_path: unattributed,
        requests: sums.with_unattributed,
    };
    let has_unattributed = unattributed.requests > 0;
    let mut shares: Vec<_> = stages.chain(has_unattributed.then_some(unattributed)).collect();
    shares.sort_by(|a, b| {
        let by_share = b.on_path.total_cmp(&a.on_path).then(b.covered.total_cmp(&a.covered));
        by_share.then_with(|| a.name.cmp(&b.name))
    });
    shares
}
