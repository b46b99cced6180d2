//! What a rule looks at, each round.

use super::watched::{of_objective, of_target};
use crate::alert::Labels;
use crate::rule::Rule;
use perf_analysis::{Direction, Reading};
use perf_sla::{
    AlertRule, Bound, Condition, Indicator, Metric, MetricSource, Quantity, Severity, SlaConfig,
    Subject, Target, Trigger, WithoutData,
};
use std::sync::Arc;
use std::time::Duration;

/// As far back as a timeline has distributions.
const LONGEST: Duration = Duration::from_secs(3_600);

/// One thing that a rule looks at. Each value of a label is an alert of its own.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    /// Without the value of a label.
    pub(crate) labels: Arc<Labels>,
    /// `retrieval p95`
    pub(crate) what: String,
    pub(crate) kind: Kind,
    pub(crate) look: Look,
    pub(crate) without_data: WithoutData,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A target that is broken. `steps` are more urgent ones, the most urgent first.
    Limit {
        severity: Severity,
        target: Target,
        steps: Vec<(Severity, Target)>,
        recovery: Option<Target>,
        metric: Option<Metric>,
    },
    /// The target is only a way to count.
    NoData {
        severity: Severity,
        target: Target,
        metric: Option<Metric>,
    },
    /// The shares from which on it is so urgent, the most urgent first.
    StageShare {
        stage: String,
        steps: Vec<(Severity, f64)>,
        recovery: f64,
    },
    Trend {
        severity: Severity,
        operation: String,
        reading: Reading,
        direction: Direction,
    },
    /// At its place in the file.
    Objective {
        place: usize,
        severity: Option<Severity>,
    },
}

/// The data that a probe is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// A window, by its place in [`Rules::windows`](super::Rules).
    Window(usize),
    /// The last calls of an operation.
    Last { operation: String, calls: usize },
}

impl Probe {
    /// The label whose values are alerts of their own.
    pub(super) fn by<'a>(&'a self, sla: &'a SlaConfig) -> Option<&'a str> {
        let (Kind::Limit { target, metric, .. } | Kind::NoData { target, metric, .. }) = &self.kind
        else {
            return None;
        };
        let of_file = || match &target.subject {
            Subject::Metric(name) => sla.metrics().iter().find(|metric| metric.name == *name),
            _ => None,
        };
        metric.as_ref().or_else(of_file)?.by.as_deref()
    }
}

/// Everything that `rule` looks at, or why it cannot.
pub(super) fn of(
    sla: &SlaConfig,
    rule: &Rule,
    alerts: &[AlertRule],
    windows: &mut Vec<Duration>,
) -> Result<Vec<Probe>, String> {
    let alert = &rule.alert;
    if alert.window.is_zero() || alert.window > LONGEST {
        return Err("a window is longer than nothing and at most an hour".to_owned());
    }
    let place = windows.iter().position(|window| *window == alert.window);
    let place = place.unwrap_or_else(|| {
        windows.push(alert.window);
        windows.len() - 1
    });
    match &alert.trigger {
        Trigger::When { subject, condition } => {
            let found = |name: &str| sla.metrics().iter().find(|metric| metric.name == name);
            let metric = match subject {
                Subject::Metric(name) => rule.metric.as_ref().or_else(|| found(name)),
                _ => None,
            };
            condition.check(subject, metric.map(|metric| &metric.source))?;
            let look = match (alert.last, subject) {
                (None, _) => Look::Window(place),
                (Some(calls @ 1..=65_536), Subject::Operation(operation)) => {
                    Look::Last { operation: operation.clone(), calls }
                }
                (Some(_), _) => {
                    return Err("1 to 65,536 calls of one operation can be looked at".to_owned());
                }
            };
            let metric = metric.cloned();
            Ok(vec![of_condition(sla, alert, subject, condition, metric, look)?])
        }
        Trigger::Watch(path) => {
            let is_meant = |watched: &str| match path.as_str() {
                "all" => !alerts.iter().any(|other| other.names(watched)),
                _ => alert.names(watched),
            };
            let targets = sla.targets().iter().filter(|target| is_meant(&target.path));
            let mut probes = targets
                .map(|target| of_target(sla, alert, target, Look::Window(place)))
                .collect::<Result<Vec<_>, _>>()?;
            let objectives = sla.objectives().iter().enumerate();
            let meant = objectives.filter(|(_, o)| is_meant(&format!("objectives.{}", o.name)));
            probes.extend(meant.map(|(place_of, objective)| {
                of_objective(alert, objective, place_of, Look::Window(place))
            }));
            match probes.is_empty() && path != "all" {
                true => Err(format!("{path:?} is not in the SLA file")),
                false => Ok(probes),
            }
        }
        _ => Err("cannot be looked at".to_owned()),
    }
}

