//! Every alert that is not inactive, or whose past matters.

use super::EngineTotals;
use crate::alert::Labels;
use crate::facts::Facts;
use crate::measure::{Evidence, Outcome, Reading};
use crate::mute::Mutes;
use crate::notification::Reason;
use crate::round::Round;
use crate::rules::{Compiled, Rules};
use crate::state::{Firing, Moment, State};
use crate::tell;
use perf_sla::Severity;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Alerts of one rule, and of all: what has more label values is one mistake.
const MOST_OF_A_RULE: usize = 100;
const MOST: usize = 10_000;

/// The alerts of all rules, by the rule's place and the labels.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    pub(crate) by_rule: Vec<BTreeMap<Arc<Labels>, Entry>>,
    /// Those that nobody looks at any more, which somebody was told fire.
    pub(crate) orphans: Vec<Orphan>,
    count: usize,
    /// The number of the last round.
    round: u64,
    /// How often anything changed that outlives the process.
    pub(crate) changes: u64,
}

/// One alert.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) state: State,
    /// What there was to say when it was saved.
    saved: Facts,
    /// What was found last; its words are made when somebody is told.
    found: Option<Evidence>,
    /// The place of what found it last, of its rule.
    pub(crate) probe: usize,
    /// The number of the round in which it was read last.
    round: u64,
    pub(crate) is_muted: bool,
}

impl Entry {
    /// Whether nobody was told of what is now over, because it was muted.
    fn is_untold(&self, over: Option<&Firing>) -> bool {
        self.is_muted && over.is_some_and(|firing| firing.told.is_none())
    }

    /// What there is to say of it.
    pub(crate) fn facts(&self, rule: &Compiled) -> Cow<'_, Facts> {
        let probe = rule.probes.get(self.probe);
        match (&self.found, probe) {
            (Some(found), Some(probe)) => Cow::Owned(probe.facts(found)),
            _ => Cow::Borrowed(&self.saved),
        }
    }
}

/// An alert that fires and that nobody looks at any more: its rule, target or operation is gone.
#[derive(Clone, Debug)]
pub(crate) struct Orphan {
    pub(crate) rule: String,
    pub(crate) labels: Labels,
    pub(crate) state: State,
    pub(crate) facts: Facts,
    /// Those of its rule; all if there are none.
    pub(crate) handlers: Vec<String>,
}

/// Which alert, and why somebody is to be told of it.
pub(crate) struct Due {
    pub(crate) rule: usize,
    pub(crate) labels: Arc<Labels>,
    /// `None` for what goes on and has been told.
    pub(crate) reason: Option<Reason>,
}

/// An alert that is over, of which somebody knows.
pub(crate) struct Ended {
    pub(crate) rule: usize,
    pub(crate) labels: Arc<Labels>,
    pub(crate) firing: Firing,
    pub(crate) facts: Facts,
    pub(crate) state: State,
}

impl Alerts {
    pub(crate) fn of(rules: usize) -> Self {
        Alerts { by_rule: vec![BTreeMap::new(); rules], ..Alerts::default() }
    }

    /// Puts back what was saved, if there is room.
    pub(crate) fn put(&mut self, rule: usize, labels: Labels, state: State, facts: Facts) {
        if self.by_rule[rule].len() < MOST_OF_A_RULE && self.count < MOST {
            let entry = Entry { state, saved: facts, ..Entry::default() };
            self.count += usize::from(self.by_rule[rule].insert(Arc::new(labels), entry).is_none());
        }
    }

    /// Goes on by a round, and hands back what is over.
    pub(crate) fn step(
        &mut self,
        rules: &Rules,
        round: &Round<'_>,
        now: Moment,
        totals: &mut EngineTotals,
    ) -> Vec<Ended> {
        self.round += 1;
        let number = self.round;
        let mut changes = 0;
        let mut ended = Vec::new();
        for (place, rule) in rules.rules.iter().enumerate() {
            for (probe, looked) in rule.probes.iter().enumerate() {
                for reading in looked.measure(round) {
                    let Some(entry) =
                        self.entry(place, &reading, looked.without_data, &mut totals.beyond_cap)
                    else {
                        continue;
                    };
                    (entry.probe, entry.round) = (probe, number);
                    let says_something =
                        !matches!(reading.outcome, Outcome::Inconclusive | Outcome::NoData)
                            || (entry.found.is_none() && entry.saved.headline.is_empty());
                    let was_firing = entry.state.firing().is_some();
                    let before = entry.state.clone();
                    let over =
                        entry.state.step(reading.outcome, looked.without_data, &rule.alert, now);
                    changes += u64::from(entry.state != before);
                    totals.untold += u64::from(entry.is_untold(over.as_ref()));
                    if says_something && (was_firing || entry.state.firing().is_some()) {
                        entry.found = Some(reading.evidence);
                    }
                    ended.extend(
                        over.and_then(|firing| {
                            over_of(place, rule, &reading.labels, entry, firing)
                        }),
                    );
                }
            }
            ended.extend(self.unread(place, rule, number, now, totals));
        }
        self.changes += changes;
        ended
    }

