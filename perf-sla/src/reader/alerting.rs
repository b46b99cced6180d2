//! `[alerting]`, `[[inhibit]]` and `[[silences]]`.

use super::Reader;
use crate::alert::{Alerting, Inhibition, PlannedSilence};
use crate::document::Node;
use crate::keys;

impl Reader<'_> {
    pub(super) fn alerting(&mut self, node: &Node) {
        let items = self.items(&keys::ALERTING, node);
        self.config.alerting = Alerting {
            group_by: items.texts("group_by"),
            repeat: items.time("repeat"),
            summary: items.text("summary").map(str::to_owned),
            description: items.text("description").map(str::to_owned),
            labels: items.labels("labels"),
            line: Some(self.lines.line(node.place)),
        };
    }

    pub(super) fn inhibitions(&mut self, node: &Node) {
        let mut inhibitions = Vec::new();
        for table in self.list(node, "[[inhibit]]") {
            let told = self.problems.len();
            let items = self.items(&keys::INHIBIT, table);
            let (source, target) = (items.matchers("source"), items.matchers("target"));
            if self.problems.len() > told {
                continue;
            }
            if source.is_empty() || target.is_empty() {
                let told = "an inhibition needs a source = ['severity=\"critical\"'] and a target = \
                            ['severity=\"warning\"']";
                self.problem(table.place, told.to_owned());
                continue;
            }
            let line = Some(self.lines.line(table.place));
            let equal = items.texts("equal");
            inhibitions.push(Inhibition { source, target, equal, line });
        }
        self.config.inhibitions = Some(inhibitions);
    }

    pub(super) fn silences(&mut self, node: &Node) {
        for table in self.list(node, "[[silences]]") {
            let told = self.problems.len();
            let items = self.items(&keys::SILENCE, table);
            if self.problems.len() > told {
                continue;
            }
            let matchers = items.matchers("match");
            let (Some(name), false) = (items.text("name"), matchers.is_empty()) else {
                let told = "a silence needs a name = \"nightly batch\" and a match = ['operation=\"batch\"']";
                self.problem(table.place, told.to_owned());
                continue;
            };
            let Some(schedule) = self.schedule(&items) else {
                let told = "a silence is either once, with from and to (after it), or again and again, with \
                            every = \"sunday\", at = \"02:30\" and lasts = \"2h\" (at most 7d)";
                self.problem(table.place, told.to_owned());
                continue;
            };
            let reason = items.text("reason").unwrap_or("").to_owned();
            let (name, line) = (name.to_owned(), Some(self.lines.line(table.place)));
            self.config.silences.push(PlannedSilence { name, reason, matchers, schedule, line });
        }
    }
}
