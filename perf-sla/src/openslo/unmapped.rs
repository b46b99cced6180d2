//! What an SLA file says and OpenSLO cannot, beside single targets and objectives.

use super::sources::of_target;
use crate::config::SlaConfig;
use crate::good::Good;
use crate::target::Subject;

/// A sentence for each of it.
pub(super) fn of(config: &SlaConfig) -> Vec<String> {
    let mut left_out = Vec::new();
    if config.objectives.iter().any(|objective| !objective.burn_rates.is_empty()) {
        left_out.push(
            "burn rates: a condition of OpenSLO has one window, the long one; the short window and \
             min_events, which only perfkit reads, are annotations"
                .to_owned(),
        );
    }
    let has_target = config.targets.iter().any(|target| of_target(config, target).is_ok());
    if has_target {
        left_out.push(
            "targets: an SLO has a time window, which a target has not; 30 days are written"
                .to_owned(),
        );
    }
    left_out.extend(
        config
            .warm_up
            .map(|_| "warm_up: OpenSLO leaves nothing out at the start of a run".to_owned()),
    );
    let is_used = |name: &str| {
        let by_objective =
            config.objectives.iter().any(|o| o.good == Good::Metric(name.to_owned()));
        // Of its targets each says itself why it is left out.
        by_objective || config.targets.iter().any(|t| t.subject == Subject::Metric(name.to_owned()))
    };
    left_out.extend(
        config
            .metrics
            .iter()
            .filter(|metric| !is_used(&metric.name))
            .map(|metric| format!("metrics.{}: no objective is about it", metric.name)),
    );
    left_out.extend(config.exclusions.iter().map(|exclusion| {
        format!("exclusion {:?}: in OpenSLO all events count, at all times", exclusion.name)
    }));
    left_out.extend(config.alerts.iter().map(|alert| {
        format!(
            "alert {:?}: OpenSLO knows alerts by burn rate only, and those of the objectives are written; \
             who is told, when and of what is set up where the documents are used",
            alert.name
        )
    }));
    left_out
}
