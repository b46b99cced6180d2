//! Which metrics tell what, by the names of an exposition.

use crate::prometheus::Naming;
use crate::prometheus::names::family_name;

/// The names of one exposition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Families<'a> {
    pub(super) prefix: &'a str,
    pub(super) naming: Naming,
    /// The operation that stands for the whole.
    pub(super) whole: Option<&'a str>,
}

/// The metrics of operations that have one name.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Histogram of latencies.
    pub(super) durations: String,
    /// Counter of calls, with the label `status`.
    pub(super) requests: String,
    /// Counter of failures, with the label `kind`.
    pub(super) failures: String,
    /// The label that has the operation's name.
    pub(super) label: Option<&'static str>,
}

impl Families<'_> {
    /// A name with the prefix.
    pub(super) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The metrics of the operation of this name, or of the whole, and the matcher that means it.
    pub(super) fn of(&self, operation: Option<&str>) -> (Group, Option<(&'static str, String)>) {
        let operation = operation.or(self.whole);
        match (self.naming, operation) {
            (Naming::Stages, None) => (self.request(), None),
            (Naming::Stages, Some(name)) if name == self.whole.unwrap_or("request") => {
                (self.request(), None)
            }
            (Naming::Stages, Some(name)) => (self.stage(), Some(("stage", name.to_owned()))),
            (Naming::Inference, Some(name)) => {
                let durations =
                    family_name(self.prefix, &format!("{name}_duration"), "seconds", false);
                (Group { durations, ..self.operation() }, Some(("operation", name.to_owned())))
            }
            (_, name) => (self.operation(), name.map(|name| ("operation", name.to_owned()))),
        }
    }

    /// The matcher for the durations of an operation: in a family of its own it needs none.
    pub(super) fn has_own_durations(&self) -> bool {
        self.naming == Naming::Inference
    }

    /// What a dashboard shows: all operations.
    pub(super) fn groups(&self) -> Vec<Group> {
        match self.naming {
            Naming::Stages => vec![self.request(), self.stage()],
            _ => vec![self.operation()],
        }
    }

    /// The histograms of all operations, or of those with these names where each has a family of its own, with
    /// the label that has the name.
    pub(super) fn durations(&self, known: &[&str]) -> Vec<(String, Option<&'static str>)> {
        match self.naming {
            Naming::Inference => {
                known.iter().map(|name| (self.of(Some(name)).0.durations, None)).collect()
            }
            _ => self.groups().into_iter().map(|group| (group.durations, group.label)).collect(),
        }
    }

    fn operation(&self) -> Group {
        self.group("operation_", "operation_", Some("operation"))
    }

    fn request(&self) -> Group {
        Group { requests: self.name("requests_total"), ..self.group("request_", "request_", None) }
    }

    fn stage(&self) -> Group {
        self.group("stage_", "stage_", Some("stage"))
    }

    fn group(&self, durations: &str, counts: &str, label: Option<&'static str>) -> Group {
        Group {
            durations: self.name(&format!("{durations}duration_seconds")),
            requests: self.name(&format!("{counts}requests_total")),
            failures: self.name(&format!("{counts}failures_total")),
            label,
        }
    }
}
