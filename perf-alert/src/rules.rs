//! All rules of an engine, checked and joined with what they watch.

mod error;
mod probes;
mod watched;

pub use error::RuleError;
pub(crate) use probes::{Kind, Look, Probe};

use crate::alert::Labels;
use crate::message::Messages;
use crate::rule::Rule;
use perf_sla::{AlertRule, Exclusion, Inhibition, Matcher, PlannedSilence, SlaConfig};
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

/// What somebody is to be told of, who silences whom, and how it is said: checked, so that an engine has
/// nothing left to refuse.
#[derive(Clone, Debug)]
pub struct Rules {
    pub(crate) sla: SlaConfig,
    pub(crate) rules: Vec<Compiled>,
    /// Every stretch that is looked at, once.
    pub(crate) windows: Vec<Duration>,
    pub(crate) messages: Messages,
    pub(crate) group_by: Vec<String>,
    pub(crate) inhibitions: Vec<Inhibition>,
    pub(crate) planned: Vec<PlannedSilence>,
    pub(crate) exclusions: Vec<Exclusion>,
}

/// A rule with what it looks at.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) alert: AlertRule,
    pub(crate) probes: Vec<Probe>,
    /// How often it is said again that it goes on.
    pub(crate) repeat: Duration,
}

impl Compiled {
    /// Whether an alert with these labels can be one that it finds.
    pub(crate) fn finds(&self, labels: &Labels, sla: &SlaConfig) -> bool {
        self.probes.iter().any(|probe| {
            let by = probe.by(sla);
            let is_own = |(key, value): (&String, &String)| match probe.labels.get(key) {
                Some(own) => own == value,
                None => by == Some(key),
            };
            labels.iter().all(is_own) && probe.labels.keys().all(|key| labels.contains_key(key))
        })
    }
}

impl Rules {
    /// Rules in code.
    ///
    /// # Errors
    ///
    /// [`RuleError`] for a condition that does not fit what it is about, a limit on the wrong side of
    /// another, a template that is none, and a name that is given twice.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Result<Self, RuleError> {
        Rules::with_sla(&SlaConfig::default(), rules)
    }

    /// What an SLA file says of alerts, with its targets, objectives, exclusions and silences.
    ///
    /// ```
    /// use perf_alert::Rules;
    /// use perf_sla::SlaConfig;
    ///
    /// let sla = SlaConfig::from_toml(r#"
    ///     [operations.retrieval]
    ///     max_p95 = "100ms"
    ///
    ///     [[alerts]]
    ///     name = "broken promise"
    ///     watch = "all"
    /// "#)?;
    /// assert_eq!(Rules::from_sla(&sla)?.names().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RuleError`] for a template that is none, with the line of the file.
    pub fn from_sla(sla: &SlaConfig) -> Result<Self, RuleError> {
        Rules::with_sla(sla, [])
    }

    /// Those of an SLA file, and others in code that may watch its targets and objectives.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and for a path that is not in the file.
    pub fn with_sla(
        sla: &SlaConfig,
        rules: impl IntoIterator<Item = Rule>,
    ) -> Result<Self, RuleError> {
        let of_file = sla.alerts().iter().cloned().map(Rule::from);
        let rules: Vec<Rule> = of_file.chain(rules).collect();
        let mut windows = Vec::new();
        let mut known = HashSet::new();
        let mut compiled = Vec::with_capacity(rules.len());
        let alerts: Vec<AlertRule> = rules.iter().map(|rule| rule.alert.clone()).collect();
        for rule in rules {
            let (name, line) = (rule.alert.name.clone(), rule.alert.line);
            let refuse = |message: String| RuleError::new(sla, line, &name, message);
            if name.is_empty() || !known.insert(name.clone()) {
                return Err(refuse("every rule needs a name of its own".to_owned()));
            }
            let rule = rule.read().map_err(refuse)?;
            let probes = probes::of(sla, &rule, &alerts, &mut windows).map_err(refuse)?;
            let repeat = sla.alerting().repeat_of(&rule.alert);
            compiled.push(Compiled { alert: rule.alert, probes, repeat });
        }
        let messages = Messages::new(sla, &compiled)?;
        Ok(Rules {
            sla: sla.clone(),
            rules: compiled,
            windows,
            messages,
            group_by: sla.alerting().group_by.clone(),
            inhibitions: sla.inhibitions().map_or_else(usual_inhibitions, <[_]>::to_vec),
            planned: sla.silences().to_vec(),
            exclusions: sla.exclusions().to_vec(),
        })
    }

    /// Alerts that have these labels in common are told together, instead of each by itself.
    #[must_use]
    pub fn group_by<T: Into<String>>(mut self, labels: impl IntoIterator<Item = T>) -> Self {
        self.group_by = labels.into_iter().map(Into::into).collect();
        self
    }

    /// Which alerts silence which, instead of what the file says, or else of this: a critical one silences
    /// what is less urgent of the same operation.
    #[must_use]
    pub fn inhibitions(mut self, inhibitions: impl IntoIterator<Item = Inhibition>) -> Self {
        self.inhibitions = inhibitions.into_iter().collect();
        self
    }

    /// The names of all rules.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.alert.name.as_str())
    }

    /// The names of all handlers that are told, each once, in order.
    pub fn handlers(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&str> =
            self.rules.iter().flat_map(|rule| &rule.alert.handlers).map(String::as_str).collect();
        names.into_iter()
    }
}

fn usual_inhibitions() -> Vec<Inhibition> {
    let less_urgent = ["warning", "info"].map(|severity| Matcher::equal("severity", severity));
    let silence = |target: Matcher| {
        let source = vec![Matcher::equal("severity", "critical")];
        Inhibition::new(source, vec![target], vec!["operation".to_owned()])
    };
    less_urgent.map(silence).to_vec()
}
