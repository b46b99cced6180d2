//! What is generated, and for whom.

use super::families::Families;
use super::plan::Plan;
use super::selector::Selector;
use super::{dashboard, rules, unit_tests};
use crate::prometheus::{Naming, names::checked_prefix};
use perf_sla::SlaConfig;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Writes Prometheus rules, their tests and a Grafana dashboard from an SLA file.
///
/// The [module](crate::generate) says what becomes of what.
#[derive(Clone, Debug)]
pub struct Generator {
    pub(super) sla: SlaConfig,
    pub(super) prefix: String,
    pub(super) naming: Naming,
    pub(super) selector: Selector,
    pub(super) interval: Duration,
}

/// Why nothing can be generated so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidGenerator(String);

impl Generator {
    /// For the prefix `perf_`, every job, and rules that are evaluated every 30 s.
    pub fn new(sla: &SlaConfig) -> Self {
        Generator {
            sla: sla.clone(),
            prefix: "perf_".to_owned(),
            naming: Naming::default(),
            selector: Selector::default(),
            interval: Duration::from_secs(30),
        }
    }

    /// What names of metrics begin with, as in
    /// [`Exposition::prefix`](crate::prometheus::Exposition::prefix).
    ///
    /// # Errors
    ///
    /// [`InvalidGenerator`] when no name begins so.
    pub fn prefix(mut self, prefix: &str) -> Result<Self, InvalidGenerator> {
        self.prefix = checked_prefix(prefix).map_err(InvalidGenerator)?;
        Ok(self)
    }

    /// What families of operations are called, as in
    /// [`Exposition::naming`](crate::prometheus::Exposition::naming).
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// Which processes are meant: matchers of labels as PromQL has them, such as `job="api",env!="dev"`.
    /// Alerts keep those labels. A file that several jobs share needs none: `job` is kept anyway.
    ///
    /// # Errors
    ///
    /// [`InvalidGenerator`] unless each is `label="value"`, `label!="value"`, or `label=~"a|b"` with plain
    /// alternatives, each label once and none that the rules need themselves: tests are written with the values
    /// that match.
    pub fn selector(mut self, selector: &str) -> Result<Self, InvalidGenerator> {
        self.selector = Selector::parse(selector).map_err(InvalidGenerator)?;
        Ok(self)
    }

    /// How often Prometheus evaluates the rules: as often as it scrapes. No window is shorter than four of
    /// these.
    ///
    /// # Errors
    ///
    /// [`InvalidGenerator`] unless it is a second to a minute, in whole seconds.
    pub fn interval(mut self, interval: Duration) -> Result<Self, InvalidGenerator> {
        if !(1..=60).contains(&interval.as_secs()) || interval.subsec_nanos() > 0 {
            return Err(InvalidGenerator(format!(
                "rules cannot be evaluated every {}: it has to be whole seconds, and at most a minute, as \
                 there are windows of five",
                super::promql::duration(interval)
            )));
        }
        self.interval = interval;
        Ok(self)
    }

    /// A file of recording and alerting rules, in YAML.
    pub fn rules(&self) -> String {
        rules::write(self, &Plan::of(self))
    }

    /// What the file says and the rules do not, in sentences; they stand at the head of the rules too.
    pub fn left_out(&self) -> Vec<String> {
        Plan::of(self).left_out
    }

    /// A file for `promtool test rules`, in YAML: each alert of the rules in `rule_file` fires when it should, is
    /// quiet when all is well, and, where a share of events is judged, is quiet when hardly anything happens.
    pub fn tests(&self, rule_file: &str) -> String {
        unit_tests::write(self, &Plan::of(self), rule_file)
    }

    /// A dashboard for Grafana 10 or later, in JSON (the classic model, version 39), with a variable for the data
    /// source. It reads what the services expose, and needs no rules.
    pub fn dashboard(&self) -> String {
        dashboard::write(self)
    }

    pub(super) fn families(&self) -> Families<'_> {
        Families { prefix: &self.prefix, naming: self.naming, whole: self.sla.overall_operation() }
    }

    /// The file's name, if it has one, without its folder.
    pub(super) fn file_name(&self) -> Option<String> {
        let name = self.sla.source()?.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }
}

impl fmt::Display for InvalidGenerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for InvalidGenerator {}
