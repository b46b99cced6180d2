//! What somebody is to be told of, in code.

use perf_sla::{
    AlertRule, Certainty, Condition, Metric, Quantity, Severity, Subject, Trigger, WithoutData,
};
use std::time::Duration;

/// What somebody is to be told of: the same as an `[[alerts]]` of the SLA file, in code.
///
/// ```
/// use perf_alert::{Rule, Rules, Severity};
/// use std::time::Duration;
///
/// let rules = Rules::new([
///     Rule::new("slow retrieval", "p95 > 200ms".parse()?)
///         .operation("retrieval")
///         .severity(Severity::Warning)
///         .critical("500ms")
///         .recovery("150ms")
///         .pending(Duration::from_secs(60)),
///     Rule::new("memory", "memory > 2GiB".parse()?),
/// ])?;
/// assert_eq!(rules.names().collect::<Vec<_>>(), ["slow retrieval", "memory"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Rule {
    pub(crate) alert: AlertRule,
    /// Of a metric that no file knows.
    pub(crate) metric: Option<Metric>,
    /// Limits as they were written, until they are read.
    pub(crate) thresholds: [Option<String>; 2],
}

impl Rule {
    /// Tells when `condition` holds for the whole, or for the process if it is about that. It looks at 5
    /// minutes, tells at once, is over at once, and tells every 4 hours that it goes on.
    pub fn new(name: impl Into<String>, condition: Condition) -> Self {
        let subject = match condition.is_of_resources() {
            true => Subject::Resources { idle: false },
            false => Subject::Overall,
        };
        AlertRule::new(name, Trigger::When { subject, condition }).into()
    }

    /// Tells when a target or an objective of the SLA file is violated: by its path, by that of its table,
    /// or `all` that no other rule watches. It is for [`Rules::with_sla`](crate::Rules::with_sla).
    pub fn watching(name: impl Into<String>, path: impl Into<String>) -> Self {
        AlertRule::new(name, Trigger::Watch(path.into())).into()
    }

    /// The operation its condition is about.
    pub fn operation(self, name: impl Into<String>) -> Self {
        self.about(Subject::Operation(name.into()))
    }

    /// The metric its condition is about: with [`Metric::by`], each value of a label is an alert of its own.
    pub fn metric(self, metric: Metric) -> Self {
        let rule = self.about(Subject::Metric(metric.name.clone()));
        Rule { metric: Some(metric), ..rule }
    }

    fn about(mut self, about: Subject) -> Self {
        if let Trigger::When { subject, .. } = &mut self.alert.trigger {
            *subject = about;
        }
        self
    }

    /// How urgent it is; a warning if nobody says so, and of an objective what its burn rates say.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.alert.severity = Some(severity);
        self
    }

    /// From this limit on it is critical: `500ms`, `10%`. It is the same alert, whose severity changes.
    pub fn critical(mut self, limit: impl Into<String>) -> Self {
        self.thresholds[0] = Some(limit.into());
        self
    }

    /// It is over only when it is within this limit: `150ms`. In between, what fires goes on and what does
    /// not stays quiet.
    pub fn recovery(mut self, limit: impl Into<String>) -> Self {
        self.thresholds[1] = Some(limit.into());
        self
    }

    /// The stretch that is looked at, up to an hour.
    pub fn window(mut self, window: Duration) -> Self {
        self.alert.window = window;
        self
    }

    /// Looks at the last so many calls of its operation instead, at most 65,536.
    pub fn last(mut self, calls: usize) -> Self {
        self.alert.last = Some(calls);
        self
    }

    /// How sure the answer must be; firm at 95 % if nobody says so.
    pub fn certainty(mut self, certainty: Certainty) -> Self {
        self.alert.rule.certainty = certainty;
        self
    }

    /// With fewer samples nothing is said.
    pub fn min_samples(mut self, count: u64) -> Self {
        self.alert.rule.min_samples = count;
        self
    }

    /// How long it must be violated before anybody is told.
    pub fn pending(mut self, pending: Duration) -> Self {
        self.alert.pending = pending;
        self
    }

    /// How long it must be met before it is over.
    pub fn keep_firing(mut self, keep_firing: Duration) -> Self {
        self.alert.keep_firing = keep_firing;
        self
    }

    /// How long nobody is told again of what begins anew or has become less urgent; 5 minutes if nobody says so.
    pub fn cooldown(mut self, cooldown: Duration) -> Self {
        self.alert.cooldown = cooldown;
        self
    }

    /// How often it is said again that it goes on; every 4 hours if nobody says so.
    ///
    /// ```
    /// use perf_alert::Rule;
    /// use std::time::Duration;
    ///
    /// let rule = Rule::new("failing", "error_rate > 5%".parse()?)
    ///     .cooldown(Duration::from_secs(600))
    ///     .repeat(Duration::from_secs(86_400));
    /// # let _ = rule;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn repeat(mut self, interval: Duration) -> Self {
        self.alert.repeat = Some(interval);
        self
    }

    /// After so long it is one step more urgent.
    pub fn escalate_after(mut self, time: Duration) -> Self {
        self.alert.escalate_after = Some(time);
        self
    }

    /// Whether what changes all the time is told once and not each time; it is if nobody says so.
    pub fn flapping(mut self, is_detected: bool) -> Self {
        self.alert.flapping = is_detected;
        self
    }

    /// What becomes of it when nothing was measured.
    pub fn on_no_data(mut self, on_no_data: WithoutData) -> Self {
        self.alert.on_no_data = Some(on_no_data);
        self
    }

    /// Tells a handler, by its name, and others that are so named; all of them if none is.
    pub fn handler(mut self, name: impl Into<String>) -> Self {
        self.alert.handlers.push(name.into());
        self
    }

    /// Where to read what to do.
    pub fn runbook(mut self, runbook: impl Into<String>) -> Self {
        self.alert.runbook = Some(runbook.into());
        self
    }

    /// What to say, as a template.
    pub fn summary(mut self, template: impl Into<String>) -> Self {
        self.alert.summary = Some(template.into());
        self
    }

    /// With the limits read that were given as texts.
    pub(crate) fn read(mut self) -> Result<Rule, String> {
        let [critical, recovery] = self.thresholds.each_mut().map(Option::take);
        let read = |text: Option<String>| text.map(|text| Quantity::parse(&text)).transpose();
        if let Some(limit) = read(critical)? {
            self.alert.critical = Some(limit);
        }
        if let Some(limit) = read(recovery)? {
            self.alert.recovery = Some(limit);
        }
        Ok(self)
    }
}

impl From<AlertRule> for Rule {
    /// What stands in a file.
    fn from(alert: AlertRule) -> Self {
        Rule { alert, metric: None, thresholds: [None, None] }
    }
}
