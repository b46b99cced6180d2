//! From the promises of an SLA file to documents of OpenSLO.

use super::duration::{is_exact, shorthand};
use super::names::{Names, label};
use super::parts::{annotation, metadata, promise, rounding, window};
use super::yaml::{Yaml, table, text};
use super::{OpenSloExport, PREFIX, VERSION, sources, unmapped};
use crate::burn_rate::BurnRatePair;
use crate::config::SlaConfig;
use crate::objective::{Budgeting, Objective};
use crate::period::Period;
use crate::quantity::{Quantity, decimal, percent_digits, span};
use crate::rule::{Certainty, Rule};
use crate::target::Target;
use std::time::Duration;

/// Characters that a description may have.
const MAX_DESCRIPTION: usize = 1_050;

/// The stretch that is written for targets, which have none.
const THIRTY_DAYS: Period = Period::Rolling(Duration::from_secs(30 * 86_400));

/// The share of measurements that is written for a floor, which has none.
const FLOOR_SHARE: f64 = 0.99;

pub(super) fn export(config: &SlaConfig, service: &str) -> OpenSloExport {
    let mut exporter = Exporter {
        config,
        service: label(service),
        names: Names::default(),
        out: String::new(),
        left_out: Vec::new(),
    };
    exporter.service(service);
    config.targets.iter().for_each(|target| exporter.target(target));
    config.objectives.iter().for_each(|objective| exporter.objective(objective));
    exporter.left_out.extend(unmapped::of(config));
    OpenSloExport { yaml: exporter.out, left_out: exporter.left_out }
}

struct Exporter<'a> {
    config: &'a SlaConfig,
    /// The name of its document.
    service: String,
    names: Names,
    out: String,
    left_out: Vec<String>,
}

/// An SLO before it is written.
struct Slo<'a> {
    display: &'a str,
    description: Option<Yaml>,
    annotations: Vec<(String, Yaml)>,
    indicator: Yaml,
    window: Yaml,
    method: &'a str,
    objective: Yaml,
    policies: Vec<Yaml>,
}

