//! What would have been told, as text for a terminal.

use super::night::Night;
use super::told::{Row, rfc3339};
use crate::terminal::counted;
use clap::builder::styling::{AnsiColor, Style};
use perfkit::alert::{Reason, Severity};
use perfkit::report::{Console, wording};
use std::collections::{BTreeMap, BTreeSet};

/// A longer name, or more of what was measured, is cut.
const LONGEST: usize = 120;
/// Below this a name says nothing.
const NARROWEST: usize = 12;
/// Rules that are named as the most frequent.
const MOST: usize = 5;

pub(super) fn render(night: &Night<'_>, console: &Console) -> String {
    let mut text = String::new();
    // That something goes on says nothing new.
    let shown = night.told.rows.iter().filter(|row| row.reason != Reason::Repeated);
    let shown: Vec<&Row> = shown.collect();
    if !shown.is_empty() {
        rows(&mut text, &shown, console);
        text.push('\n');
    }
    text.push_str(&sums(night));
    if console.unicode { text } else { wording::ascii(&text) }
}

/// A line for each of `rows`, by day.
fn rows(text: &mut String, rows: &[&Row], console: &Console) {
    let names = Names::of(rows);
    let cells: Vec<[String; 4]> = rows
        .iter()
        .map(|row| {
            let severity = row.alert.severity.as_str().to_owned();
            [severity, reason(row).to_owned(), names.name(row), measured(row)]
        })
        .collect();
    let head = ["severity", "told", "alert", "observed (promised)"].map(str::to_owned);
    let longest = |column: usize| {
        let widths = cells.iter().chain([&head]).map(|cells| cells[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let [severity, told, alert, measured] = [0, 1, 2, 3].map(longest);
    // The time, and two spaces between each two of five columns.
    let used = 1 + 8 + 8 + severity + told + measured;
    let alert = alert.min(console.width.saturating_sub(used).max(NARROWEST));
    let line = |time: &str, cells: &[String; 4], style: Style| {
        let severity = padded(&cells[0], severity);
        let rest = format!(
            "{}  {}  {}",
            padded(&cells[1], told),
            padded(&cut(&cells[2], alert), alert),
            cells[3]
        );
        match console.color {
            true => format!(" {time}  {style}{severity}{style:#}  {rest}\n"),
            false => format!(" {time}  {severity}  {rest}\n"),
        }
    };
    text.push_str(&line("time UTC", &head, Style::new()));
    let mut day = String::new();
    for (row, cells) in rows.iter().zip(&cells) {
        let at = rfc3339(row.at);
        let (date, time) = at.split_once('T').unwrap_or((&at, ""));
        if date != day {
            text.push_str(&format!(" {date}\n"));
            day = date.to_owned();
        }
        text.push_str(&line(&padded(time.trim_end_matches('Z'), 8), cells, style(row)));
    }
}

fn sums(night: &Night<'_>) -> String {
    let told = &night.told;
    let lasted = wording::span(night.lasted().as_secs_f64());
    let untold = match night.untold {
        0 => String::new(),
        count => format!(
            " {} fired of which nobody would have been told:\n    silenced, excluded, or inhibited by a more urgent one\n",
            counted(count as usize, "alert")
        ),
    };
    if told.fired() == 0 {
        return format!(" nobody would have been told of anything in {lasted}\n{untold}");
    }
    let firing = wording::span(told.time_firing().as_secs_f64());
    let still = match told.still_firing() {
        0 => String::new(),
        still => format!(" · {still} still at the end"),
    };
    let (alerts, times) = (counted(told.fired(), "alert"), counted(told.rows.len(), "time"));
    let mut text = format!(
        " {alerts} would have fired, told {times} in all\n something fired for {firing} of {lasted}{still}\n"
    );
    text.push_str(&untold);
    let frequent = told.most_frequent();
    for (rule, fired) in frequent.iter().take(MOST) {
        text.push_str(&format!(" {:>5}×  {}\n", fired, wording::one_line(rule, LONGEST)));
    }
    if let Some(more @ 1..) = frequent.len().checked_sub(MOST) {
        text.push_str(&format!(" and {} more\n", counted(more, "rule")));
    }
    text
}

/// The reason as a person says it.
fn reason(row: &Row) -> &'static str {
    match (row.reason, row.before) {
        (Reason::SeverityChanged, Some(before)) if row.alert.severity < before => "less urgent",
        (Reason::SeverityChanged, _) => "more urgent",
        (reason, _) => reason.as_str(),
    }
}

/// What was measured beside what is promised; of what is over, how long it took.
fn measured(row: &Row) -> String {
    if let Some(ended) = row.alert.ended {
        let lasted = ended.duration_since(row.alert.started).unwrap_or_default();
        return format!("after {}", wording::span(lasted.as_secs_f64()));
    }
    let observed = row.alert.observed.as_deref().unwrap_or("no data");
    let text = match &row.alert.limit {
        Some(limit) => format!("{observed} ({limit})"),
        None => observed.to_owned(),
    };
    wording::one_line(&text, LONGEST)
}

fn style(row: &Row) -> Style {
    let color = match row.alert.severity {
        _ if !row.alert.is_firing() => AnsiColor::Green,
        Severity::Critical => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Blue,
    };
    color.on_default()
}

/// A text that is no wider.
fn cut(text: &str, width: usize) -> String {
    wording::one_line(text, if text.chars().count() > width { width - 1 } else { width })
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:<width$}")
}

/// What alerts are called: their rule, and where it found several, what tells them apart.
struct Names<'a>(BTreeMap<&'a str, BTreeSet<&'a str>>);

impl<'a> Names<'a> {
    fn of(rows: &[&'a Row]) -> Self {
        let mut values: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for row in rows {
            for (label, value) in &row.alert.labels {
                values.entry((&row.alert.rule, label)).or_default().insert(value);
            }
        }
        let mut telling: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for ((rule, label), _) in values.into_iter().filter(|(_, values)| values.len() > 1) {
            telling.entry(rule).or_default().insert(label);
        }
        Names(telling)
    }

    fn name(&self, row: &Row) -> String {
        let telling = self.0.get(row.alert.rule.as_str()).into_iter().flatten();
        let values = telling.filter_map(|label| row.alert.labels.get(*label));
        let parts = [&row.alert.rule].into_iter().chain(values).map(String::as_str);
        wording::one_line(&parts.collect::<Vec<_>>().join(" · "), LONGEST)
    }
}
