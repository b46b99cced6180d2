//! What can be read but can hardly be meant.

mod labels;

use crate::config::SlaConfig;
use crate::error::Problem;
use crate::objective::{Objective, allowed};
use crate::quantity::Quantity;
use crate::rule::Certainty;
use crate::target::{Indicator, Target};

/// Everything of that kind, in the order of the file.
pub(crate) fn warnings(config: &SlaConfig) -> Vec<Problem> {
    let mut warnings = Vec::new();
    for group in config.targets.chunk_by(|a, b| a.subject == b.subject) {
        contradictions(group, &mut warnings);
        group.iter().for_each(|target| one_bad_event(target, &mut warnings));
    }
    config.objectives.iter().for_each(|objective| never_fires(objective, &mut warnings));
    labels::unknown(config, &mut warnings);
    warnings.sort_by_key(|warning| warning.position);
    warnings
}

/// Limits of one subject of which one follows from the other.
fn contradictions(targets: &[Target], warnings: &mut Vec<Problem>) {
    let mut percentiles: Vec<(f64, &Target)> = targets
        .iter()
        .filter_map(|target| match target.indicator {
            Indicator::Percentile(quantile) => Some((quantile.get(), target)),
            Indicator::Max => Some((1.0, target)),
            _ => None,
        })
        .collect();
    percentiles.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    for pair in percentiles.windows(2) {
        let [(_, lower), (_, higher)] = pair else { continue };
        if lower.limit > higher.limit {
            warnings.push(warning(
                lower.line,
                format!(
                    "{} ({}) is above {} ({}): whoever keeps the second keeps the first",
                    lower.path, lower.limit, higher.path, higher.limit
                ),
            ));
        }
    }
    let of = |indicator: Indicator| targets.iter().find(|target| target.indicator == indicator);
    if let (Some(success), Some(errors)) = (of(Indicator::SuccessRate), of(Indicator::ErrorRate)) {
        warnings.push(warning(
            errors.line.max(success.line),
            format!("{} and {} say the same; one of them is enough", success.path, errors.path),
        ));
    }
}

fn one_bad_event(target: &Target, warnings: &mut Vec<Problem>) {
    let allowed = match (target.indicator, target.limit) {
        (Indicator::Percentile(quantile), _) => allowed(quantile.get()),
        (Indicator::SuccessRate, Quantity::Ratio(limit)) => allowed(limit),
        (Indicator::ErrorRate, Quantity::Ratio(limit)) => limit,
        _ => return,
    };
    if allowed <= 0.0 {
        let message = format!(
            "{} ({}): one bad event breaks it, however many are good",
            target.path, target.limit
        );
        return warnings.push(warning(target.line, message));
    }
    let fewest = (1.0 / allowed).ceil() as u64;
    if target.rule.certainty == Certainty::Point && target.rule.min_samples < fewest {
        warnings.push(warning(
            target.line,
            format!(
                "{}: compared plainly, one bad event breaks it below {fewest} samples; min_samples = \
                 {fewest} would prevent that",
                target.path
            ),
        ));
    }
}

fn never_fires(objective: &Objective, warnings: &mut Vec<Problem>) {
    let allowed = objective.allowed();
    let never = objective.burn_rates.iter().filter(|pair| pair.can_never_fire(allowed));
    let factors: Vec<String> = never.map(|pair| format!("{}", pair.factor)).collect();
    if !factors.is_empty() {
        warnings.push(warning(
            objective.line,
            format!(
                "objective {:?}: when every event is bad the budget burns at {:.1}, so the burn {} {} can \
                 never be reached",
                objective.name,
                1.0 / allowed,
                if factors.len() == 1 { "rate" } else { "rates" },
                factors.join(" and ")
            ),
        ));
    }
}

fn warning(line: Option<usize>, message: String) -> Problem {
    Problem { position: line.map(|line| (line, 1)), message }
}
