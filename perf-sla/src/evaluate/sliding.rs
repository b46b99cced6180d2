//! The worst stretch of a length.

use super::data::Data;
use crate::check::{Check, WorstWindow};
use crate::config::SlaConfig;
use crate::judge;
use crate::quantity::Quantity;
use crate::rule::Certainty;
use crate::target::{Indicator, Target};
use perf_core::{OperationSnapshot, Snapshot, Window};
use std::collections::BTreeMap;
use std::time::Duration;

/// Stretches that are looked at for the worst one.
const MOST_WINDOWS: usize = 4_000;

/// Every stretch of a length, read once for all targets that want it.
#[derive(Default)]
pub(super) struct Sliding {
    read: BTreeMap<Duration, Vec<(Window, Snapshot)>>,
}

impl Sliding {
    /// The check of the stretch that is worst for the target, or one for each value of a label.
    pub(super) fn worst(
        &mut self,
        sla: &SlaConfig,
        target: &Target,
        window: &Window,
        whole: &Snapshot,
        length: Duration,
    ) -> Vec<Check> {
        let stretches = self.read.entry(length).or_insert_with(|| {
            let stretches = window.sliding(length).take(MOST_WINDOWS);
            stretches.map(|stretch| (stretch.clone(), stretch.snapshot())).collect()
        });
        let certainty = match target.rule.certainty {
            Certainty::Firm(confidence) => Certainty::Firm(confidence.of_each(stretches.len())),
            Certainty::Point => Certainty::Point,
        };
        let is_known = |operation: &OperationSnapshot| operation.count() > 0;
        let called = match target.operation().or(sla.overall_operation()) {
            Some(name) => whole.operation(name).is_some_and(is_known),
            None => whole.operations().any(is_known),
        };
        // In a stretch without calls, of what was called in others, the throughput is known: zero.
        let still = |check: Check| match (target.indicator, check.samples) {
            (Indicator::Throughput, 0) if called => {
                judge::compare(target, 0, Some(Quantity::Rate(0.0)))
            }
            _ => check,
        };
        let mut worst: Vec<Check> = Vec::new();
        for (stretch, snapshot) in stretches.iter() {
            let data = Data::new(snapshot, Some(stretch));
            for check in data.judge(sla, target, certainty.into()) {
                let window = Some(WorstWindow::new(stretch, stretches.len()));
                let check = Check { window, ..still(check) }.with_enough_samples();
                match worst.iter_mut().find(|known| known.label == check.label) {
                    Some(known) if judge::is_worse(&check, known) => *known = check,
                    Some(_) => {}
                    None => worst.push(check),
                }
            }
        }
        if worst.is_empty() {
            let note = format!("no stretch of {} has passed yet", Quantity::Time(length));
            worst.push(Check { note: Some(note), ..Check::without_data(target.clone()) });
        }
        worst
    }
}
