//! `[[alerts]]`.

use super::objectives::severity;
use super::value::Given;
use super::{Item, Items, MAX_LISTED, Reader};
use crate::alert::{AlertRule, Trigger, WithoutData};
use crate::condition::Condition;
use crate::document::{Node, Place};
use crate::keys;
use crate::rule::Rule;
use crate::target::{Indicator, Subject};
use std::collections::HashSet;
use std::time::Duration;

/// As far back as the windows of a timeline reach.
const LONGEST_WINDOW: Duration = Duration::from_secs(3_600);

/// As many calls as an operation can remember.
const MOST_CALLS: u64 = 1 << 16;

impl Reader<'_> {
    pub(super) fn alerts(&mut self, node: &Node) {
        // What is missing because it was refused is no second mistake.
        let complete = self.problems.is_empty();
        let paths: Vec<String> = self.config.paths().collect();
        let known: HashSet<&str> = paths.iter().flat_map(|path| with_its_tables(path)).collect();
        let mut names = HashSet::new();
        for table in self.list(node, "[[alerts]]") {
            let told = self.problems.len();
            let items = self.items(&keys::ALERT, table);
            let Some(name) = items.text("name") else {
                self.needs(table.place, told);
                continue;
            };
            if !names.insert(name.to_owned()) {
                self.problem(table.place, format!("a second alert is called {name:?}"));
                continue;
            }
            let Some(trigger) = self.trigger(table.place, &items, told) else { continue };
            if let (true, Trigger::Watch(watch)) = (complete, &trigger)
                && watch != "all"
                && !known.contains(watch.as_str())
                && let Some(item) = items.get("watch")
            {
                let hint = self.hint(watch, || paths.iter().take(MAX_LISTED).map(String::as_str));
                self.problem(item.place, format!("watch: {watch:?} is not in this file; {hint}"));
            } else {
                self.thresholds(&trigger, &items);
            }
            self.handlers_of(&items);
            self.lookback(&trigger, &items);
            let usual = AlertRule::new(name, trigger);
            let is_no = |item: &Item| matches!(item.value, Given::Flag(false));
            let alert = AlertRule {
                severity: severity(&items),
                critical: items.limit("critical"),
                recovery: items.limit("recovery"),
                window: items.time("window").unwrap_or(usual.window),
                last: count(&items, "last").map(|last| last as usize),
                rule: judged(&items),
                pending: items.time("for").unwrap_or_default(),
                keep_firing: items.time("keep_firing_for").unwrap_or_default(),
                cooldown: items.time("cooldown").unwrap_or(usual.cooldown),
                repeat: items.time("repeat"),
                escalate_after: items.time("escalate_after"),
                flapping: !items.get("flapping").is_some_and(is_no),
                on_no_data: items.text("on_no_data").map(WithoutData::named),
                handlers: items.texts("handlers"),
                runbook: items.text("runbook").map(str::to_owned),
                summary: items.text("summary").map(str::to_owned),
                line: Some(self.lines.line(table.place)),
                ..usual
            };
            self.config.alerts.push(alert);
        }
    }

    fn needs(&mut self, place: Place, told: usize) {
        if self.problems.len() == told {
            let message = "an alert needs a name = \"slow retrieval\" and what it watches, such as \
                           watch = \"operations.retrieval.max_p95\" or when = \"p95 > 200ms\"";
            self.problem(place, message.to_owned());
        }
    }

    fn trigger(&mut self, place: Place, items: &Items, told: usize) -> Option<Trigger> {
        let condition = match items.get("when").map(|item| &item.value) {
            Some(Given::Condition(condition)) => Some(condition.clone()),
            _ => None,
        };
        match (items.text("watch"), condition) {
            (Some(watch), None) => {
                let beside = ["operation", "metric", "confidence", "min_samples", "last"];
                for item in beside.iter().filter_map(|key| items.get(key)) {
                    let message = format!(
                        "{}: does nothing beside watch; the target says so, or use when",
                        item.key
                    );
                    self.problem(item.place, message);
                }
                Some(Trigger::Watch(watch.to_owned()))
            }
            (None, Some(condition)) => {
                let subject = self.subject(items, &condition)?;
                Some(Trigger::When { subject, condition })
            }
            (Some(_), Some(_)) => {
                let message = "an alert has either watch or when".to_owned();
                self.problem(place, message);
                None
            }
            (None, None) => {
                self.needs(place, told);
                None
            }
        }
    }

    fn subject(&mut self, items: &Items, condition: &Condition) -> Option<Subject> {
        let place = items.get("when")?.place;
        let mut source = None;
        let subject = match (items.text("operation"), items.text("metric")) {
            (Some(_), Some(_)) => {
                let message = "when: it is about either an operation or a metric".to_owned();
                self.problem(place, message);
                return None;
            }
            (Some(operation), None) => Subject::Operation(operation.to_owned()),
            (None, Some(metric)) => {
                let known = self.config.metrics.iter().find(|known| known.name == metric);
                source = known.map(|known| known.source.clone());
                if source.is_none() {
                    let hint = self.hint(metric, || {
                        self.config.metrics.iter().map(|metric| metric.name.as_str())
                    });
                    let at = items.get("metric")?.place;
                    self.problem(at, format!("metric: {metric:?} is not in [metrics]; {hint}"));
                    return None;
                }
                Subject::Metric(metric.to_owned())
            }
            (None, None) if condition.is_of_resources() => Subject::Resources { idle: false },
            (None, None) => Subject::Overall,
        };
        match condition.check(&subject, source.as_ref()) {
            Ok(()) => Some(subject),
            Err(told) => {
                self.problem(place, format!("when: {told}"));
                None
            }
        }
    }

    /// `critical` and `recovery` lie on their side of the one limit that there is.
    fn thresholds(&mut self, trigger: &Trigger, items: &Items) {
        let condition = match trigger {
            Trigger::When { condition, .. } => Some(condition.clone()),
            Trigger::Watch(path) => {
                let target = self.config.targets.iter().find(|target| target.path == *path);
                target.map(|target| Condition::Beyond {
                    indicator: target.indicator,
                    bound: target.bound,
                    limit: target.limit,
                })
            }
        };
        for key in ["critical", "recovery"] {
            let (Some(item), Some(given)) = (items.get(key), items.limit(key)) else { continue };
            let message = match &condition {
                None => {
                    "there is not one limit that it could lie beside; use when, or watch one target"
                }
                Some(condition) if condition.with_limit(given).is_none() => {
                    "its unit is not that of the limit"
                }
                Some(condition) if condition.limit() == Some(given) => "it is the limit itself",
                Some(condition) if condition.is_beyond(given) != (key == "critical") => {
                    "it lies on the wrong side of the limit"
                }
                Some(_) => continue,
            };
            self.problem(item.place, format!("{key}: {message}"));
        }
    }

    /// What cannot be looked at so far back, or in so many calls.
    fn lookback(&mut self, trigger: &Trigger, items: &Items) {
        if let (Some(window), Some(item)) = (items.time("window"), items.get("window"))
            && window > LONGEST_WINDOW
        {
            let told = "an alert looks back at most \"1h\"; objectives look further";
            self.problem(item.place, format!("window: {told}"));
        }
        let (Some(item), Some(last)) = (items.get("last"), count(items, "last")) else { return };
        let of_calls = match trigger {
            Trigger::When { subject: Subject::Operation(_), condition } => matches!(
                condition,
                Condition::SlowRequest(_)
                    | Condition::Beyond {
                        indicator: Indicator::Percentile(_)
                            | Indicator::Mean
                            | Indicator::Max
                            | Indicator::ErrorRate
                            | Indicator::SuccessRate,
                        ..
                    }
            ),
            _ => false,
        };
        if items.get("window").is_some() {
            self.problem(item.place, "last: it takes the place of window".to_owned());
        } else if !(1..=MOST_CALLS).contains(&last) {
            self.problem(item.place, format!("last: it lies between 1 and {MOST_CALLS}"));
        } else if !of_calls {
            let told = "calls of one operation have a last so many: their latency and error_rate";
            self.problem(item.place, format!("last: {told}"));
        }
    }

    /// Without a single handler in the file they are made in code, under names that only the code knows.
    fn handlers_of(&mut self, items: &Items) {
        let Some(item) = items.get("handlers").filter(|_| !self.handler_names.is_empty()) else {
            return;
        };
        for name in items.texts("handlers") {
            if !self.handler_names.contains(&name) {
                let known = || self.handler_names.iter().map(String::as_str);
                let hint = self.hint(&name, known);
                self.problem(
                    item.place,
                    format!("handlers: there is no [handlers.{name}]; {hint}"),
                );
            }
        }
    }
}

fn count(items: &Items, key: &str) -> Option<u64> {
    match items.get(key)?.value {
        Given::Count(count) => Some(count),
        _ => None,
    }
}

/// `a.b.c`, `a.b` and `a`.
fn with_its_tables(path: &str) -> impl Iterator<Item = &str> {
    let dots = path.match_indices('.').map(|(at, _)| &path[..at]);
    dots.chain(std::iter::once(path))
}

/// How a condition is judged. Its window and what follows from no data are the alert's own.
fn judged(items: &Items) -> Rule {
    let Rule { certainty, min_samples, .. } = items.rule(Rule::default());
    Rule { certainty, min_samples, ..Rule::default() }
}
