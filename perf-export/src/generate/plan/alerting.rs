//! Who is told of a check: as the file's alerts say, or else as is usual.

use super::Text;
use super::query::USUAL;
use crate::generate::generator::Generator;
use perf_sla::{AlertRule, Severity};
use std::time::Duration;

/// One way in which somebody is told.
pub(super) struct Telling<'a> {
    pub(super) name: String,
    rule: Option<&'a AlertRule>,
}

impl<'a> Telling<'a> {
    /// Those of a path.
    pub(super) fn of(generator: &'a Generator, path: &str) -> Vec<Self> {
        let told = |is_meant: &dyn Fn(&AlertRule) -> bool| -> Vec<Self> {
            let rules = generator.sla.alerts().iter().filter(|alert| is_meant(alert));
            rules.map(|rule| Telling { name: rule.name.clone(), rule: Some(rule) }).collect()
        };
        let by_name = told(&|alert| alert.names(path));
        if !by_name.is_empty() {
            return by_name;
        }
        let of_all = told(&|alert| alert.watch() == Some("all"));
        match of_all.is_empty() {
            true => vec![Telling { name: format!("SLA {path}"), rule: None }],
            false => of_all,
        }
    }

    /// The severity that the file gives it.
    pub(super) fn severity(&self) -> Option<Severity> {
        self.rule.and_then(|rule| rule.severity)
    }

    pub(super) fn window(&self) -> Duration {
        self.rule.map_or(USUAL, |rule| rule.window)
    }

    /// For how long it must be so, or `usual` where the file has no alert.
    pub(super) fn pending(&self, usual: Duration) -> Duration {
        self.rule.map_or(usual, |rule| rule.pending)
    }

    /// For how long it must be over.
    pub(super) fn keep_firing(&self, usual: Duration) -> Duration {
        self.rule.map_or(usual, |rule| rule.keep_firing)
    }

    pub(super) fn annotations(
        &self,
        summary: String,
        description: Text,
    ) -> Vec<(&'static str, Text)> {
        // A template is for what the process knows; Prometheus would show it as it is written.
        let is_text = |text: &String| !text.contains("{{") && !text.contains("{%");
        let own = self.rule.and_then(|rule| rule.summary.clone()).filter(is_text);
        let mut annotations =
            vec![("summary", Text::plain(own.unwrap_or(summary))), ("description", description)];
        let runbook = self.rule.and_then(|rule| rule.runbook.clone());
        annotations.extend(runbook.map(|runbook| ("runbook_url", Text::plain(runbook))));
        annotations
    }
}

/// The labels of an alert: those of its check, and how urgent it is.
pub(super) fn labels(
    check: Vec<(&'static str, String)>,
    severity: Severity,
) -> Vec<(&'static str, String)> {
    check.into_iter().chain([("severity", severity.as_str().to_owned())]).collect()
}