    /// The alert that a reading is of. One that nothing could follow from is not made.
    fn entry(
        &mut self,
        rule: usize,
        reading: &Reading,
        without_data: perf_sla::WithoutData,
        beyond_cap: &mut u64,
    ) -> Option<&mut Entry> {
        let alerts = &mut self.by_rule[rule];
        if !alerts.contains_key(&reading.labels) {
            let fires =
                reading.outcome == Outcome::NoData && without_data == perf_sla::WithoutData::Fire;
            if !fires && !matches!(reading.outcome, Outcome::Violated(_)) {
                return None;
            }
            if alerts.len() >= MOST_OF_A_RULE || self.count >= MOST {
                *beyond_cap += 1;
                return None;
            }
            alerts.insert(Arc::clone(&reading.labels), Entry::default());
            self.count += 1;
        }
        alerts.get_mut(&reading.labels)
    }

    /// Label values that are gone have no data. What nothing follows from any more is forgotten.
    fn unread(
        &mut self,
        place: usize,
        rule: &Compiled,
        number: u64,
        now: Moment,
        totals: &mut EngineTotals,
    ) -> Vec<Ended> {
        let mut ended = Vec::new();
        let alerts = &mut self.by_rule[place];
        for (labels, entry) in alerts.iter_mut().filter(|(_, entry)| entry.round != number) {
            let without_data =
                rule.probes.get(entry.probe).map(|probe| probe.without_data).unwrap_or_default();
            let before = entry.state.clone();
            let over = entry.state.step(Outcome::NoData, without_data, &rule.alert, now);
            self.changes += u64::from(entry.state != before);
            totals.untold += u64::from(entry.is_untold(over.as_ref()));
            ended.extend(over.and_then(|firing| over_of(place, rule, labels, entry, firing)));
        }
        let before = alerts.len();
        alerts.retain(|_, entry| !entry.state.is_forgettable(rule.alert.cooldown, now.at));
        let forgotten = before - alerts.len();
        self.count -= forgotten;
        self.changes += forgotten as u64;
        ended
    }

    /// What fires, for those that it silences.
    pub(crate) fn firing(&self) -> Vec<(&Labels, Severity)> {
        let firing = self.all_firing();
        firing
            .filter_map(|(_, labels, entry)| Some((labels, entry.state.firing()?.severity())))
            .collect()
    }

    pub(crate) fn all_firing(&self) -> impl Iterator<Item = (usize, &Labels, &Entry)> {
        let alerts = self.by_rule.iter().enumerate();
        let alerts = alerts.flat_map(|(place, alerts)| {
            alerts.iter().map(move |(labels, entry)| (place, &**labels, entry))
        });
        alerts.filter(|(_, _, entry)| entry.state.firing().is_some())
    }

    /// What is muted, in each of all alerts that fire.
    pub(crate) fn muted(&self) -> usize {
        self.all_firing().filter(|(_, _, entry)| entry.is_muted).count()
    }

    /// Every alert that fires and is not muted, with why it is to be told.
    pub(crate) fn due(&self, rules: &Rules, mutes: &Mutes<'_>, at: u64) -> Vec<(Due, bool)> {
        let firing = self.by_rule.iter().enumerate().flat_map(|(rule, alerts)| {
            alerts
                .iter()
                .filter(|(_, entry)| entry.state.firing().is_some())
                .map(move |(labels, entry)| (rule, labels, entry))
        });
        firing
            .map(|(rule, labels, entry)| {
                let severity = entry.state.firing().map(Firing::severity).unwrap_or_default();
                let is_muted = mutes.mutes(labels, severity);
                let reason = tell::reason(&entry.state, &rules.rules[rule], at);
                let reason = reason.filter(|_| !is_muted);
                (Due { rule, labels: Arc::clone(labels), reason }, is_muted)
            })
            .collect()
    }
}

/// What is over, if somebody knows that it was not.
fn over_of(
    place: usize,
    rule: &Compiled,
    labels: &Arc<Labels>,
    entry: &Entry,
    firing: Firing,
) -> Option<Ended> {
    firing.told?;
    let (facts, state) = (entry.facts(rule).into_owned(), entry.state.clone());
    Some(Ended { rule: place, labels: Arc::clone(labels), firing, facts, state })
}
