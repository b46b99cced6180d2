//! Who is not told of: silenced, excluded, inhibited.

use crate::alert::Labels;
use crate::rules::Rules;
use crate::silence::{Silences, all_match};
use perf_sla::{Inhibition, Matcher, Severity};
use std::collections::HashSet;
use std::time::SystemTime;

/// What mutes alerts in one round.
pub(crate) struct Mutes<'a> {
    silences: Vec<&'a [Matcher]>,
    /// Objectives that are excluded now; all alerts where none is named.
    excluded: Vec<&'a [String]>,
    /// Of each inhibition the values that its `equal` labels have in alerts that silence.
    inhibitions: Vec<(&'a Inhibition, HashSet<Vec<&'a str>>)>,
}

impl<'a> Mutes<'a> {
    /// With the alerts that fire now.
    pub(crate) fn new(
        rules: &'a Rules,
        silences: &'a Silences,
        now: SystemTime,
        firing: &[(&'a Labels, Severity)],
    ) -> Self {
        let planned = rules.planned.iter().filter(|planned| planned.schedule.is_on(now));
        let planned = planned.map(|planned| planned.matchers.as_slice());
        let made = silences.all().map(|(_, silence)| silence.matchers.as_slice());
        let excluded = rules.exclusions.iter().filter(|exclusion| exclusion.schedule.is_on(now));
        let sources = |inhibition: &'a Inhibition| {
            let sources = firing.iter().filter(|(labels, severity)| {
                all_match(&inhibition.source, labels, severity.as_str())
            });
            (inhibition, sources.filter_map(|(labels, _)| equal(inhibition, labels)).collect())
        };
        Mutes {
            silences: planned.chain(made).collect(),
            excluded: excluded.map(|exclusion| exclusion.objectives.as_slice()).collect(),
            inhibitions: rules.inhibitions.iter().map(sources).collect(),
        }
    }

    /// Whether nobody is to be told of an alert with these labels.
    pub(crate) fn mutes(&self, labels: &Labels, severity: Severity) -> bool {
        let severity = severity.as_str();
        let is_silenced =
            || self.silences.iter().any(|matchers| all_match(matchers, labels, severity));
        let is_excluded = || {
            let objective = labels.get("objective");
            self.excluded.iter().any(|names| {
                names.is_empty() || objective.is_some_and(|objective| names.contains(objective))
            })
        };
        let is_inhibited = || {
            self.inhibitions.iter().any(|(inhibition, sources)| {
                // What could silence by the same inhibition is not silenced by it: not by itself either.
                all_match(&inhibition.target, labels, severity)
                    && !all_match(&inhibition.source, labels, severity)
                    && equal(inhibition, labels).is_some_and(|values| sources.contains(&values))
            })
        };
        is_silenced() || is_excluded() || is_inhibited()
    }
}

/// The values of the labels that both alerts must have; `None` where one is missing.
fn equal<'l>(inhibition: &Inhibition, labels: &'l Labels) -> Option<Vec<&'l str>> {
    inhibition.equal.iter().map(|label| labels.get(label).map(String::as_str)).collect()
}
