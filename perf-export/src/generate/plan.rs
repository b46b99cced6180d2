//! What is recorded and who is told of what: the rules, before they are text.

mod absence;
mod alerting;
mod events;
mod measured;
mod objective;
mod query;
mod target;
mod text;
mod traffic;

pub(super) use text::{Text, inert};
pub(super) use traffic::{Series, Traffic};

use super::generator::Generator;
use perf_sla::Promise;
use std::time::Duration;

/// All groups of rules.
pub(super) struct Plan {
    pub(super) groups: Vec<Group>,
    /// What the file says and no rule does, in sentences.
    pub(super) left_out: Vec<String>,
}

/// Rules that are evaluated one after the other.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) recordings: Vec<Recording>,
    pub(super) alerts: Vec<Alert>,
}

/// A series that is computed from others.
#[derive(PartialEq)]
pub(super) struct Recording {
    pub(super) name: String,
    pub(super) expression: String,
    pub(super) labels: Vec<(&'static str, String)>,
}

/// Who is told, when, of what.
pub(super) struct Alert {
    pub(super) name: String,
    pub(super) expression: String,
    pub(super) pending: Duration,
    pub(super) keep_firing: Duration,
    /// Those that the rule sets; the series has others beside.
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) annotations: Vec<(&'static str, Text)>,
    /// What makes it fire.
    pub(super) traffic: Traffic,
    /// Whether it keeps the labels of the processes it is about.
    pub(super) has_process_labels: bool,
}

impl Plan {
    pub(super) fn of(generator: &Generator) -> Plan {
        let mut plan = Plan { groups: Vec::new(), left_out: Vec::new() };
        let promises: Vec<Promise<'_>> = generator.sla.promises().collect();
        for promise in &promises {
            match promise.objective() {
                Some(objective) => objective::plan(generator, promise, objective, &mut plan),
                None => target::plan(generator, promise, &mut plan),
            }
        }
        for target in generator.sla.targets() {
            let is_promise = promises
                .iter()
                .any(|promise| promise.target().is_some_and(|known| known.path == target.path));
            if !is_promise {
                measured::plan(generator, target, &mut plan);
            }
        }
        for exclusion in generator.sla.exclusions() {
            plan.left_out.push(format!(
                "exclusion {:?} ({}): its time is not subtracted; silence the alerts meanwhile",
                exclusion.name, exclusion.reason
            ));
        }
        for alert in generator.sla.alerts().iter().filter(|alert| alert.watch().is_none()) {
            plan.left_out.push(format!(
                "alert {:?}: what it looks at is seen in the process alone, which tells of it itself",
                alert.name
            ));
        }
        for silence in generator.sla.silences() {
            plan.left_out.push(format!("silence {:?}: Alertmanager has its own", silence.name));
        }
        plan.groups.push(absence::group(generator));
        plan
    }
}
