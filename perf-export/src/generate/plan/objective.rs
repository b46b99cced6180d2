//! Objectives: how fast the error budget is spent, and what is left of it.

use super::alerting::{Telling, labels};
use super::events::Events;
use super::query::BASE;
use super::{Alert, Group, Plan, Recording, Text, Traffic};
use crate::generate::generator::Generator;
use crate::generate::promql::{decimal, duration};
use perf_sla::{Budgeting, BurnRatePair, Objective, Promise, Severity};
use std::collections::BTreeSet;
use std::time::Duration;

pub(super) fn plan(
    generator: &Generator,
    promise: &Promise<'_>,
    objective: &Objective,
    plan: &mut Plan,
) {
    let events = Events::of(generator, promise);
    let budget = Budget { generator, objective, events, allowed: promise.allowed() };
    let is_possible = |pair: &&BurnRatePair| pair.factor * budget.allowed <= 1.0 + 1e-9;
    let (possible, impossible): (Vec<&BurnRatePair>, Vec<&BurnRatePair>) =
        objective.burn_rates.iter().partition(is_possible);
    for pair in impossible {
        plan.left_out.push(format!(
            "{}: even if every event were bad, the budget would not burn {} times too fast",
            budget.events.path,
            decimal(pair.factor)
        ));
    }
    let period = generator.window(objective.period.length());
    let pairs: Vec<BurnRatePair> = possible
        .into_iter()
        .cloned()
        .map(|mut pair| {
            (pair.long, pair.short) = (generator.window(pair.long), generator.window(pair.short));
            pair
        })
        .collect();
    let windows = pairs.iter().flat_map(|pair| [pair.long, pair.short]).chain([period]).collect();
    plan.groups.push(Group {
        name: budget.events.path.clone(),
        recordings: budget.recordings(&windows, period),
        alerts: budget.alerts(&pairs),
    });
}

struct Budget<'a> {
    generator: &'a Generator,
    objective: &'a Objective,
    events: Events<'a>,
    allowed: f64,
}

