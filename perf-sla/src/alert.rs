//! What the file wants somebody to be told of. It is read here, so that a mistake is found where all
//! others are; `perf-alert` acts on it.

use crate::burn_rate::Severity;
use crate::condition::Condition;
use crate::exclusion::Schedule;
use crate::matcher::Matcher;
use crate::quantity::Quantity;
use crate::rule::Rule;
use crate::target::Subject;
use std::collections::BTreeMap;
use std::time::Duration;

/// Somebody is to be told when targets or objectives of the file are violated, or when a condition holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AlertRule {
    /// Its name: unique in the file.
    pub name: String,
    /// What it looks at.
    pub trigger: Trigger,
    /// How urgent it is; of an objective, its burn rates say so where this is `None`.
    pub severity: Option<Severity>,
    /// From this limit on it is critical.
    pub critical: Option<Quantity>,
    /// It is over when it is met by so much.
    pub recovery: Option<Quantity>,
    /// The stretch that is looked at, again and again.
    pub window: Duration,
    /// Looks at so many calls instead of at a stretch.
    pub last: Option<usize>,
    /// How a condition is judged; targets say so themselves.
    pub rule: Rule,
    /// How long the target must be violated before anybody is told.
    pub pending: Duration,
    /// How long it must be met before it counts as over.
    pub keep_firing: Duration,
    /// How long nobody is told again of what begins anew or has become less urgent.
    pub cooldown: Duration,
    /// How often it is said again that it goes on; as [`Alerting::repeat`] has it where this is `None`.
    pub repeat: Option<Duration>,
    /// After so long it is one step more urgent.
    pub escalate_after: Option<Duration>,
    /// Whether what changes all the time is told once and not each time.
    pub flapping: bool,
    /// What follows from no data; of a watched target, its own `on_no_data` where this is `None`.
    pub on_no_data: Option<WithoutData>,
    /// Who is told, by the names that handlers have; all of them if none is named.
    pub handlers: Vec<String>,
    /// Where to read what to do.
    pub runbook: Option<String>,
    /// What to say, as a template.
    pub summary: Option<String>,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}

/// What an alert looks at.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Trigger {
    /// Targets and objectives by their path in the file: one (`overall.max_p95`,
    /// `objectives.fast answers`), all of a table (`operations.retrieval`), or `all` that no other alert
    /// of the file watches.
    Watch(String),
    /// A condition on something that is measured.
    When {
        /// What is measured.
        subject: Subject,
        /// What must be so.
        condition: Condition,
    },
}

/// What becomes of an alert when nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutData {
    /// Nothing: what fires goes on, what does not stays quiet.
    #[default]
    Keep,
    /// It is over.
    Resolve,
    /// Somebody is told: something should have happened.
    Fire,
}

/// What holds for all alerts of the file: `[alerting]`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Alerting {
    /// Alerts that have these labels in common are told together; each by itself if there are none.
    pub group_by: Vec<String>,
    /// How often it is said again that an alert goes on that says nothing of its own; every 4 hours if this is `None`.
    pub repeat: Option<Duration>,
    /// What to say, as a template, where an alert has none of its own.
    pub summary: Option<String>,
    /// What else to say, as a template.
    pub description: Option<String>,
    /// Labels of every alert that is told, beside those of its own: what tells it from those of other services.
    pub labels: BTreeMap<String, String>,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}

/// While one alert fires, nobody is told of others: `[[inhibit]]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Inhibition {
    /// What the alerts have that silence.
    pub source: Vec<Matcher>,
    /// What the alerts have that are silenced.
    pub target: Vec<Matcher>,
    /// Labels that both must have, with the same value.
    pub equal: Vec<String>,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}

/// When nobody is told of some alerts: `[[silences]]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlannedSilence {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
    /// What the alerts have that are silenced.
    pub matchers: Vec<Matcher>,
    /// When.
    pub schedule: Schedule,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}

impl Inhibition {
    /// Alerts that all of `source` match silence those that all of `target` match, where both have each of
    /// the labels in `equal`, with the same value.
    pub fn new(source: Vec<Matcher>, target: Vec<Matcher>, equal: Vec<String>) -> Self {
        Inhibition { source, target, equal, line: None }
    }
}

impl Alerting {
    /// How often it is said again that `alert` goes on.
    pub fn repeat_of(&self, alert: &AlertRule) -> Duration {
        alert.repeat.or(self.repeat).unwrap_or(FOUR_HOURS)
    }
}

const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// As Alertmanager has it.
const FOUR_HOURS: Duration = Duration::from_secs(4 * 3_600);

impl AlertRule {
    /// An alert with what a file leaves out: 5 minutes as window and as cooldown, told at once, over at once.
    pub fn new(name: impl Into<String>, trigger: Trigger) -> Self {
        AlertRule {
            name: name.into(),
            trigger,
            severity: None,
            critical: None,
            recovery: None,
            window: FIVE_MINUTES,
            last: None,
            rule: Rule::default(),
            pending: Duration::ZERO,
            keep_firing: Duration::ZERO,
            cooldown: FIVE_MINUTES,
            repeat: None,
            escalate_after: None,
            flapping: true,
            on_no_data: None,
            handlers: Vec::new(),
            runbook: None,
            summary: None,
            line: None,
        }
    }

    /// The path it watches, if it watches one.
    pub fn watch(&self) -> Option<&str> {
        match &self.trigger {
            Trigger::Watch(path) => Some(path),
            Trigger::When { .. } => None,
        }
    }

    /// Whether it watches the target or objective with this path by name, or by that of its table.
    pub fn names(&self, path: &str) -> bool {
        self.watch().is_some_and(|watch| {
            let inside = path.strip_prefix(watch);
            inside.is_some_and(|inside| inside.is_empty() || inside.starts_with('.'))
        })
    }
}

impl WithoutData {
    pub(crate) const NAMES: [&'static str; 3] = ["keep", "resolve", "fire"];

    pub(crate) fn named(name: &str) -> Self {
        match name {
            "resolve" => WithoutData::Resolve,
            "fire" => WithoutData::Fire,
            _ => WithoutData::Keep,
        }
    }

    /// As the file has it.
    pub(crate) fn as_str(self) -> &'static str {
        WithoutData::NAMES[self as usize]
    }
}