impl Exporter<'_> {
    fn service(&mut self, name: &str) {
        let overall = self.config.overall_operation.as_deref();
        let annotations = overall.map(|name| annotation("overall-operation", name));
        let metadata = metadata(&self.service, name, annotations.into_iter().collect());
        self.document("Service", metadata, Yaml::Table(Vec::new()));
    }

    fn target(&mut self, target: &Target) {
        let (indicator, objective) = match sources::of_target(self.config, target) {
            Ok((indicator, Some(share))) => (indicator, Yaml::Table(vec![promise(share)])),
            Ok((indicator, None)) => {
                let Quantity::Rate(rate) = target.limit else { return };
                let least = table([("op", text("gte")), ("value", Yaml::Plain(rate.to_string()))]);
                let share = percent_digits(FLOOR_SHARE);
                self.left_out.push(format!(
                    "{}: a floor of OpenSLO also has a share of measurements that keep it; {share} % is \
                     written",
                    target.path
                ));
                (indicator, least.with("targetPercent", Yaml::Plain(share)))
            }
            Err(why) => return self.left_out.push(format!("{}: {why}", target.path)),
        };
        let mut annotations = vec![annotation("path", &target.path)];
        annotations.extend(self.rule(&target.path, target.rule));
        self.slo(Slo {
            display: &target.path,
            description: None,
            annotations,
            indicator,
            window: window(&THIRTY_DAYS),
            method: "Occurrences",
            objective,
            policies: Vec::new(),
        });
    }

    fn objective(&mut self, objective: &Objective) {
        let path = format!("objectives.{}", objective.name);
        let Some(indicator) = sources::of_objective(self.config, objective) else {
            let message = format!("{path}: its metric is not in [metrics]");
            return self.left_out.push(message);
        };
        let mut annotations = self.rule(&path, objective.rule);
        if let Period::Rolling(length) = objective.period {
            annotations.extend(self.rounded(&path, "period", length));
        }
        let mut promised = Yaml::Table(vec![promise(objective.target)]);
        let mut method = "Occurrences";
        if let Budgeting::TimeSlices { length, target } = objective.budgeting {
            method = "Timeslices";
            annotations.extend(self.rounded(&path, "slice", length));
            promised = promised
                .with("timeSliceTarget", Yaml::Plain(decimal(target)))
                .with("timeSliceWindow", text(shorthand(length)));
        }
        let pairs = objective.burn_rates.iter();
        let policies = pairs.map(|pair| self.policy(&path, objective, pair)).collect();
        let description = self.description(&path, &objective.description);
        self.slo(Slo {
            display: &objective.name,
            description,
            annotations,
            indicator,
            window: window(&objective.period),
            method,
            objective: promised,
            policies,
        });
    }

    fn slo(&mut self, slo: Slo<'_>) {
        let name = self.names.unique(slo.display);
        let indicator = table([
            ("metadata", metadata(&name, slo.display, Vec::new())),
            ("spec", slo.indicator),
        ]);
        let policies = (!slo.policies.is_empty()).then_some(Yaml::List(slo.policies));
        let spec = Yaml::Table(Vec::new())
            .with_some("description", slo.description)
            .with("service", text(&*self.service))
            .with("indicator", indicator)
            .with("timeWindow", Yaml::List(vec![slo.window]))
            .with("budgetingMethod", text(slo.method))
            .with("objectives", Yaml::List(vec![slo.objective]))
            .with_some("alertPolicies", policies);
        self.document("SLO", metadata(&name, slo.display, slo.annotations), spec);
    }

    /// Writes the condition and the policy of a pair, and says how an SLO refers to them.
    fn policy(&mut self, path: &str, objective: &Objective, pair: &BurnRatePair) -> Yaml {
        let name = self.names.unique(&format!("{} burn", objective.name));
        let display = format!(
            "{}: {} times too fast for {}",
            objective.name,
            decimal(pair.factor),
            span(pair.long)
        );
        // Always told, because a condition has no place for the second window.
        let annotations = vec![
            annotation("budget", &format!("{}%", percent_digits(pair.budget))),
            annotation("long-window", &span(pair.long)),
            annotation("short-window", &span(pair.short)),
            annotation("min-events", &pair.min_events.to_string()),
        ];
        if !is_exact(pair.long) {
            self.left_out.push(rounding(path, "the long window of a burn rate", pair.long));
        }
        let condition = table([
            ("kind", text("burnrate")),
            ("op", text("gte")),
            ("threshold", Yaml::Plain(decimal(pair.factor))),
            ("lookbackWindow", text(shorthand(pair.long))),
        ]);
        let condition =
            table([("severity", text(pair.severity.as_str())), ("condition", condition)]);
        self.document("AlertCondition", metadata(&name, &display, annotations), condition);
        let conditions = Yaml::List(vec![table([("conditionRef", text(&*name))])]);
        let policy = table([
            ("alertWhenBreaching", Yaml::Plain("true".to_owned())),
            ("alertWhenResolved", Yaml::Plain("true".to_owned())),
            ("alertWhenNoData", Yaml::Plain("false".to_owned())),
            ("conditions", conditions),
            ("notificationTargets", Yaml::List(Vec::new())),
        ]);
        self.document("AlertPolicy", metadata(&name, &display, Vec::new()), policy);
        table([("alertPolicyRef", text(name))])
    }

    fn description(&mut self, path: &str, description: &str) -> Option<Yaml> {
        if description.is_empty() {
            return None;
        }
        let short: String = description.chars().take(MAX_DESCRIPTION).collect();
        if short.len() < description.len() {
            self.left_out.push(format!(
                "{path}: of its description, what is beyond {MAX_DESCRIPTION} characters"
            ));
        }
        Some(text(short))
    }

    /// What is not judged by default, for us alone.
    fn rule(&mut self, path: &str, rule: Rule) -> Vec<(String, Yaml)> {
        let default = Rule::default();
        let mut own = Vec::new();
        if rule.certainty != default.certainty {
            own.push(match rule.certainty {
                Certainty::Point => annotation("confidence", "point"),
                Certainty::Firm(confidence) => annotation("confidence", &confidence.to_string()),
            });
        }
        if rule.min_samples != default.min_samples {
            own.push(annotation("min-samples", &rule.min_samples.to_string()));
        }
        if rule.on_no_data != default.on_no_data {
            own.push(annotation("on-no-data", rule.on_no_data.as_str()));
        }
        own.extend(rule.window.map(|window| annotation("window", &span(window))));
        if !own.is_empty() {
            let names: Vec<String> =
                own.iter().map(|(key, _)| key[PREFIX.len()..].replace('-', "_")).collect();
            let names = names.join(", ");
            self.left_out
                .push(format!("{path}: {names}: annotations say it, which only perfkit reads"));
        }
        own
    }

    /// The exact time, where OpenSLO's is rounded.
    fn rounded(&mut self, path: &str, key: &str, time: Duration) -> Option<(String, Yaml)> {
        if is_exact(time) {
            return None;
        }
        self.left_out.push(rounding(path, key, time));
        Some(annotation(key, &span(time)))
    }

    fn document(&mut self, kind: &str, metadata: Yaml, spec: Yaml) {
        table([
            ("apiVersion", text(VERSION)),
            ("kind", text(kind)),
            ("metadata", metadata),
            ("spec", spec),
        ])
        .write(&mut self.out);
    }
}