fn of_condition(
    sla: &SlaConfig,
    alert: &AlertRule,
    subject: &Subject,
    condition: &Condition,
    metric: Option<Metric>,
    look: Look,
) -> Result<Probe, String> {
    let severity = alert.severity.unwrap_or_default();
    let moved = |limit: Option<Quantity>, outwards: bool| -> Result<Option<Condition>, String> {
        let Some(limit) = limit else { return Ok(None) };
        let moved = condition.with_limit(limit).filter(|_| condition.limit() != Some(limit));
        match moved {
            Some(moved) if condition.is_beyond(limit) == outwards => Ok(Some(moved)),
            _ => Err(format!("{limit} does not lie beside the limit of {condition}")),
        }
    };
    let (critical, recovery) = (moved(alert.critical, true)?, moved(alert.recovery, false)?);
    let of = subject.to_string();
    let judged = |condition: &Condition| condition.target(subject, alert.rule);
    let (kind, what) = match condition {
        Condition::StageShare { stage, share } => {
            let limit = |condition: &Condition| match condition {
                Condition::StageShare { share, .. } => *share,
                _ => 1.0,
            };
            let steps = critical.iter().map(|critical| (Severity::Critical, limit(critical)));
            let steps = steps.chain([(severity, *share)]).collect();
            let recovery = recovery.as_ref().map_or(*share, limit);
            let kind = Kind::StageShare { stage: stage.clone(), steps, recovery };
            (kind, format!("share of {stage} in one request"))
        }
        Condition::Trend { reading, direction } => {
            let operation = match subject {
                Subject::Operation(name) => Some(name.as_str()),
                _ => sla.overall_operation(),
            };
            let operation = operation.ok_or("a trend is that of one operation; name it")?;
            let read = match reading {
                Reading::Latency(quantile) => quantile.to_string(),
                Reading::Throughput => "throughput".to_owned(),
                Reading::FailureRate => "error rate".to_owned(),
            };
            let operation = operation.to_owned();
            let what = format!("{operation} {read}");
            let (reading, direction) = (*reading, *direction);
            (Kind::Trend { severity, operation, reading, direction }, what)
        }
        Condition::NoData => {
            let target = counting(subject, metric.as_ref());
            (Kind::NoData { severity, target, metric }, of)
        }
        _ => {
            let no_target = || format!("{condition} cannot be judged");
            let target = judged(condition).ok_or_else(no_target)?;
            let what = match condition {
                Condition::SlowRequest(_) => format!("the slowest call of {of}"),
                _ => format!("{of} {}", target.indicator),
            };
            let steps = critical.as_ref().and_then(judged);
            let steps = steps.map(|target| (Severity::Critical, target)).into_iter().collect();
            let recovery = recovery.as_ref().and_then(judged);
            (Kind::Limit { severity, target, steps, recovery, metric }, what)
        }
    };
    let mut labels = labels(sla, alert, subject);
    if let Condition::StageShare { stage, .. } = condition {
        labels.insert("stage".to_owned(), stage.clone());
    }
    let without_data = alert.on_no_data.unwrap_or_default();
    Ok(Probe { labels: Arc::new(labels), what, kind, look, without_data })
}

/// What tells the alerts of a rule about `subject` from others.
pub(super) fn labels(sla: &SlaConfig, alert: &AlertRule, subject: &Subject) -> Labels {
    let mut labels = Labels::from([("alertname".to_owned(), alert.name.clone())]);
    let (key, value) = match subject {
        Subject::Operation(name) => ("operation", Some(name.as_str())),
        Subject::Overall => ("operation", sla.overall_operation()),
        Subject::Metric(name) => ("metric", Some(name.as_str())),
        Subject::Objective(name) => ("objective", Some(name.as_str())),
        _ => ("resource", Some("process")),
    };
    if let Some(value) = value {
        labels.insert(key.to_owned(), value.to_owned());
    }
    labels
}

/// A target whose check has as many samples as there are data.
fn counting(subject: &Subject, metric: Option<&Metric>) -> Target {
    let (indicator, bound, limit) = match metric.map(|metric| &metric.source) {
        Some(MetricSource::Ratio { .. }) => {
            (Indicator::GoodRatio, Bound::AtLeast, Quantity::Ratio(0.5))
        }
        Some(MetricSource::Gauge(_)) => (Indicator::Value, Bound::AtMost, Quantity::Number(0.0)),
        Some(MetricSource::Counter(_)) => (Indicator::Growth, Bound::AtMost, Quantity::Number(0.0)),
        Some(_) => (Indicator::Max, Bound::AtMost, Quantity::Number(0.0)),
        None => (Indicator::Throughput, Bound::AtLeast, Quantity::Rate(1.0)),
    };
    let counted = Condition::Beyond { indicator, bound, limit };
    counted.target(subject, perf_sla::Rule::default()).expect("a limit has a target")
}
