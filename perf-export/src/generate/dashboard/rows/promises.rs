//! What was promised, and how it stands.

use crate::generate::dashboard::board::Board;
use crate::generate::dashboard::panel::Panel;
use crate::generate::dashboard::query::{RANGE, matcher};
use crate::generate::generator::Generator;
use crate::generate::promql::{decimal, duration};
use perf_sla::{MetricSource, Objective, Promise};
use std::collections::BTreeSet;
use std::time::Duration;

/// Longer windows of burn rates are left to the rules.
const LONGEST: Duration = Duration::from_secs(6 * 3_600);

pub(in crate::generate::dashboard) fn promises(generator: &Generator, board: &mut Board) {
    let promises: Vec<Promise<'_>> = generator.sla.promises().collect();
    let objectives: Vec<(&Promise<'_>, &Objective)> =
        promises.iter().filter_map(|promise| Some((promise, promise.objective()?))).collect();
    let mut panels = Vec::new();
    if !promises.is_empty() {
        panels.push(good(generator));
        panels.push(spent(generator));
    }
    if !objectives.is_empty() {
        panels.push(left(generator, &objectives));
        panels.push(burn(generator, &objectives));
        panels.push(lasts(generator, &objectives));
    }
    let has = |is_meant: fn(&MetricSource) -> bool| {
        generator.sla.targets().iter().any(|target| {
            let metric =
                generator.sla.metrics().iter().find(|metric| {
                    target.subject == perf_sla::Subject::Metric(metric.name.clone())
                });
            metric.is_some_and(|metric| is_meant(&metric.source))
        })
    };
    if has(|source| matches!(source, MetricSource::Gauge(_))) {
        let text = "Gauges with a limit in the SLA file: of each process its worst series.";
        let value = generator.of_promises("sla_value", &[]);
        panels.push(
            Panel::lines("Values with a limit", "short", text)
                .with(value, "{{sla}} {{part}} {{instance}}"),
        );
    }
    if has(|source| matches!(source, MetricSource::Counter(_))) {
        let text = "Counters with a limit in the SLA file, a second, in all processes together.";
        let counted = generator.of_promises("sla_counted_total", &[]);
        let rate = format!("sum by (sla, part) (rate({counted}{RANGE}))");
        panels.push(
            Panel::lines("Counters with a limit", "cps", text).with(rate, "{{sla}} {{part}}"),
        );
    }
    board.row("SLA", panels);
}

fn good(generator: &Generator) -> Panel {
    let text = "The share of events that kept each promise, and the share that was promised.";
    let share = generator.of_promises("sla_objective_ratio", &[]);
    Panel::lines("Good events", "percentunit", text)
        .with(ratio(generator, &format!("rate({{}}{RANGE})"), &[]), "{{sla}}")
        .with(format!("max by (sla) ({share})"), "{{sla}}: promised")
}

fn spent(generator: &Generator) -> Panel {
    let text = "The share of bad events over the share that may be bad: above 1 the promise is broken just now. \
                What may never be bad is not shown.";
    let bad = ratio(generator, &format!("rate({{}}{RANGE})"), &[]);
    Panel::lines("Bad events over those allowed", "short", text)
        .with(format!("(1 - {bad})\n/ ({} > 0)", allowed(generator, &[])), "{{sla}}")
}

fn left(generator: &Generator, objectives: &[(&Promise<'_>, &Objective)]) -> Panel {
    let text = "What is left of each objective's error budget over its own period, all of its events taken together; \
                below 0 more is spent than there was. Objectives in slices of time are counted in events here, too.";
    let panel = Panel::figures("Error budget left", "percentunit", text);
    objectives.iter().fold(panel, |panel, (promise, objective)| {
        panel.with(left_of(generator, promise, objective), "{{sla}}")
    })
}

fn lasts(generator: &Generator, objectives: &[(&Promise<'_>, &Objective)]) -> Panel {
    let text = "For how long the error budget lasts if it goes on as in the last hour. No value: nothing was bad.";
    let panel = Panel::figures("Budget lasts", "s", text);
    objectives.iter().fold(panel, |panel, (promise, objective)| {
        let own = own(promise);
        let burn = burn_rate(generator, Duration::from_secs(3_600), &own);
        let left = left_of(generator, promise, objective);
        let seconds = decimal(objective.period.length().as_secs_f64());
        panel.with(format!("clamp_min({left}, 0) * {seconds}\n/ ({burn} > 0)"), "{{sla}}")
    })
}

fn burn(generator: &Generator, objectives: &[(&Promise<'_>, &Objective)]) -> Panel {
    let text = "How many times faster the error budget is spent than it lasts: 1 spends it in exactly the period.";
    let pairs = objectives.iter().flat_map(|(_, objective)| &objective.burn_rates);
    let windows: BTreeSet<Duration> = pairs
        .flat_map(|pair| [pair.short, pair.long])
        .map(|window| generator.window(window))
        .filter(|window| *window <= LONGEST)
        .collect();
    let objectives = ["sla=~'(?s)objectives\\\\..+'".to_owned()];
    let windows = windows.into_iter().take(6);
    windows.fold(Panel::lines("Burn rate", "short", text), |panel, window| {
        let legend = format!("{{{{sla}}}} {}", duration(window));
        panel.with(burn_rate(generator, window, &objectives), legend)
    })
}

fn own(promise: &Promise<'_>) -> [String; 1] {
    [matcher("sla", "=", &promise.path())]
}

fn left_of(generator: &Generator, promise: &Promise<'_>, objective: &Objective) -> String {
    format!("(1 - {})", burn_rate(generator, objective.period.length(), &own(promise)))
}

/// Over a window, `1 - good / events` over what is allowed.
fn burn_rate(generator: &Generator, window: Duration, more: &[String]) -> String {
    let good = ratio(generator, &format!("increase({{}}[{}])", duration(window)), more);
    format!("(1 - {good}) / {}", allowed(generator, more))
}

fn allowed(generator: &Generator, more: &[String]) -> String {
    let share = generator.of_promises("sla_objective_ratio", more);
    // Without the noise of a difference of floats.
    format!("round(1 - max by (sla) ({share}), 1e-12)")
}

/// Good over all events, each in this form.
fn ratio(generator: &Generator, form: &str, more: &[String]) -> String {
    let [good, all] = ["sla_good_total", "sla_events_total"].map(|name| {
        format!("sum by (sla) ({})", form.replace("{}", &generator.of_promises(name, more)))
    });
    format!("{good} / {all}")
}
