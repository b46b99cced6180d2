//! Targets that have no good and bad events: throughput, means, gauges, counters and resources.

use super::alerting::{Telling, labels};
use super::traffic::Series;
use super::{Alert, Group, Plan, Text, Traffic};
use crate::generate::generator::Generator;
use crate::generate::promql::{decimal, duration};
use perf_sla::{Bound, Indicator, MetricSource, Quantity, Subject, Target};
use std::time::Duration;

/// Below this many values a mean says little: the verdict has the same.
const FEWEST: u64 = 30;

pub(super) fn plan(generator: &Generator, target: &Target, plan: &mut Plan) {
    let tellings = Telling::of(generator, &target.path);
    let rules: Option<Vec<Alert>> =
        tellings.iter().map(|telling| Measured { generator, target, telling }.alert()).collect();
    match rules {
        Some(alerts) => {
            let name = target.path.clone();
            plan.groups.push(Group { name, recordings: Vec::new(), alerts });
        }
        None => plan.left_out.push(format!("{}: is judged in the process alone", target.path)),
    }
}

/// One alert on one target.
struct Measured<'a> {
    generator: &'a Generator,
    target: &'a Target,
    telling: &'a Telling<'a>,
}

/// What is compared, and how a test brings it about.
struct Comparison {
    /// Before the comparison.
    value: String,
    limit: f64,
    /// After it.
    guard: String,
    traffic: Traffic,
    description: Text,
    labels: Vec<(&'static str, String)>,
}

impl Measured<'_> {
    fn alert(&self) -> Option<Alert> {
        let Comparison { value, limit, guard, traffic, description, labels: own } =
            match &self.target.subject {
                Subject::Overall | Subject::Operation(_) => match self.target.indicator {
                    Indicator::Throughput => self.throughput()?,
                    Indicator::Mean => self.mean()?,
                    _ => return None,
                },
                Subject::Resources { idle } => self.resource(*idle)?,
                Subject::Metric(name) => self.metric(name)?,
                _ => return None,
            };
        let sign = match self.target.bound {
            Bound::AtMost => '>',
            Bound::AtLeast => '<',
        };
        let Target { path, subject, indicator, limit: promised, .. } = self.target;
        let side = if sign == '>' { "above" } else { "below" };
        let summary = format!("{path}: {subject} {indicator} is {side} {promised}");
        Some(Alert {
            name: self.telling.name.clone(),
            expression: format!("{value} {sign} {}{guard}", decimal(limit)),
            pending: self.telling.pending(Duration::from_secs(300)),
            keep_firing: self.telling.keep_firing(Duration::from_secs(120)),
            labels: labels(own, self.telling.severity().unwrap_or_default()),
            annotations: self.telling.annotations(summary, description),
            traffic,
            has_process_labels: true,
        })
    }

    /// `[5m]`
    fn range(&self) -> String {
        format!("[{}]", duration(self.generator.window(self.telling.window())))
    }

    /// The labels of the alert, for what has not the label `sla` itself.
    fn own_labels(&self) -> Vec<(&'static str, String)> {
        let operation = match &self.target.subject {
            Subject::Overall => self.generator.sla.overall_operation(),
            _ => self.target.operation(),
        };
        let operation = operation.filter(|operation| !operation.is_empty());
        let operation = operation.map(|operation| ("operation", operation.to_owned()));
        [("sla", self.target.path.clone())].into_iter().chain(operation).collect()
    }

    fn throughput(&self) -> Option<Comparison> {
        let Quantity::Rate(limit) = self.target.limit else { return None };
        let (group, matcher) = self.generator.families().of(self.target.operation());
        let counter = series(group.requests, matcher);
        let (by, range) = (self.generator.by(&[]), self.range());
        let window = self.generator.window(self.telling.window());
        Some(Comparison {
            value: format!("sum {by} (rate({}{range}))", self.selected(&counter)),
            limit,
            guard: String::new(),
            description: Text::number().then(format!(
                " calls a second in the last {}; at least {} were promised.",
                duration(window),
                decimal(limit)
            )),
            traffic: Traffic::Growth { counter: with_status(counter), limit, is_least: true },
            labels: self.own_labels(),
        })
    }

