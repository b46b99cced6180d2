//! `[[alerts]]`.

use super::objectives::severity;
use super::{Items, MAX_LISTED, Reader};
use crate::alert::AlertRule;
use crate::document::Node;
use crate::keys;
use std::collections::HashSet;
use std::time::Duration;

const FIVE_MINUTES: Duration = Duration::from_secs(300);

impl Reader<'_> {
    pub(super) fn alerts(&mut self, node: &Node) {
        // What is missing because it was refused is no second mistake.
        let complete = self.problems.is_empty();
        let paths: Vec<String> = self.config.paths().collect();
        let known: HashSet<&str> = paths.iter().map(String::as_str).collect();
        for table in self.list(node, "[[alerts]]") {
            let told = self.problems.len();
            let items = self.items(&keys::ALERT, table);
            let (Some(name), Some(watch)) = (items.text("name"), items.text("watch")) else {
                if self.problems.len() == told {
                    let message = "an alert needs a name = \"slow retrieval\" and what it watches, such as \
                                   watch = \"operations.retrieval.max_p95\"";
                    self.problem(table.place, message.to_owned());
                }
                continue;
            };
            if self.config.alerts.iter().any(|alert| alert.name == name) {
                self.problem(table.place, format!("a second alert is called {name:?}"));
                continue;
            }
            if complete
                && !known.contains(watch)
                && let Some(item) = items.get("watch")
            {
                let hint = self.hint(watch, || paths.iter().take(MAX_LISTED).map(String::as_str));
                self.problem(item.place, format!("watch: {watch:?} is not in this file; {hint}"));
            }
            self.handlers_of(&items);
            self.config.alerts.push(AlertRule {
                name: name.to_owned(),
                watch: watch.to_owned(),
                severity: severity(&items),
                window: items.time("window").unwrap_or(FIVE_MINUTES),
                pending: items.time("for").unwrap_or_default(),
                keep_firing: items.time("keep_firing_for").unwrap_or_default(),
                cooldown: items.time("cooldown").unwrap_or(FIVE_MINUTES),
                handlers: items.texts("handlers"),
                runbook: items.text("runbook").map(str::to_owned),
                summary: items.text("summary").map(str::to_owned),
                line: Some(self.lines.line(table.place)),
            });
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
