//! Tables that fit.

use super::text::{cut, padded, width};
use anstyle::Style;

/// How dispensable a column may be for names to be shortened before it is left out.
const WANTED: u8 = 2;
/// Columns of the terminal that are left of a name.
const SHORTEST_NAME: usize = 8;

/// A column of a table, and how early it is left out when there is no room: 0 never.
pub(super) struct Column {
    pub(super) header: &'static str,
    pub(super) cells: Vec<(String, Style)>,
    pub(super) right: bool,
    pub(super) dispensable: u8,
}

/// The header and the rows, as spans, in at most so many columns of the terminal: what is dispensable is left
/// out, the first column is shortened before what is wanted goes too.
pub(super) fn rows(mut columns: Vec<Column>, room: usize) -> Vec<Vec<(String, Style)>> {
    let total = |columns: &[Column]| columns.iter().map(|c| c.width() + 2).sum::<usize>() - 1;
    while total(&columns) > room {
        let most = columns.iter().map(|column| column.dispensable).max().unwrap_or(0);
        let name = columns[0].width();
        if most <= WANTED && name > SHORTEST_NAME {
            let excess = total(&columns) - room;
            columns[0].shorten(name.saturating_sub(excess).max(SHORTEST_NAME));
        } else if most > 0 {
            columns.retain(|column| column.dispensable != most);
        } else {
            break;
        }
    }
    let count = columns.first().map_or(0, |column| column.cells.len());
    let row = |row: usize| {
        let mut spans = Vec::new();
        for column in &columns {
            let (text, style) = match row.checked_sub(1) {
                None => (column.header, Style::new().dimmed()),
                Some(row) => (column.cells[row].0.as_str(), column.cells[row].1),
            };
            spans.push((if spans.is_empty() { " " } else { "  " }.to_owned(), Style::new()));
            spans.push((padded(text, column.width(), column.right), style));
        }
        spans
    };
    (0..=count).map(row).collect()
}

impl Column {
    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|(text, _)| width(text));
        cells.max().unwrap_or(0).max(width(self.header))
    }

    fn shorten(&mut self, room: usize) {
        for (text, _) in &mut self.cells {
            *text = cut(text, room);
        }
        self.header = self.header.get(..room).unwrap_or(self.header);
    }
}