impl Budget<'_> {
    fn recordings(&self, windows: &BTreeSet<Duration>, period: Duration) -> Vec<Recording> {
        let events = &self.events;
        let mut recordings = match self.objective.budgeting {
            Budgeting::Occurrences => events.recordings(windows),
            Budgeting::TimeSlices { length, target } => self.slices(windows, length, target),
        };
        let allowed = decimal(self.allowed);
        for window in windows {
            let burn = format!("{} / {allowed}", events.recorded("error_ratio", *window));
            let name = self.generator.recorded("burn_rate", *window);
            recordings.push(events.recording(name, burn));
        }
        let left = format!("1 - {} / {allowed}", events.recorded("error_ratio", period));
        let name = self.generator.families().name("sla:budget_remaining:ratio");
        recordings.push(events.recording(name, left));
        recordings
    }

    /// Of the slices that ended in a window: the share that was not good.
    fn slices(
        &self,
        windows: &BTreeSet<Duration>,
        length: Duration,
        target: f64,
    ) -> Vec<Recording> {
        let events = &self.events;
        let length = self.generator.window(length);
        let mut recordings = events.recordings(&BTreeSet::from([length]));
        for recording in &mut recordings {
            // Its window may be one of the slices' share, too.
            if recording.name == self.generator.recorded("error_ratio", length) {
                recording.name = self.generator.recorded("slice_error_ratio", length);
            }
        }
        // A hair more, for shares that are not exact in binary.
        let allowed = decimal(1.0 - target + 1e-9);
        let is_good = format!("{} <= bool {allowed}", events.recorded("slice_error_ratio", length));
        let slices = format!("{}{}", self.slice_good(), events.matchers);
        recordings.push(events.recording(self.slice_good(), is_good));
        for window in windows {
            let bad = format!("1 - avg_over_time({slices}[{}])", duration(*window));
            let name = self.generator.recorded("error_ratio", *window);
            recordings.push(events.recording(name, bad));
        }
        recordings
    }

    fn slice_good(&self) -> String {
        self.generator.families().name("sla:slice_good:bool")
    }

    fn alerts(&self, pairs: &[BurnRatePair]) -> Vec<Alert> {
        let mut alerts = Vec::new();
        for telling in Telling::of(self.generator, &self.events.path) {
            let severities: BTreeSet<Severity> = match telling.severity() {
                Some(severity) => [severity].into(),
                None => pairs.iter().map(|pair| pair.severity).collect(),
            };
            for severity in severities.into_iter().rev() {
                let is_meant = |pair: &&BurnRatePair| {
                    telling.severity().is_some() || pair.severity == severity
                };
                let meant: Vec<&BurnRatePair> = pairs.iter().filter(is_meant).collect();
                alerts.extend(self.alert(&telling, severity, &meant));
            }
        }
        alerts
    }

    fn alert(
        &self,
        telling: &Telling<'_>,
        severity: Severity,
        pairs: &[&BurnRatePair],
    ) -> Option<Alert> {
        let shortest = pairs.iter().map(|pair| pair.short).min()?;
        let sides: Vec<String> = pairs.iter().map(|pair| self.too_fast(pair)).collect();
        let min_events = pairs.iter().map(|pair| pair.min_events).max()?;
        let fewest = pairs.iter().map(|pair| pair.min_events).min()?;
        let [good, total] = self.events.counters();
        let is_by_events = self.objective.budgeting == Budgeting::Occurrences;
        let name = &self.objective.name;
        let summary = format!("Objective '{name}': the error budget is spent too fast");
        let usual = Duration::from_secs(120).min(shortest / 2);
        Some(Alert {
            name: telling.name.clone(),
            expression: sides.join("\nor\n"),
            pending: telling.pending(usual),
            keep_firing: telling.keep_firing(shortest.min(BASE)),
            labels: labels(self.events.labels(), severity),
            annotations: telling.annotations(summary, self.description(pairs)),
            traffic: Traffic::Events {
                events: if is_by_events { min_events } else { 10 },
                is_guarded: is_by_events && fewest > 2,
                good,
                total,
            },
            has_process_labels: true,
        })
    }

    /// Both windows of a pair, and enough events in the long one.
    fn too_fast(&self, pair: &BurnRatePair) -> String {
        let most = decimal(pair.factor * self.allowed);
        let [long, short] =
            [pair.long, pair.short].map(|window| self.events.recorded("error_ratio", window));
        let mut terms = vec![format!("{long} >= {most}"), format!("{short} >= {most}")];
        match self.objective.budgeting {
            Budgeting::Occurrences if pair.min_events > 0 => {
                let events = self.events.recorded("events", pair.long);
                terms.push(format!("{events} >= {}", pair.min_events));
            }
            Budgeting::TimeSlices { length, .. } if pair.min_events > 1 => {
                let part = self.generator.interval.as_secs_f64() / length.as_secs_f64();
                terms.push(format!(
                    "count_over_time({}{}[{}]) * {} >= {}",
                    self.slice_good(),
                    self.events.matchers,
                    duration(pair.long),
                    decimal(part),
                    pair.min_events
                ));
            }
            _ => {}
        }
        format!("({})", terms.join("\nand "))
    }

    fn description(&self, pairs: &[&BurnRatePair]) -> Text {
        let Objective { description, period, .. } = self.objective;
        let what = match self.objective.budgeting {
            Budgeting::Occurrences => "events",
            Budgeting::TimeSlices { .. } => "slices of time",
        };
        let each = pairs.iter().map(|pair| {
            let [budget, factor] = [pair.budget * 100.0, pair.factor].map(decimal);
            format!(
                "{factor} times too fast for {}, in which {budget}% of it go",
                duration(pair.long)
            )
        });
        let each: Vec<String> = each.collect();
        let who = if description.is_empty() { String::new() } else { format!(" ({description})") };
        Text::percentage().then(format!(
            " of the {what} are bad; over {} {}% may be{who}. The budget is spent at least {}.",
            duration(period.length()),
            decimal(self.allowed * 100.0),
            each.join(", or ")
        ))
    }
}
