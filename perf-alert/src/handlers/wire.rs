//! An alert as Prometheus and Alertmanager have it: labels that tell it from others, annotations that describe it.

use crate::alert::{Alert, Labels};
use std::collections::BTreeMap;

/// The labels of an alert, its severity among them, under names that Alertmanager takes: a letter or `_`, then
/// letters, digits and `_`. What is empty there is as good as absent.
pub(super) fn labels(alert: &Alert) -> Labels {
    let mut labels = valid(&alert.labels);
    labels.entry("alertname".to_owned()).or_insert_with(|| alert.rule.clone());
    labels.insert("severity".to_owned(), alert.severity.as_str().to_owned());
    labels
}

/// Under names that Alertmanager takes.
pub(super) fn valid(labels: &Labels) -> Labels {
    let mut valid = Labels::new();
    for (name, value) in labels.iter().filter(|(name, value)| !name.is_empty() && !value.is_empty())
    {
        valid.entry(valid_name(name)).or_insert_with(|| value.clone());
    }
    valid
}

/// What changes while an alert lives.
pub(super) fn annotations(alert: &Alert) -> BTreeMap<&'static str, &str> {
    [
        ("summary", alert.summary.as_str()),
        ("description", alert.description.as_str()),
        ("observed", alert.observed.as_deref().unwrap_or("")),
        ("limit", alert.limit.as_deref().unwrap_or("")),
        ("runbook_url", alert.runbook.as_deref().unwrap_or("")),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .collect()
}

fn valid_name(name: &str) -> String {
    let valid = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let digit = if name.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    digit.chars().chain(name.chars().map(valid)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_alert::alert;

    #[test]
    fn names_are_made_valid_and_empty_values_left_out() {
        let mut alert = alert("slow", true);
        for (name, value) in [("a-b", "1"), ("9", "2"), ("ü", "3"), ("", "4"), ("e", "")] {
            alert.labels.insert(name.to_owned(), value.to_owned());
        }
        let labels = labels(&alert);
        let told: Vec<_> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(told, ["_=3", "_9=2", "a_b=1", "alertname=slow", "severity=warning"]);
    }
}