    fn mean(&self) -> Option<Comparison> {
        let Quantity::Time(limit) = self.target.limit else { return None };
        let families = self.generator.families();
        let (group, mut matcher) = families.of(self.target.operation());
        if families.has_own_durations() {
            // All of them together have no family.
            matcher.take()?;
        }
        let [sum, count] = ["sum", "count"]
            .map(|part| series(format!("{}_{part}", group.durations), matcher.clone()));
        let (by, range) = (self.generator.by(&[]), self.range());
        let of = |series: &Series, function: &str| {
            format!("sum {by} ({function}({}{range}))", self.selected(series))
        };
        let events = self.target.rule.min_samples.max(FEWEST);
        Some(Comparison {
            value: format!("{}\n/ {}", of(&sum, "rate"), of(&count, "rate")),
            limit: limit.as_secs_f64(),
            guard: format!("\nand {} >= {events}", of(&count, "increase")),
            description: Text::plain(format!(
                "The mean of the calls that succeeded has been above {} for the last {}.",
                self.target.limit,
                duration(self.generator.window(self.telling.window())),
            )),
            traffic: Traffic::Mean { sum, count, limit: limit.as_secs_f64(), events },
            labels: self.own_labels(),
        })
    }

    fn resource(&self, idle: bool) -> Option<Comparison> {
        let (name, limit) = match (self.target.indicator, self.target.limit) {
            (Indicator::Memory, Quantity::Bytes(limit)) => {
                ("process_resident_memory_bytes", limit as f64)
            }
            (Indicator::Cpu, Quantity::Ratio(limit)) => ("process_cpu_ratio", limit),
            (Indicator::OpenFiles, Quantity::Number(limit)) => ("process_open_fds", limit),
            _ => return None,
        };
        let phase = if idle { "phase='idle'" } else { "phase!='idle'" };
        let all: Vec<String> =
            [phase.to_owned()].into_iter().chain(self.generator.selector.matchers()).collect();
        let by = self.generator.by(&[]);
        let labels = if idle { vec![("phase", "idle".to_owned())] } else { Vec::new() };
        Some(Comparison {
            value: format!("max {by} ({name}{{{}}})", all.join(",")),
            limit,
            guard: String::new(),
            description: self.of_the_worst(),
            traffic: Traffic::Value {
                gauge: Series { name: name.to_owned(), labels },
                limit,
                is_least: false,
            },
            labels: self.own_labels(),
        })
    }

    fn metric(&self, name: &str) -> Option<Comparison> {
        let metric = self.generator.sla.metrics().iter().find(|metric| metric.name == name)?;
        let families = self.generator.families();
        let by = self.generator.by(&["sla", "part"]);
        let is_least = self.target.bound == Bound::AtLeast;
        let labels = vec![("sla", self.target.path.clone())];
        let matchers = self.generator.matchers(&[("sla", &self.target.path)]);
        match (&metric.source, self.target.indicator, self.target.limit) {
            (MetricSource::Gauge(_), Indicator::Value, Quantity::Number(limit)) => {
                let name = families.name("sla_value");
                let worst = if is_least { "min" } else { "max" };
                Some(Comparison {
                    value: format!("{worst} {by} ({name}{matchers})"),
                    limit,
                    guard: String::new(),
                    description: self.of_the_worst(),
                    traffic: Traffic::Value {
                        gauge: Series { name, labels: labels.clone() },
                        limit,
                        is_least,
                    },
                    labels,
                })
            }
            (
                MetricSource::Counter(_),
                indicator,
                Quantity::Number(limit) | Quantity::Rate(limit),
            ) => {
                let name = families.name("sla_counted_total");
                let window = self.generator.window(self.telling.window());
                let (function, a_second) = match indicator {
                    Indicator::Growth => ("increase", limit / window.as_secs_f64()),
                    _ => ("rate", limit),
                };
                let range = self.range();
                Some(Comparison {
                    value: format!("sum {by} ({function}({name}{matchers}{range}))"),
                    limit,
                    guard: String::new(),
                    description: Text::plain(format!(
                        "So it was counted over the last {}, in all processes together.",
                        duration(window)
                    )),
                    traffic: Traffic::Growth {
                        counter: Series { name, labels: labels.clone() },
                        limit: a_second,
                        is_least,
                    },
                    labels,
                })
            }
            _ => None,
        }
    }

    fn of_the_worst(&self) -> Text {
        Text::plain(format!(
            "So it is in the worst of the processes; promised was {}.",
            self.target.limit
        ))
    }

    /// A series of the processes that are meant.
    fn selected(&self, series: &Series) -> String {
        let labels: Vec<(&str, &str)> =
            series.labels.iter().map(|(label, value)| (*label, value.as_str())).collect();
        format!("{}{}", series.name, self.generator.matchers(&labels))
    }
}

fn series(name: String, matcher: Option<(&'static str, String)>) -> Series {
    Series { name, labels: matcher.into_iter().collect() }
}

/// As the services expose it.
fn with_status(mut counter: Series) -> Series {
    counter.labels.push(("status", "success".to_owned()));
    counter
}
