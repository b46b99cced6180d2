//! Latency of operations, and what they take of the whole.

use crate::generate::dashboard::board::Board;
use crate::generate::dashboard::panel::Panel;
use crate::generate::dashboard::query::{RANGE, by, legend, matcher};
use crate::generate::generator::Generator;
use crate::prometheus::Naming;
use perf_sla::{Good, Quantity};

pub(in crate::generate::dashboard) fn latency(generator: &Generator, board: &mut Board) {
    let known = operations(generator);
    let families = generator.families().durations(&known);
    let text = "Percentiles of the calls that succeeded, from buckets; a limit of the SLA file is the edge of one.";
    let limits = generator.of_promises("sla_limit_seconds", &[]);
    let limits = format!("max by (sla) ({limits})");
    let mut percentiles: Vec<Panel> = Vec::new();
    for (title, quantile, name) in [
        ("Median", "0.5", "p50"),
        ("95th percentile", "0.95", "p95"),
        ("99th percentile", "0.99", "p99"),
    ] {
        let mut panel = Panel::lines(title, "s", text);
        for (family, label) in &families {
            let buckets = buckets(generator, family, *label, &[]);
            let by_name = by(&[Some("le"), *label]);
            let expression =
                format!("histogram_quantile({quantile}, sum{by_name} (rate({buckets}{RANGE})))");
            panel = panel.with(expression, format!("{} {name}", legend(*label, family)));
        }
        if has_limits(generator) {
            panel = panel.with(limits.clone(), "{{sla}}: limit");
        }
        percentiles.push(panel);
    }
    let text = "The mean of the calls that succeeded.";
    let mut mean = Panel::lines("Mean", "s", text);
    let text = "How many of the calls that succeeded took how long. Choose one operation, or it is all of them.";
    let mut map = Panel::heat_map("Latencies over time", "s", text);
    for (family, label) in &families {
        let [sum, count] = ["sum", "count"].map(|part| {
            let chosen = generator.chosen_operations(*label, &[]);
            format!("sum{} (rate({family}_{part}{chosen}{RANGE}))", by(&[*label]))
        });
        mean = mean.with(format!("{sum}\n/ {count}"), legend(*label, family));
        let buckets = buckets(generator, family, *label, &[]);
        map = map.with(format!("sum by (le) (increase({buckets}{RANGE}))"), "{{le}}");
    }
    if !families.is_empty() {
        percentiles.extend([mean, map]);
        board.row("Latency", percentiles);
    }
}

pub(in crate::generate::dashboard) fn stages(generator: &Generator, board: &mut Board) {
    if generator.naming == Naming::Inference {
        return;
    }
    let families = generator.families().durations(&[]);
    let Some((family, Some(label))) = families.into_iter().find(|(_, label)| label.is_some())
    else {
        return;
    };
    let whole = generator.sla.overall_operation().filter(|_| label == "operation");
    let without: Vec<String> = whole.map(|whole| matcher(label, "!=", whole)).into_iter().collect();
    let chosen = generator.chosen_operations(Some(label), &without);
    let text =
        "How much time calls of each kind take, in seconds of every second: where the time goes.";
    let time = Panel::stacked("Time by stage", "s", text).with(
        format!("sum by ({label}) (rate({family}_sum{chosen}{RANGE}))"),
        format!("{{{{{label}}}}}"),
    );
    let text = "Which stage is slow when things are slow.";
    let buckets = buckets(generator, &family, Some(label), &without);
    let slow = Panel::lines("99th percentile by stage", "s", text).with(
        format!("histogram_quantile(0.99, sum by (le, {label}) (rate({buckets}{RANGE})))"),
        format!("{{{{{label}}}}}"),
    );
    board.row("Stages", vec![time, slow]);
}

fn buckets(generator: &Generator, family: &str, label: Option<&str>, more: &[String]) -> String {
    format!("{family}_bucket{}", generator.chosen_operations(label, more))
}

/// Those that the file names.
fn operations(generator: &Generator) -> Vec<&str> {
    let sla = &generator.sla;
    let of_targets = sla.targets().iter().filter_map(|target| target.operation());
    let of_objectives = sla.objectives().iter().filter_map(|o| o.operation.as_deref());
    let mut all: Vec<&str> =
        sla.overall_operation().into_iter().chain(of_targets).chain(of_objectives).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn has_limits(generator: &Generator) -> bool {
    let is_time = |limit: &Quantity| matches!(limit, Quantity::Time(_));
    generator.sla.targets().iter().any(|target| is_time(&target.limit))
        || generator.sla.objectives().iter().any(|o| matches!(o.good, Good::Latency(_)))
}
