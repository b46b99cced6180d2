//! `[defaults]`, `[overall]`, `[operations.NAME]` and `[resources]`.

use super::value::Given;
use super::{Item, Items, MAX_TARGETS, Reader};
use crate::document::{Node, Place};
use crate::keys;
use crate::quantity::Quantity;
use crate::rule::Rule;
use crate::target::{Bound, Indicator, Subject, Target};
use perf_core::Quantile;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

impl Reader<'_> {
    pub(super) fn defaults(&mut self, node: &Node) {
        let items = self.items(&keys::DEFAULTS, node);
        self.rule = items.rule(Rule::default());
        // So that what is wrong with them is told even where nobody inherits them.
        let told = self.problems.len();
        self.call_targets(&Subject::Overall, "defaults", &items, Rule::default());
        // What was told here is not told again for each operation.
        let wrong: BTreeSet<Place> =
            self.problems[told..].iter().map(|(place, _)| *place).collect();
        let is_kept = |item: &Item| item.key.contains("apdex") || !wrong.contains(&item.place);
        self.inherited = items.0.into_iter().filter(is_kept).collect();
    }

    pub(super) fn overall(&mut self, node: &Node) {
        let items = self.items(&keys::OVERALL, node);
        let rule = items.rule(self.rule);
        let targets = self.call_targets(&Subject::Overall, "overall", &items, rule);
        self.config.targets.extend(targets);
    }

    pub(super) fn operations(&mut self, node: &Node) {
        for (name, _, table) in self.named(node, "[operations.NAME]") {
            let told = self.problems.len();
            let mut items = self.items(&keys::OPERATION, table);
            let rule = items.rule(self.rule);
            let given: HashSet<&str> = items.0.iter().map(|item| item.key.as_str()).collect();
            let is_missing = |item: &&Item| !given.contains(item.key.as_str());
            let missing: Vec<Item> = self.inherited.iter().filter(is_missing).cloned().collect();
            items.0.extend(missing);
            if self.config.targets.len() + items.0.len() > MAX_TARGETS {
                let told = format!("more than {MAX_TARGETS} targets with those of defaults");
                return self.problem(table.place, told);
            }
            let subject = Subject::Operation(name.to_owned());
            let read = self.problems.len();
            let targets = self.call_targets(&subject, &format!("operations.{name}"), &items, rule);
            // What is wrong with the defaults was told with them.
            let mine = self.problems.split_off(read);
            let own = mine.into_iter().filter(|(place, _)| {
                self.inherited.binary_search_by_key(place, |item| item.place).is_err()
            });
            self.problems.extend(own);
            if targets.is_empty() && self.problems.len() == told {
                let example = "max_p95 = \"100ms\"";
                self.problem(
                    table.place,
                    format!("operation {name:?} has no target, such as {example}"),
                );
            }
            self.config.targets.extend(targets);
        }
    }

    pub(super) fn resources(&mut self, node: &Node) {
        let idle =
            node.as_table().and_then(|entries| entries.iter().find(|entry| entry.key == "idle"));
        let tables = [(false, Some(node)), (true, idle.map(|entry| &entry.value))];
        for (idle, table) in tables {
            let Some(table) = table else { continue };
            let section = if idle { &keys::IDLE } else { &keys::RESOURCES };
            let items = self.items(section, table);
            let rule = items.rule(Rule { on_no_data: self.rule.on_no_data, ..Rule::default() });
            let path = if idle { "resources.idle" } else { "resources" };
            for item in &items.0 {
                let (indicator, limit) = match (item.key.as_str(), &item.value) {
                    ("max_memory", Given::Bytes(bytes)) => {
                        (Indicator::Memory, Quantity::Bytes(*bytes))
                    }
                    ("max_cpu", Given::Share(share)) => (Indicator::Cpu, Quantity::Ratio(*share)),
                    ("max_open_files", Given::Count(count)) => {
                        (Indicator::OpenFiles, Quantity::Number(*count as f64))
                    }
                    _ => continue,
                };
                let subject = Subject::Resources { idle };
                let target =
                    self.target(&subject, path, item, (indicator, Bound::AtMost, limit), rule);
                self.config.targets.push(target);
            }
        }
    }

    /// The targets of a table about calls.
    fn call_targets(
        &mut self,
        subject: &Subject,
        path: &str,
        items: &Items,
        rule: Rule,
    ) -> Vec<Target> {
        let threshold = items.time("apdex_threshold");
        let mut targets = Vec::new();
        let mut percentiles = HashSet::new();
        for item in &items.0 {
            let Some(what) = self.call_target(item, threshold) else { continue };
            if matches!(what.0, Indicator::Percentile(_)) && !percentiles.insert(what.0.to_string())
            {
                self.problem(
                    item.place,
                    format!("{}: the same percentile a second time", item.key),
                );
                continue;
            }
            targets.push(self.target(subject, path, item, what, rule));
        }
        if let (Some(item), None) = (items.get("apdex_threshold"), items.get("min_apdex")) {
            let told = "apdex_threshold: does nothing without min_apdex, such as min_apdex = 0.9";
            self.problem(item.place, told.to_owned());
        }
        targets
    }

    fn call_target(
        &mut self,
        item: &Item,
        threshold: Option<Duration>,
    ) -> Option<(Indicator, Bound, Quantity)> {
        Some(match (item.key.as_str(), &item.value) {
            ("max_mean", Given::Time(limit)) => {
                (Indicator::Mean, Bound::AtMost, Quantity::Time(*limit))
            }
            ("max_max", Given::Time(limit)) => {
                (Indicator::Max, Bound::AtMost, Quantity::Time(*limit))
            }
            ("min_throughput", Given::Rate(limit)) => {
                (Indicator::Throughput, Bound::AtLeast, Quantity::Rate(*limit))
            }
            ("min_success_rate", Given::Share(limit)) => {
                (Indicator::SuccessRate, Bound::AtLeast, Quantity::Ratio(*limit))
            }
            ("max_error_rate", Given::Share(limit)) => {
                (Indicator::ErrorRate, Bound::AtMost, Quantity::Ratio(*limit))
            }
            ("min_apdex", Given::Number(limit)) => {
                let Some(threshold) = threshold else {
                    let told =
                        "min_apdex: needs apdex_threshold = \"100ms\" beside it, what satisfies";
                    self.problem(item.place, told.to_owned());
                    return None;
                };
                (Indicator::Apdex { threshold }, Bound::AtLeast, Quantity::Number(*limit))
            }
            (_, Given::Time(limit)) if item.key.starts_with("max_p") => {
                let quantile = self.percentile(item)?;
                (Indicator::Percentile(quantile), Bound::AtMost, Quantity::Time(*limit))
            }
            _ => return None,
        })
    }

    /// The quantile of a key such as `max_p99.9`.
    pub(super) fn percentile(&mut self, item: &Item) -> Option<Quantile> {
        let name = &item.key;
        let digits = name.strip_prefix("max_p").unwrap_or("");
        let Some(percentile) =
            digits.parse::<f64>().ok().filter(|_| digits.starts_with(|c: char| c.is_ascii_digit()))
        else {
            let hint = self.hint(name, || keys::OVERALL.names());
            self.problem(item.place, format!("unknown key {name:?}; {hint}"));
            return None;
        };
        // In decimal, so that 99.9 is 0.999.
        let quantile = format!("{digits}e-2").parse().ok().and_then(|q| Quantile::new(q).ok());
        match quantile {
            Some(quantile) if percentile > 0.0 && percentile < 100.0 => Some(quantile),
            _ => {
                let told = format!(
                    "{name}: a percentile lies between 0 and 100, such as \"max_p99.9\" with quotes; the \
                     largest value is max_max"
                );
                self.problem(item.place, told);
                None
            }
        }
    }

    pub(super) fn target(
        &self,
        subject: &Subject,
        path: &str,
        item: &Item,
        (indicator, bound, limit): (Indicator, Bound, Quantity),
        rule: Rule,
    ) -> Target {
        Target {
            subject: subject.clone(),
            indicator,
            bound,
            limit,
            rule,
            path: format!("{path}.{}", item.key),
            line: Some(self.lines.line(item.place)),
        }
    }
}
