//! `[[objectives]]`.

use super::value::Given;
use super::{Items, Reader};
use crate::burn_rate::{BurnRatePair, Severity};
use crate::document::{Node, Place};
use crate::good::Good;
use crate::keys;
use crate::metric::MetricSource;
use crate::objective::{Budgeting, Objective, allowed};
use crate::period::{Period, Zone};
use crate::rule::Rule;
use std::time::Duration;

const THIRTY_DAYS: Duration = Duration::from_secs(30 * 86_400);

impl Reader<'_> {
    pub(super) fn objectives(&mut self, node: &Node) {
        for table in self.list(node, "[[objectives]]") {
            let told = self.problems.len();
            let items = self.items(&keys::OBJECTIVE, table);
            if self.problems.len() == told
                && let Some(objective) = self.objective(table, &items)
            {
                self.config.objectives.push(objective);
            }
        }
    }

    fn objective(&mut self, table: &Node, items: &Items) -> Option<Objective> {
        let Some(name) = items.text("name") else {
            self.problem(table.place, "an objective needs a name = \"fast answers\"".to_owned());
            return None;
        };
        if self.config.objectives.iter().any(|objective| objective.name == name) {
            self.problem(table.place, format!("a second objective is called {name:?}"));
            return None;
        }
        let good = self.good(table.place, items)?;
        let target = match items.share("target") {
            Some(target) if allowed(target) > 0.0 => target,
            Some(_) => {
                let told = "target: 100 % leaves no budget: the first bad event would break it for the whole \
                            period; use max_error_rate, or less than 100 %";
                self.problem(items.get("target")?.place, told.to_owned());
                return None;
            }
            None => {
                let message = format!("objective {name:?} needs a target = \"99.9%\"");
                self.problem(table.place, message);
                return None;
            }
        };
        let period = match items.get("period").map(|item| &item.value) {
            Some(Given::Period(period)) => period.clone(),
            _ => Period::Rolling(THIRTY_DAYS),
        };
        let budgeting = self.budgeting(table.place, items)?;
        let burn_rates = self.burn_rates(table, &period, budgeting, allowed(target))?;
        Some(Objective {
            name: name.to_owned(),
            description: items.text("description").unwrap_or("").to_owned(),
            operation: items.text("operation").map(str::to_owned),
            good,
            target,
            period,
            budgeting,
            burn_rates,
            rule: items.rule(Rule { window: None, ..self.rule }),
            line: Some(self.lines.line(table.place)),
        })
    }

    fn good(&mut self, place: Place, items: &Items) -> Option<Good> {
        let metric = items.text("metric");
        let good = match (items.get("good").map(|item| &item.value), metric) {
            (Some(Given::Good(good)), None) => good.clone(),
            (None, Some(metric)) => {
                let known = self.config.metrics.iter().find(|known| known.name == metric);
                match known.map(|known| &known.source) {
                    Some(MetricSource::Ratio { .. }) => Good::Metric(metric.to_owned()),
                    Some(_) => {
                        let message = format!("metric: {metric:?} is no ratio of good events");
                        self.problem(items.get("metric")?.place, message);
                        return None;
                    }
                    None => {
                        let known = &self.config.metrics;
                        let hint = match known.is_empty() {
                            true => "there is no [metrics] with a ratio".to_owned(),
                            false => self.hint(metric, || known.iter().map(|m| m.name.as_str())),
                        };
                        let message = format!("metric: {metric:?} is not in [metrics]; {hint}");
                        self.problem(items.get("metric")?.place, message);
                        return None;
                    }
                }
            }
            _ => {
                let told =
                    "an objective needs either good = \"latency <= 300ms\" or metric = \"NAME\"";
                self.problem(place, told.to_owned());
                return None;
            }
        };
        if let (Good::Joint(_) | Good::Metric(_), Some(item)) = (&good, items.get("operation")) {
            let told = "operation: the events of a condition with several terms are requests, and those of \
                        a metric what its counters count";
            self.problem(item.place, told.to_owned());
            return None;
        }
        let is_of_calls = matches!(good, Good::Latency(_));
        if is_of_calls && items.text("operation").or(self.config.overall_operation()).is_none() {
            let told = "good: a latency is counted for one operation; add operation = \"NAME\", or \
                        overall_operation at the top of the file";
            self.problem(items.get("good")?.place, told.to_owned());
            return None;
        }
        Some(good)
    }

    fn budgeting(&mut self, place: Place, items: &Items) -> Option<Budgeting> {
        let (length, target) = (items.time("slice"), items.share("slice_target"));
        match (items.text("budgeting"), length, target) {
            (Some("time_slices"), Some(length), Some(target)) if target < 1.0 => {
                if length >= Duration::from_secs(1) && length <= Duration::from_secs(86_400) {
                    return Some(Budgeting::TimeSlices { length, target });
                }
                let told = "slice: a time slice lies between \"1s\" and \"1d\"";
                self.problem(items.get("slice")?.place, told.to_owned());
                None
            }
            (Some("time_slices"), ..) => {
                let told =
                    "time slices need slice = \"5min\" and slice_target = \"95%\", less than 100 %";
                self.problem(place, told.to_owned());
                None
            }
            (_, None, None) => Some(Budgeting::Occurrences),
            _ => {
                let told = "slice and slice_target do nothing without budgeting = \"time_slices\"";
                self.problem(place, told.to_owned());
                None
            }
        }
    }

    fn burn_rates(
        &mut self,
        table: &Node,
        period: &Period,
        budgeting: Budgeting,
        allowed: f64,
    ) -> Option<Vec<BurnRatePair>> {
        let entries = table.as_table().unwrap_or_default();
        let Some(given) = entries.iter().find(|entry| entry.key == "burn_rates") else {
            return Some(BurnRatePair::usual(period.length(), budgeting, allowed));
        };
        let mut pairs = Vec::new();
        let told = self.problems.len();
        for table in self.list(&given.value, "[[objectives.burn_rates]]") {
            let items = self.items(&keys::BURN_RATE, table);
            let (Some(budget), Some(long)) = (items.share("budget"), items.time("long")) else {
                let message = "a burn rate needs budget = \"2%\" and long = \"1h\"".to_owned();
                self.problem(table.place, message);
                continue;
            };
            let short = items.time("short").unwrap_or(long / 12);
            if short >= long || long > period.length() {
                let message = "the short window must be shorter than the long one, and that no longer than the period";
                self.problem(table.place, message.to_owned());
                continue;
            }
            let severity = severity(&items).unwrap_or_default();
            let mut pair =
                BurnRatePair::new(severity, budget, [long, short], period.length(), allowed);
            if pair.factor < 1e-6 {
                let message =
                    format!("budget: at a burn rate of {} everything is too fast", pair.factor);
                self.problem(table.place, message);
                continue;
            }
            if budgeting != Budgeting::Occurrences {
                pair.min_events = 1;
            }
            if let Some(Given::Count(events)) = items.get("min_events").map(|item| &item.value) {
                pair.min_events = *events;
            }
            pairs.push(pair);
        }
        pairs.sort_by_key(|pair| std::cmp::Reverse(pair.severity));
        (self.problems.len() == told).then_some(pairs)
    }

    pub(super) fn zone(&self) -> Zone {
        self.zone.clone()
    }
}

pub(super) fn severity(items: &Items) -> Option<Severity> {
    Some(match items.text("severity")? {
        "info" => Severity::Info,
        "critical" => Severity::Critical,
        _ => Severity::Warning,
    })
}
