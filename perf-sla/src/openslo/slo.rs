//! One SLO: an objective for each of its objectives, or a target.

use super::alerting::{self, Policy};
use super::documents::{Document, Known};
use super::fields::{Fields, Findings};
use super::indicator::{self, Indicator};
use super::{target, window};
use crate::config::SlaConfig;
use crate::document::{Lines, Node, Place};
use crate::period::Period;
use crate::reader::MAX_LISTED;
use crate::rule::Rule;
use std::time::Duration;

/// Alert policies of one SLO.
const MAX_POLICIES: usize = 100;

/// From SLOs to promises.
pub(super) struct Reader<'a, 'n> {
    pub(super) config: &'a mut SlaConfig,
    pub(super) known: &'a mut Known<'n>,
    pub(super) findings: &'a mut Findings,
    pub(super) lines: &'a Lines<'a>,
    pub(super) targets: Vec<Place>,
    pub(super) objectives: Vec<Place>,
}

/// What all objectives of an SLO have in common.
pub(super) struct Common<'n> {
    pub(super) title: &'n str,
    pub(super) name: &'n str,
    pub(super) description: &'n str,
    pub(super) period: Period,
    pub(super) method: &'n str,
    pub(super) policies: Vec<(Policy, Place)>,
    pub(super) rule: Rule,
    /// The length of a slice, where it was rounded.
    pub(super) slice: Option<Duration>,
}

impl<'a, 'n> Reader<'a, 'n> {
    pub(super) fn new(
        config: &'a mut SlaConfig,
        known: &'a mut Known<'n>,
        findings: &'a mut Findings,
        lines: &'a Lines<'a>,
    ) -> Self {
        Reader { config, known, findings, lines, targets: Vec::new(), objectives: Vec::new() }
    }

    /// Where the targets and the objectives stand.
    pub(super) fn places(self) -> [Vec<Place>; 2] {
        [self.targets, self.objectives]
    }

    pub(super) fn slo(&mut self, slo: &Document<'n>) {
        let keys = [
            "description",
            "service",
            "indicator",
            "indicatorRef",
            "timeWindow",
            "budgetingMethod",
            "objectives",
            "alertPolicies",
        ];
        let Some(fields) = self.findings.fields(slo.spec, "SLO", &keys) else { return };
        let title = slo.metadata.title();
        self.findings.required(fields, "service", "shop");
        let shared = self.indicator(fields, title);
        let period = window::read(fields, &slo.metadata, self.findings);
        let policies = self.policies(fields);
        let rule = target::rule(&slo.metadata, self.findings);
        let slice = target::slice(&slo.metadata, self.findings);
        let method = self.method(fields);
        let description = match fields.get("description") {
            Some(_) => self.findings.text(fields, "description").unwrap_or(""),
            None => "",
        };
        let objectives = self.findings.list(fields, "objectives", MAX_LISTED);
        if objectives.is_empty() {
            let message = "an SLO has objectives: [{targetPercent: 99.9}]";
            self.findings.fault(fields.place_of("objectives"), message);
        }
        let (Some(period), Some(method), Some(rule)) = (period, method, rule) else { return };
        let common = Common {
            title,
            name: slo.metadata.name,
            description,
            period,
            method,
            policies,
            rule,
            slice,
        };
        let is_target = slo.metadata.own("path").is_some();
        for (i, node) in objectives.iter().enumerate() {
            if self.objectives.len() + self.targets.len() >= MAX_LISTED {
                let message = format!("more than {MAX_LISTED} objectives; import them in parts");
                return self.findings.fault(node.place, message);
            }
            let number = (objectives.len() > 1).then_some(i + 1);
            self.objective(node, number, is_target, &common, shared.as_ref());
        }
    }

    /// Its indicator: `None` if there is none, inside that `None` if it is refused.
    pub(super) fn indicator(
        &mut self,
        fields: Fields<'n>,
        title: &str,
    ) -> Option<Option<Indicator>> {
        match (fields.get("indicator"), fields.get("indicatorRef")) {
            (None, None) => None,
            (Some(node), None) => Some(self.inline(node, title)),
            (None, Some(_)) => Some(self.findings.text(fields, "indicatorRef").and_then(|name| {
                let there = self.known.indicators.get(name).cloned();
                let place = fields.place_of("indicatorRef");
                self.known.refer("SLI", name, place, there.is_some(), self.findings);
                there?
            })),
            (Some(_), Some(node)) => {
                let message = "has an indicator and an indicatorRef; leave out one of both";
                self.findings.fault(node.place, message);
                Some(None)
            }
        }
    }

    fn inline(&mut self, node: &'n Node, title: &str) -> Option<Indicator> {
        let keys = ["apiVersion", "kind", "metadata", "spec"];
        let fields = self.findings.fields(node, "indicator", &keys)?;
        let name = match fields.get("metadata") {
            Some(_) => self.findings.metadata(fields)?.title().to_owned(),
            None => title.to_owned(),
        };
        let Some(spec) = fields.get("spec") else {
            self.findings.fault(fields.place, "an indicator needs a spec");
            return None;
        };
        indicator::read(spec, &name, self.known, self.findings)
    }

    /// `None` if it is refused, or left out.
    fn method(&mut self, fields: Fields<'n>) -> Option<&'n str> {
        let method = self.findings.required(fields, "budgetingMethod", "Occurrences")?;
        let place = fields.place_of("budgetingMethod");
        match method {
            "Occurrences" | "Timeslices" => return Some(method),
            "RatioTimeslices" => self.findings.leave_out(
                place,
                "the SLO: RatioTimeslices takes the mean of ratios, in which a slice of one event counts as \
                 much as one of a million; use Occurrences, or Timeslices",
            ),
            other => self.findings.fault(
                place,
                format!("budgetingMethod {other:?} is not known; use Occurrences or Timeslices"),
            ),
        }
        None
    }

    fn policies(&mut self, fields: Fields<'n>) -> Vec<(Policy, Place)> {
        let mut policies = Vec::new();
        for node in self.findings.list(fields, "alertPolicies", MAX_POLICIES) {
            let keys = ["alertPolicyRef", "apiVersion", "kind", "metadata", "spec"];
            // Some write the name alone.
            let (name, place) = match node.as_text() {
                Some(name) => (Some(name), node.place),
                None => {
                    let own = self.findings.fields(node, "alert policy", &keys);
                    let Some(own) = own else { continue };
                    if own.get("alertPolicyRef").is_none() {
                        match own.get("spec") {
                            Some(spec) => {
                                let read = alerting::policy(spec, self.known, self.findings);
                                policies.extend(read.map(|policy| (policy, node.place)));
                            }
                            None => {
                                let message =
                                    "a policy has an alertPolicyRef, or metadata and spec";
                                self.findings.fault(node.place, message);
                            }
                        }
                        continue;
                    }
                    let name = self.findings.text(own, "alertPolicyRef");
                    (name, own.place_of("alertPolicyRef"))
                }
            };
            let Some(name) = name else { continue };
            let there = self.known.policies.get(name).cloned();
            self.known.refer("AlertPolicy", name, place, there.is_some(), self.findings);
            policies.extend(there.flatten().map(|policy| (policy, node.place)));
        }
        policies
    }
}
