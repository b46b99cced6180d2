//! Periods as text: a table, and below it a sparkline and an answer for each reading.

use super::{Periods, Reading, Step};
use crate::Console;
use crate::console::{ascii, cut, padded, sparkline, width};
use crate::lines::{levels, wrap};
use crate::view::MAX_TITLE;
use crate::wording;
use perf_analysis::{InvalidValues, Trend};
use std::fmt::Write;

/// What stands before a sparkline.
const INDENT: usize = 12;

const READINGS: [(Reading, &str); 3] =
    [(Reading::Rate, "rate"), (Reading::P95, "p95"), (Reading::FailureRate, "failed")];

/// A column, and how early it goes when there is no room: 0 never.
struct Column {
    header: String,
    cells: Vec<String>,
    dispensable: u8,
}

pub(super) fn render(periods: &Periods, console: &Console) -> String {
    let mut text = String::new();
    let requests: u64 = periods.periods.iter().map(|period| period.requests).sum();
    let title = cut(&wording::one_line(&periods.title, MAX_TITLE), (console.width / 2).max(8));
    let title = format!("{title} by the {} (UTC)", periods.step.word());
    let requests = format!("{} requests", wording::count(requests));
    wrap(&[title, requests], " ·", 1, console.width, &mut text);
    text.push('\n');
    table(periods, console, &mut text);
    text.push('\n');
    for (reading, name) in READINGS {
        let room = console.width.saturating_sub(INDENT).max(8);
        let values: Vec<Option<f64>> =
            (0..periods.periods.len()).map(|place| periods.read(reading, place)).collect();
        let line = sparkline(&levels(&values, room), console.unicode);
        let _ = writeln!(text, "{}", format!(" {name:<10} {line}").trim_end());
        wrap(&answer(periods, reading), ",", INDENT, console.width, &mut text);
    }
    if console.unicode { text } else { ascii(&text) }
}

fn table(periods: &Periods, console: &Console, text: &mut String) {
    let places = 0..periods.periods.len();
    let column = |header: &str, dispensable, cell: &dyn Fn(usize) -> String| Column {
        header: header.to_owned(),
        cells: places.clone().map(cell).collect(),
        dispensable,
    };
    let of = |reading, word: fn(f64) -> String| {
        move |place: usize| periods.read(reading, place).map_or_else(|| "–".to_owned(), word)
    };
    let nanos: fn(f64) -> String = |nanos| wording::duration(nanos as u64);
    let mut columns = vec![
        column(periods.step.word(), 0, &|place| periods.label(place)),
        column("requests", 0, &|place| wording::count(periods.periods[place].requests)),
        column("rate/s", 4, &of(Reading::Rate, wording::rate)),
        column("failed", 1, &of(Reading::FailureRate, wording::percent)),
        column("p50", 3, &of(Reading::P50, nanos)),
        column("p95", 0, &of(Reading::P95, nanos)),
        column("p99", 2, &of(Reading::P99, nanos)),
    ];
    let wide = |column: &Column| {
        let cells = column.cells.iter().chain([&column.header]).map(|cell| width(cell));
        cells.max().unwrap_or(0)
    };
    while columns.iter().map(|column| wide(column) + 2).sum::<usize>() > console.width + 1 {
        let Some(first) = columns.iter().map(|column| column.dispensable).max() else { break };
        if first == 0 {
            break;
        }
        columns.retain(|column| column.dispensable != first);
    }
    let widths: Vec<usize> = columns.iter().map(wide).collect();
    let mut row = |cell: &dyn Fn(&Column) -> String| {
        let mut line = String::from(" ");
        for (place, (column, width)) in columns.iter().zip(&widths).enumerate() {
            let gap = if place == 0 { "" } else { "  " };
            line = line + gap + &padded(&cell(column), *width, place > 0);
        }
        let _ = writeln!(text, "{}", line.trim_end());
    };
    row(&|column| column.header.clone());
    for place in places.clone() {
        row(&|column| column.cells[place].clone());
    }
}

impl Periods {
    /// `2026-11-21 13:00`.
    pub(super) fn label(&self, place: usize) -> String {
        let seconds = i64::try_from(self.start(place).as_secs()).unwrap_or(i64::MAX);
        let Ok(start) = jiff::Timestamp::from_second(seconds) else { return "–".to_owned() };
        let format = if self.step == Step::Day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
        start.to_zoned(jiff::tz::TimeZone::UTC).strftime(format).to_string()
    }
}

fn answer(periods: &Periods, reading: Reading) -> Vec<String> {
    match periods.trend(reading) {
        Ok(trend) => told(&trend, reading, periods.step),
        Err(InvalidValues::TooFew { .. }) => {
            vec!["not enough evidence: fewer than 2 points".to_owned()]
        }
        Err(error) => vec![format!("cannot be judged: {error}")],
    }
}

/// `increasing: +1.2 ms an hour, +25.6 % over all of it, p 0.003, 24 points`
fn told(trend: &Trend, reading: Reading, step: Step) -> Vec<String> {
    let an = if step == Step::Hour { "an" } else { "a" };
    let (slope, step) = (trend.slope.value, step.word());
    let sign = if slope < 0.0 { "-" } else { "+" };
    let slope = match reading {
        _ if slope == 0.0 => "no slope".to_owned(),
        Reading::Rate => format!("{sign}{}/s {an} {step}", small(slope.abs())),
        Reading::FailureRate => format!("{sign}{} pp {an} {step}", small(slope.abs() * 100.0)),
        _ => format!("{sign}{} {an} {step}", wording::duration(slope.abs().round() as u64)),
    };
    let mut parts = vec![format!("{}: {slope}", trend.direction)];
    if let Some(change) = trend.relative_change.filter(|change| *change != 0.0) {
        parts.push(format!("{} over all of it", wording::change(change)));
    }
    parts.push(wording::p_value(trend.p));
    parts.push(format!("{} points", trend.points));
    parts
}

/// Two digits that matter, also of what is small.
fn small(value: f64) -> String {
    if value < 0.01 { format!("{value:.1e}") } else { wording::rate(value) }
}
