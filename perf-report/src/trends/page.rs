//! What the template `trends.html` is given.

use super::history::{Change, History};
use super::indicator::Indicator;
use super::run::{Estimate, Reading, Run};
use super::{Trends, run};
use crate::chart::{self, Heading, Limit, Size, Unit};
use crate::view::{MAX_NAME, counted};
use crate::wording::{self, one_line};
use serde::Serialize;
use std::fmt::Write;

/// Operations with a chart and a table.
const SECTIONS: usize = 50;
const PERCENTILES: [Indicator; 3] = [Indicator::P50, Indicator::P95, Indicator::P99];

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
            style: format!("{}{}", include_str!("../templates/report.css"), chart::STYLE),
            span: span(runs),
            verdicts: verdicts(runs),
            runs: runs.iter().rev().map(|run| RunRow::new(run, runs.last())).collect(),
            machine: machine(trends),
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
            here.map(short).collect::<Vec<_>>().join(", ")
        };
        let newest_first = (0..runs.len()).rev();
        Section {
            svg: drawn(&id, history, runs),
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

/// `p95 +27.5 %`
fn short(change: &Change) -> String {
    let name = change.indicator.name();
    change.ratio().map_or_else(
        || format!("{name} changed"),
        |ratio| format!("{name} {}", wording::change(ratio)),
    )
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

/// The percentiles with their intervals. A change of several of them is marked once.
fn drawn(id: &str, history: &History, runs: &[Run]) -> String {
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
        (here[0].run, here.iter().map(|c| short(c)).collect::<Vec<_>>().join(", "))
    };
    changes.chunk_by(|a, b| a.run == b.run).map(told).collect()
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

fn machine(trends: &Trends) -> String {
    let host = trends.runs.last().and_then(|run| run.host.as_ref());
    match host.filter(|_| trends.elsewhere().next().is_some()) {
        Some(host) => one_line(
            &format!("{} {} with {} processors", host.os, host.arch, host.cpus),
            run::LABEL_OF_HOST,
        ),
        None => String::new(),
    }
}

/// A link to a file beside the page: only to a plain name, and only letters that mean nothing in an address.
fn href(file: &str) -> String {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | ':');
    if file.is_empty() || file.starts_with('.') || !file.chars().all(is_plain) {
        return String::new();
    }
    let mut href = String::new();
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                href.push(byte as char);
            }
            _ => {
                let _ = write!(href, "%{byte:02X}");
            }
        }
    }
    href
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_name_is_linked_to_and_no_letter_of_it_means_anything() {
        assert_eq!(href("night-01.json"), "night-01.json");
        assert_eq!(href("a b#c?d\"e%.json"), "a%20b%23c%3Fd%22e%25.json");
        assert_eq!(href("größe.json"), "gr%C3%B6%C3%9Fe.json");
        for name in ["", "../a.json", "/etc/a", "a/b", "javascript:alert(1)", "a\\b", ".a", "a\nb"]
        {
            assert_eq!(href(name), "", "{name:?}");
        }
    }
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
