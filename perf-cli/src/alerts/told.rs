//! What would have been told, and what it comes to.

use perfkit::alert::{Alert, Labels, Notification, Reason, Severity};
use perfkit::report::wording;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// Everything that would have been told, in order.
#[derive(Default)]
pub(super) struct Told {
    pub(super) rows: Vec<Row>,
    /// What fires, as it was told last.
    firing: BTreeMap<Labels, (SystemTime, Severity)>,
    /// From when to when something fired, in no order.
    stretches: Vec<(SystemTime, SystemTime)>,
}

/// One alert in one notification.
pub(super) struct Row {
    pub(super) at: SystemTime,
    pub(super) reason: Reason,
    pub(super) alert: Alert,
    /// As it was told before, if it was.
    pub(super) before: Option<Severity>,
}

impl Told {
    pub(super) fn extend(&mut self, notifications: Vec<Notification>) {
        for told in notifications {
            for alert in told.alerts {
                let before = self.firing.get(&alert.labels).map(|(_, severity)| *severity);
                // Those of one group are told together, also those of which nothing is new.
                let reason = match (told.reason, before) {
                    (Reason::Resolved, _) => Reason::Resolved,
                    (_, None) => Reason::Fired,
                    (Reason::Fired, Some(_)) => Reason::Repeated,
                    (reason, Some(_)) => reason,
                };
                match alert.ended {
                    None => {
                        let now = (alert.started, alert.severity);
                        self.firing.insert(alert.labels.clone(), now);
                    }
                    Some(ended) => {
                        self.firing.remove(&alert.labels);
                        self.stretches.push((alert.started, ended));
                    }
                }
                self.rows.push(Row { at: told.at, reason, alert, before });
            }
        }
    }

    /// What fires still did so until then.
    pub(super) fn end(&mut self, at: SystemTime) {
        self.stretches.extend(self.firing.values().map(|(since, _)| (*since, at.max(*since))));
    }

    /// How many alerts would have begun.
    pub(super) fn fired(&self) -> usize {
        self.rows.iter().filter(|row| row.reason == Reason::Fired).count()
    }

    /// How many of them went on at the end.
    pub(super) fn still_firing(&self) -> usize {
        self.firing.len()
    }

    /// How long at least one fired.
    pub(super) fn time_firing(&self) -> Duration {
        let mut stretches = self.stretches.clone();
        stretches.sort();
        let mut counted_to = SystemTime::UNIX_EPOCH;
        let mut sum = Duration::ZERO;
        for (from, to) in stretches {
            sum += to.duration_since(from.max(counted_to)).unwrap_or_default();
            counted_to = counted_to.max(to);
        }
        sum
    }

    /// Rules with how often they fired, the most frequent first.
    pub(super) fn most_frequent(&self) -> Vec<(&str, usize)> {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.reason == Reason::Fired) {
            *rules.entry(&row.alert.rule).or_default() += 1;
        }
        let mut rules: Vec<_> = rules.into_iter().collect();
        rules.sort_by_key(|(_, fired)| std::cmp::Reverse(*fired));
        rules
    }
}

impl Row {
    /// With the names that handlers write.
    pub(super) fn to_json(&self) -> Value {
        let alert = &self.alert;
        json!({
            "at": rfc3339(self.at),
            "reason": self.reason.as_str(),
            "rule": alert.rule,
            "status": if alert.is_firing() { "firing" } else { "resolved" },
            "severity": alert.severity.as_str(),
            "labels": alert.labels,
            "started": rfc3339(alert.started),
            "ended": alert.ended.map(rfc3339),
            "summary": alert.summary,
            "description": alert.description,
            "observed": alert.observed,
            "limit": alert.limit,
            "runbook": alert.runbook,
        })
    }
}

/// To the second, in UTC.
pub(super) fn rfc3339(time: SystemTime) -> String {
    wording::moment(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(second)
    }

    fn told(reason: Reason, rule: &str, started: u64, ended: Option<u64>) -> Notification {
        let mut alert = Alert::new(rule, Severity::Warning, at(started));
        alert.ended = ended.map(at);
        Notification::new(reason, vec![alert], at(ended.unwrap_or(started)))
    }

    #[test]
    fn time_in_which_two_fire_counts_once() {
        let mut all = Told::default();
        all.extend(vec![
            told(Reason::Fired, "a", 10, None),
            told(Reason::Fired, "b", 20, None),
            told(Reason::Resolved, "a", 10, Some(30)),
            told(Reason::Resolved, "b", 20, Some(50)),
            told(Reason::Fired, "a", 100, None),
        ]);
        all.end(at(105));
        assert_eq!(all.time_firing(), Duration::from_secs(40 + 5));
        assert_eq!((all.fired(), all.still_firing()), (3, 1));
        assert_eq!(all.most_frequent(), [("a", 2), ("b", 1)]);
    }

    #[test]
    fn one_that_is_told_with_a_new_one_of_its_group_has_not_begun_again() {
        let mut all = Told::default();
        all.extend(vec![told(Reason::Fired, "a", 10, None)]);
        let mut both = told(Reason::Fired, "a", 10, None);
        both.alerts.push(Alert::new("b", Severity::Warning, at(20)));
        all.extend(vec![both]);
        let reasons: Vec<_> = all.rows.iter().map(|row| row.reason).collect();
        assert_eq!(reasons, [Reason::Fired, Reason::Repeated, Reason::Fired]);
    }
}
