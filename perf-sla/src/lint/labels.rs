//! Labels that no alert has: what is grouped, silenced or inhibited by them is not.

use super::warning;
use crate::config::SlaConfig;
use crate::error::Problem;
use crate::matcher::Matcher;
use crate::reader::suggest;

/// What alerts are told apart by, beside the labels that metrics are judged by.
const LABELS: [&str; 7] =
    ["alertname", "operation", "metric", "objective", "target", "stage", "resource"];

/// Labels that are named somewhere in the file and that no alert of it has.
pub(super) fn unknown(config: &SlaConfig, warnings: &mut Vec<Problem>) {
    let by = config.metrics.iter().filter_map(|metric| metric.by.as_deref());
    let known: Vec<&str> = LABELS.into_iter().chain(by).collect();
    let given = config.alerting.labels.keys().map(String::as_str);
    let origin: Vec<&str> = given.chain(["instance"]).collect();
    let mut check = |line: Option<usize>, what: &str, label: &str, with_severity: bool| {
        if known.contains(&label) || with_severity && label == "severity" {
            return;
        }
        let message = match label {
            "severity" => format!(
                "{what}: an alert keeps its labels while its severity changes, so severity is none of them"
            ),
            _ if origin.contains(&label) => format!(
                "{what}: {label:?} is given to all alerts of this process when they are told; only the match of a \
                 handler sees it"
            ),
            _ => {
                let severity = with_severity.then_some("severity");
                let hint = suggest(label, known.iter().copied().chain(severity));
                format!("{what}: no alert of this file has a label {label:?}; {hint}")
            }
        };
        warnings.push(warning(line, message));
    };
    for label in &config.alerting.group_by {
        check(config.alerting.line, "alerting: group_by", label, false);
    }
    for inhibition in config.inhibitions.iter().flatten() {
        for label in &inhibition.equal {
            check(inhibition.line, "inhibit: equal", label, false);
        }
        for (key, matchers) in [("source", &inhibition.source), ("target", &inhibition.target)] {
            let what = format!("inhibit: {key}");
            labels(matchers).for_each(|label| check(inhibition.line, &what, label, true));
        }
    }
    for silence in &config.silences {
        let what = format!("silence {:?}: match", silence.name);
        labels(&silence.matchers).for_each(|label| check(silence.line, &what, label, true));
    }
    for handler in &config.handlers {
        let what = format!("handlers.{}: match", handler.name);
        // Who tells it knows where it is from; who decides does not.
        labels(&handler.matchers)
            .filter(|label| !origin.contains(label))
            .for_each(|label| check(handler.line, &what, label, true));
    }
}

fn labels(matchers: &[Matcher]) -> impl Iterator<Item = &str> {
    matchers.iter().map(Matcher::label)
}
