//! From alerts to what is said at once.

use super::EngineTotals;
use super::alerts::{Alerts, Due, Ended, Entry, Orphan};
use crate::alert::{Alert, Labels};
use crate::clock::from_unix_nanos;
use crate::facts::Facts;
use crate::message::{Said, Specifics, View};
use crate::notification::{Notification, Reason};
use crate::round::Round;
use crate::rules::{Compiled, Rules};
use crate::state::{Firing, Moment};
use crate::tell;
use perf_sla::Severity;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// What alerts have in common that are told at once: their group, whom, and whether they are over.
type Key = (bool, Labels, Vec<String>);

/// Alerts that are told at once, each with whether it is new to its readers.
#[derive(Default)]
struct Group {
    reason: Option<Reason>,
    alerts: Vec<(Alert, bool)>,
}

/// Notifications, each with which of its alerts have just begun. Of a group of which something is to be told,
/// all is told that fires.
pub(super) fn make(
    rules: &Rules,
    round: &Round<'_>,
    alerts: &mut Alerts,
    firing: Vec<(Due, bool)>,
    ended: Vec<Ended>,
    now: Moment,
    totals: &mut EngineTotals,
) -> Vec<(Notification, Vec<bool>)> {
    let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
    let key = |is_over: bool, rule: usize, labels: &Labels| -> Key {
        (is_over, group(&rules.group_by, labels), rules.rules[rule].alert.handlers.clone())
    };
    for (due, is_muted) in &firing {
        if let Some(entry) = alerts.by_rule[due.rule].get_mut(&due.labels) {
            entry.is_muted = *is_muted;
        }
        if let Some(reason) = due.reason {
            let group = groups.entry(key(false, due.rule, &due.labels)).or_default();
            group.reason = Some(group.reason.map_or(reason, |known| tell::foremost(known, reason)));
        }
    }
    if !groups.is_empty() {
        for (due, is_muted) in &firing {
            let Some(entry) = alerts.by_rule[due.rule].get_mut(&due.labels) else { continue };
            let is_known = entry.state.firing().is_some_and(|firing| firing.told.is_some());
            // One that waits for its cooldown is not told by the way.
            if *is_muted || !(is_known || due.reason.is_some()) {
                continue;
            }
            let Some(group) = groups.get_mut(&key(false, due.rule, &due.labels)) else { continue };
            let began = due.reason == Some(Reason::Fired);
            tell::note(&mut entry.state, now.at);
            alerts.changes += 1;
            let rule = &rules.rules[due.rule];
            let facts = entry.facts(rule);
            let said = say_firing(rules, round, due, entry, &facts, now);
            totals.template_failures += said.failures;
            if let Some(firing) = entry.state.firing() {
                let told = entry.state.told();
                let alert = alert(rule, &due.labels, &facts, firing, told, None, said);
                group.alerts.push((alert, began));
            }
        }
    }
    for ended in ended {
        let rule = &rules.rules[ended.rule];
        let over = over(&ended.firing, now);
        let lasted = Duration::from_nanos(now.at.saturating_sub(ended.firing.since));
        let specifics = Specifics::default();
        let view = View::new(rule, &ended.labels, &ended.facts, &ended.firing, &specifics);
        let view = view.for_so_long(lasted, &ended.state).over(over, lasted);
        let said = rules.messages.say(Some(ended.rule), &view);
        totals.template_failures += said.failures;
        let told = ended.state.fired.map(|fired| fired.severity);
        let alert = alert(rule, &ended.labels, &ended.facts, &ended.firing, told, Some(over), said);
        let group = groups.entry(key(true, ended.rule, &ended.labels)).or_default();
        group.reason = Some(Reason::Resolved);
        group.alerts.push((alert, false));
    }
    for orphan in std::mem::take(&mut alerts.orphans) {
        alerts.changes += 1;
        let group = group(&rules.group_by, &orphan.labels);
        let group = groups.entry((true, group, orphan.handlers.clone())).or_default();
        group.reason = Some(Reason::Resolved);
        group.alerts.extend(of_orphan(orphan, now).map(|alert| (alert, false)));
    }
    let at = from_unix_nanos(now.wall);
    let mut told: Vec<_> =
        groups.into_iter().filter_map(|(key, group)| told(key, group, at)).collect();
    // The most urgent first, and what is over last.
    told.sort_by_key(|(notification, _)| {
        (notification.reason == Reason::Resolved, std::cmp::Reverse(notification.severity()))
    });
    told
}

/// What an alert is grouped by: each alert is a group of its own where nothing is said.
fn group(group_by: &[String], labels: &Labels) -> Labels {
    if group_by.is_empty() {
        return labels.clone();
    }
    let common = group_by.iter().filter_map(|label| labels.get_key_value(label));
    common.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn told(
    (_, group, handlers): Key,
    Group { reason, mut alerts }: Group,
    at: SystemTime,
) -> Option<(Notification, Vec<bool>)> {
    alerts.sort_by(|(a, _), (b, _)| {
        b.severity.cmp(&a.severity).then_with(|| a.labels.cmp(&b.labels))
    });
    let (alerts, began): (Vec<Alert>, Vec<bool>) = alerts.into_iter().unzip();
    (!alerts.is_empty())
        .then_some((Notification { reason: reason?, group, alerts, handlers, at }, began))
}

fn say_firing(
    rules: &Rules,
    round: &Round<'_>,
    due: &Due,
    entry: &Entry,
    facts: &Facts,
    now: Moment,
) -> Said {
    let rule = &rules.rules[due.rule];
    let probe = rule.probes.get(entry.probe);
    let specifics = probe.map(|probe| Specifics::of(probe, round)).unwrap_or_default();
    let Some(firing) = entry.state.firing() else {
        return Said { summary: String::new(), description: String::new(), failures: 0 };
    };
    let lasted = Duration::from_nanos(now.at.saturating_sub(firing.since));
    let view = View::new(rule, &due.labels, facts, firing, &specifics);
    rules.messages.say(Some(due.rule), &view.for_so_long(lasted, &entry.state))
}

/// Never before it began, whatever the clock on the wall does.
fn over(firing: &Firing, now: Moment) -> SystemTime {
    from_unix_nanos(now.wall.max(firing.started))
}

pub(super) fn alert(
    rule: &Compiled,
    labels: &Labels,
    facts: &Facts,
    firing: &Firing,
    told: Option<Severity>,
    ended: Option<SystemTime>,
    said: Said,
) -> Alert {
    Alert {
        rule: rule.alert.name.clone(),
        labels: labels.clone(),
        severity: firing.severity(),
        started: from_unix_nanos(firing.started),
        ended,
        summary: said.summary,
        description: said.description,
        observed: facts.observed.clone(),
        limit: facts.limit.clone(),
        told,
        runbook: rule.alert.runbook.clone(),
    }
}

fn of_orphan(orphan: Orphan, now: Moment) -> Option<Alert> {
    let firing = orphan.state.firing()?;
    Some(Alert {
        severity: firing.severity(),
        started: from_unix_nanos(firing.started),
        ended: Some(over(firing, now)),
        summary: format!("{}, and nobody looks at it any more", orphan.facts.headline),
        description: "What it was about is not among the rules any more.".to_owned(),
        observed: orphan.facts.observed,
        limit: orphan.facts.limit,
        told: orphan.state.told(),
        runbook: None,
        rule: orphan.rule,
        labels: orphan.labels,
    })
}
