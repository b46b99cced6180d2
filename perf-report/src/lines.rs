//! Lines of text in a terminal: as long as it is wide, and a sparkline's levels.

use crate::console::width;
use std::fmt::Write;

/// The highest level of a sparkline.
const LEVELS: f64 = 8.0;

/// A level for each column, of the highest value in it: 0 where there is none, else at least 1.
pub(crate) fn levels(values: &[Option<f64>], room: usize) -> Vec<u64> {
    let columns = values.len().min(room);
    let highest = |column: usize| {
        let places = column * values.len() / columns..(column + 1) * values.len() / columns;
        values[places].iter().copied().flatten().reduce(f64::max)
    };
    let highest: Vec<Option<f64>> = (0..columns).map(highest).collect();
    let top = highest.iter().flatten().copied().fold(0.0, f64::max);
    let level = |value: f64| if top > 0.0 { (value / top * LEVELS).ceil().max(1.0) } else { 1.0 };
    highest.into_iter().map(|value| value.map_or(0, |value| level(value) as u64)).collect()
}

/// Puts parts on as many lines as it takes. A line ends between two parts, or between two words of a part that is
/// longer than a line.
pub(crate) fn wrap(
    parts: &[String],
    between: &str,
    indent: usize,
    columns: usize,
    out: &mut String,
) {
    let room = columns.saturating_sub(indent).max(8);
    let mut pieces: Vec<String> = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let end = if place + 1 < parts.len() { between } else { "" };
        let part = format!("{part}{end}");
        if width(&part) <= room {
            pieces.push(part);
        } else {
            pieces.extend(part.split(' ').map(str::to_owned));
        }
    }
    let mut line = String::new();
    for piece in pieces {
        if !line.is_empty() && width(&line) + 1 + width(&piece) > room {
            let _ = writeln!(out, "{:indent$}{line}", "");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&piece);
    }
    let _ = writeln!(out, "{:indent$}{line}", "");
}
