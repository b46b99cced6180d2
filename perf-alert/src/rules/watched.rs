//! What a rule looks at that watches the SLA file.

use super::probes::labels;
use super::{Kind, Look, Probe};
use crate::alert::Labels;
use perf_sla::{
    AlertRule, Objective, OnNoData, Quantity, Severity, SlaConfig, Target, WithoutData,
};
use std::sync::Arc;

/// A target of the file.
pub(super) fn of_target(
    sla: &SlaConfig,
    alert: &AlertRule,
    target: &Target,
    look: Look,
) -> Result<Probe, String> {
    let moved = |limit: Option<Quantity>, outwards: bool| match limit {
        None => Ok(None),
        Some(limit) => {
            // Of other kinds neither allows the other.
            let (own, other) = match outwards {
                true => (target.limit, limit),
                false => (limit, target.limit),
            };
            let fits =
                own != other && target.bound.allows(own, other) && !target.bound.allows(other, own);
            let mut moved = target.clone();
            moved.limit = limit;
            let told = || format!("{limit} does not lie beside the limit of {}", target.path);
            fits.then_some(Some(moved)).ok_or_else(told)
        }
    };
    let (critical, recovery) = (moved(alert.critical, true)?, moved(alert.recovery, false)?);
    let mut labels = labels(sla, alert, &target.subject);
    labels.insert("target".to_owned(), target.path.clone());
    let kind = Kind::Limit {
        severity: alert.severity.unwrap_or_default(),
        target: target.clone(),
        steps: critical.map(|target| (Severity::Critical, target)).into_iter().collect(),
        recovery,
        metric: None,
    };
    let what = format!("{} {}", target.subject, target.indicator);
    let without_data = own_or(alert, target.rule.on_no_data);
    Ok(Probe { labels: Arc::new(labels), what, kind, look, without_data })
}

/// An objective of the file, at its place in it.
pub(super) fn of_objective(
    alert: &AlertRule,
    objective: &Objective,
    place: usize,
    look: Look,
) -> Probe {
    let mut labels = Labels::from([
        ("alertname".to_owned(), alert.name.clone()),
        ("objective".to_owned(), objective.name.clone()),
    ]);
    if let Some(operation) = &objective.operation {
        labels.insert("operation".to_owned(), operation.clone());
    }
    Probe {
        labels: Arc::new(labels),
        what: format!("the budget of {}", objective.name),
        kind: Kind::Objective { place, severity: alert.severity },
        look,
        without_data: own_or(alert, objective.rule.on_no_data),
    }
}

/// What the alert says, or else what the target does.
fn own_or(alert: &AlertRule, on_no_data: OnNoData) -> WithoutData {
    alert.on_no_data.unwrap_or(match on_no_data {
        OnNoData::Fail => WithoutData::Fire,
        OnNoData::Pass => WithoutData::Resolve,
        OnNoData::Inconclusive => WithoutData::Keep,
    })
}
