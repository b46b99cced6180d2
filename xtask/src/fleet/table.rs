//! What was held against what, and whether it holds.

use std::fmt::Write;

#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    figures: Vec<(String, String)>,
}

struct Row {
    claim: String,
    expected: String,
    seen: String,
    holds: bool,
}

impl Table {
    /// Adds a row, and prints it.
    pub(super) fn row(
        &mut self,
        holds: bool,
        claim: impl Into<String>,
        expected: impl Into<String>,
        seen: impl Into<String>,
    ) {
        let row = Row { claim: claim.into(), expected: expected.into(), seen: seen.into(), holds };
        let mark = if holds { "ok  " } else { "FAIL" };
        println!("{mark} {}: {} ({})", row.claim, row.seen, row.expected);
        self.rows.push(row);
    }

    /// Adds what was measured and is held against nothing, and prints it.
    pub(super) fn figure(&mut self, what: impl Into<String>, figure: impl Into<String>) {
        let (what, figure) = (what.into(), figure.into());
        println!("     {what}: {figure}");
        self.figures.push((what, figure));
    }

    pub(super) fn failures(&self) -> usize {
        self.rows.iter().filter(|row| !row.holds).count()
    }

    pub(super) fn to_markdown(&self) -> String {
        let mut text = "| what | expected | seen |\n|---|---|---|\n".to_owned();
        for Row { claim, expected, seen, holds } in &self.rows {
            let failed = if *holds { "" } else { " **fails**" };
            let _ = writeln!(text, "| {claim} | {expected} | {seen}{failed} |");
        }
        text += "\n| measured beside that | |\n|---|---|\n";
        for (what, figure) in &self.figures {
            let _ = writeln!(text, "| {what} | {figure} |");
        }
        text
    }
}
