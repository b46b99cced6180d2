//! `[[exclusions]]`.

use super::value::Given;
use super::{Items, Reader};
use crate::document::Node;
use crate::exclusion::{Day, Exclusion, Schedule};
use crate::keys;
use std::time::{Duration, SystemTime};

/// Longer than this is no exclusion but a change of the promise.
const LONGEST: Duration = Duration::from_secs(7 * 86_400);

impl Reader<'_> {
    pub(super) fn exclusions(&mut self, node: &Node) {
        for table in self.list(node, "[[exclusions]]") {
            let told = self.problems.len();
            let items = self.items(&keys::EXCLUSION, table);
            if self.problems.len() > told {
                continue;
            }
            let Some(name) = items.text("name") else {
                self.problem(table.place, "an exclusion needs a name = \"maintenance\"".to_owned());
                continue;
            };
            let Some(schedule) = self.schedule(&items) else {
                let told = "an exclusion is either once, with from and to (after it), or again and again, with \
                            every = \"sunday\", at = \"02:30\" and lasts = \"2h\" (at most 7d)";
                self.problem(table.place, told.to_owned());
                continue;
            };
            self.excluded_objectives(&items);
            self.config.exclusions.push(Exclusion {
                name: name.to_owned(),
                reason: items.text("reason").unwrap_or("").to_owned(),
                schedule,
                objectives: items.texts("objectives"),
            });
        }
    }

    pub(super) fn schedule(&self, items: &Items) -> Option<Schedule> {
        let moment = |key: &str| -> Option<SystemTime> {
            match items.get(key)?.value {
                Given::Moment(moment) => Some(moment),
                _ => None,
            }
        };
        let once = [moment("from"), moment("to")];
        let minute = match items.get("at").map(|item| &item.value) {
            Some(Given::TimeOfDay(minute)) => Some(*minute),
            _ => None,
        };
        match (once, items.text("every"), minute, items.time("lasts")) {
            ([Some(from), Some(to)], None, None, None) if from < to => {
                Some(Schedule::Once { from, to })
            }
            ([None, None], Some(day), Some(minute), Some(lasts)) if lasts <= LONGEST => {
                Some(Schedule::Every { day: Day::named(day), minute, lasts, zone: self.zone() })
            }
            _ => None,
        }
    }

    /// Objectives that there are none of.
    fn excluded_objectives(&mut self, items: &Items) {
        for name in items.texts("objectives") {
            let objectives = &self.config.objectives;
            if objectives.iter().any(|objective| objective.name == name) {
                continue;
            }
            let Some(item) = items.get("objectives") else { continue };
            let hint = match objectives.is_empty() {
                true => "there are none in this file".to_owned(),
                false => self.hint(&name, || objectives.iter().map(|o| o.name.as_str())),
            };
            let told = format!("objectives: there is no objective {name:?}; {hint}");
            return self.problem(item.place, told);
        }
    }
}
