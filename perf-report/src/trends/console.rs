//! Trends as text: the verdicts in a row, and a table for each operation.

use super::Trends;
use super::history::{Change, History};
use super::indicator::Indicator;
use super::run::Run;
use crate::Console;
use crate::console::{ascii, cut, padded, sparkline};
use crate::lines::{levels, wrap};
use crate::view::{MAX_NAME, counted};
use crate::wording;
use std::fmt::Write;

/// What stands before the numbers: the longest name of an indicator.
const NAME: usize = 12;
/// A number.
const NUMBER: usize = 10;
/// What stands before a sparkline.
const INDENT: usize = 1 + NAME + 3 * (NUMBER + 1) + 2;

pub(super) fn render(trends: &Trends, console: &Console) -> String {
    let mut text = String::new();
    let (runs, columns) = (&trends.runs, console.width);
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        return " no report to follow\n".to_owned();
    };
    let from = format!("{} to {} (UTC)", first.minute(), last.minute());
    wrap(&[counted(runs.len() as u64, "run"), from], " ·", 1, columns, &mut text);
    verdicts(runs, columns, &mut text);
    elsewhere(trends, columns, &mut text);
    for history in trends.histories() {
        operation(history, runs, console, &mut text);
    }
    if console.unicode { text } else { ascii(&text) }
}

fn verdicts(runs: &[Run], columns: usize, text: &mut String) {
    if runs.iter().all(|run| run.status.is_none()) {
        return;
    }
    let marks: Vec<char> = runs.iter().map(Run::mark).collect();
    let room = columns.saturating_sub(1 + NAME).max(8);
    for (place, line) in marks.chunks(room).enumerate() {
        let name = if place == 0 { "verdicts" } else { "" };
        let _ = writeln!(text, " {name:<NAME$}{}", line.iter().collect::<String>());
    }
}

fn elsewhere(trends: &Trends, columns: usize, text: &mut String) {
    let labels: Vec<String> = trends.elsewhere().map(|run| run.label.clone()).collect();
    let Some(newest) = trends.runs.last().filter(|_| !labels.is_empty()) else { return };
    let told = format!(
        "not comparable with the newest, which is on {}: {}",
        newest.machine(),
        labels.join(", ")
    );
    let words: Vec<String> = told.split(' ').map(str::to_owned).collect();
    wrap(&words, "", 1, columns, text);
}

fn operation(history: &History, runs: &[Run], console: &Console, text: &mut String) {
    let name = cut(&wording::one_line(history.name(), MAX_NAME), console.width.saturating_sub(1));
    let _ = writeln!(text, "\n {name}");
    let head = ["first", "last", "median"].map(|word| padded(word, NUMBER, true)).join(" ");
    let _ = writeln!(text, " {:<NAME$} {head}", "");
    for indicator in Indicator::ALL {
        let values = history.values(indicator);
        let mut known: Vec<f64> = values.iter().copied().flatten().collect();
        let (Some(first), Some(last)) = (known.first().copied(), known.last().copied()) else {
            continue;
        };
        known.sort_by(f64::total_cmp);
        let middle = (known[(known.len() - 1) / 2] + known[known.len() / 2]) / 2.0;
        let numbers = [first, last, middle].map(|n| padded(&indicator.word(n), NUMBER, true));
        let room = console.width.saturating_sub(INDENT).max(8);
        let line = sparkline(&levels(&values, room), console.unicode);
        let line = format!(" {:<NAME$} {}  {line}", indicator.name(), numbers.join(" "));
        let _ = writeln!(text, "{}", line.trim_end());
        for change in history.changes_of(indicator) {
            wrap(&told(change, runs), "", 1 + NAME + 1, console.width, text);
        }
    }
}

/// `changed at 1f2e3d4c5b: 12.0 ms -> 15.3 ms (+27.5 %, p 0.004)`
fn told(change: &Change, runs: &[Run]) -> Vec<String> {
    let [before, after] =
        [change.point.before, change.point.after].map(|value| change.indicator.word(value));
    let by = change.ratio().map_or_else(String::new, |ratio| wording::change(ratio) + ", ");
    let p = wording::p_value(change.point.p_value);
    let label = &runs[change.run].label;
    vec![format!("changed at {label}:"), format!("{before} -> {after}"), format!("({by}{p})")]
}
