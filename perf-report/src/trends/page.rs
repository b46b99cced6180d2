//! What the template `trends.html` is given.

use super::history::{Change, History};
use super::indicator::Indicator;
use super::link::href;
use super::run::{Estimate, Reading, Run};
use super::{Trends, chart};
use crate::view::{MAX_NAME, counted};
use crate::wording::{self, one_line};
use serde::Serialize;

/// Operations with a chart and a table.
const SECTIONS: usize = 50;

#[derive(Serialize)]
pub(super) struct Page {
    title: &'static str,
    style: String,
    /// `12 runs, 2026-11-01 18:00 to 2026-11-21 18:00`
    span: String,
    /// A mark a run, the oldest first, in groups of ten; empty where none was judged.
    verdicts: String,
    runs: Vec<RunRow>,
    /// What the newest run is on, where others were elsewhere.
    machine: String,
    changes: Vec<ChangeRow>,
    sections: Vec<Section>,
    /// Said where not every operation has a section.
    sections_note: String,
}

#[derive(Clone, Serialize)]
struct RunRow {
    label: String,
    file: String,
    /// Empty where the name of the file is no plain one.
    href: String,
    ended_at: String,
    status: String,
    mark: String,
    is_elsewhere: bool,
}

#[derive(Serialize)]
struct ChangeRow {
    operation: String,
    /// The anchor of its section; empty without one.
    id: String,
    indicator: &'static str,
    run: String,
    before: String,
    after: String,
    change: String,
    p: String,
}

/// An operation.
#[derive(Serialize)]
struct Section {
    id: String,
    name: String,
    svg: String,
    /// A row a run: its name, then the cells.
    rows: Vec<(String, Vec<String>)>,
}

impl Page {
    pub(super) fn new(trends: &Trends) -> Self {
        let (runs, histories) = (&trends.runs, trends.histories());
        let id =
            |place: usize| if place < SECTIONS { format!("op-{place}") } else { String::new() };
        let changes = histories.iter().enumerate().flat_map(|(place, history)| {
            let row = move |change| ChangeRow::new(id(place), history.name(), change, runs);
            history.changes.iter().map(row)
        });
        let sections = histories.iter().take(SECTIONS).enumerate();
        let left = histories.len().saturating_sub(SECTIONS);
        Page {
            title: "Performance over runs",
            style: format!("{}{}", include_str!("../templates/report.css"), crate::chart::STYLE),
            span: span(runs),
            verdicts: verdicts(runs),
            runs: runs.iter().rev().map(|run| RunRow::new(run, runs.last())).collect(),
            machine: match trends.elsewhere().next() {
                Some(_) => runs.last().map(Run::machine).unwrap_or_default(),
                None => String::new(),
            },
            changes: changes.collect(),
            sections: sections.map(|(n, history)| Section::new(id(n), history, runs)).collect(),
            sections_note: match left {
                0 => String::new(),
                _ => format!(
                    "Charts for the {SECTIONS} operations that took most time; the other {left} are in the JSON."
                ),
            },
        }
    }
}

impl RunRow {
    fn new(run: &Run, newest: Option<&Run>) -> Self {
        RunRow {
            label: run.label.clone(),
            file: one_line(&run.file, MAX_NAME),
            href: href(&run.file),
            ended_at: one_line(&run.minute(), MAX_NAME),
            status: match run.mark() {
                '–' => String::new(),
                _ => run.status.clone().unwrap_or_default(),
            },
            mark: run.mark().to_string(),
            is_elsewhere: newest.is_some_and(|newest| run.is_elsewhere(newest)),
        }
    }
}

impl ChangeRow {
    fn new(id: String, operation: &str, change: &Change, runs: &[Run]) -> Self {
        ChangeRow {
            operation: one_line(operation, MAX_NAME),
            id,
            indicator: change.indicator.name(),
            run: runs[change.run].label.clone(),
            before: change.indicator.word(change.point.before),
            after: change.indicator.word(change.point.after),
            change: change.ratio().map_or_else(String::new, wording::change),
            p: wording::p_value(change.point.p_value),
        }
    }
}

impl Section {
    fn new(id: String, history: &History, runs: &[Run]) -> Self {
        let rows = runs.iter().zip(&history.readings).rev();
        let changes = |run: usize| {
            let here = history.changes.iter().filter(|change| change.run == run);
            here.map(Change::short).collect::<Vec<_>>().join(", ")
        };
        let newest_first = (0..runs.len()).rev();
        Section {
            svg: chart::render(&id, history, runs),
            id,
            name: one_line(history.name(), MAX_NAME),
            rows: rows
                .zip(newest_first)
                .map(|((run, reading), place)| {
                    let mut cells = cells(reading.as_ref());
                    cells.push(changes(place));
                    (run.label.clone(), cells)
                })
                .collect(),
        }
    }
}

/// Calls, percentiles with their intervals, throughput and error rate.
fn cells(reading: Option<&Reading>) -> Vec<String> {
    let none = || "–".to_owned();
    let percentile = |place: usize| {
        let estimate = reading.and_then(|reading| reading.percentiles[place]);
        estimate.map_or_else(none, |estimate| estimated(&estimate))
    };
    let other = |indicator: Indicator| {
        let value = reading.and_then(|reading| indicator.read(reading));
        value.map_or_else(none, |value| indicator.word(value))
    };
    vec![
        reading.map_or_else(none, |reading| wording::count(reading.calls)),
        percentile(0),
        percentile(1),
        percentile(2),
        other(Indicator::Throughput),
        other(Indicator::ErrorRate),
    ]
}

/// `12.0 ms (11.8 ms to 12.3 ms)`
fn estimated(estimate: &Estimate) -> String {
    let end = |end: Option<u64>| end.map_or_else(|| "?".to_owned(), wording::duration);
    let value = wording::duration(estimate.value);
    format!("{value} ({} to {})", end(estimate.low), end(estimate.high))
}

fn span(runs: &[Run]) -> String {
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        return "no runs".to_owned();
    };
    let (first, last) = (one_line(&first.minute(), MAX_NAME), one_line(&last.minute(), MAX_NAME));
    format!("{}, {first} to {last}", counted(runs.len() as u64, "run"))
}

fn verdicts(runs: &[Run]) -> String {
    if runs.iter().all(|run| run.status.is_none()) {
        return String::new();
    }
    let marks: Vec<char> = runs.iter().map(Run::mark).collect();
    let groups = marks.chunks(10).map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}
