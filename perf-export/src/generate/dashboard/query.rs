//! Parts of queries.

use crate::generate::generator::Generator;
use crate::generate::promql::{for_grafana, quoted};

/// The stretch that Grafana chooses for a rate.
pub(super) const RANGE: &str = "[$__rate_interval]";

impl Generator {
    /// `{job=~"$job",instance=~"$instance"}` and these. Grafana escapes for double quotes.
    pub(super) fn chosen(&self, more: &[String]) -> String {
        let ours = ["job=~\"$job\"", "instance=~\"$instance\""].map(str::to_owned).into_iter();
        let others = self.selector.others(&["job"]).map(|matcher| for_grafana(&matcher));
        let all: Vec<String> = ours.chain(others).chain(more.iter().cloned()).collect();
        format!("{{{}}}", all.join(","))
    }

    /// The processes and operations that are chosen.
    pub(super) fn chosen_operations(&self, label: Option<&str>, more: &[String]) -> String {
        let operation = label.map(|label| format!("{label}=~\"$operation\""));
        let all: Vec<String> = operation.into_iter().chain(more.iter().cloned()).collect();
        self.chosen(&all)
    }

    /// The series of promises whose name, with the prefix, this is.
    pub(super) fn of_promises(&self, name: &str, more: &[String]) -> String {
        let chosen = self.chosen_operations(Some("operation"), more);
        format!("{}{chosen}", self.families().name(name))
    }
}

/// A matcher for what somebody has called something.
pub(super) fn matcher(label: &str, operator: &str, value: &str) -> String {
    for_grafana(&format!("{label}{operator}{}", quoted(value)))
}

/// `by (le, operation)`, or nothing for no labels.
pub(super) fn by(labels: &[Option<&str>]) -> String {
    let labels: Vec<&str> = labels.iter().flatten().copied().collect();
    if labels.is_empty() { String::new() } else { format!(" by ({})", labels.join(", ")) }
}

/// What a series is called that has this label, or none.
pub(super) fn legend(label: Option<&str>, none: &str) -> String {
    label.map_or_else(|| none.to_owned(), |label| format!("{{{{{label}}}}}"))
}
