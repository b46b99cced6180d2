//! The chart of an operation: its percentiles over runs, and where they changed.

use super::history::{Change, History};
use super::indicator::Indicator;
use super::run::{Estimate, Reading, Run};
use crate::chart::{self, Heading, Limit, Size, Unit};
use crate::view::{MAX_NAME, counted};
use crate::wording::{self, one_line};

const PERCENTILES: [Indicator; 3] = [Indicator::P50, Indicator::P95, Indicator::P99];

/// The percentiles with their intervals. A change of several of them is marked once.
pub(super) fn render(id: &str, history: &History, runs: &[Run]) -> String {
    let labels = run_labels(runs);
    // An end that nothing bounds is not drawn.
    let end = |end: Option<u64>| end.map_or(f64::NAN, |ns| ns as f64);
    let point = |estimate: Estimate| chart::Estimate {
        low: end(estimate.low),
        value: estimate.value as f64,
        high: end(estimate.high),
    };
    let points = [0, 1, 2].map(|place| -> Vec<Option<chart::Estimate>> {
        let of = |reading: &Option<Reading>| reading.as_ref()?.percentiles[place].map(point);
        history.readings.iter().map(of).collect()
    });
    let histories = [0, 1, 2]
        .map(|place| chart::History { name: PERCENTILES[place].name(), points: &points[place] });
    let changes = changes_by_run(history);
    let changes: Vec<chart::Change<'_>> =
        changes.iter().map(|(run, text)| chart::Change { run: *run, text }).collect();
    let followed =
        history.limits.iter().filter(|l| PERCENTILES.iter().any(|p| p.name() == l.indicator));
    let limits: Vec<(String, f64)> = followed
        .map(|l| (format!("{} ≤ {}", l.indicator, wording::duration(l.ns)), l.ns as f64))
        .collect();
    let limits: Vec<Limit<'_>> =
        limits.iter().map(|(label, at)| Limit { label, at: *at }).collect();
    let title = format!("Latency of {} over runs", one_line(history.name(), MAX_NAME));
    let description = format!(
        "Median, 95th and 99th percentile of {} with the intervals in which the true ones lie at 95 %; the \
         numbers are in the table below.",
        counted(runs.len() as u64, "run")
    );
    chart::Trend {
        heading: Heading { id: &format!("{id}-trend"), title: &title, description: &description },
        size: Size::Wide,
        unit: Unit::Nanos,
        runs: &labels,
        histories: &histories,
        changes: &changes,
        limits: &limits,
    }
    .to_svg()
}

/// By run, what the percentiles did there.
fn changes_by_run(history: &History) -> Vec<(usize, String)> {
    let mut changes: Vec<&Change> =
        history.changes.iter().filter(|change| change.indicator.percentile().is_some()).collect();
    changes.sort_by_key(|change| change.run);
    let told = |here: &[&Change]| {
        (here[0].run, here.iter().map(|change| change.short()).collect::<Vec<_>>().join(", "))
    };
    changes.chunk_by(|a, b| a.run == b.run).map(told).collect()
}

/// What the runs are called, without the beginning that all share where that is a date or a part of one.
fn run_labels(runs: &[Run]) -> Vec<&str> {
    let labels: Vec<&str> = runs.iter().map(|run| run.label.as_str()).collect();
    // `2026-11-21 ` and `2026-`
    for length in [11, 5] {
        let start = |label: &&str| label.get(..length).map(str::to_owned);
        let is_date = |start: &str| {
            start.chars().enumerate().all(|(i, c)| match i {
                4 | 7 => c == '-',
                10 => c == ' ',
                _ => c.is_ascii_digit(),
            })
        };
        if let Some(first) = labels.first().and_then(start)
            && is_date(&first)
            && labels.iter().all(|label| label.starts_with(&first))
        {
            return labels.into_iter().map(|label| &label[length..]).collect();
        }
    }
    labels
}
