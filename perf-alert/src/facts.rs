//! The words for what was found.

use crate::measure::Evidence;
use crate::rules::{Kind, Probe};
use perf_sla::{Bound, Budget, Check, Indicator, Target};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What there is to say of a reading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// `retrieval p95`
    pub(crate) what: String,
    /// The default summary: `retrieval p95 is 125.6ms, limit 100.0ms`.
    pub(crate) headline: String,
    pub(crate) observed: Option<String>,
    pub(crate) limit: Option<String>,
    /// Sentences.
    pub(crate) evidence: Vec<String>,
    pub(crate) budget: Option<BudgetFacts>,
}

/// What an error budget comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BudgetFacts {
    /// `63.0%`
    pub(crate) consumed: String,
    /// `4d 3h`; `None` when nothing burns.
    pub(crate) exhausted_in: Option<String>,
}

impl Probe {
    /// What there is to say of a reading; in the words of the probe where the evidence has none.
    pub(crate) fn facts(&self, evidence: &Evidence) -> Facts {
        match (evidence, &self.kind) {
            (Evidence::Check(check), Kind::Objective { .. }) => self.of_budget(check),
            (Evidence::Check(check), _) => self.of_check(check),
            (Evidence::Stage(seen), Kind::StageShare { steps, .. }) => {
                let limit = steps.last().map_or(1.0, |(_, share)| *share);
                let observed = percent(seen.share);
                let took = words(seen.total);
                Facts {
                    headline: format!("{} is {observed}, limit {}", self.what, percent(limit)),
                    observed: Some(observed),
                    limit: Some(format!("<= {}", percent(limit))),
                    evidence: vec![format!(
                        "It was request {:?}, which took {took}.",
                        seen.request
                    )],
                    ..self.plain()
                }
            }
            (Evidence::Trend(trend), _) => {
                let change = trend.relative_change.map(|change| format!("{:+.0}%", 100.0 * change));
                let by = change.as_deref().unwrap_or("much");
                Facts {
                    headline: format!("{} is {}: {by} over its window", self.what, trend.direction),
                    observed: change,
                    evidence: vec![format!(
                        "Chance alone orders {} values as clearly with p = {:.2e}.",
                        trend.points, trend.p
                    )],
                    ..self.plain()
                }
            }
            _ => Facts { headline: format!("{} has no data", self.what), ..self.plain() },
        }
    }

    fn plain(&self) -> Facts {
        Facts { what: self.what.clone(), ..Facts::default() }
    }

    fn of_check(&self, check: &Check) -> Facts {
        let what = match &check.label {
            Some((label, value)) => format!("{} of {label} {value:?}", self.what),
            None => self.what.clone(),
        };
        let Some(observed) = check.observed.map(|observed| observed.to_string()) else {
            let headline = format!("{what} has no data");
            let limit = Some(limit(&check.target));
            return Facts { what, headline, limit, ..Facts::default() };
        };
        let headline = format!("{what} is {observed}, limit {}", check.target.limit);
        let (observed, limit) = (Some(observed), Some(limit(&check.target)));
        let evidence = bad(check).into_iter().collect();
        Facts { what, headline, observed, limit, evidence, budget: None }
    }

    fn of_budget(&self, check: &Check) -> Facts {
        let Some(budget) = &check.budget else { return self.plain() };
        let fastest = budget.burn_rates.iter().filter(|burn| burn.is_too_fast());
        let fastest = fastest.max_by(|a, b| a.pair.severity.cmp(&b.pair.severity));
        let burn = fastest.or(budget.burn_rates.first());
        let rate = |rate: Option<f64>| rate.map_or("nothing".to_owned(), |r| format!("{r:.1}x"));
        let (headline, evidence) = match burn {
            Some(burn) => {
                let (long, short) = (words(burn.pair.long), words(burn.pair.short));
                let observed = rate(burn.long.rate);
                let limit = format!("{:.1}x", burn.pair.factor);
                let headline = format!("{} burns at {observed}, limit {limit}", self.what);
                let evidence = format!(
                    "It burns at {observed} over {long} and {} over {short}: at 1x it lasts exactly its \
                     period.",
                    rate(burn.short.rate)
                );
                (headline, vec![evidence])
            }
            None => (format!("{} is {}", self.what, consumed(budget)), Vec::new()),
        };
        let factor = |burn: &perf_sla::BurnRate| format!("< {:.1}x", burn.pair.factor);
        Facts {
            headline,
            observed: burn.map(|burn| rate(burn.long.rate)),
            limit: burn.map(factor),
            evidence,
            budget: Some(BudgetFacts {
                consumed: consumed(budget),
                exhausted_in: budget.exhausted_in.map(words),
            }),
            ..self.plain()
        }
    }
}

/// `37 of 500 took longer than 100.0ms`
fn bad(check: &Check) -> Option<String> {
    let (_, bad) = check.bad?;
    let (all, limit) = (check.samples, check.target.limit);
    Some(match check.target.indicator {
        Indicator::Percentile(_) | Indicator::Max => {
            format!("{bad} of {all} were above {limit}.")
        }
        Indicator::SuccessRate | Indicator::ErrorRate => format!("{bad} of {all} failed."),
        _ if check.target.bound == Bound::AtMost => format!("{bad} of {all} were good."),
        _ => format!("{bad} of {all} were bad."),
    })
}

fn limit(target: &Target) -> String {
    let sign = if target.bound == Bound::AtMost { "<=" } else { ">=" };
    format!("{sign} {}", target.limit)
}

fn consumed(budget: &Budget) -> String {
    if budget.consumed.is_finite() { percent(budget.consumed) } else { "all".to_owned() }
}

fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

/// A span in at most two units: `4d 3h`, `12min`, `1.5s`.
pub(crate) fn words(span: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let seconds = span.as_secs();
    if span.is_zero() {
        return "0s".to_owned();
    }
    if seconds < 10 {
        return format!("{:.1?}", Duration::from_millis(span.as_millis() as u64));
    }
    let first = UNITS.iter().position(|(size, _)| seconds >= *size).unwrap_or(3);
    let (size, unit) = UNITS[first];
    let rest = UNITS.get(first + 1).map(|(size_below, unit)| (seconds % size / size_below, unit));
    match rest {
        Some((count @ 1.., below)) => format!("{}{unit} {count}{below}", seconds / size),
        _ => format!("{}{unit}", seconds / size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_two_units_at_most() {
        let told = |millis| words(Duration::from_millis(millis));
        assert_eq!(told(0), "0s");
        assert_eq!(told(1_500), "1.5s");
        assert_eq!(told(90_000), "1min 30s");
        assert_eq!(told(7_200_000), "2h");
        assert_eq!(told(356_400_000), "4d 3h");
    }
}
